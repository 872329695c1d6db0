/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-engine-private.h"

#include <string.h>

static const char *const action_ids[] = {
  [PURSER_ACTION_OPEN] = "open",     [PURSER_ACTION_NEXT_ATTEMPT] = "next-attempt", [PURSER_ACTION_SETTLE] = "settle",
  [PURSER_ACTION_RELOAD] = "reload", [PURSER_ACTION_KEY] = "key",                   [PURSER_ACTION_SEND] = "send",
  [PURSER_ACTION_ABORT] = "abort",   [PURSER_ACTION_FINISH] = "finish",             [PURSER_ACTION_PAUSE] = "pause",
  [PURSER_ACTION_RESUME] = "resume", [PURSER_ACTION_WAIT_UNTIL] = "wait-until",     [PURSER_ACTION_EMIT] = "emit",
  [PURSER_ACTION_DONE] = "done",
};

const char *
purser_action_id (PurserActionType type)
{
  g_return_val_if_fail (type < G_N_ELEMENTS (action_ids), NULL);
  return action_ids[type];
}

PurserAction *
purser_action_new (PurserActionType type)
{
  PurserAction *action = g_new0 (PurserAction, 1);
  action->type = type;
  action->until_us = -1;
  return action;
}

void
purser_action_free (PurserAction *action)
{
  if (action == NULL)
    return;
  g_free ((char *) action->open.dialect);
  g_free ((char *) action->open.behalf);
  g_free ((PurserSkip *) action->open.skips);
  g_free ((PurserSkip *) action->attempt.skips);
  g_free ((char *) action->attempt.provider_model);
  g_free ((char *) action->attempt.provider_request_id);
  g_free ((char *) action->attempt.usage_raw);
  g_free ((char *) action->attempt.service_tier);
  g_free ((char *) action->attempt.region);
  g_free ((char *) action->settle.finish);
  g_free (action->key_env);
  purser_http_request_free (action->request);
  purser_held_event_free (action->event);
  g_clear_pointer (&action->result, purser_call_result_unref);
  g_free (action);
}

/* Events are borrowed for the time of the reader's callback; what waits is a copy. */
PurserEvent *
purser_held_event_new (const PurserEvent *event)
{
  PurserEvent *copy = g_memdup2 (event, sizeof *event);
  if (event->text != NULL)
    {
      char *text = g_malloc (event->length + 1);
      memcpy (text, event->text, event->length);
      text[event->length] = '\0';
      copy->text = text;
    }
  copy->id = g_strdup (event->id);
  copy->name = g_strdup (event->name);
  copy->model = g_strdup (event->model);
  copy->usage = event->usage != NULL ? purser_usage_copy (event->usage) : NULL;
  copy->fault = event->fault != NULL ? purser_fault_copy (event->fault) : NULL;
  copy->json = event->json != NULL ? json_node_ref (event->json) : NULL;
  return copy;
}

void
purser_held_event_free (PurserEvent *event)
{
  if (event == NULL)
    return;
  g_free ((char *) event->text);
  g_free ((char *) event->id);
  g_free ((char *) event->name);
  g_free ((char *) event->model);
  if (event->usage != NULL)
    purser_usage_free ((PurserUsage *) event->usage);
  if (event->fault != NULL)
    purser_fault_free ((PurserFault *) event->fault);
  g_clear_pointer (&event->json, json_node_unref);
  g_free (event);
}

gsize
purser_held_event_size (const PurserEvent *event)
{
  gsize size = sizeof *event + event->length;
  size += event->id != NULL ? strlen (event->id) : 0;
  size += event->name != NULL ? strlen (event->name) : 0;
  size += event->model != NULL ? strlen (event->model) : 0;
  return size;
}

static void
attempt_record_free (gpointer data)
{
  PurserCallAttempt *record = data;
  g_free (record->model);
  g_clear_pointer (&record->fault, purser_fault_free);
  g_free (record);
}

PurserCallResult *
purser_call_result_new (void)
{
  PurserCallResult *result = g_new0 (PurserCallResult, 1);
  g_atomic_ref_count_init (&result->refs);
  result->attempts = g_ptr_array_new_with_free_func (attempt_record_free);
  result->skipped = g_ptr_array_new_with_free_func (attempt_record_free);
  result->tokens = (PurserTokens) PURSER_TOKENS_UNKNOWN_INIT;
  result->connect_us = result->first_us = result->first_text_us = -1;
  result->last_us = result->total_us = result->longest_pause_us = -1;
  return result;
}

void
purser_call_result_add (GPtrArray *attempts, const char *ref, gint64 model_id, PurserFault *fault, gint64 total_us)
{
  PurserCallAttempt *record = g_new0 (PurserCallAttempt, 1);
  record->model = g_strdup (ref);
  record->model_id = model_id;
  record->fault = fault;
  record->total_us = total_us;
  g_ptr_array_add (attempts, record);
}

/**
 * purser_call_result_ref:
 *
 * Results are immutable once handed out, and counted atomically.
 *
 * Returns: (transfer full): @result
 */
PurserCallResult *
purser_call_result_ref (PurserCallResult *result)
{
  g_atomic_ref_count_inc (&result->refs);
  return result;
}

void
purser_call_result_unref (PurserCallResult *result)
{
  if (!g_atomic_ref_count_dec (&result->refs))
    return;
  g_free (result->model);
  g_free (result->provider_model);
  g_free (result->content_type);
  g_clear_pointer (&result->reply, purser_reply_free);
  g_clear_pointer (&result->body, g_bytes_unref);
  g_clear_pointer (&result->fault, purser_fault_free);
  g_ptr_array_unref (result->attempts);
  g_ptr_array_unref (result->skipped);
  g_free (result);
}
