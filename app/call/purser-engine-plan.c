/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-engine-private.h"

#include "config.h"
#include <glib/gi18n-lib.h>

static PurserFault *
local_fault (const char *code, const char *format, ...) G_GNUC_PRINTF (2, 3);

static PurserFault *
local_fault (const char *code, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *words = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return purser_engine_local_fault (code, words);
}

/* --- Resolving --- */

/* By weight; a model of weight 0 is only a fallback. */
static guint
draw (PurserEngine *engine, const PurserWorkload *workload)
{
  double total = 0;
  for (guint i = 0; i < workload->n_models; i++)
    total += workload->weights != NULL ? MAX (workload->weights[i], 0) : 1;
  double drawn = total > 0 ? g_rand_double_range (engine->random, 0, total) : 0;
  for (guint i = 0; total > 0 && i < workload->n_models; i++)
    {
      double weight = workload->weights != NULL ? MAX (workload->weights[i], 0) : 1;
      if (drawn < weight)
        return i;
      drawn -= weight;
    }
  return 0;
}

/* In the assignment's order; where the workload spreads its calls, the first is drawn, once for each call. */
static void
add_candidates (PurserEngine *engine, const PurserWorkload *workload)
{
  guint first = workload->spread && engine->call_id == 0 ? draw (engine, workload) : 0;
  g_array_append_val (engine->candidates, workload->models[first]);
  for (guint i = 0; i < workload->n_models; i++)
    if (i != first)
      g_array_append_val (engine->candidates, workload->models[i]);
}

/* A whole reply has no first words: it may always take as long as usual. */
static void
take_times (PurserEngine *engine, const PurserWorkload *workload)
{
  PurserLimits *limits = &engine->limits;
  *limits = engine->usual;
  if (workload->connect_ms > 0)
    limits->connect_us = workload->connect_ms * 1000;
  if (workload->first_content_ms > 0)
    limits->first_content_us = limits->local_first_content_us = workload->first_content_ms * 1000;
  if (workload->silence_ms > 0)
    limits->silence_us = workload->silence_ms * 1000;
}

static PurserFault *
plan_workload (PurserEngine *engine)
{
  const PurserWorkload *workload = purser_org_workload_named (engine->org, engine->workload);
  if (workload == NULL)
    return local_fault ("unknown_model", _("There is no workload named “%s”. Choose one from the Workloads page."), engine->workload);
  engine->workload_id = workload->id;
  take_times (engine, workload);
  if (engine->model != NULL)
    return NULL;
  if (workload->n_models == 0)
    return local_fault (NULL, _("No model does “%s” yet. Choose one on the Workloads page."),
                        purser_workload_title (workload));
  add_candidates (engine, workload);
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
  purser_engine_forget_skips (engine);
  engine->workload_id = 0;
  if (engine->principal_id != 0 && purser_org_principal (engine->org, engine->principal_id) == NULL)
    return local_fault ("access_key", _("Whoever makes this call has been removed from the organisation."));
  PurserFault *fault = engine->workload != NULL ? plan_workload (engine) : NULL;
  if (fault != NULL || engine->model == NULL)
    return fault;
  const PurserModel *model = purser_org_model_ref (engine->org, engine->model);
  if (model == NULL)
    return local_fault ("unknown_model", _("There is no model “%s”. Models are written provider/model, as on the Providers page."),
                        engine->model);
  g_array_append_val (engine->candidates, model->id);
  return NULL;
}

void
purser_engine_set_tried (PurserEngine *engine, gint64 model_id)
{
  g_hash_table_add (engine->tried, g_memdup2 (&model_id, sizeof model_id));
}

/* --- Choosing --- */

/* Whether a candidate can be called at all; words if not. */
static char *
obstacle (PurserEngine *engine, gint64 model_id)
{
  const PurserModel *model = purser_org_model (engine->org, model_id);
  const PurserProvider *provider = model != NULL ? purser_org_provider (engine->org, model->provider_id) : NULL;
  if (provider == NULL)
    return g_strdup (_("its provider was removed"));
  if (!provider->enabled)
    return g_strdup_printf (_("%s is switched off"), provider->name);
  if (!provider->kind->supported)
    return g_strdup_printf (_("%s cannot be called by this version of Purser"), provider->name);
  return NULL;
}

/* Terms may end while a call waits. */
static char *
forbidden (PurserEngine *engine, gint64 model_id)
{
  return purser_policy_obstacle (engine->org, purser_org_workload (engine->org, engine->workload_id),
                                 purser_org_model (engine->org, model_id),
                                 engine->opened_at + (engine->now - engine->began));
}

static char *
too_small (PurserEngine *engine, gint64 model_id)
{
  const PurserModel *model = purser_org_model (engine->org, model_id);
  if (engine->min_context <= 0 || model->context_tokens > engine->min_context)
    return NULL;
  return g_strdup (_("its context is not known to be larger"));
}

/* In this order: what is not there has no terms. */
static const struct
{
  PurserSkipReason reason;
  char *(*words) (PurserEngine *engine, gint64 model_id);
} hurdles[] = { { PURSER_SKIP_OFF, obstacle }, { PURSER_SKIP_TERMS, forbidden }, { PURSER_SKIP_CONTEXT, too_small } };

/* Only work goes around an ailing model. A test, a trial by hand or a check is about this very model. */
static char *
broken (PurserEngine *engine, PurserAttempt *attempt)
{
  gint64 wait = 0;
  if (engine->purpose != PURSER_PURPOSE_WORK
      || purser_health_admit_probe (engine->health, &attempt->key, engine->now, &wait, &attempt->probe))
    return NULL;
  engine->soonest = engine->soonest < 0 ? wait : MIN (engine->soonest, wait);
  return g_strdup_printf (_("it has failed %d times in a row and is left alone for another %d s"),
                          PURSER_BREAKER_FAILURES, (int) (wait / G_USEC_PER_SEC) + 1);
}

static gboolean
is_passed_over (PurserEngine *engine, gint64 model_id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hurdles); i++)
    {
      g_autofree char *words = hurdles[i].words (engine, model_id);
      if (words == NULL)
        continue;
      purser_engine_skip (engine, model_id, hurdles[i].reason, words);
      return TRUE;
    }
  return FALSE;
}

/* Asked about its health last: to be admitted to a resting model is to be its one probe. */
static PurserAttempt *
try_candidate (PurserEngine *engine, gint64 model_id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserAttempt) attempt = purser_engine_prepare (engine, model_id, 0, &error);
  g_autofree char *rests = attempt != NULL ? broken (engine, attempt) : NULL;
  if (rests != NULL)
    purser_engine_skip (engine, model_id, PURSER_SKIP_RESTING, rests);
  else if (error != NULL)
    purser_engine_skip (engine, model_id, PURSER_SKIP_UNSUPPORTED, error->message);
  return rests == NULL ? g_steal_pointer (&attempt) : NULL;
}

PurserAttempt *
purser_engine_pick (PurserEngine *engine)
{
  PurserAttempt *attempt = NULL;
  for (guint i = 0; i < engine->candidates->len && attempt == NULL && engine->unreadable == NULL; i++)
    {
      gint64 id = g_array_index (engine->candidates, gint64, i);
      if (g_hash_table_contains (engine->tried, &id) || purser_engine_was_skipped (engine, id)
          || is_passed_over (engine, id))
        continue;
      attempt = try_candidate (engine, id);
    }
  return attempt;
}

/* At the dearest of those that may be asked: a dear one that never is must not exhaust a budget. */
gint64
purser_engine_reserve (PurserEngine *engine)
{
  gint64 dearest = 0;
  for (guint i = 0; i < engine->candidates->len; i++)
    {
      gint64 id = g_array_index (engine->candidates, gint64, i);
      g_autofree char *off = obstacle (engine, id), *terms = off == NULL ? forbidden (engine, id) : NULL;
      if (off == NULL && terms == NULL)
        dearest = MAX (dearest, purser_meter_reserve (purser_org_model (engine->org, id), engine->chat, engine->org,
                                                      engine->opened_at));
    }
  return dearest;
}
