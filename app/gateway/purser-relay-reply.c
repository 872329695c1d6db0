/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-relay-private.h"

static void
add_number_header (PurserHttp *http, const char *name, gint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, number);
  purser_http_add_header (http, name, text);
}

/* What served the call, for developers: as far as it is known when the headers go. */
static void
add_call_headers (PurserRelay *relay, gint64 call_id, const char *model, guint attempts)
{
  if (call_id > 0)
    {
      g_autofree char *id = g_strdup_printf ("call-%" G_GINT64_FORMAT, call_id);
      add_number_header (relay->http, "purser-call-id", call_id);
      purser_http_add_header (relay->http, g_str_equal (purser_dialect_id (relay->dialect), "anthropic") ? "request-id" : "x-request-id", id);
    }
  if (model != NULL)
    purser_http_add_header (relay->http, "purser-model", model);
  add_number_header (relay->http, "purser-attempts", attempts);
}

static const char *
stream_type (const PurserDialect *dialect)
{
  return g_str_has_prefix (purser_dialect_id (dialect), "ollama") ? "application/x-ndjson" : "text/event-stream; charset=utf-8";
}

static void
begin_reply (PurserRelay *relay, gint64 call_id, const char *model, guint attempts)
{
  relay->begun = TRUE;
  add_call_headers (relay, call_id, model, attempts);
  purser_http_begin (relay->http, 200, stream_type (relay->dialect));
}

static void
begin_stream (PurserRelay *relay, gboolean answering)
{
  PurserEngineView view;
  if (relay->begun || relay->http == NULL)
    return;
  purser_engine_view (relay->engine, &view);
  begin_reply (relay, view.call_id, answering ? view.model : relay->workload, view.attempts);
}

static void
written_cb (const char *bytes, gsize length, gboolean terminal, gpointer data)
{
  PurserRelay *relay = data;
  if (relay->chat->stream && relay->http != NULL)
    {
      begin_stream (relay, relay->spoke);
      purser_http_write (relay->http, bytes, length);
    }
  else if (!relay->chat->stream)
    g_byte_array_append (relay->whole, (const guint8 *) bytes, (guint) length);
}

/* Parts of the request come back in some replies, so it is read whole by now: by who translated it, or else here. */
static PurserWriter *
get_writer (PurserRelay *relay)
{
  PurserEngineView view;
  if (relay->writer != NULL)
    return relay->writer;
  PurserChat *decoded = purser_chat_decode (purser_engine_get_chat (relay->engine), NULL);
  if (decoded != NULL)
    {
      purser_chat_unref (relay->chat);
      relay->chat = decoded;
    }
  purser_engine_view (relay->engine, &view);
  PurserWriterOptions options = {
    .created = relay->started / G_USEC_PER_SEC,
    .stream = relay->chat->stream,
    .include_usage = relay->chat->include_usage,
    .origin = view.dialect != NULL ? purser_dialect_id (view.dialect) : purser_dialect_id (relay->dialect),
    .chat = relay->chat,
  };
  if (!relay->chat->stream && relay->whole == NULL)
    relay->whole = g_byte_array_new ();
  relay->writer = purser_writer_new (relay->dialect, &options, written_cb, relay);
  return relay->writer;
}

void
purser_relay_say (PurserRelay *relay, const PurserEvent *event)
{
  if (relay->http != NULL && event->type == PURSER_EVENT_RAW)
    {
      begin_stream (relay, TRUE);
      purser_http_write (relay->http, event->text, event->length);
    }
  else if (relay->http != NULL && purser_dialect_has_writer (relay->dialect))
    purser_writer_add (get_writer (relay), event);
}

void
purser_relay_ping (PurserRelay *relay)
{
  begin_stream (relay, FALSE);
  purser_writer_ping (get_writer (relay));
}

static void
write_error_event (PurserRelay *relay, const PurserFault *fault)
{
  PurserEvent event = { .type = PURSER_EVENT_ERROR, .fault = fault };
  if (!relay->failed_out)
    purser_writer_add (get_writer (relay), &event);
}

static void
refuse (PurserRelay *relay, const PurserCallResult *result, const PurserFault *fault)
{
  g_autofree char *id = result->call_id > 0 ? g_strdup_printf ("call-%" G_GINT64_FORMAT, result->call_id) : NULL;
  add_call_headers (relay, result->call_id, NULL, result->attempts->len);
  purser_http_refuse (relay->http, fault);
}

static void
add_cost (PurserRelay *relay, const PurserCallResult *result)
{
  if (result->unpriced)
    purser_http_add_header (relay->http, "purser-cost", "unpriced");
  else
    {
      g_autofree char *cost = g_strdup_printf ("%s%" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT " %s", result->cost_nano < 0 ? "-" : "",
                                               ABS (result->cost_nano) / 1000000000, ABS (result->cost_nano) % 1000000000,
                                               relay->served->org->currency);
      purser_http_add_header (relay->http, "purser-cost", cost);
    }
}

static void
reply_whole (PurserRelay *relay, PurserCallResult *result)
{
  const PurserFault *unsaid = relay->writer != NULL ? purser_writer_fault (relay->writer) : NULL;
  if (unsaid != NULL)
    {
      refuse (relay, result, unsaid);
      return;
    }
  GBytes *body = result->body != NULL    ? g_bytes_ref (result->body)
                 : relay->whole != NULL ? g_byte_array_free_to_bytes (g_steal_pointer (&relay->whole))
                                         : g_bytes_new (NULL, 0);
  add_call_headers (relay, result->call_id, result->model, result->attempts->len);
  add_cost (relay, result);
  purser_http_reply (relay->http, 200, result->body != NULL && result->content_type != NULL ? result->content_type : "application/json", body);
}

void
purser_relay_finish_reply (PurserRelay *relay, PurserCallResult *result)
{
  PurserFault *fault = result->fault;
  g_autoptr(PurserFault) ours = NULL;
  if (fault != NULL && relay->cancel_words != NULL)
    {
      fault = ours = purser_fault_new (PURSER_FAULT_LOCAL, 0, relay->cancel_words);
      ours->code = g_strdup ("access_key");
    }
  if (relay->begun)
    {
      if (fault != NULL)
        write_error_event (relay, fault);
      purser_http_end (relay->http, TRUE);
    }
  else if (fault != NULL)
    refuse (relay, result, fault);
  else if (relay->chat->stream && !relay->chat->embeddings)
    {
      begin_reply (relay, result->call_id, result->model, result->attempts->len); /* it ended before it said a word */
      purser_http_end (relay->http, TRUE);
    }
  else
    reply_whole (relay, result);
}
