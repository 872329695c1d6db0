/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model's name in the request tells where the reply comes from:
 *
 *   reply:UPSTREAM/turn     tests/wire/pairs/UPSTREAM: thinking, text and two calls of tools; once a request ends in
 *                           their results, the plain text in answers.json
 *   reply:UPSTREAM/broken   the pair's stream that ends in an error
 *   reply:UPSTREAM/error    the pair's error
 *   reply:UPSTREAM/NAME     tests/transcripts/UPSTREAM/NAME.json
 *   fault:CODE              an error of the gateway's own: access_key, budget, policy, unknown_model … */
#include "wire-play.h"

#include <string.h>

#include "wire-source.h"

enum
{
  MOST_READ = 48, /* bytes of one read from the provider */
  MOST_WRITTEN = 200, /* bytes of one write to the caller */
  SOON_MS = 20 /* clients wait as long as they are told, so that the tests need not */
};

/* A model of each provider that reasons and takes tools: what it is says how it is asked. */
static const struct
{
  const char *upstream, *model;
} models[] = { { "openai-chat", "gpt-5.2" },
               { "openai-responses", "gpt-5.6-sol" },
               { "anthropic", "claude-sonnet-4-5" },
               { "ollama", "qwen3" },
               { "bedrock", "anthropic.claude-sonnet-4-5-v1:0" } };

static PlayReply *
reply_new (int status, const char *content_type)
{
  PlayReply *reply = g_new0 (PlayReply, 1);
  reply->status = status;
  reply->content_type = content_type;
  reply->pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  reply->retry_after_ms = -1;
  reply->should_retry = -1;
  return reply;
}

void
play_reply_free (PlayReply *reply)
{
  g_ptr_array_unref (reply->pieces);
  g_free (reply);
}

static PlayReply *
refuse (const PlayRequest *request, const PurserFault *fault)
{
  g_autoptr(PurserErrorReply) error = purser_dialect_write_error (request->caller, fault, "call-1");
  PlayReply *reply = reply_new (error->status, "application/json");
  g_ptr_array_add (reply->pieces, g_bytes_ref (error->body));
  reply->retry_after_ms = error->retry_after_ms >= 0 || error->should_retry == 0 ? error->retry_after_ms : SOON_MS;
  reply->should_retry = error->should_retry;
  return reply;
}

static PlayReply *
refuse_local (const PlayRequest *request, const char *code, const char *words)
{
  g_autoptr(PurserFault) fault = purser_fault_new (PURSER_FAULT_LOCAL, 0, words);
  fault->code = g_strdup (code);
  return refuse (request, fault);
}

/* What cannot be read (CHAT is NULL then) or cannot be translated. A conversation that is kept at the provider can be
 * sent whole instead: its client is told so whatever else is wrong, and learns the rest when it does. */
static PlayReply *
refuse_request (const PlayRequest *request, const PurserChat *chat, const GError *error)
{
  gboolean unsupported = g_error_matches (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_UNSUPPORTED);
  g_autoptr(PurserFault) fault =
      purser_fault_new (unsupported ? PURSER_FAULT_LOCAL : PURSER_FAULT_REQUEST, 400, error->message);
  json_object_set_string_member (request->last, "refused", error->message);
  fault->code = g_strdup (unsupported ? "unsupported_parameter" : NULL);
  if (unsupported && chat != NULL && chat->native != NULL && json_object_has_member (chat->native, "thread"))
    fault->param = g_strdup ("thread");
  return refuse (request, fault);
}

/* --- The reply --- */

typedef struct
{
  PurserWriter *writer; /* (owned) */
  GByteArray *written; /* (owned) */
  PurserFault *fault; /* (owned) (nullable) */
} Playing;

static void
write_cb (const char *bytes, gsize length, gboolean terminal, gpointer user_data)
{
  Playing *playing = user_data;
  g_byte_array_append (playing->written, (const guint8 *) bytes, length);
}

static void
event_cb (const PurserEvent *event, gpointer user_data)
{
  Playing *playing = user_data;
  if (event->type == PURSER_EVENT_ERROR && playing->fault == NULL)
    playing->fault = purser_fault_copy (event->fault);
  purser_writer_add (playing->writer, event);
}

/* Of the next piece. */
static guint
cut (const PlayRequest *request, int most, guint left)
{
  guint length = g_rand_int_range (request->rand, 1, most + 1);
  return MIN (length, left);
}

static void
feed_in_pieces (const PlayRequest *request, PurserReader *reader, const GByteArray *bytes)
{
  for (guint at = 0, length; at < bytes->len; at += length)
    {
      length = cut (request, MOST_READ, bytes->len - at);
      purser_reader_feed (reader, bytes->data + at, length);
    }
  purser_reader_end (reader);
}

static void
cut_in_pieces (const PlayRequest *request, const GByteArray *bytes, GPtrArray *pieces)
{
  for (guint at = 0, length; at < bytes->len; at += length)
    {
      length = cut (request, MOST_WRITTEN, bytes->len - at);
      g_ptr_array_add (pieces, g_bytes_new (bytes->data + at, length));
    }
}

static PlayReply *
play (const PlayRequest *request, const PurserChat *chat, const char *upstream, const PlaySource *source)
{
  const PurserDialect *provider = purser_dialect_get (upstream);
  PurserWriterOptions options = { .model = chat->model,
                                  .created = g_get_real_time () / G_USEC_PER_SEC,
                                  .stream = chat->stream,
                                  .include_usage = chat->include_usage,
                                  .origin = upstream,
                                  .chat = chat };
  Playing playing = { .written = g_byte_array_new () };
  playing.writer = purser_writer_new (request->caller, &options, write_cb, &playing);
  PlayReply *reply = reply_new (200, purser_writer_content_type (playing.writer));
  g_autoptr(PurserReader) reader = purser_reader_new (provider, source->streamed, NULL, event_cb, &playing);
  purser_writer_ping (playing.writer);
  feed_in_pieces (request, reader, source->bytes);
  cut_in_pieces (request, playing.written, reply->pieces);
  if (playing.fault != NULL && !chat->stream)
    {
      play_reply_free (reply);
      reply = refuse (request, playing.fault);
    }
  g_clear_pointer (&playing.fault, purser_fault_free);
  purser_writer_free (playing.writer);
  g_byte_array_unref (playing.written);
  return reply;
}

static PlayReply *
answer_from (const PlayRequest *request, const PurserChat *chat, const char *upstream, const char *name)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PlaySource) source = play_source_read (request->folder, chat, upstream, name, &error);
  if (source == NULL)
    return refuse_local (request, "unknown_model", error->message);
  if (source->status < 400)
    return play (request, chat, upstream, source);
  g_autoptr(PurserFault) fault =
      purser_dialect_read_error (purser_dialect_get (upstream), source->status, "application/json", source->bytes->data,
                                 source->bytes->len, NULL, NULL);
  return refuse (request, fault);
}

/* --- The request --- */

static void
set_text (JsonObject *object, const char *member, GBytes *text)
{
  g_autofree char *copy = g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  json_object_set_string_member (object, member, copy);
}

/* Encodes the request as the provider would get it. Between equals the caller's own bytes go through as well: /last has
 * both. */
static gboolean
send_upstream (
    const PlayRequest *request, const PurserChat *chat, const char *upstream, const char *model, GError **error)
{
  g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func (g_free);
  JsonArray *names = json_array_new ();
  PurserEncodeOptions options = { .model = model,
                                  .stream = chat->stream,
                                  .known_server = TRUE,
                                  .default_max_tokens = -1,
                                  .dropped = dropped,
                                  .api_version = request->api_version };
  json_object_set_string_member (request->last, "upstream", upstream);
  json_object_set_array_member (request->last, "dropped", names);
  g_autoptr(GBytes) body = purser_dialect_encode_request (purser_dialect_get (upstream), chat, &options, error);
  if (body == NULL)
    return FALSE;
  set_text (request->last, "body", body);
  for (guint i = 0; i < dropped->len; i++)
    json_array_add_string_element (names, g_ptr_array_index (dropped, i));
  if (g_str_equal (upstream, purser_dialect_id (request->caller)))
    {
      /* Nothing that holds thinking is relayed to OpenAI itself, whose chats know no thinking. */
      options.known_server = FALSE;
      g_autoptr(GBytes) spliced = purser_dialect_splice_request (request->caller, chat->raw, &options, error);
      if (spliced != NULL)
        set_text (request->last, "spliced", spliced);
    }
  return *error == NULL;
}

static const char *
model_of (const char *upstream)
{
  for (gsize i = 0; i < G_N_ELEMENTS (models); i++)
    if (g_str_equal (models[i].upstream, upstream))
      return models[i].model;
  return NULL;
}

/* Names lead to files, so they are plain words. */
static gboolean
is_word (const char *text)
{
  return *text != 0 && strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen (text);
}

/**
 * play_answer:
 * @body: as the caller sent it
 *
 * Returns: (transfer full): the reply, or the error reply, in the caller's dialect
 */
PlayReply *
play_answer (const PlayRequest *request, GBytes *body)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserChat) chat = purser_dialect_decode_request (request->caller, body, &error);
  if (chat == NULL)
    return refuse_request (request, NULL, error);
  const char *name = chat->model != NULL ? chat->model : "";
  if (g_str_has_prefix (name, "fault:"))
    return refuse_local (request, name + strlen ("fault:"), "The gateway says no, in its own words.");
  g_auto(GStrv) names = g_strsplit (g_str_has_prefix (name, "reply:") ? name + strlen ("reply:") : "", "/", 2);
  const char *model = g_strv_length (names) == 2 ? model_of (names[0]) : NULL;
  if (model == NULL || !is_word (names[1]))
    return refuse_local (request, "unknown_model", "There is no such reply: ask for reply:UPSTREAM/NAME.");
  if (!send_upstream (request, chat, names[0], model, &error))
    return refuse_request (request, chat, error);
  return answer_from (request, chat, names[0], names[1]);
}
