/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-reader.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-eventstream.h"
#include "purser-fault.h"
#include "purser-frames.h"
#include "purser-halves.h"
#include "purser-json-wire.h"
#include "purser-lines.h"
#include "purser-sse.h"

/* Blanks before the first byte that tells what comes: proxies send some to keep a line open. */
#define MAX_SNIFFED (64 * 1024)
/* A frame that is longer goes in parts; a little more than a line may be, so that an endless one is found out at once. */
#define MAX_FRAME (PURSER_READER_MAX_LINE + 1024)
/* Of the reply, kept for the words of a fault. */
#define HEAD_BYTES 1024

typedef enum { MODE_SNIFF, MODE_SSE, MODE_LINES, MODE_FRAMES, MODE_WHOLE, MODE_OVER } Mode;

struct _PurserReader
{
  const PurserDialect *dialect;
  PurserEventFunc      func;
  gpointer             user_data;
  gpointer             state;  /* (owned): the dialect's */
  Mode                 mode;
  gboolean             streamed, ending, item_seen;
  GByteArray          *body;   /* (owned): a whole body, or what is sniffed at */
  GByteArray          *head;   /* (owned): the first bytes */
  PurserSse           *sse;    /* (owned) (nullable) */
  PurserLines         *lines;  /* (owned) (nullable) */
  PurserEventStream   *frames; /* (owned) (nullable) */
  PurserHalves        *halves; /* (owned) */
  gboolean             item_has_halves;
  char                *id, *model; /* (owned) (nullable): as last told */
  gboolean             started, forgo_quick;
  GString             *scratch; /* (owned) (nullable) */
  PurserFrames        *raw;     /* (owned) (nullable): bytes are handed out too */
};

static void
emit (PurserReader *self, const PurserEvent *event)
{
  if (self->mode != MODE_OVER)
    self->func (event, self->user_data);
}

static gboolean
learn (char **known, const char *told)
{
  if (told == NULL || *told == 0 || *known != NULL)
    return FALSE;
  *known = g_strdup (told);
  return TRUE;
}

void
purser_reader_start (PurserReader *self, const char *id, const char *model)
{
  gboolean news = learn (&self->id, id);
  news = learn (&self->model, model) || news;
  if (!news && self->started)
    return;
  self->started = TRUE;
  emit (self, &(PurserEvent) { .type = PURSER_EVENT_START, .id = self->id, .model = self->model });
}

void
purser_reader_text (PurserReader *self, PurserEventType type, int choice, int tool, const char *text)
{
  g_autofree char *joined = NULL;
  if (text == NULL || *text == 0)
    return;
  if (self->item_has_halves || purser_halves_waiting (self->halves))
    text = joined = purser_halves_join (self->halves, (PurserHalfKey) { type, choice, tool }, text);
  if (*text != 0)
    emit (self, &(PurserEvent) { .type = type, .choice = choice, .tool = tool, .text = text, .length = strlen (text) });
}

static void
emit_half_cb (PurserHalfKey key, gpointer user_data)
{
  emit (user_data, &(PurserEvent) {
                       .type = key.type, .choice = key.choice, .tool = key.tool, .text = "\xef\xbf\xbd", .length = 3 });
}

/* A half whose other half never came stands for a broken character. */
static void
flush_halves (PurserReader *self, int choice)
{
  if (purser_halves_waiting (self->halves))
    purser_halves_flush (self->halves, choice, emit_half_cb, self);
}

void
purser_reader_tool (PurserReader *self, int choice, int tool, const char *id, const char *name, gboolean custom)
{
  emit (self, &(PurserEvent) { .type = PURSER_EVENT_TOOL_START,
                              .choice = choice,
                              .tool = tool,
                              .id = id,
                              .name = name ? name : "",
                              .text = custom ? "custom" : NULL,
                              .length = custom ? 6 : 0 });
}

void
purser_reader_tool_end (PurserReader *self, int choice, int tool)
{
  flush_halves (self, choice);
  emit (self, &(PurserEvent) { .type = PURSER_EVENT_TOOL_END, .choice = choice, .tool = tool });
}

void
purser_reader_block (PurserReader *self, const char *name)
{
  purser_reader_block_with (self, name, NULL);
}

void
purser_reader_block_with (PurserReader *self, const char *name, JsonNode *json)
{
  flush_halves (self, -1);
  emit (self, &(PurserEvent) { .type = PURSER_EVENT_BLOCK, .name = name ? name : "", .json = json });
}

void
purser_reader_block_end (PurserReader *self)
{
  flush_halves (self, -1);
  emit (self, &(PurserEvent) { .type = PURSER_EVENT_BLOCK_END });
}

void
purser_reader_opaque (
    PurserReader *self, PurserEventType type, int choice, const char *text, const char *id, JsonNode *json)
{
  if (text == NULL || *text == 0)
    return;
  flush_halves (self, choice);
  emit (self, &(PurserEvent) { .type = type, .choice = choice, .text = text, .length = strlen (text), .id = id, .json = json });
}

void
purser_reader_json (PurserReader *self, PurserEventType type, const char *name, JsonNode *json)
{
  emit (self, &(PurserEvent) { .type = type, .name = name, .json = json });
}

void
purser_reader_usage (PurserReader *self, const PurserUsage *usage)
{
  emit (self, &(PurserEvent) { .type = PURSER_EVENT_USAGE, .usage = usage });
}

void
purser_reader_finish (PurserReader *self, int choice, PurserFinish finish, const char *word)
{
  flush_halves (self, choice);
  emit (self, &(PurserEvent) { .type = PURSER_EVENT_FINISH,
                              .choice = choice,
                              .finish = finish,
                              .text = word,
                              .length = word ? strlen (word) : 0 });
}

void
purser_reader_fail (PurserReader *self, PurserFault *fault, JsonNode *error)
{
  g_autoptr(PurserFault) owned = fault;
  flush_halves (self, -1);
  emit (self, &(PurserEvent) { .type = PURSER_EVENT_ERROR, .fault = owned, .json = error });
  self->mode = MODE_OVER;
}

gboolean
purser_reader_error (PurserReader *self, JsonNode *root, gboolean in_stream)
{
  JsonNode *error = purser_fault_find (root, in_stream);
  if (error == NULL)
    return FALSE;
  purser_reader_fail (self, purser_fault_from_json (error, 0), error);
  return TRUE;
}

void
purser_reader_over (PurserReader *self)
{
  flush_halves (self, -1);
  emit (self, &(PurserEvent) { .type = PURSER_EVENT_END });
  self->mode = MODE_OVER;
}

gboolean
purser_reader_is_over (PurserReader *self)
{
  return self->mode == MODE_OVER;
}

gboolean
purser_reader_is_streamed (PurserReader *self)
{
  return self->streamed;
}

gboolean
purser_reader_is_named (PurserReader *self)
{
  return self->started && self->model != NULL;
}

GString *
purser_reader_scratch (PurserReader *self)
{
  if (self->scratch == NULL)
    self->scratch = g_string_new (NULL);
  return g_string_truncate (self->scratch, 0);
}

gpointer
purser_reader_state (PurserReader *self)
{
  return self->state;
}

void
purser_reader_forgo_quick (PurserReader *self)
{
  self->forgo_quick = TRUE;
}

gint64
purser_reader_count (JsonObject *usage, const char *member)
{
  gint64 count = purser_json_int (usage, member, -1);
  return count >= 0 && count <= G_GINT64_CONSTANT (1000000000000) ? count : -1;
}

static void
fail_garbage (PurserReader *self, const char *what, const char *bytes, gsize length)
{
  purser_reader_fail (self, purser_fault_garbage (what, bytes, length), NULL);
}

static void
fail_endless (PurserReader *self)
{
  fail_garbage (self, _("The server sent a line without an end."), (const char *) self->head->data, self->head->len);
}

/* JSON that does not parse: cut off where the bytes ended, or broken. */
static void
fail_unparsed (PurserReader *self, const char *text, gsize length, gboolean incomplete)
{
  if (incomplete && self->ending)
    purser_reader_fail (self, purser_fault_cut (), NULL);
  else
    fail_garbage (self, _("The server sent something that is not valid JSON."), text, length);
}

static void
read_item (PurserReader *self, const char *event, const char *text, gsize length)
{
  gboolean incomplete;
  if (self->dialect->read_quick != NULL && !self->forgo_quick
      && self->dialect->read_quick (self, self->state, event, text, length))
    return;
  g_autoptr(JsonNode) root = purser_json_parse_wire (text, length, &self->item_has_halves, &incomplete, NULL);
  if (root == NULL)
    fail_unparsed (self, text, length, incomplete);
  else if (!self->dialect->read_item (self, self->state, event, root) && self->mode != MODE_OVER)
    fail_garbage (self, _("The server sent something that is not a part of a model's reply."), text, length);
  self->item_has_halves = FALSE;
}

static void
note_item (PurserReader *self)
{
  self->item_seen = TRUE;
  if (self->raw != NULL)
    purser_frames_mark (self->raw);
}

static void
sse_cb (const char *event, const char *data, gsize length, gpointer user_data)
{
  PurserReader *self = user_data;
  if (self->mode == MODE_OVER || length == 0)
    return;
  note_item (self);
  if (g_str_has_prefix (data, "[DONE]"))
    {
      if (self->dialect->complete (self, self->state, TRUE))
        purser_reader_over (self);
    }
  else
    read_item (self, event, data, length);
}

/* A first line that is JSON but not all of it begins a document printed over several lines. */
static gboolean
begins_document (const char *line, gsize length)
{
  gboolean incomplete;
  g_autoptr(JsonNode) root = purser_json_parse_wire (line, length, NULL, &incomplete, NULL);
  return root == NULL && incomplete;
}

static void
append_body (PurserReader *self, const void *bytes, gsize length)
{
  if (self->body->len + length > PURSER_READER_MAX_BODY)
    purser_reader_fail (self, purser_fault_new (PURSER_FAULT_TOO_LARGE, 0, _("The reply is longer than 64 MiB.")),
                        NULL);
  else
    g_byte_array_append (self->body, bytes, length);
}

static void
lines_cb (const char *line, gsize length, gpointer user_data)
{
  PurserReader *self = user_data;
  gsize blanks = 0;
  while (blanks < length && g_ascii_isspace (line[blanks]))
    blanks++;
  if (self->mode == MODE_LINES && !self->item_seen && blanks < length && begins_document (line, length))
    self->mode = MODE_WHOLE;
  if (self->mode == MODE_WHOLE)
    {
      append_body (self, line, length);
      if (self->mode == MODE_WHOLE)
        append_body (self, "\n", 1);
    }
  else if (self->mode == MODE_LINES && blanks < length)
    {
      note_item (self);
      read_item (self, "", line, length);
    }
}

/* What a failure says need not be JSON: then its words are all of it. */
static void
read_failed_frame (PurserReader *self, const PurserFrame *frame)
{
  g_autofree char *event = g_strdup_printf ("%c%s", PURSER_FRAME_FAILED, frame->type);
  g_autoptr(JsonNode) root = purser_json_parse (frame->payload != NULL ? frame->payload : "", frame->length, NULL);
  if (purser_json_object (root) == NULL)
    {
      g_autofree char *text = g_utf8_make_valid (frame->payload != NULL ? frame->payload : "", frame->length);
      JsonObject *object = json_object_new ();
      json_object_set_string_member (object, "message", text);
      g_clear_pointer (&root, json_node_unref);
      root = purser_json_new_object (object);
    }
  self->dialect->read_item (self, self->state, event, root);
}

static void
frame_cb (const PurserFrame *frame, gpointer user_data)
{
  PurserReader *self = user_data;
  if (self->mode == MODE_OVER)
    return;
  self->item_seen = TRUE;
  if (frame->kind != PURSER_FRAME_EVENT)
    read_failed_frame (self, frame);
  else if (frame->length > 0)
    read_item (self, frame->type, frame->payload, frame->length);
}

static void
feed_frames (PurserReader *self, const void *bytes, gsize length)
{
  PurserEventStreamState state = purser_event_stream_feed (self->frames, bytes, length);
  if (self->mode == MODE_OVER || state == PURSER_EVENT_STREAM_SOUND)
    return;
  if (!self->item_seen && self->head->len == HEAD_BYTES) /* its words are told, and all that fit of them, however they are cut */
    fail_garbage (self, _("The server's answer is not a model's reply."), (const char *) self->head->data,
                  self->head->len);
  else if (!self->item_seen)
    return; /* end_stream() */
  else if (state == PURSER_EVENT_STREAM_ENDLESS)
    fail_garbage (self, _("The server sent a part of a reply that is longer than 16 MiB."), "", 0);
  else
    fail_garbage (self, _("The reply was damaged on its way: a checksum in it does not fit."), "", 0);
}

static void
begin_stream (PurserReader *self)
{
  self->streamed = TRUE;
  if (self->dialect->framing == PURSER_FRAMING_FRAMES)
    {
      self->mode = MODE_FRAMES;
      self->frames = purser_event_stream_new (PURSER_READER_MAX_LINE, frame_cb, self);
    }
  else if (self->dialect->framing == PURSER_FRAMING_SSE)
    {
      self->mode = MODE_SSE;
      self->sse = purser_sse_new (PURSER_READER_MAX_LINE, sse_cb, self);
    }
  else
    {
      self->mode = MODE_LINES;
      self->lines = purser_lines_new (PURSER_READER_MAX_LINE, FALSE, lines_cb, self);
    }
}

static gboolean
is_streaming (PurserReader *self)
{
  return self->sse != NULL || self->lines != NULL || self->frames != NULL;
}

static void
feed_text (PurserReader *self, const void *bytes, gsize length)
{
  gboolean fits =
      self->sse ? purser_sse_feed (self->sse, bytes, length) : purser_lines_feed (self->lines, bytes, length);
  if (!fits && self->mode != MODE_OVER)
    fail_endless (self);
}

static gboolean
hands_out_frames (PurserReader *self)
{
  return self->raw != NULL && (self->mode == MODE_SSE || self->mode == MODE_LINES);
}

/* What looked like lines may turn out to be one document. */
static gboolean
read_frame_cb (const char *bytes, gsize length, gpointer reader)
{
  PurserReader *self = reader;
  feed_text (self, bytes, length);
  return self->mode != MODE_WHOLE;
}

static void
feed_stream (PurserReader *self, const void *bytes, gsize length)
{
  const char *at = bytes;
  if (self->frames != NULL)
    {
      feed_frames (self, bytes, length);
      return;
    }
  while (hands_out_frames (self) && length > 0)
    {
      gsize part = purser_frames_feed (self->raw, at, length);
      at += part;
      length -= part;
    }
  if (length > 0 && self->mode != MODE_OVER)
    feed_text (self, at, length);
}

static void
feed_stream_from_body (PurserReader *self)
{
  g_autoptr(GByteArray) bytes = g_steal_pointer (&self->body);
  self->body = g_byte_array_new ();
  begin_stream (self);
  feed_stream (self, bytes->data, bytes->len);
}

/* The first byte that is neither blank nor part of a byte order mark. */
static int
telling_byte (const GByteArray *bytes)
{
  for (guint i = 0; i < bytes->len; i++)
    if (!g_ascii_isspace (bytes->data[i]) && (i > 2 || memchr ("\xef\xbb\xbf", bytes->data[i], 3) == NULL))
      return bytes->data[i];
  return -1;
}

/* Servers answer a request for a stream with whole JSON (errors, old versions) or with a proxy's HTML page, whatever
 * they say in the content type: the first byte tells. Only NDJSON begins like a whole document; lines_cb() tells them
 * apart. */
static void
sniff (PurserReader *self, gboolean at_end)
{
  int byte = telling_byte (self->body);
  if (byte < 0 && self->body->len < MAX_SNIFFED && !at_end)
    return;
  if (byte == '<' || byte == '[' || (byte == '{' && self->dialect->framing != PURSER_FRAMING_LINES))
    {
      self->mode = MODE_WHOLE;
      return;
    }
  feed_stream_from_body (self);
}

static gboolean
says_stream (const char *content_type)
{
  static const char *const types[] = { "text/event-stream", "application/x-ndjson", "application/ndjson",
                                       "application/jsonl",           "application/vnd.amazon.eventstream" };
  for (gsize i = 0; content_type != NULL && i < G_N_ELEMENTS (types); i++)
    if (g_ascii_strncasecmp (content_type, types[i], strlen (types[i])) == 0)
      return TRUE;
  return FALSE;
}

PurserReader *
purser_reader_new (
    const PurserDialect *dialect, gboolean streamed, const char *content_type, PurserEventFunc func, gpointer user_data)
{
  PurserReader *self = g_new0 (PurserReader, 1);
  self->dialect = dialect;
  self->func = func;
  self->user_data = user_data;
  self->state = dialect->state_new ();
  self->body = g_byte_array_new ();
  self->head = g_byte_array_new ();
  self->halves = purser_halves_new ();
  self->mode = streamed || says_stream (content_type) ? MODE_SNIFF : MODE_WHOLE;
  return self;
}

void
purser_reader_set_raw (PurserReader *self, PurserRawFunc func)
{
  PurserFrameUsers users = { read_frame_cb, func, self, self->user_data };
  g_return_if_fail (self->raw == NULL);
  self->raw = purser_frames_new (self->dialect->framing == PURSER_FRAMING_SSE, MAX_FRAME, &users);
}

void
purser_reader_free (PurserReader *self)
{
  if (self == NULL)
    return;
  self->dialect->state_free (self->state);
  g_byte_array_unref (self->body);
  g_byte_array_unref (self->head);
  purser_sse_free (self->sse);
  purser_lines_free (self->lines);
  purser_event_stream_free (self->frames);
  purser_halves_free (self->halves);
  if (self->scratch != NULL)
    g_string_free (self->scratch, TRUE);
  purser_frames_free (self->raw);
  g_free (self->id);
  g_free (self->model);
  g_free (self);
}

gboolean
purser_reader_feed (PurserReader *self, const void *bytes, gsize length)
{
  if (self->mode == MODE_OVER || length == 0)
    return self->mode != MODE_OVER;
  if (self->head->len < HEAD_BYTES)
    g_byte_array_append (self->head, bytes, MIN (length, HEAD_BYTES - self->head->len));
  if (is_streaming (self))
    feed_stream (self, bytes, length);
  else
    append_body (self, bytes, length);
  if (self->mode == MODE_SNIFF)
    sniff (self, FALSE);
  return self->mode != MODE_OVER;
}

/* A whole reply was asked for and the server streams all the same. */
static gboolean
try_as_stream (PurserReader *self)
{
  static const char *const fields[] = { "data:", "event:", "id:", "retry:", ":" };
  const char *text = (const char *) self->body->data;
  gsize blanks = 0;
  gboolean looks_so = self->dialect->framing == PURSER_FRAMING_LINES && memchr (text, '\n', self->body->len) != NULL;
  while (blanks < self->body->len && g_ascii_isspace (text[blanks]))
    blanks++;
  for (gsize i = 0; i < G_N_ELEMENTS (fields) && self->dialect->framing == PURSER_FRAMING_SSE; i++)
    looks_so = looks_so
               || (self->body->len - blanks >= strlen (fields[i])
                   && memcmp (text + blanks, fields[i], strlen (fields[i])) == 0);
  looks_so |= self->dialect->framing == PURSER_FRAMING_FRAMES && *text == 0;
  if (!looks_so || is_streaming (self) || telling_byte (self->body) == '<')
    return FALSE;
  feed_stream_from_body (self);
  return TRUE;
}

static void end_stream (PurserReader *self);

static gboolean
read_whole_quick (PurserReader *self)
{
  if (self->dialect->read_whole_quick == NULL || self->forgo_quick
      || !self->dialect->read_whole_quick (self, self->state, (const char *) self->body->data, self->body->len))
    return FALSE;
  self->streamed = FALSE;
  purser_reader_over (self);
  return TRUE;
}

static void
read_whole (PurserReader *self)
{
  gboolean incomplete;
  const char *text = (const char *) self->body->data;
  if (telling_byte (self->body) < 0)
    {
      purser_reader_fail (self, purser_fault_cut (), NULL);
      return;
    }
  if (read_whole_quick (self))
    return;
  g_autoptr(JsonNode) root = purser_json_parse_wire (text, self->body->len, &self->item_has_halves, &incomplete, NULL);
  if (root == NULL && try_as_stream (self))
    end_stream (self);
  else if (root == NULL)
    fail_unparsed (self, text, self->body->len, incomplete);
  else
    {
      self->streamed = FALSE;
      if (!self->dialect->read_whole (self, self->state, root) && self->mode != MODE_OVER)
        fail_garbage (self, _("The server's answer is JSON, but not a model's reply."), text, self->body->len);
      if (self->mode != MODE_OVER)
        purser_reader_over (self);
    }
}

/* Whether nothing came that looks like the framing: no event stream has such lines, and no frame is that long. */
static gboolean
is_something_else (PurserReader *self)
{
  if (self->item_seen || telling_byte (self->head) < 0)
    return FALSE;
  if (self->frames != NULL)
    return self->head->data[0] > 1 || purser_event_stream_feed (self->frames, NULL, 0) != PURSER_EVENT_STREAM_SOUND;
  return self->sse != NULL && purser_sse_strange (self->sse);
}

static void
end_stream (PurserReader *self)
{
  gboolean framed = hands_out_frames (self);
  if (framed)
    purser_frames_read_rest (self->raw);
  gboolean fits = self->sse     ? purser_sse_end (self->sse)
                  : self->lines ? purser_lines_end (self->lines)
                                : TRUE; /* half a frame is a cut like any other */
  if (framed && self->mode != MODE_WHOLE)
    purser_frames_end (self->raw);
  if (self->mode == MODE_OVER)
    return;
  if (self->mode == MODE_WHOLE)
    read_whole (self);
  else if (!fits)
    fail_endless (self);
  else if (is_something_else (self))
    fail_garbage (self, _("The server's answer is not a model's reply."), (const char *) self->head->data,
                  self->head->len);
  else if (self->dialect->complete (self, self->state, FALSE))
    purser_reader_over (self);
  else
    purser_reader_fail (self, purser_fault_cut (), NULL);
}

void
purser_reader_end (PurserReader *self)
{
  self->ending = TRUE;
  if (self->mode == MODE_SNIFF)
    sniff (self, TRUE);
  if (is_streaming (self))
    end_stream (self);
  else if (self->mode == MODE_WHOLE)
    read_whole (self);
}
