/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-caller.h"

#include "config.h"
#include <glib/gi18n-lib.h>

/* %1$s is the model, %2$s the seconds. */
static const char *const ways[] = {
  [PURSER_FAULT_ADDRESS] = N_("%1$s could not be reached (%2$s s)"),
  [PURSER_FAULT_TLS] = N_("%1$s had no secure connection (%2$s s)"),
  [PURSER_FAULT_TIMEOUT] = N_("%1$s did not answer, given up after %2$s s"),
  [PURSER_FAULT_CUT] = N_("%1$s broke off after %2$s s"),
  [PURSER_FAULT_OVERLOADED] = N_("%1$s said after %2$s s that it is overloaded"),
  [PURSER_FAULT_GARBAGE] = N_("%1$s sent no model’s reply (%2$s s)"),
  [PURSER_FAULT_CANCELLED] = N_("%1$s was stopped after %2$s s"),
  [PURSER_FAULT_LOCAL] = N_("%1$s was not asked"),
};

/* Never the provider's own words: they may repeat what was asked. */
static char *
attempt_words (const PurserCallAttempt *attempt)
{
  const PurserFault *fault = attempt->fault;
  g_autofree char *seconds = g_strdup_printf ("%.1f", (double) MAX (attempt->total_us, 0) / G_USEC_PER_SEC);
  if (fault->status >= 300)
    return g_strdup_printf (_("%s answered %d after %s s"), attempt->model, fault->status, seconds);
  const char *way = fault->class_ < G_N_ELEMENTS (ways) ? ways[fault->class_] : NULL;
  return g_strdup_printf (way != NULL ? _(way) : _("%1$s failed after %2$s s"), attempt->model, seconds);
}

static void
add (GString *line, const char *words)
{
  g_string_append_printf (line, "%s%s", line->len > 0 ? "; " : "", words);
}

static gboolean
first_answered (const PurserCallResult *result)
{
  const PurserCallAttempt *first = result->attempts->len > 0 ? g_ptr_array_index (result->attempts, 0) : NULL;
  return result->skipped->len == 0 && first != NULL && first->model_id == result->model_id;
}

/**
 * purser_call_result_route:
 *
 * What happened on the way, for logs and details: whom the call passed over or left, and why.
 *
 * Returns: (transfer full) (nullable): one line, NULL where the first choice answered at once
 */
char *
purser_call_result_route (const PurserCallResult *result)
{
  g_autoptr(GString) line = g_string_new (NULL);
  for (guint i = 0; i < result->skipped->len; i++)
    {
      const PurserCallAttempt *skipped = g_ptr_array_index (result->skipped, i);
      g_autofree char *words = g_strdup_printf (_("%s was passed over: %s"), skipped->model, skipped->fault->message);
      add (line, words);
    }
  for (guint i = 0; i < result->attempts->len; i++)
    {
      const PurserCallAttempt *attempt = g_ptr_array_index (result->attempts, i);
      g_autofree char *words = attempt->fault != NULL ? attempt_words (attempt) : NULL;
      if (words != NULL)
        add (line, words);
    }
  if (line->len == 0)
    return NULL;
  return g_strdup_printf (result->fault != NULL      ? _("no answer: %s")
                          : first_answered (result) ? _("asked again: %s")
                                                    : _("fell back: %s"),
                          line->str);
}
