/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-engine-private.h"

#include "config.h"
#include <glib/gi18n-lib.h>
#include <string.h>
#include "purser-provider-request.h"

/* Which events are content: after the first of them nothing switches to another model. */
static const gboolean content_events[] = {
  [PURSER_EVENT_TEXT] = TRUE,      [PURSER_EVENT_THINKING] = TRUE, [PURSER_EVENT_SIGNATURE] = TRUE,
  [PURSER_EVENT_REDACTED] = TRUE,  [PURSER_EVENT_REFUSAL] = TRUE,  [PURSER_EVENT_TOOL_START] = TRUE,
  [PURSER_EVENT_TOOL_ARGS] = TRUE, [PURSER_EVENT_TOOL_END] = TRUE, [PURSER_EVENT_CITATION] = TRUE,
  [PURSER_EVENT_END] = FALSE,
};
/* Deltas as SPEC-trials §3 counts them: what the model generated. */
static const gboolean delta_events[] = {
  [PURSER_EVENT_TEXT] = TRUE,      [PURSER_EVENT_THINKING] = TRUE, [PURSER_EVENT_REFUSAL] = TRUE,
  [PURSER_EVENT_TOOL_ARGS] = TRUE, [PURSER_EVENT_END] = FALSE,
};
static const char *const request_id_headers[] = { "request-id", "x-request-id", "apim-request-id", "x-amzn-requestid",
                                                  "x-generation-id" };

static gboolean
is_content (const PurserEvent *event)
{
  gboolean text = event->type == PURSER_EVENT_TEXT || event->type == PURSER_EVENT_THINKING;
  return content_events[event->type] && (!text || event->length > 0);
}

/* A whole reply comes at once: it has a total and no first words (SPEC-trials §3). */
static void
note_delta (PurserEngine *engine, const PurserEvent *event)
{
  PurserAttempt *attempt = engine->attempt;
  gint64 now = engine->now;
  if (!engine->stream || !delta_events[event->type] || event->length == 0)
    return;
  if (attempt->first < 0)
    attempt->first = now;
  if (attempt->first_text >= 0)
    attempt->longest_pause = MAX (attempt->longest_pause, now - attempt->last_delta);
  if (attempt->first_text < 0 && event->type == PURSER_EVENT_TEXT)
    attempt->first_text = now;
  attempt->last_delta = now;
  attempt->n_deltas++;
}

void
purser_engine_release (PurserEngine *engine)
{
  engine->committed = TRUE;
  for (guint i = 0; i < engine->held->len; i++)
    purser_engine_emit (engine, g_steal_pointer (&g_ptr_array_index (engine->held, i)));
  g_ptr_array_set_size (engine->held, 0);
  engine->held_bytes = 0;
}

static void
hold (PurserEngine *engine, const PurserEvent *event, gboolean content)
{
  g_ptr_array_add (engine->held, purser_held_event_new (event));
  engine->held_bytes += purser_held_event_size (event);
  if (content || engine->held->len >= engine->limits.hold_events
      || engine->held_bytes >= engine->limits.hold_bytes)
    purser_engine_release (engine);
}

static gboolean
is_last (const PurserEvent *event)
{
  return event->type == PURSER_EVENT_FINISH || event->type == PURSER_EVENT_END;
}

/* The terminal events, and all after them, wait for the settlement; a whole reply waits entirely (DESIGN §3.6). */
static void
pass_on (PurserEngine *engine, const PurserEvent *event, gboolean content, gboolean last)
{
  if (!engine->stream || engine->tail->len > 0 || last)
    g_ptr_array_add (engine->tail, purser_held_event_new (event));
  else if (engine->committed)
    purser_engine_emit (engine, purser_held_event_new (event));
  else
    hold (engine, event, content);
}

gboolean
purser_engine_is_raw (PurserEngine *engine)
{
  const PurserAttempt *attempt = engine->attempt;
  return attempt->raw && attempt->reader != NULL && purser_reader_is_streamed (attempt->reader) == engine->stream;
}

/* What a frame holds decides when it goes out. */
static void
note_for_frame (PurserAttempt *attempt, const PurserEvent *event)
{
  attempt->frame.events++;
  attempt->frame.usages += event->type == PURSER_EVENT_USAGE;
  attempt->frame.metas += event->type == PURSER_EVENT_META;
  attempt->frame.content |= is_content (event);
  attempt->frame.last |= is_last (event);
}

/* Usage that only we wanted to know (PROVIDERS §6.2): its chunk says nothing else. */
static gboolean
is_ours_alone (PurserEngine *engine)
{
  const PurserAttempt *attempt = engine->attempt;
  return attempt->frame.usages > 0 && attempt->frame.events == attempt->frame.usages + attempt->frame.metas
         && !engine->chat->include_usage && g_str_equal (purser_dialect_id (attempt->dialect), "openai-chat");
}

/* The bytes of a frame, after its events. */
static void
reader_frame (const char *bytes, gsize length, gpointer user_data)
{
  PurserEngine *engine = user_data;
  PurserAttempt *attempt = engine->attempt;
  PurserEvent event = { .type = PURSER_EVENT_RAW, .text = bytes, .length = length };
  if (attempt->failure == NULL && !is_ours_alone (engine))
    pass_on (engine, &event, attempt->frame.content, attempt->frame.last);
  memset (&attempt->frame, 0, sizeof attempt->frame);
}

static void
reader_event (const PurserEvent *told, gpointer user_data)
{
  PurserEngine *engine = user_data;
  PurserAttempt *attempt = engine->attempt;
  PurserEvent named = *told; /* a tool goes by the caller's name for it, however long */
  const PurserEvent *event = &named;
  gboolean raw = purser_engine_is_raw (engine);
  if (!raw && told->type == PURSER_EVENT_TOOL_START && told->name != NULL)
    named.name = purser_chat_tool_name (engine->chat, told->name);
  if (attempt->failure != NULL || attempt->ended)
    return;
  purser_reply_add (attempt->reply, event);
  if (event->type == PURSER_EVENT_ERROR)
    {
      attempt->failure = purser_fault_copy (event->fault);
      return;
    }
  note_delta (engine, event);
  attempt->content |= is_content (event);
  attempt->ended |= event->type == PURSER_EVENT_END;
  if (raw)
    note_for_frame (attempt, event); /* its bytes go out, or all of the body */
  else
    pass_on (engine, event, is_content (event), is_last (event));
}

/* No word, and no reason why it ended: readers take any end mark for an end, but nobody answered. Vectors come without a reason. */
static gboolean
says_nothing (PurserEngine *engine)
{
  const PurserAttempt *attempt = engine->attempt;
  const PurserReplyChoice *choice =
      attempt->reply->choices->len > 0 ? g_ptr_array_index (attempt->reply->choices, 0) : NULL;
  if (attempt->content)
    return FALSE;
  return choice == NULL || choice->finish == PURSER_FINISH_NONE
         || (choice->finish_raw == NULL && !engine->chat->embeddings);
}

static void
read_over (PurserEngine *engine)
{
  PurserAttempt *attempt = engine->attempt;
  if (attempt->failure != NULL)
    purser_engine_failed (engine, g_steal_pointer (&attempt->failure));
  else if (says_nothing (engine))
    purser_engine_failed (engine, purser_fault_new (PURSER_FAULT_GARBAGE, attempt->status, _("The reply was empty.")));
  else
    purser_engine_succeeded (engine);
}

static gint64
content_deadline (PurserEngine *engine)
{
  PurserAttempt *attempt = engine->attempt;
  const PurserLimits *limits = &engine->limits;
  gint64 wait = attempt->local ? limits->local_first_content_us : limits->first_content_us;
  if (!engine->stream)
    wait = MAX (wait, limits->whole_us);
  return attempt->started + (engine->first_content_us > 0 ? engine->first_content_us : wait);
}

/* Before the first content both clocks run, afterwards only that of silence. */
void
purser_engine_arm_reading (PurserEngine *engine)
{
  PurserAttempt *attempt = engine->attempt;
  gint64 silence = (attempt->last_byte >= 0 ? attempt->last_byte : attempt->started) + engine->limits.silence_us;
  if (attempt->content)
    purser_engine_arm (engine, silence);
  else if (attempt->last_byte < 0)
    purser_engine_arm (engine, content_deadline (engine));
  else
    purser_engine_arm (engine, MIN (silence, content_deadline (engine)));
}

void
purser_engine_send (PurserEngine *engine, const char *key)
{
  PurserAttempt *attempt = engine->attempt;
  purser_http_request_add_key (attempt->request, attempt->kind->auth, key);
  attempt->open = TRUE;
  attempt->sent_at = engine->now;
  purser_engine_push (engine, PURSER_ACTION_SEND)->request = g_steal_pointer (&attempt->request);
  engine->state = STATE_CONNECTING;
  purser_engine_arm (engine, engine->now + engine->limits.connect_us);
  if (engine->full)
    purser_engine_push (engine, PURSER_ACTION_PAUSE);
}

void
purser_engine_read_headers (PurserEngine *engine, int status, PurserHeaderFunc header, gpointer header_data)
{
  PurserAttempt *attempt = engine->attempt;
  attempt->status = status;
  attempt->header = header;
  attempt->header_data = header_data;
  attempt->last_byte = engine->now;
  attempt->content_type = g_strdup (header ("content-type", header_data));
  for (gsize i = 0; i < G_N_ELEMENTS (request_id_headers) && attempt->request_id == NULL; i++)
    attempt->request_id = g_strdup (header (request_id_headers[i], header_data));
  PurserFault *redirect = purser_fault_redirect (status, header ("location", header_data));
  if (redirect != NULL)
    {
      purser_engine_failed (engine, redirect);
      return;
    }
  if (status / 100 == 2 && !purser_is_web_page (attempt->content_type))
    {
      engine->state = STATE_READING;
      attempt->reply = purser_reply_new ();
      attempt->reader =
          purser_reader_new (attempt->dialect, engine->stream, attempt->content_type, reader_event, engine);
      if (attempt->raw && engine->stream)
        purser_reader_set_raw (attempt->reader, reader_frame);
    }
  else
    {
      engine->state = STATE_REFUSED;
      attempt->words = g_byte_array_new ();
    }
  purser_engine_arm_reading (engine);
}

static void
refused (PurserEngine *engine)
{
  PurserAttempt *attempt = engine->attempt;
  const void *words = attempt->words->len > 0 ? attempt->words->data : (const void *) "";
  purser_engine_failed (engine,
                        purser_dialect_read_error (attempt->dialect, attempt->status, attempt->content_type, words,
                                                   attempt->words->len, attempt->header, attempt->header_data));
}

static void
read_words (PurserEngine *engine, const void *bytes, gsize length)
{
  GByteArray *words = engine->attempt->words;
  g_byte_array_append (words, bytes, (guint) MIN (length, engine->limits.max_error - words->len));
  if (words->len >= engine->limits.max_error)
    refused (engine);
  else
    purser_engine_arm_reading (engine);
}

/* What is only passed through goes to the caller as it came. */
static void
keep_body (PurserAttempt *attempt, const void *bytes, gsize length)
{
  if (attempt->body == NULL)
    attempt->body = g_byte_array_new ();
  g_byte_array_append (attempt->body, bytes, (guint) length);
}

void
purser_engine_read_bytes (PurserEngine *engine, const void *bytes, gsize length)
{
  PurserAttempt *attempt = engine->attempt;
  attempt->last_byte = engine->now;
  attempt->received += length;
  if (attempt->raw && !engine->stream && engine->state == STATE_READING && attempt->received <= engine->limits.max_reply)
    keep_body (attempt, bytes, length);
  if (engine->state == STATE_REFUSED)
    read_words (engine, bytes, length);
  else if (attempt->received > engine->limits.max_reply)
    purser_engine_failed (engine,
                          purser_fault_new (PURSER_FAULT_TOO_LARGE, attempt->status, _("The reply does not end.")));
  else if (!purser_reader_feed (attempt->reader, bytes, length) || attempt->failure != NULL)
    read_over (engine);
  else
    purser_engine_arm_reading (engine);
}

void
purser_engine_read_end (PurserEngine *engine)
{
  PurserAttempt *attempt = engine->attempt;
  if (engine->state == STATE_REFUSED)
    {
      refused (engine);
      return;
    }
  purser_reader_end (attempt->reader);
  if (attempt->failure == NULL && !attempt->ended)
    attempt->failure = purser_fault_new (PURSER_FAULT_CUT, attempt->status, _("The reply stopped before its end."));
  read_over (engine);
}

void
purser_attempt_free (PurserAttempt *attempt)
{
  if (attempt == NULL)
    return;
  g_free (attempt->ref);
  g_clear_pointer (&attempt->price, purser_price_free);
  g_clear_pointer (&attempt->rate, purser_rate_free);
  g_free (attempt->key_env);
  purser_http_request_free (attempt->request);
  g_clear_pointer (&attempt->reader, purser_reader_free);
  g_clear_pointer (&attempt->words, g_byte_array_unref);
  g_clear_pointer (&attempt->body, g_byte_array_unref);
  g_free (attempt->content_type);
  g_free (attempt->request_id);
  g_clear_pointer (&attempt->reply, purser_reply_free);
  g_clear_pointer (&attempt->failure, purser_fault_free);
  g_clear_pointer (&attempt->fault, purser_fault_free);
  g_free (attempt->usage_raw);
  g_free (attempt);
}
