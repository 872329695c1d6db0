/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-openai-chat-details.h"

#include "purser-carry.h"
#include "purser-json-wire.h"

static const char *
words_of (JsonObject *detail)
{
  const char *text = purser_json_string (detail, "text");
  return purser_is_set (text) ? text : purser_json_string (detail, "summary");
}

/* What a detail has beside its text and its opaque state must come back too, also from callers of another dialect, who
 * carry only the state and an id: so the id holds all three, "FORMAT|INDEX|ID". NULL where there is nothing to keep. */
static char *
mark_of (JsonObject *detail)
{
  const char *format = purser_json_string (detail, "format"), *id = purser_json_string (detail, "id");
  gint64 index = purser_json_int (detail, "index", -1);
  g_autofree char *number = index >= 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, index) : g_strdup ("");
  if (!purser_is_set (format) && !purser_is_set (id) && index < 0)
    return NULL;
  return g_strjoin ("|", format != NULL ? format : "", number, id != NULL ? id : "", NULL);
}

/* An id without the mark's bars is an id. */
static void
set_mark (JsonObject *detail, const char *mark, guint fallback_index)
{
  g_auto(GStrv) pieces = g_strsplit (mark != NULL ? mark : "", "|", 3);
  gboolean marked = g_strv_length (pieces) == 3;
  const char *format = marked ? pieces[0] : "", *id = marked ? pieces[2] : mark;
  gint64 index = fallback_index;
  if (marked)
    g_ascii_string_to_signed (pieces[1], 10, 0, G_MAXINT64, &index, NULL);
  if (purser_is_set (id))
    json_object_set_string_member (detail, "id", id);
  if (*format != 0)
    json_object_set_string_member (detail, "format", format);
  json_object_set_int_member (detail, "index", index);
}

/**
 * purser_openai_details_have_text:
 *
 * Returns: whether any of @details holds text of its own
 */
gboolean
purser_openai_details_have_text (JsonArray *details)
{
  for (guint i = 0; i < json_array_get_length (details); i++)
    if (purser_is_set (words_of (purser_json_object (json_array_get_element (details, i)))))
      return TRUE;
  return FALSE;
}

/**
 * purser_openai_detail_tell:
 *
 * Hands on what one detail of a reply says, in the order in which it belongs together.
 */
void
purser_openai_detail_tell (PurserReader *reader, int choice, JsonNode *node)
{
  JsonObject *detail = purser_json_object (node);
  const char *signature = purser_json_string (detail, "signature");
  purser_reader_text (reader, PURSER_EVENT_THINKING, choice, 0, words_of (detail));
  gboolean encrypted = g_strcmp0 (purser_json_string (detail, "type"), "reasoning.encrypted") == 0;
  const char *opaque = purser_is_set (signature) ? signature : encrypted ? purser_json_string (detail, "data") : NULL;
  if (!purser_is_set (opaque))
    return;
  g_autofree char *mark = mark_of (detail);
  purser_reader_opaque (reader, purser_is_set (signature) ? PURSER_EVENT_SIGNATURE : PURSER_EVENT_REDACTED, choice, opaque,
                        mark, node);
}

/* Opaque state in FIELD: another dialect's comes out of its wrapping; ours stays as it is, with the detail around it. */
static void
read_opaque (PurserPart *part, char **field, JsonNode *detail, const char *opaque)
{
  if (purser_carry_unwrap (opaque, &part->dialect, &part->id, field))
    return;
  *field = g_strdup (purser_is_set (opaque) ? opaque : NULL);
  part->dialect = g_strdup ("openai-chat");
  part->id = mark_of (purser_json_object (detail));
  part->json = json_node_ref (detail);
}

/**
 * purser_openai_detail_read:
 * @node: an object
 * @part: an empty part of type THINKING
 *
 * Takes a detail of a caller's history.
 */
void
purser_openai_detail_read (JsonNode *node, PurserPart *part)
{
  JsonObject *detail = purser_json_object (node);
  const char *signature = purser_json_string (detail, "signature");
  gboolean redacted = !purser_is_set (signature) && purser_is_set (purser_json_string (detail, "data"));
  part->text = g_strdup (words_of (detail));
  read_opaque (part, redacted ? &part->data : &part->signature, node,
               redacted ? purser_json_string (detail, "data") : signature);
}

/**
 * purser_openai_detail_new:
 * @part: thinking of this dialect
 * @index: its place, where it does not know its own
 *
 * Returns: (transfer full): the detail
 */
JsonObject *
purser_openai_detail_new (const PurserPart *part, guint index)
{
  JsonObject *known = purser_json_object (part->json), *detail;
  const char *type = purser_json_string (known, "type");
  if (known != NULL)
    {
      g_autoptr(JsonNode) copy = purser_json_copy (part->json);
      detail = json_object_ref (json_node_get_object (copy));
      /* A stream tells the text before the signature, in details of their own. */
      if (purser_is_set (part->text) && words_of (known) == NULL && g_strcmp0 (type, "reasoning.encrypted") != 0)
        json_object_set_string_member (detail, "text", part->text);
      return detail;
    }
  detail = json_object_new ();
  json_object_set_string_member (detail, "type", purser_is_set (part->data) ? "reasoning.encrypted" : "reasoning.text");
  if (purser_is_set (part->data))
    json_object_set_string_member (detail, "data", part->data);
  else if (part->text != NULL)
    json_object_set_string_member (detail, "text", part->text);
  if (purser_is_set (part->signature))
    json_object_set_string_member (detail, "signature", part->signature);
  set_mark (detail, part->id, index);
  return detail;
}
