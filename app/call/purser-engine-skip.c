/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-engine-private.h"

#include "config.h"
#include <glib/gi18n-lib.h>
#include <string.h>

/* Candidates that are passed over without a try: the result tells them in words, the ledger by a reason, each once. */

PurserFault *
purser_engine_local_fault (const char *code, const char *words)
{
  PurserFault *fault = purser_fault_new (PURSER_FAULT_LOCAL, 0, words);
  fault->code = g_strdup (code);
  return fault;
}

static gboolean
holds (GArray *skips, gint64 model_id)
{
  for (guint i = 0; i < skips->len; i++)
    if (g_array_index (skips, PurserSkip, i).model_id == model_id)
      return TRUE;
  return FALSE;
}

void
purser_engine_skip (PurserEngine *engine, gint64 model_id, PurserSkipReason reason, const char *words)
{
  const PurserModel *model = purser_org_model (engine->org, model_id);
  const PurserProvider *provider = model != NULL ? purser_org_provider (engine->org, model->provider_id) : NULL;
  g_autofree char *ref = provider != NULL ? purser_org_model_ref_of (engine->org, model)
                         : model != NULL  ? g_strdup (model->name)
                                          : g_strdup_printf ("#%" G_GINT64_FORMAT, model_id);
  PurserSkip skip = { model_id, reason };
  purser_call_result_add (engine->result->skipped, ref, model_id,
                          purser_engine_local_fault (purser_skip_reason_id (reason), words), -1);
  if (!holds (engine->known_skips, model_id))
    g_array_append_val (engine->skips, skip);
}

gboolean
purser_engine_was_skipped (PurserEngine *engine, gint64 model_id)
{
  for (guint i = 0; i < engine->result->skipped->len; i++)
    if (((PurserCallAttempt *) g_ptr_array_index (engine->result->skipped, i))->model_id == model_id)
      return TRUE;
  return FALSE;
}

void
purser_engine_forget_skips (PurserEngine *engine)
{
  g_ptr_array_set_size (engine->result->skipped, 0);
  g_array_set_size (engine->skips, 0);
  engine->soonest = -1;
}

void
purser_engine_skips_written (PurserEngine *engine)
{
  g_array_append_vals (engine->known_skips, engine->skips->data, engine->skips->len);
  g_array_set_size (engine->skips, 0);
}

PurserSkip *
purser_engine_copy_skips (PurserEngine *engine, guint *n)
{
  *n = engine->skips->len;
  return g_memdup2 (engine->skips->data, *n * sizeof (PurserSkip));
}

static gboolean
skipped_for (PurserEngine *engine, PurserSkipReason reason)
{
  const char *id = purser_skip_reason_id (reason);
  for (guint i = 0; i < engine->result->skipped->len; i++)
    if (g_strcmp0 (((PurserCallAttempt *) g_ptr_array_index (engine->result->skipped, i))->fault->code, id) == 0)
      return TRUE;
  return FALSE;
}

/* What the caller can do about it: wait, ask the admin, say less; in this order, for what passes soonest. */
static const char *
code_of (PurserEngine *engine)
{
  static const struct { PurserSkipReason reason; const char *code; } codes[] = {
    { PURSER_SKIP_RESTING, "resting" },
    { PURSER_SKIP_TERMS, "policy" },
    { PURSER_SKIP_UNSUPPORTED, "unsupported_parameter" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (skipped_for (engine, codes[i].reason))
      return codes[i].code;
  return NULL;
}

/**
 * purser_engine_none_left:
 *
 * Names each reason: an error that says only "unavailable" helps nobody.
 */
PurserFault *
purser_engine_none_left (PurserEngine *engine)
{
  g_autoptr(GString) reasons = g_string_new (NULL);
  const char *code = code_of (engine);
  for (guint i = 0; i < engine->result->skipped->len; i++)
    {
      const PurserCallAttempt *skipped = g_ptr_array_index (engine->result->skipped, i);
      g_string_append_printf (reasons, "%s%s: %s", i > 0 ? "; " : "", skipped->model, skipped->fault->message);
    }
  g_autofree char *words = engine->workload != NULL && engine->model == NULL
                               ? g_strdup_printf (_("No model can do “%s” now. %s"), engine->workload, reasons->str)
                               : g_strdup_printf (_("This model cannot be called now. %s"), reasons->str);
  PurserFault *fault = purser_engine_local_fault (code, words);
  if (g_strcmp0 (code, "resting") == 0)
    fault->retry_after_ms = MAX (engine->soonest / 1000, 0) + 1;
  /* A conversation that is kept at its provider can be sent whole instead; clients know by this what to do. */
  if (g_strcmp0 (code, "unsupported_parameter") == 0 && engine->chat->native != NULL
      && json_object_has_member (engine->chat->native, "thread"))
    fault->param = g_strdup ("thread");
  return fault;
}
