/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-writer.h"

#include <string.h>

#include "purser-json-wire.h"
#include "purser-carry.h"
#include "purser-reader.h"

struct _PurserWriter
{
  const PurserDialect *dialect;
  PurserWriterOptions  options; /* strings (owned) */
  PurserWriterFunc     func;
  gpointer             user_data;
  gpointer             state;   /* (owned) (nullable): the dialect's */
  PurserReply         *reply;   /* (owned): what came so far */
  char                *id;      /* (owned) (nullable) once asked */
  GString             *frame;   /* (owned): reused */
  PurserFault         *fault;   /* (owned) (nullable) */
  gboolean             terminal, over;
};

/**
 * purser_writer_new:
 * @dialect: one that is served
 * @options: copied, but for the request it names
 *
 * Returns: (transfer full): a writer of one reply
 */
PurserWriter *
purser_writer_new (const PurserDialect *dialect,
                   const PurserWriterOptions *options,
                   PurserWriterFunc func,
                   gpointer user_data)
{
  g_return_val_if_fail (purser_dialect_has_writer (dialect), NULL);
  PurserWriter *writer = g_new0 (PurserWriter, 1);
  writer->dialect = dialect;
  writer->options = *options;
  writer->options.id = g_strdup (options->id);
  writer->options.model = g_strdup (options->model);
  writer->options.origin = g_strdup (options->origin != NULL ? options->origin : dialect->id);
  writer->func = func;
  writer->user_data = user_data;
  writer->frame = g_string_new (NULL);
  writer->reply = purser_reply_new ();
  writer->reply->ordered = !options->stream; /* a stream has gone out by then */
  writer->state = dialect->write_new != NULL ? dialect->write_new (writer) : NULL;
  return writer;
}

void
purser_writer_free (PurserWriter *writer)
{
  if (writer == NULL)
    return;
  if (writer->state != NULL && writer->dialect->write_free != NULL)
    writer->dialect->write_free (writer->state);
  g_free ((char *) writer->options.id);
  g_free ((char *) writer->options.model);
  g_free ((char *) writer->options.origin);
  g_string_free (writer->frame, TRUE);
  purser_reply_free (writer->reply);
  purser_fault_free (writer->fault);
  g_free (writer->id);
  g_free (writer);
}

const PurserWriterOptions *
purser_writer_options (PurserWriter *writer)
{
  return &writer->options;
}

const PurserReply *
purser_writer_reply (PurserWriter *writer)
{
  return writer->reply;
}

gboolean
purser_writer_is_own (PurserWriter *writer)
{
  return g_str_equal (writer->options.origin, writer->dialect->id);
}

const char *
purser_writer_id (PurserWriter *writer, const char *prefix)
{
  const char *known = writer->options.id != NULL ? writer->options.id : writer->reply->id;
  if (writer->id != NULL)
    return writer->id;
  if (known != NULL && (purser_writer_is_own (writer) || g_str_has_prefix (known, prefix)))
    writer->id = g_strdup (known);
  else
    writer->id = g_strconcat (prefix, known != NULL && *known != 0 ? known : "0", NULL);
  return writer->id;
}

const char *
purser_writer_model (PurserWriter *writer)
{
  const char *model = writer->options.model != NULL ? writer->options.model : writer->reply->model;
  return model != NULL ? model : "";
}

char *
purser_writer_opaque (PurserWriter *writer, const char *id, const char *opaque)
{
  return purser_writer_is_own (writer) || g_str_has_prefix (opaque, PURSER_CARRY_MARK)
             ? g_strdup (opaque)
             : purser_carry_wrap (writer->options.origin, id, opaque);
}

/* Anthropic takes only letters, digits, _ and - in an id; what a provider made up otherwise is not lost but spelt so. */
char *
purser_writer_tool_id (PurserWriter *writer, const char *id, const char *prefix, int choice, int tool)
{
  if (id != NULL && *id != 0)
    return g_strdup (id);
  const char *known = writer->options.id != NULL ? writer->options.id : writer->reply->id;
  g_autofree char *seed = g_compute_checksum_for_string (G_CHECKSUM_SHA256, known != NULL ? known : "", -1);
  return g_strdup_printf ("%s%.12s%02d%02d", prefix, seed, choice, tool);
}

const char *
purser_writer_tool_name (PurserWriter *writer, const char *name)
{
  if (writer->options.chat == NULL || name == NULL)
    return name != NULL ? name : "";
  return purser_chat_tool_name (writer->options.chat, name);
}

void
purser_writer_json_string (GString *out, const char *text, gsize length)
{
  purser_json_append_string (out, text, length);
}

void
purser_writer_bytes (PurserWriter *writer, const char *bytes, gssize length, gboolean terminal)
{
  writer->terminal |= terminal;
  writer->func (bytes, length < 0 ? strlen (bytes) : (gsize) length, writer->terminal, writer->user_data);
}

static void
append_object (GString *out, JsonObject *data)
{
  g_autoptr(JsonNode) node = purser_json_new_object (data);
  g_autofree char *text = purser_json_to_string (node, FALSE);
  g_string_append (out, text);
}

void
purser_writer_sse (PurserWriter *writer, const char *event, JsonObject *data, gboolean terminal)
{
  g_string_truncate (writer->frame, 0);
  if (event != NULL)
    g_string_append_printf (writer->frame, "event: %s\n", event);
  g_string_append (writer->frame, "data: ");
  append_object (writer->frame, data);
  g_string_append (writer->frame, "\n\n");
  purser_writer_bytes (writer, writer->frame->str, writer->frame->len, terminal);
}

void
purser_writer_line (PurserWriter *writer, JsonObject *data, gboolean terminal)
{
  g_string_truncate (writer->frame, 0);
  append_object (writer->frame, data);
  g_string_append_c (writer->frame, '\n');
  purser_writer_bytes (writer, writer->frame->str, writer->frame->len, terminal);
}

static void
write_whole (PurserWriter *writer)
{
  JsonObject *body = writer->dialect->write_whole (writer, writer->reply);
  if (writer->fault != NULL || body == NULL)
    {
      g_clear_pointer (&body, json_object_unref);
      return;
    }
  g_string_truncate (writer->frame, 0);
  append_object (writer->frame, body);
  purser_writer_bytes (writer, writer->frame->str, writer->frame->len, TRUE);
}

/**
 * purser_writer_add:
 *
 * Takes in the next event and writes what it makes. Nothing is written after the end or an error.
 */
void
purser_writer_add (PurserWriter *writer, const PurserEvent *event)
{
  if (writer->over || event->type == PURSER_EVENT_RAW) /* bytes that go out as they are need no writer */
    return;
  purser_reply_add (writer->reply, event);
  if (writer->options.stream)
    writer->dialect->write_event (writer, writer->state, event);
  else if (event->type == PURSER_EVENT_END)
    write_whole (writer);
  writer->over |= event->type == PURSER_EVENT_END || event->type == PURSER_EVENT_ERROR;
}

void
purser_writer_fail (PurserWriter *writer, PurserFault *fault)
{
  g_clear_pointer (&writer->fault, purser_fault_free);
  writer->fault = fault;
}

const PurserFault *
purser_writer_fault (const PurserWriter *writer)
{
  return writer->fault;
}

/**
 * purser_writer_ping:
 *
 * Bytes that keep a stream alive and commit to nothing.
 */
void
purser_writer_ping (PurserWriter *writer)
{
  if (!writer->over && writer->options.stream && writer->dialect->ping != NULL)
    writer->func (writer->dialect->ping, strlen (writer->dialect->ping), FALSE, writer->user_data);
}

const char *
purser_writer_content_type (const PurserWriter *writer)
{
  if (!writer->options.stream)
    return "application/json";
  return writer->dialect->framing == PURSER_FRAMING_LINES ? "application/x-ndjson" : "text/event-stream";
}
