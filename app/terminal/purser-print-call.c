/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-call.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

/* A call and its way, for people and as JSON. */

static void
set_known (JsonObject *object, const char *member, gint64 n)
{
  if (n != PURSER_UNKNOWN)
    json_object_set_int_member (object, member, n);
  else
    json_object_set_null_member (object, member);
}

char *
purser_terminal_model_name (PurserTerminal *terminal, gint64 model_id)
{
  const PurserModel *model = purser_org_model (terminal->org, model_id);
  return model != NULL ? purser_org_model_ref_of (terminal->org, model) : g_strdup (_("a model that was removed"));
}

JsonObject *
purser_terminal_call_object (PurserTerminal *terminal, const PurserCallRow *call)
{
  const PurserPrincipal *principal = purser_org_principal (terminal->org, call->principal_id);
  const PurserWorkload *workload = purser_org_workload (terminal->org, call->workload_id);
  const PurserModel *model = purser_org_model (terminal->org, call->model_id);
  g_autofree char *ref = model != NULL ? purser_org_model_ref_of (terminal->org, model) : NULL;
  JsonObject *row = json_object_new ();
  json_object_set_int_member (row, "call", call->call_id);
  json_object_set_int_member (row, "opened_at", call->opened_at);
  purser_terminal_set_text (row, "principal", principal != NULL ? principal->name : NULL);
  purser_terminal_set_text (row, "workload", workload != NULL ? workload->name : NULL);
  purser_terminal_set_text (row, "model", ref);
  json_object_set_string_member (row, "purpose", purser_purpose_id (call->purpose));
  json_object_set_string_member (row, "outcome", call->outcome);
  purser_terminal_set_text (row, "fault", call->fault);
  json_object_set_int_member (row, "attempts", call->attempts);
  json_object_set_int_member (row, "input_tokens", call->input_tokens);
  json_object_set_int_member (row, "output_tokens", call->output_tokens);
  set_known (row, "first_words_us", call->first_text_us);
  set_known (row, "total_us", call->total_us);
  if (call->unpriced)
    json_object_set_null_member (row, "cost_nano");
  else
    json_object_set_int_member (row, "cost_nano", call->cost_nano);
  json_object_set_boolean_member (row, "estimated", call->estimated);
  return row;
}

static const struct { const char *fault, *words; } FAULTS[] = {
  { "address", N_("could not be reached") },
  { "tls", N_("had no certificate that can be trusted") },
  { "timeout", N_("did not answer in time") },
  { "cut", N_("broke off") },
  { "key", N_("refused our key") },
  { "money", N_("refused our account: its credit or quota is used up") },
  { "no-model", N_("no longer has this model") },
  { "not-found", N_("has nothing at this address") },
  { "gone", N_("has ended this service") },
  { "rate", N_("was asked too often") },
  { "overloaded", N_("was overloaded") },
  { "server", N_("had a fault of its own") },
  { "request", N_("did not accept the request") },
  { "context", N_("cannot read that much") },
  { "garbage", N_("answered something that is no reply") },
  { "too-large", N_("answered more than is let through") },
  { "cancelled", N_("was cancelled by the caller") },
  { "local", N_("was not asked, for a reason on our side") },
};

char *
purser_terminal_fault_words (const char *fault, int status)
{
  const char *words = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (FAULTS); i++)
    if (g_strcmp0 (fault, FAULTS[i].fault) == 0)
      words = _(FAULTS[i].words);
  if (status >= 300)
    return words != NULL ? g_strdup_printf (_("answered %d (%s)"), status, words) : g_strdup_printf (_("answered %d"), status);
  return g_strdup (words != NULL ? words : _("failed"));
}

/* ------------------------------------------------------------------ the way */

static const char *const SKIPS[PURSER_N_SKIPS] = {
  [PURSER_SKIP_TERMS] = N_("its data terms do not allow it"),
  [PURSER_SKIP_RESTING] = N_("it failed again and again, and is left alone for a while"),
  [PURSER_SKIP_CONTEXT] = N_("it cannot read that much"),
  [PURSER_SKIP_OFF] = N_("its provider is switched off or gone"),
  [PURSER_SKIP_UNSUPPORTED] = N_("the request cannot be said to it"),
};

static void
add_skips (PurserTerminal *terminal, const PurserCallRecord *record, gint64 before, GPtrArray *lines)
{
  for (guint i = 0; i < record->skips->len; i++)
    {
      const PurserSkipRow *skip = g_ptr_array_index (record->skips, i);
      g_autofree char *model = skip->before_attempt == before ? purser_terminal_model_name (terminal, skip->model_id) : NULL;
      if (model != NULL)
        g_ptr_array_add (lines, g_strdup_printf (_("%s was passed over: %s"), model, skip->reason < PURSER_N_SKIPS ? _(SKIPS[skip->reason]) : "?"));
    }
}

static char *
seconds (gint64 us)
{
  return us < 0 ? NULL : us < 10 * G_USEC_PER_SEC ? g_strdup_printf ("%.1f", us / 1e6) : g_strdup_printf ("%.0f", us / 1e6);
}

/* What it did: "answered 529 (was overloaded) after 0.8 s". */
static char *
deed (const PurserAttemptRow *attempt)
{
  g_autofree char *took = seconds (attempt->total_us);
  g_autofree char *what = attempt->outcome == NULL             ? g_strdup (_("is still being asked"))
                          : g_str_equal (attempt->outcome, "ok") ? g_strdup (_("answered"))
                          : g_str_equal (attempt->outcome, "interrupted") ? g_strdup (_("was interrupted: Purser was ended meanwhile"))
                                                                          : purser_terminal_fault_words (attempt->fault, attempt->status);
  return took != NULL && attempt->outcome != NULL ? g_strdup_printf (_("%s after %s s"), what, took) : g_steal_pointer (&what);
}

static char *
attempt_line (PurserTerminal *terminal, const PurserAttemptRow *attempt, const PurserAttemptRow *next)
{
  g_autofree char *model = purser_terminal_model_name (terminal, attempt->model_id), *what = deed (attempt);
  g_autofree char *line = g_strdup_printf ("%" PRId64 ". %s %s", attempt->number, model, what);
  if (next == NULL)
    return g_steal_pointer (&line);
  if (next->model_id == attempt->model_id)
    return g_strdup_printf (_("%s, asked once more"), line);
  g_autofree char *other = purser_terminal_model_name (terminal, next->model_id);
  return g_strdup_printf (_("%s, fell back to %s"), line, other);
}

gint64
purser_terminal_took (const PurserCallRecord *record)
{
  const PurserAttemptRow *last = record->attempts->len > 0 ? g_ptr_array_index (record->attempts, record->attempts->len - 1) : NULL;
  return last == NULL || last->total_us < 0 ? -1 : MAX (last->opened_at - record->call->opened_at, 0) + last->total_us;
}

GPtrArray *
purser_terminal_route (PurserTerminal *terminal, const PurserCallRecord *record)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < record->attempts->len; i++)
    {
      const PurserAttemptRow *attempt = g_ptr_array_index (record->attempts, i);
      add_skips (terminal, record, attempt->number, lines);
      g_ptr_array_add (lines, attempt_line (terminal, attempt, i + 1 < record->attempts->len ? g_ptr_array_index (record->attempts, i + 1) : NULL));
    }
  return lines;
}

JsonArray *
purser_terminal_strings (const GPtrArray *strings)
{
  JsonArray *array = json_array_new ();
  for (guint i = 0; i < strings->len; i++)
    json_array_add_string_element (array, g_ptr_array_index (strings, i));
  return array;
}
