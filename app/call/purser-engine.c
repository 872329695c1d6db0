/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-engine-private.h"

#include "config.h"
#include <glib/gi18n-lib.h>

const PurserLimits purser_default_limits = {
  .connect_us = 10 * G_USEC_PER_SEC,
  .first_content_us = 120 * G_USEC_PER_SEC,
  .local_first_content_us = 600 * G_USEC_PER_SEC,
  .whole_us = 600 * G_USEC_PER_SEC, /* what the providers' own libraries wait */
  .silence_us = 300 * G_USEC_PER_SEC,
  .retries = 1,
  .retry = { .backoff_us = G_USEC_PER_SEC / 2, .backoff_max_us = 5 * G_USEC_PER_SEC,
             .retry_after_us = 20 * G_USEC_PER_SEC },
  .hold_events = 64,
  .hold_bytes = 256 * 1024,
  .max_reply = 64 * 1024 * 1024,
  .max_error = 256 * 1024,
  .reloads = 5,
};

PurserAction *
purser_engine_push (PurserEngine *engine, PurserActionType type)
{
  PurserAction *action = purser_action_new (type);
  g_queue_push_tail (&engine->actions, action);
  return action;
}

void
purser_engine_emit (PurserEngine *engine, PurserEvent *event)
{
  purser_engine_push (engine, PURSER_ACTION_EMIT)->event = event;
}

/* Bytes move the deadline away all the time; the driver hears of it only when it comes nearer, the rest is seen when
 * the timer fires. */
void
purser_engine_arm (PurserEngine *engine, gint64 deadline)
{
  engine->deadline = deadline;
  if (deadline == engine->armed || (deadline >= 0 && engine->armed >= 0 && deadline > engine->armed))
    return;
  engine->armed = deadline;
  purser_engine_push (engine, PURSER_ACTION_WAIT_UNTIL)->until_us = deadline;
}

static void
free_event (gpointer event)
{
  purser_held_event_free (event);
}

/**
 * purser_engine_new:
 * @limits: copied
 * @random: borrowed; jitter comes from it, so a seed makes a run repeatable
 *
 * Returns: (transfer full): an engine for one call
 */
PurserEngine *
purser_engine_new (const PurserLimits *limits, PurserHealth *health, GRand *random)
{
  PurserEngine *engine = g_new0 (PurserEngine, 1);
  engine->usual = engine->limits = *limits;
  engine->health = purser_health_ref (health);
  engine->random = random;
  engine->candidates = g_array_new (FALSE, FALSE, sizeof (gint64));
  engine->tried = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  engine->skips = g_array_new (FALSE, FALSE, sizeof (PurserSkip));
  engine->known_skips = g_array_new (FALSE, FALSE, sizeof (PurserSkip));
  engine->held = g_ptr_array_new_with_free_func (free_event);
  engine->tail = g_ptr_array_new_with_free_func (free_event);
  engine->result = purser_call_result_new ();
  engine->deadline = engine->armed = -1;
  return engine;
}

void
purser_engine_free (PurserEngine *engine)
{
  if (engine == NULL)
    return;
  g_queue_clear_full (&engine->actions, (GDestroyNotify) purser_action_free);
  purser_health_unref (engine->health);
  g_free (engine->workload);
  g_free (engine->model);
  g_free (engine->dialect);
  g_free (engine->behalf);
  g_strfreev (engine->extra_headers);
  g_clear_pointer (&engine->chat, purser_chat_unref);
  g_clear_pointer (&engine->unreadable, purser_fault_free);
  g_clear_pointer (&engine->org, purser_org_unref);
  g_clear_pointer (&engine->terms, purser_org_unref);
  g_array_unref (engine->candidates);
  g_hash_table_unref (engine->tried);
  g_array_unref (engine->skips);
  g_array_unref (engine->known_skips);
  purser_attempt_free (engine->attempt);
  purser_attempt_free (engine->next);
  g_ptr_array_unref (engine->held);
  g_ptr_array_unref (engine->tail);
  g_clear_pointer (&engine->verdict, purser_fault_free);
  g_clear_pointer (&engine->result, purser_call_result_unref);
  g_free (engine);
}

PurserAction *
purser_engine_next (PurserEngine *engine)
{
  return g_queue_pop_head (&engine->actions);
}

PurserChat *
purser_engine_get_chat (PurserEngine *engine)
{
  return engine->chat;
}

gboolean
purser_engine_is_over (PurserEngine *engine)
{
  return engine->state == STATE_OVER;
}

/* Resolve and admit on the snapshot at hand, then ask the store. */
static void
admit (PurserEngine *engine)
{
  PurserFault *fault = purser_engine_plan (engine);
  g_clear_pointer (&engine->terms, purser_org_unref);
  engine->terms = purser_org_ref (engine->org);
  purser_engine_discard (engine, &engine->attempt);
  if (fault == NULL && (engine->attempt = purser_engine_pick (engine)) == NULL)
    fault = engine->unreadable != NULL ? purser_fault_copy (engine->unreadable) : purser_engine_none_left (engine);
  if (fault != NULL)
    {
      purser_engine_refuse (engine, fault);
      return;
    }
  PurserAction *action = purser_engine_push (engine, PURSER_ACTION_OPEN);
  action->open = (PurserLedgerOpen) {
    .generation = engine->org->generation,
    .principal_id = engine->principal_id,
    .workload_id = engine->workload_id,
    .purpose = engine->purpose,
    .streamed = engine->stream,
    .model_id = engine->attempt->model_id,
    .reserve_nano = purser_engine_reserve (engine),
    .dialect = g_strdup (engine->dialect != NULL ? engine->dialect : ""),
    .access_key_id = engine->access_key_id,
    .behalf = g_strdup (engine->behalf),
    .unpriced = engine->attempt->unpriced,
  };
  action->open.skips = purser_engine_copy_skips (engine, &action->open.n_skips);
  engine->state = STATE_OPENING;
}

/**
 * purser_engine_start:
 *
 * Begins the call. The request is copied, but for its chat, which is immutable. A chat that was only looked at
 * (purser_dialect_peek_request()) is read once an attempt needs more of it; what is wrong with it then is the caller's own
 * mistake, and opens no row if it is found before the first attempt.
 */
void
purser_engine_start (
    PurserEngine *engine, const PurserCallRequest *request, const PurserOrg *org, gint64 wall, gint64 now)
{
  g_return_if_fail (engine->state == STATE_NEW);
  g_return_if_fail (request->chat != NULL && (request->workload != NULL || request->model != NULL));
  engine->now = engine->began = now;
  engine->opened_at = wall;
  engine->workload = g_strdup (request->workload);
  engine->model = g_strdup (request->model);
  engine->principal_id = request->principal_id;
  engine->purpose = request->purpose;
  engine->stream = request->stream;
  engine->pass_through = request->pass_through;
  engine->dialect = g_strdup (request->dialect);
  engine->behalf = g_strdup (request->behalf);
  engine->extra_headers = g_strdupv ((char **) request->extra_headers);
  engine->access_key_id = request->access_key_id;
  engine->chat = purser_chat_ref (request->chat);
  engine->first_content_us = request->first_content_timeout_ms * 1000;
  engine->org = purser_org_ref (org);
  admit (engine);
}

/* The row is there: on to the key, or straight to the wire where none is needed. */
static void
begin_attempt (PurserEngine *engine, gint64 attempt_id)
{
  PurserAttempt *attempt = engine->attempt;
  attempt->id = attempt_id;
  purser_engine_skips_written (engine);
  if (engine->cancelled)
    purser_engine_stop (engine);
  else if (!attempt->wants_key)
    purser_engine_send (engine, NULL);
  else
    {
      PurserAction *action = purser_engine_push (engine, PURSER_ACTION_KEY);
      action->provider_id = attempt->key.provider_id;
      action->key_version = attempt->key.key_version;
      action->key_env = g_strdup (attempt->key_env);
      engine->state = STATE_KEYING;
    }
}

static void
reload (PurserEngine *engine)
{
  purser_engine_push (engine, PURSER_ACTION_RELOAD);
  engine->reloads++;
  engine->state = STATE_RELOADING;
}

/* What the store refuses is a budget that has no room; what it cannot do is nobody's fault but ours. */
static PurserFault *
store_fault (PurserAnswer answer, const char *words)
{
  return purser_engine_local_fault (answer == PURSER_ANSWER_REFUSED ? "budget" : NULL, words);
}

static void
not_opened (PurserEngine *engine, PurserAnswer answer, const char *words)
{
  if (engine->cancelled)
    purser_engine_refuse (engine, purser_fault_new (PURSER_FAULT_CANCELLED, 0, NULL));
  else if (answer == PURSER_ANSWER_STALE && engine->reloads < engine->limits.reloads)
    reload (engine);
  else if (answer == PURSER_ANSWER_STALE)
    purser_engine_refuse (engine,
                          purser_fault_new (PURSER_FAULT_LOCAL, 0,
                                            _("The organisation’s settings keep changing. Try again in a moment.")));
  else
    purser_engine_refuse (engine, store_fault (answer, words));
}

/* A refusal of the hop, or a ledger that cannot be written, is the answer then, not the outage before it. */
static void
not_hopped (PurserEngine *engine, PurserAnswer answer, const char *words)
{
  if (answer == PURSER_ANSWER_STALE && !engine->cancelled && engine->reloads < engine->limits.reloads)
    {
      reload (engine);
      return;
    }
  if (answer != PURSER_ANSWER_STALE)
    engine->verdict = store_fault (answer, words);
  purser_engine_settle (engine);
}

void
purser_engine_answer (
    PurserEngine *engine, PurserAnswer answer, gint64 call_id, gint64 attempt_id, const char *words, gint64 now)
{
  engine->now = now;
  switch (engine->state)
    {
    case STATE_OPENING:
      if (answer != PURSER_ANSWER_DONE)
        {
          not_opened (engine, answer, words);
          break;
        }
      engine->call_id = call_id;
      begin_attempt (engine, attempt_id);
      break;
    case STATE_HOPPING:
      if (answer != PURSER_ANSWER_DONE)
        {
          not_hopped (engine, answer, words);
          break;
        }
      purser_attempt_free (engine->attempt);
      engine->attempt = g_steal_pointer (&engine->next);
      begin_attempt (engine, attempt_id);
      break;
    case STATE_SETTLING:
      purser_engine_settled (engine, answer == PURSER_ANSWER_DONE, words);
      break;
    default: /* nothing was asked */
      break;
    }
}

/* A policy or an assignment may have changed between two attempts: only what the new snapshot allows may be tried. */
static void
hop_again (PurserEngine *engine)
{
  g_autoptr(PurserFault) fault = purser_engine_plan (engine);
  purser_engine_discard (engine, &engine->next);
  if (fault == NULL)
    engine->next = purser_engine_pick (engine);
  if (engine->next != NULL)
    purser_engine_hop (engine);
  else
    purser_engine_settle (engine);
}

void
purser_engine_reloaded (PurserEngine *engine, const PurserOrg *org, gint64 now)
{
  engine->now = now;
  if (engine->state != STATE_RELOADING)
    return;
  g_clear_pointer (&engine->org, purser_org_unref);
  engine->org = purser_org_ref (org);
  if (engine->call_id == 0)
    admit (engine);
  else
    hop_again (engine);
}

void
purser_engine_key (PurserEngine *engine, const char *key, const char *words, gint64 now)
{
  engine->now = now;
  if (engine->state != STATE_KEYING)
    return;
  if (key == NULL && words != NULL)
    purser_engine_failed (engine, purser_fault_new (PURSER_FAULT_LOCAL, 0, words));
  else
    purser_engine_send (engine, key);
}

void
purser_engine_connected (PurserEngine *engine, gint64 request_start, gint64 connect_us, gint64 now)
{
  engine->now = now;
  if (engine->state != STATE_CONNECTING)
    return;
  engine->attempt->sent = TRUE;
  engine->attempt->started = request_start;
  engine->attempt->connect_us = connect_us;
  engine->state = STATE_SENT;
  purser_engine_arm_reading (engine);
}

void
purser_engine_headers (PurserEngine *engine, int status, PurserHeaderFunc header, gpointer header_data, gint64 now)
{
  engine->now = now;
  if (engine->state == STATE_SENT)
    purser_engine_read_headers (engine, status, header, header_data);
}

void
purser_engine_bytes (PurserEngine *engine, const void *bytes, gsize length, gint64 now)
{
  engine->now = now;
  if (length > 0 && (engine->state == STATE_READING || engine->state == STATE_REFUSED))
    purser_engine_read_bytes (engine, bytes, length);
}

void
purser_engine_end (PurserEngine *engine, gint64 now)
{
  engine->now = now;
  if (engine->attempt != NULL)
    engine->attempt->open = FALSE;
  if (engine->state == STATE_READING || engine->state == STATE_REFUSED)
    purser_engine_read_end (engine);
  else if (engine->state == STATE_CONNECTING || engine->state == STATE_SENT)
    purser_engine_error (engine, PURSER_FAULT_CUT, _("The connection ended without a reply."), now);
}

/* An error reply whose connection breaks still told its status, and that decides. */
void
purser_engine_error (PurserEngine *engine, PurserFaultClass class_, const char *words, gint64 now)
{
  engine->now = now;
  if (engine->attempt != NULL)
    engine->attempt->open = FALSE;
  if (engine->state == STATE_REFUSED)
    purser_engine_read_end (engine);
  else if (engine->state == STATE_CONNECTING || engine->state == STATE_SENT || engine->state == STATE_READING)
    purser_engine_failed (engine, purser_fault_new (class_, engine->attempt->status, words));
}

static PurserFault *
timeout_fault (PurserEngine *engine)
{
  PurserAttempt *attempt = engine->attempt;
  gboolean silent = attempt->last_byte >= 0 && engine->now - attempt->last_byte >= engine->limits.silence_us;
  gint64 since = silent ? attempt->last_byte : attempt->started >= 0 ? attempt->started : attempt->sent_at;
  const char *format = engine->state == STATE_CONNECTING ? _("No connection within %d s.")
                       : silent                          ? _("The reply fell silent for %d s.")
                                                         : _("No first words within %d s.");
  g_autofree char *words = g_strdup_printf (format, (int) MAX ((engine->now - since) / G_USEC_PER_SEC, 1));
  PurserFault *fault = purser_fault_new (PURSER_FAULT_TIMEOUT, attempt->status, words);
  /* Who waited this long in vain goes to the next model, not into the same queue again (SPEC-gateway rule 4). */
  if (engine->state != STATE_CONNECTING)
    fault->should_retry = 0;
  return fault;
}

void
purser_engine_timer (PurserEngine *engine, gint64 now)
{
  engine->now = now;
  if (engine->armed < 0 || now < engine->armed)
    return;
  engine->armed = -1;
  if (engine->full && (engine->state == STATE_READING || engine->state == STATE_REFUSED))
    purser_engine_arm (engine, now + engine->limits.silence_us);
  else if (engine->deadline < 0 || now < engine->deadline)
    purser_engine_arm (engine, engine->deadline);
  else if (engine->state == STATE_WAITING)
    {
      engine->deadline = -1;
      purser_engine_hop (engine);
    }
  else if (engine->state >= STATE_CONNECTING && engine->state <= STATE_REFUSED)
    purser_engine_failed (engine, timeout_fault (engine));
}

void
purser_engine_cancel (PurserEngine *engine, gint64 now)
{
  engine->now = now;
  if (engine->cancelled)
    return;
  engine->cancelled = TRUE;
  if (engine->state == STATE_RELOADING && engine->call_id == 0)
    purser_engine_refuse (engine, purser_fault_new (PURSER_FAULT_CANCELLED, 0, NULL));
  else if ((engine->state >= STATE_KEYING && engine->state <= STATE_WAITING) || engine->state == STATE_RELOADING)
    purser_engine_stop (engine);
  /* While the store is asked, its answer decides; a call that is being settled is over for the provider, and stays
   * what it is. */
}

void
purser_engine_hold (PurserEngine *engine, gboolean full, gint64 now)
{
  engine->now = now;
  if (engine->full == full)
    return;
  engine->full = full;
  if (engine->attempt == NULL || !engine->attempt->open)
    return;
  purser_engine_push (engine, full ? PURSER_ACTION_PAUSE : PURSER_ACTION_RESUME);
  if (full || engine->attempt->last_byte < 0)
    return;
  engine->attempt->last_byte = now; /* silence counts from here */
  purser_engine_arm_reading (engine);
}
