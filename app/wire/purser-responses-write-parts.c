/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-responses-write.h"

#include <string.h>

#include "purser-json-wire.h"

/* Parts of messages and of reasoning as frames (PROVIDERS §6.3), and the fragments by which they and calls grow. */

static const struct
{
  const char *type, *member, *index, *event, *text;
} kinds[] = {
  [PURSER_WRITTEN_TEXT] = { "output_text", "text", "content_index", "response.content_part", "response.output_text" },
  [PURSER_WRITTEN_REFUSAL] = { "refusal", "refusal", "content_index", "response.content_part", "response.refusal" },
  [PURSER_WRITTEN_SUMMARY] = { "summary_text", "text", "summary_index", "response.reasoning_summary_part",
                               "response.reasoning_summary_text" },
  [PURSER_WRITTEN_REASONING] = { "reasoning_text", "text", "content_index", "response.content_part",
                                 "response.reasoning_text" },
};

void
purser_written_part_free (PurserWrittenPart *part)
{
  if (part == NULL)
    return;
  g_free (part->event);
  g_clear_pointer (&part->base, json_object_unref);
  g_string_free (part->text, TRUE);
  g_string_free (part->prefix, TRUE);
  json_array_unref (part->annotations);
  g_free (part);
}

/* The frame of a fragment up to its sequence number: all its fragments begin so. */
void
purser_written_frame (
    GString *out, const char *type, const PurserWrittenItem *item, const char *index_member, gint64 index)
{
  g_string_printf (out, "event: %s\ndata: {\"type\":\"%s\",\"item_id\":", type, type);
  purser_writer_json_string (out, item->id, strlen (item->id));
  g_string_append_printf (out, ",\"output_index\":%u", item->index);
  if (index_member != NULL)
    g_string_append_printf (out, ",\"%s\":%" G_GINT64_FORMAT, index_member, index);
  g_string_append (out, ",\"sequence_number\":");
}

void
purser_written_fragment (
    PurserResponsesWriter *self, const GString *prefix, const char *text, gsize length, const char *tail)
{
  g_string_truncate (self->frame, 0);
  g_string_append_len (self->frame, prefix->str, prefix->len);
  g_string_append_printf (self->frame, "%d,\"delta\":", self->sequence++);
  purser_writer_json_string (self->frame, text, length);
  g_string_append (self->frame, tail);
  purser_writer_bytes (self->writer, self->frame->str, self->frame->len, FALSE);
}

static JsonObject *
part_event (PurserResponsesWriter *self, const PurserWrittenItem *item, const char *base, const char *suffix)
{
  const PurserWrittenPart *part = item->part;
  g_autofree char *type = g_strconcat (base, suffix, NULL);
  JsonObject *event = purser_responses_event (self, type);
  json_object_set_string_member (event, "item_id", item->id);
  json_object_set_int_member (event, "output_index", item->index);
  json_object_set_int_member (event, kinds[part->kind].index, part->index);
  return event;
}

static JsonObject *
make_part (const PurserWrittenPart *part)
{
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "type", kinds[part->kind].type);
  if (part->kind == PURSER_WRITTEN_TEXT)
    {
      json_object_set_array_member (object, "annotations", json_array_ref (part->annotations));
      json_object_set_array_member (object, "logprobs", json_array_new ());
    }
  json_object_set_string_member (object, kinds[part->kind].member, part->text->str);
  return object;
}

static void
send_part (PurserResponsesWriter *self, const PurserWrittenItem *item, const char *suffix, JsonObject *object)
{
  JsonObject *event = part_event (self, item, item->part->event, suffix);
  json_object_set_object_member (event, "part", object);
  purser_responses_send (self, event, FALSE);
}

static void
open_part (PurserResponsesWriter *self, PurserWrittenItem *item, PurserWrittenKind kind, gint64 index, JsonObject *base)
{
  PurserWrittenPart *part = g_new0 (PurserWrittenPart, 1);
  g_autofree char *delta = g_strconcat (kinds[kind].text, ".delta", NULL);
  purser_written_close_part (self, item);
  part->kind = kind;
  part->index = index >= 0                       ? index
                : kind == PURSER_WRITTEN_SUMMARY ? json_array_get_length (item->summary)
                                                 : json_array_get_length (item->content);
  part->event = g_strdup (kinds[kind].event);
  part->base = base;
  part->text = g_string_new (NULL);
  part->prefix = g_string_new (NULL);
  part->annotations = json_array_new ();
  purser_written_frame (part->prefix, delta, item, kinds[kind].index, part->index);
  item->part = part;
}

static JsonObject *
finished_part (const PurserWrittenPart *part)
{
  if (part->base == NULL)
    return make_part (part);
  json_object_set_string_member (part->base, kinds[part->kind].member, part->text->str);
  if (json_array_get_length (part->annotations) > 0)
    json_object_set_array_member (part->base, "annotations", json_array_ref (part->annotations));
  return json_object_ref (part->base);
}

void
purser_written_close_part (PurserResponsesWriter *self, PurserWrittenItem *item)
{
  PurserWrittenPart *part = item->part;
  if (part == NULL)
    return;
  JsonObject *event = part_event (self, item, kinds[part->kind].text, ".done");
  json_object_set_string_member (event, kinds[part->kind].member, part->text->str);
  if (part->kind == PURSER_WRITTEN_TEXT)
    json_object_set_array_member (event, "logprobs", json_array_new ());
  purser_responses_send (self, event, FALSE);
  JsonObject *object = finished_part (part);
  json_array_add_object_element (part->kind == PURSER_WRITTEN_SUMMARY ? item->summary : item->content,
                                 json_object_ref (object));
  send_part (self, item, ".done", object);
  g_clear_pointer (&item->part, purser_written_part_free);
}

void
purser_written_part (PurserResponsesWriter *self, PurserWrittenItem *item, JsonObject *event)
{
  JsonObject *object = purser_json_member (event, "part");
  const char *type = purser_json_string (object, "type"), *name = purser_json_string (event, "type");
  for (gsize i = 0; type != NULL && name != NULL && g_str_has_suffix (name, ".added") && i < G_N_ELEMENTS (kinds); i++)
    {
      if (!g_str_equal (kinds[i].type, type))
        continue;
      open_part (self, item, i, purser_json_int (event, kinds[i].index, -1),
                 purser_written_copy (self->writer, object));
      g_autofree char *own = g_strndup (name, strlen (name) - strlen (".added"));
      g_set_str (&item->part->event, own); /* mantle calls them response.reasoning_part */
      send_part (self, item, ".added", purser_written_copy (self->writer, object));
      return;
    }
}

static PurserWrittenPart *
need_part (PurserResponsesWriter *self, PurserWrittenItem *item, PurserWrittenKind kind)
{
  if (item->part == NULL || item->part->kind != kind)
    {
      open_part (self, item, kind, -1, NULL);
      send_part (self, item, ".added", make_part (item->part));
    }
  return item->part;
}

void
purser_written_say (
    PurserResponsesWriter *self, PurserWrittenItem *item, PurserWrittenKind kind, const char *text, gsize length)
{
  gboolean thinking = item->kind == PURSER_ITEM_REASONING;
  if (item->part != NULL && thinking && item->part->base != NULL)
    kind = item->part->kind; /* its provider said which of the two it is */
  PurserWrittenPart *part = need_part (self, item, kind);
  gboolean later = json_array_get_length (item->summary) + json_array_get_length (item->content) > 0;
  if (thinking && later && part->text->len == 0 && !part->separated && length == 2 && memcmp (text, "\n\n", 2) == 0)
    {
      part->separated = TRUE;
      return;
    }
  g_string_append_len (part->text, text, length);
  purser_written_fragment (self, part->prefix, text, length,
                           kind == PURSER_WRITTEN_TEXT ? ",\"logprobs\":[]}\n\n" : "}\n\n");
}

JsonNode *
purser_responses_annotation (PurserWriter *writer, JsonNode *citation, glong at)
{
  JsonObject *source = purser_json_object (citation);
  JsonObject *nested = purser_json_member (source, "url_citation"); /* as Chat Completions has it */
  JsonObject *told = nested != NULL ? nested : source;
  const char *url = purser_json_string (told, "url"), *title = purser_json_string (told, "title");
  if (purser_writer_is_own (writer))
    return citation != NULL ? purser_json_copy (citation) : NULL;
  if (url == NULL)
    return NULL;
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "type", "url_citation");
  json_object_set_int_member (object, "start_index", purser_json_int (told, "start_index", at));
  json_object_set_int_member (object, "end_index", purser_json_int (told, "end_index", at));
  json_object_set_string_member (object, "url", url);
  json_object_set_string_member (object, "title", title != NULL ? title : "");
  return purser_json_new_object (object);
}

void
purser_written_cite (PurserResponsesWriter *self, PurserWrittenItem *item, JsonNode *citation)
{
  PurserWrittenPart *part = need_part (self, item, PURSER_WRITTEN_TEXT);
  JsonNode *annotation = purser_responses_annotation (self->writer, citation, g_utf8_strlen (part->text->str, -1));
  if (annotation == NULL)
    return;
  JsonObject *event = part_event (self, item, "response.output_text.annotation", ".added");
  json_object_set_int_member (event, "annotation_index", json_array_get_length (part->annotations));
  json_object_set_member (event, "annotation", json_node_ref (annotation));
  json_array_add_element (part->annotations, annotation);
  purser_responses_send (self, event, FALSE);
}
