/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-engine-private.h"

#include "config.h"
#include <glib/gi18n-lib.h>
#include "purser-provider-request.h"

static PurserFault *
local_fault (const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *words = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return purser_fault_new (PURSER_FAULT_LOCAL, 0, words);
}

static PurserFault *
plan_workload (PurserEngine *engine)
{
  const PurserWorkload *workload = purser_org_workload_named (engine->org, engine->workload);
  if (workload == NULL)
    return local_fault (_("There is no workload named “%s”. Choose one from the Workloads page."), engine->workload);
  engine->workload_id = workload->id;
  if (engine->model != NULL)
    return NULL;
  if (workload->n_models == 0)
    return local_fault (_("No model does “%s” yet. Choose one on the Workloads page."),
                        purser_workload_title (workload));
  g_array_append_vals (engine->candidates, workload->models, workload->n_models);
  return NULL;
}

/**
 * purser_engine_plan:
 *
 * Resolves the workload or model asked for into candidates, on the snapshot now in force.
 */
PurserFault *
purser_engine_plan (PurserEngine *engine)
{
  g_array_set_size (engine->candidates, 0);
  g_ptr_array_set_size (engine->result->skipped, 0);
  engine->workload_id = 0;
  if (engine->principal_id != 0 && purser_org_principal (engine->org, engine->principal_id) == NULL)
    return local_fault (_("Whoever makes this call has been removed from the organisation."));
  PurserFault *fault = engine->workload != NULL ? plan_workload (engine) : NULL;
  if (fault != NULL || engine->model == NULL)
    return fault;
  const PurserModel *model = purser_org_model_ref (engine->org, engine->model);
  if (model == NULL)
    return local_fault (_("There is no model “%s”. Models are written provider/model, as on the Providers page."),
                        engine->model);
  g_array_append_val (engine->candidates, model->id);
  return NULL;
}

void
purser_engine_set_tried (PurserEngine *engine, gint64 model_id)
{
  g_hash_table_add (engine->tried, g_memdup2 (&model_id, sizeof model_id));
}

/* Whether a candidate can be called at all; words if not. */
static char *
obstacle (PurserEngine *engine, gint64 model_id, const PurserModel **out_model, const PurserProvider **out_provider)
{
  const PurserModel *model = purser_org_model (engine->org, model_id);
  const PurserProvider *provider = model != NULL ? purser_org_provider (engine->org, model->provider_id) : NULL;
  *out_model = model;
  *out_provider = provider;
  if (provider == NULL)
    return g_strdup (_("its provider was removed"));
  if (!provider->enabled)
    return g_strdup_printf (_("%s is switched off"), provider->name);
  if (!provider->kind->supported)
    return g_strdup_printf (_("%s cannot be called by this version of Purser"), provider->name);
  return NULL;
}

static char *
too_small (PurserEngine *engine, const PurserModel *model)
{
  if (engine->min_context <= 0 || model->context_tokens > engine->min_context)
    return NULL;
  return g_strdup (_("its context is not known to be larger"));
}

/* Only work goes around an ailing model. A test, a trial by hand or a check is about this very model. */
static char *
broken (PurserEngine *engine, const PurserModel *model, const PurserProvider *provider)
{
  PurserHealthKey key = { provider->id, provider->key_version, model->id };
  gint64 wait = 0;
  if (engine->purpose != PURSER_PURPOSE_WORK || purser_health_admit (engine->health, &key, engine->now, &wait))
    return NULL;
  return g_strdup_printf (_("it has failed %d times in a row and is left alone for another %d s"),
                          PURSER_BREAKER_FAILURES, (int) (wait / G_USEC_PER_SEC) + 1);
}

static void
skip (
    PurserEngine *engine, gint64 model_id, const PurserModel *model, const PurserProvider *provider, const char *reason)
{
  g_autofree char *ref = provider != NULL ? purser_org_model_ref_of (engine->org, model)
                         : model != NULL  ? g_strdup (model->name)
                                          : g_strdup_printf ("#%" G_GINT64_FORMAT, model_id);
  purser_call_result_add (engine->result->skipped, ref, model_id, purser_fault_new (PURSER_FAULT_LOCAL, 0, reason), -1);
}

static gboolean
was_skipped (PurserEngine *engine, gint64 model_id)
{
  for (guint i = 0; i < engine->result->skipped->len; i++)
    if (((PurserCallAttempt *) g_ptr_array_index (engine->result->skipped, i))->model_id == model_id)
      return TRUE;
  return FALSE;
}

PurserAttempt *
purser_engine_pick (PurserEngine *engine)
{
  for (guint i = 0; i < engine->candidates->len; i++)
    {
      gint64 id = g_array_index (engine->candidates, gint64, i);
      const PurserModel *model;
      const PurserProvider *provider;
      g_autoptr(GError) error = NULL;
      if (g_hash_table_contains (engine->tried, &id) || was_skipped (engine, id))
        continue;
      g_autofree char *reason = obstacle (engine, id, &model, &provider);
      if (reason == NULL)
        reason = too_small (engine, model);
      PurserAttempt *attempt = reason == NULL ? purser_engine_prepare (engine, id, 0, &error) : NULL;
      if (error != NULL)
        reason = g_strdup (error->message);
      if (reason == NULL)
        reason = broken (engine, model, provider);
      if (reason == NULL)
        return attempt;
      g_clear_pointer (&attempt, purser_attempt_free);
      skip (engine, id, model, provider, reason);
    }
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
  for (guint i = 0; i < engine->result->skipped->len; i++)
    {
      const PurserCallAttempt *skipped = g_ptr_array_index (engine->result->skipped, i);
      g_string_append_printf (reasons, "%s%s: %s", i > 0 ? "; " : "", skipped->model, skipped->fault->message);
    }
  if (engine->workload != NULL && engine->model == NULL)
    return local_fault (_("No model can do “%s” now. %s"), engine->workload, reasons->str);
  return local_fault (_("This model cannot be called now. %s"), reasons->str);
}

gint64
purser_engine_reserve (PurserEngine *engine)
{
  gint64 dearest = 0;
  for (guint i = 0; i < engine->candidates->len; i++)
    {
      const PurserModel *model;
      const PurserProvider *provider;
      g_autofree char *reason = obstacle (engine, g_array_index (engine->candidates, gint64, i), &model, &provider);
      if (reason == NULL)
        dearest = MAX (dearest, purser_meter_reserve (model, engine->chat, engine->org, engine->opened_at));
    }
  return dearest;
}

/* OpenAI takes some requests only at /responses, whatever the caller speaks (PROVIDERS §4.6); elsewhere there is no such place. */
static PurserHttpRequest *
locate (PurserEngine *engine, const PurserProvider *provider, const PurserModel *model, const PurserDialect **dialect)
{
  PurserHttpRequest *request = NULL;
  if (engine->chat->embeddings)
    return purser_provider_post_request (provider, model->name, PURSER_WANT_EMBEDDINGS, FALSE, dialect);
  if (purser_openai_needs_responses (model->name, engine->chat))
    request = purser_provider_post_request (provider, model->name, PURSER_WANT_RESPONSES, engine->stream, dialect);
  if (request == NULL)
    request = purser_provider_post_request (provider, model->name, PURSER_WANT_CHAT, engine->stream, dialect);
  return request;
}

static GBytes *
encode (PurserEngine *engine,
        const PurserProvider *provider,
        const PurserModel *model,
        const PurserDialect *dialect,
        PurserAsk ask,
        GError **error)
{
  gboolean known = g_str_equal (provider->kind->id, "openai");
  PurserEncodeOptions options = {
    .model = model->name,
    .stream = engine->stream,
    .known_server = (ask & PURSER_ASK_OTHER_MAX) != 0 ? !known : known,
    .plain = (ask & PURSER_ASK_PLAIN) != 0,
    .default_max_tokens = model->max_output > 0 ? MIN (model->max_output, 8192) : -1,
    .context_tokens = model->context_tokens,
  };
  /* The caller's own bytes, where it speaks the provider's dialect and nothing had to be asked for otherwise. */
  if (engine->chat->raw != NULL && (ask == 0 || engine->chat->embeddings) && g_strcmp0 (engine->chat->dialect, purser_dialect_id (dialect)) == 0)
    {
      GBytes *spliced = purser_dialect_splice_request (dialect, engine->chat->raw, &options, error);
      if (spliced != NULL || (error != NULL && *error != NULL))
        return spliced;
    }
  return purser_dialect_encode_request (dialect, engine->chat, &options, error);
}

/* The whole call is charged as of its opening, and by the snapshot of then: a later one has let go of prices that ended meanwhile. */
static void
take_price (PurserEngine *engine, PurserAttempt *attempt, const PurserModel *model)
{
  const PurserModel *then = purser_org_model (engine->terms, model->id);
  attempt->price = purser_price_copy (purser_model_price_at (then != NULL ? then : model, engine->opened_at));
  if (attempt->price != NULL)
    attempt->rate = purser_rate_copy (
        purser_org_rate_at (engine->terms, attempt->price->currency, engine->org->currency, engine->opened_at));
}

/**
 * purser_engine_prepare:
 * @ask: how to ask, beside what was learned about this model before
 *
 * Makes an attempt with everything it takes from the snapshot, so that a later change cannot mix two configurations.
 *
 * Returns: (transfer full) (nullable): NULL and @error where the dialect cannot say the request
 */
PurserAttempt *
purser_engine_prepare (PurserEngine *engine, gint64 model_id, PurserAsk ask, GError **error)
{
  const PurserModel *model = purser_org_model (engine->org, model_id);
  const PurserProvider *provider = purser_org_provider (engine->org, model->provider_id);
  g_autoptr(PurserAttempt) attempt = g_new0 (PurserAttempt, 1);
  attempt->model_id = model_id;
  attempt->context_tokens = model->context_tokens;
  attempt->ref = purser_org_model_ref_of (engine->org, model);
  attempt->key = (PurserHealthKey) { provider->id, provider->key_version, model_id };
  attempt->kind = provider->kind;
  take_price (engine, attempt, model);
  g_strlcpy (attempt->currency, engine->org->currency, sizeof attempt->currency);
  attempt->key_env = g_strdup (provider->key_env);
  attempt->wants_key = purser_provider_wants_key (provider);
  attempt->local = g_str_equal (provider->kind->id, "ollama") && purser_provider_is_local (provider);
  attempt->ask = ask | purser_health_ask (engine->health, &attempt->key);
  attempt->meter = (PurserMeter) PURSER_METER_NOTHING_INIT;
  attempt->sent_at = attempt->started = attempt->connect_us = attempt->first = attempt->first_text = -1;
  attempt->last_delta = attempt->longest_pause = attempt->last_byte = attempt->end = -1;
  attempt->request = locate (engine, provider, model, &attempt->dialect);
  if (attempt->request == NULL || attempt->dialect == NULL)
    {
      g_set_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_UNSUPPORTED,
                   engine->chat->embeddings ? _("%s serves no embeddings at this address") : _("%s serves no chats at this address"),
                   provider->name);
      return NULL;
    }
  attempt->request->body = encode (engine, provider, model, attempt->dialect, attempt->ask, error);
  return attempt->request->body != NULL ? g_steal_pointer (&attempt) : NULL;
}
