/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-engine-private.h"

#include "config.h"
#include <glib/gi18n-lib.h>
#include "purser-json.h"

static gint64
since (gint64 start, gint64 end)
{
  return start >= 0 && end >= 0 ? end - start : -1;
}

static gint64
attempt_total (const PurserAttempt *attempt)
{
  return since (attempt->started >= 0 ? attempt->started : attempt->sent_at, attempt->end);
}

/* What was seen is charged; of a try that told nothing, nothing is known, and it may be billed all the same. */
static void
meter_attempt (PurserEngine *engine, PurserAttempt *attempt)
{
  const PurserUsage *usage = attempt->reply != NULL ? attempt->reply->usage : NULL;
  if (attempt->fault != NULL && !attempt->content && usage == NULL)
    return;
  /* An estimate is the better for a look at the whole request, and does without it too. */
  gboolean counted = usage != NULL && (usage->input_total > 0 || usage->input_uncached > 0);
  g_autoptr(PurserChat) whole = counted ? NULL : purser_chat_decode (engine->chat, NULL);
  purser_meter_count (&attempt->meter, usage, whole != NULL ? whole : engine->chat, attempt->reply, attempt->fault == NULL);
  purser_meter_charge (&attempt->meter, attempt->price, attempt->rate, attempt->currency, attempt_total (attempt));
  if (usage != NULL && usage->raw != NULL)
    attempt->usage_raw = purser_json_to_string (usage->raw, FALSE);
}

static void
report_health (PurserEngine *engine, PurserAttempt *attempt)
{
  PurserHealthReport report = PURSER_HEALTH_ANSWERED;
  if (attempt->fault != NULL
      && (attempt->fault->class_ == PURSER_FAULT_CANCELLED || attempt->fault->class_ == PURSER_FAULT_LOCAL))
    report = PURSER_HEALTH_NEITHER;
  else if (attempt->fault != NULL && purser_fault_rule (attempt->fault->class_)->outage)
    report = PURSER_HEALTH_OUTAGE;
  if (report != PURSER_HEALTH_NEITHER || attempt->probe)
    purser_health_report (engine->health, &attempt->key, report, engine->now);
  /* Only what worked is worth remembering. */
  if (attempt->fault == NULL && attempt->ask != 0)
    purser_health_learn (engine->health, &attempt->key, attempt->ask);
}

static void
close_attempt (PurserEngine *engine, PurserFault *fault)
{
  PurserAttempt *attempt = engine->attempt;
  attempt->end = engine->now;
  attempt->fault = fault;
  attempt->outcome = fault == NULL ? "ok" : fault->class_ == PURSER_FAULT_CANCELLED ? "cancelled" : "failed";
  attempt->may_be_billed =
      fault != NULL && attempt->sent && (purser_fault_rule (fault->class_)->billed || attempt->status / 100 == 2);
  meter_attempt (engine, attempt);
  report_health (engine, attempt);
  PurserCallResult *result = engine->result;
  purser_call_result_add (result->attempts, attempt->ref, attempt->model_id,
                          fault != NULL ? purser_fault_copy (fault) : NULL, attempt_total (attempt));
  result->cost_nano += attempt->meter.cost_nano;
  result->estimated |= attempt->meter.estimated;
  result->unpriced |= attempt->meter.unpriced;
}

static void
drop_exchange (PurserEngine *engine, PurserActionType how)
{
  PurserAttempt *attempt = engine->attempt;
  if (attempt->open)
    purser_engine_push (engine, how);
  attempt->open = FALSE;
  attempt->header = NULL;
}

static char *
told (const char *word)
{
  return *word != '\0' ? g_strdup (word) : NULL;
}

static void
fill_row (PurserEngine *engine, PurserLedgerAttempt *row)
{
  const PurserAttempt *attempt = engine->attempt;
  *row = (PurserLedgerAttempt) {
    .call_id = engine->call_id,
    .attempt_id = attempt->id,
    .outcome = attempt->outcome,
    .fault = attempt->fault != NULL ? purser_fault_class_id (attempt->fault->class_) : NULL,
    .status = attempt->status,
    .provider_model = g_strdup (attempt->reply != NULL ? attempt->reply->model : NULL),
    .provider_request_id = g_strdup (attempt->request_id),
    .tokens = attempt->meter.tokens,
    .estimated = attempt->meter.estimated,
    .contradictory = attempt->meter.contradictory,
    .may_be_billed = attempt->may_be_billed,
    .outage = attempt->fault != NULL && purser_fault_rule (attempt->fault->class_)->outage,
    .usage_raw = g_strdup (attempt->usage_raw),
    .price_id = attempt->meter.price_id,
    .contract_id = attempt->meter.contract_id,
    .rate_id = attempt->meter.rate_id,
    .unpriced = attempt->meter.unpriced,
    .price_list_nano = attempt->meter.price_list_nano,
    .price_cost_nano = attempt->meter.price_cost_nano,
    .list_nano = attempt->meter.list_nano,
    .cost_nano = attempt->meter.cost_nano,
    .service_tier = told (attempt->meter.tier),
    .region = told (attempt->meter.region),
    .connect_us = attempt->connect_us,
    .first_us = since (attempt->started, attempt->first),
    .first_text_us = since (attempt->started, attempt->first_text),
    .total_us = attempt_total (attempt),
  };
}

static const PurserReplyChoice *
first_choice (const PurserAttempt *attempt)
{
  return attempt->reply != NULL && attempt->reply->choices->len > 0 ? g_ptr_array_index (attempt->reply->choices, 0)
                                                                    : NULL;
}

/**
 * purser_engine_settle:
 *
 * Asks for the one transaction that closes the last attempt and the call. Always reached once a call is open.
 */
void
purser_engine_settle (PurserEngine *engine)
{
  const PurserAttempt *attempt = engine->attempt;
  const PurserReplyChoice *choice = first_choice (attempt);
  PurserAction *action = purser_engine_push (engine, PURSER_ACTION_SETTLE);
  gboolean answered = attempt->fault == NULL || engine->committed;
  fill_row (engine, &action->attempt);
  action->settle = (PurserLedgerSettle) {
    .call_id = engine->call_id,
    .outcome = engine->cancelled && attempt->fault != NULL ? "cancelled" : attempt->outcome,
    .model_id = answered ? attempt->model_id : 0,
    .finish = choice != NULL ? g_strdup (choice->finish_raw) : NULL,
  };
  purser_engine_discard (engine, &engine->next);
  engine->state = STATE_SETTLING;
  purser_engine_arm (engine, -1);
}

void
purser_engine_succeeded (PurserEngine *engine)
{
  drop_exchange (engine, PURSER_ACTION_FINISH);
  close_attempt (engine, NULL);
  purser_engine_settle (engine);
}

/* How much context the next model must have more than, where that was the trouble. */
static void
want_context (PurserEngine *engine, const PurserFault *fault)
{
  gint64 known = engine->attempt->context_tokens > 0 ? engine->attempt->context_tokens
                                                     : MAX (purser_chat_estimate_tokens (engine->chat), 1);
  if (fault->class_ == PURSER_FAULT_CONTEXT)
    engine->min_context = MAX (engine->min_context, known);
}

static void
forget_reply (PurserEngine *engine)
{
  g_ptr_array_set_size (engine->held, 0);
  g_ptr_array_set_size (engine->tail, 0);
  engine->held_bytes = 0;
}

static gboolean
try_again (PurserEngine *engine, PurserAsk ask)
{
  engine->next = purser_engine_prepare (engine, engine->attempt->model_id, ask, NULL);
  if (engine->next == NULL)
    return FALSE;
  forget_reply (engine);
  return TRUE;
}

/* Once more after a pause: not where the breaker says that enough have tried. */
static gboolean
may_ask_again (PurserEngine *engine, gint64 pause)
{
  return pause >= 0 && engine->retries_here < engine->limits.retries
         && (engine->purpose != PURSER_PURPOSE_WORK
             || !purser_health_rests (engine->health, &engine->attempt->key, engine->now));
}

static gboolean
try_other (PurserEngine *engine, const PurserFault *fault)
{
  purser_engine_set_tried (engine, engine->attempt->model_id);
  if (!purser_fault_rule (fault->class_)->fall_back)
    return FALSE;
  want_context (engine, fault);
  engine->next = purser_engine_pick (engine);
  if (engine->next == NULL && engine->unreadable != NULL)
    engine->verdict = purser_fault_copy (engine->unreadable);
  if (engine->next == NULL)
    return FALSE;
  engine->retries_here = 0;
  forget_reply (engine);
  return TRUE;
}

/**
 * purser_engine_failed:
 *
 * An attempt has ended badly: ask otherwise, ask again, go to the next model, or give the fault as the answer.
 */
void
purser_engine_failed (PurserEngine *engine, PurserFault *fault)
{
  PurserAttempt *attempt = engine->attempt;
  drop_exchange (engine, PURSER_ACTION_ABORT);
  close_attempt (engine, fault);
  PurserAsk instead = purser_fault_ask_instead (fault) & ~attempt->ask;
  gint64 pause = purser_retry_pause (fault, &engine->limits.retry, engine->retries, g_rand_double (engine->random));
  if (engine->committed || engine->cancelled)
    purser_engine_settle (engine);
  else if (instead != 0 && try_again (engine, attempt->ask | instead))
    purser_engine_hop (engine);
  else if (may_ask_again (engine, pause) && try_again (engine, attempt->ask))
    {
      engine->retries_here++;
      engine->retries++;
      engine->state = STATE_WAITING;
      purser_engine_arm (engine, engine->now + pause);
    }
  else if (try_other (engine, fault))
    purser_engine_hop (engine);
  else
    purser_engine_settle (engine);
}

/**
 * purser_engine_discard:
 *
 * Drops an attempt that was prepared and never made. If it was the one probe of an ailing model, the next call may
 * probe.
 */
void
purser_engine_discard (PurserEngine *engine, PurserAttempt **attempt)
{
  if (*attempt != NULL && (*attempt)->probe)
    purser_health_report (engine->health, &(*attempt)->key, PURSER_HEALTH_NEITHER, engine->now);
  g_clear_pointer (attempt, purser_attempt_free);
}

/**
 * purser_engine_hop:
 *
 * Asks the store for the row of the attempt that is prepared. What OPEN reserved, for the dearest candidate once, stays
 * all there is for the whole call: a failed attempt that may have been billed is marked, its bill is not reserved for.
 */
void
purser_engine_hop (PurserEngine *engine)
{
  PurserAction *action = purser_engine_push (engine, PURSER_ACTION_NEXT_ATTEMPT);
  fill_row (engine, &action->attempt);
  action->model_id = engine->next->model_id;
  action->attempt.generation = engine->org->generation;
  action->attempt.unpriced_next = engine->next->unpriced;
  action->attempt.skips = purser_engine_copy_skips (engine, &action->attempt.n_skips);
  engine->state = STATE_HOPPING;
  purser_engine_arm (engine, -1);
}

static void
fill_result (PurserEngine *engine, PurserFault *fault)
{
  PurserCallResult *result = engine->result;
  PurserAttempt *attempt = engine->attempt;
  result->call_id = engine->call_id;
  result->fault = fault;
  if (attempt == NULL)
    return;
  if (attempt->fault == NULL || engine->committed)
    {
      result->model = g_strdup (attempt->ref);
      result->model_id = attempt->model_id;
    }
  result->provider_model = g_strdup (attempt->reply != NULL ? attempt->reply->model : NULL);
  result->reply = g_steal_pointer (&attempt->reply);
  if (attempt->body != NULL && attempt->fault == NULL && purser_engine_is_raw (engine))
    {
      result->body = g_byte_array_free_to_bytes (g_steal_pointer (&attempt->body));
      result->content_type = g_strdup (attempt->content_type);
    }
  result->tokens = attempt->meter.tokens;
  result->connect_us = attempt->connect_us;
  result->first_us = since (attempt->started, attempt->first);
  result->first_text_us = since (attempt->started, attempt->first_text);
  result->last_us = since (attempt->started, attempt->last_delta);
  result->total_us = attempt_total (attempt);
  result->longest_pause_us = attempt->longest_pause;
  result->n_deltas = attempt->n_deltas;
}

static void
done (PurserEngine *engine, PurserFault *fault)
{
  fill_result (engine, fault);
  if (engine->result->reply == NULL)
    engine->result->reply = purser_reply_new ();
  purser_engine_push (engine, PURSER_ACTION_DONE)->result = g_steal_pointer (&engine->result);
  engine->state = STATE_OVER;
}

void
purser_engine_refuse (PurserEngine *engine, PurserFault *fault)
{
  purser_engine_discard (engine, &engine->attempt);
  done (engine, fault);
}

/* What waited goes out, the terminal events only with a good end; so do frames, of which the first to wait is terminal. */
static void
emit_tail (PurserEngine *engine, gboolean good)
{
  for (guint i = 0; i < engine->tail->len; i++)
    {
      PurserEvent *event = g_ptr_array_index (engine->tail, i);
      gboolean terminal = event->type == PURSER_EVENT_FINISH || event->type == PURSER_EVENT_END
                          || event->type == PURSER_EVENT_RAW;
      if (good || !terminal)
        purser_engine_emit (engine, g_steal_pointer (&g_ptr_array_index (engine->tail, i)));
    }
  g_ptr_array_set_size (engine->tail, 0);
}

static void
emit_error (PurserEngine *engine, const PurserFault *fault)
{
  PurserEvent event = { .type = PURSER_EVENT_ERROR, .fault = fault };
  purser_engine_emit (engine, purser_held_event_new (&event));
}

static PurserFault *
call_fault (PurserEngine *engine)
{
  const PurserFault *last = engine->attempt->fault;
  if (last == NULL)
    return NULL;
  if (engine->cancelled)
    return purser_fault_new (PURSER_FAULT_CANCELLED, 0, NULL);
  return engine->verdict != NULL ? g_steal_pointer (&engine->verdict) : purser_fault_copy (last);
}

static PurserFault *
unwritten_fault (const char *words)
{
  g_autofree char *message =
      g_strdup_printf (_("The call could not be written into the ledger: %s"), words != NULL ? words : "");
  return purser_fault_new (PURSER_FAULT_LOCAL, 0, message);
}

/**
 * purser_engine_settled:
 * @written: FALSE: the ledger fails closed; nobody is told that the call went well
 *
 * The last bytes go out only now.
 */
void
purser_engine_settled (PurserEngine *engine, gboolean written, const char *words)
{
  PurserFault *fault = written ? call_fault (engine) : unwritten_fault (words);
  if (fault == NULL)
    {
      purser_engine_release (engine);
      emit_tail (engine, TRUE);
    }
  else if (engine->committed && !engine->cancelled)
    {
      emit_tail (engine, FALSE);
      emit_error (engine, fault);
    }
  done (engine, fault);
}

/**
 * purser_engine_stop:
 *
 * Cancelled while an attempt is under way, prepared or waited for: what was seen is settled.
 */
void
purser_engine_stop (PurserEngine *engine)
{
  if (engine->attempt->fault == NULL)
    {
      purser_engine_failed (engine, purser_fault_new (PURSER_FAULT_CANCELLED, engine->attempt->status, NULL));
      return;
    }
  /* The last attempt had failed already; its own fault stays in its row, the call ends as cancelled. */
  purser_engine_settle (engine);
}
