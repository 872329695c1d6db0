/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-bedrock-content.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json-wire.h"

#define LONGEST_NAME 200

/* A media type and what Converse calls it. */
typedef struct
{
  const char *type, *format;
} Format;

static const Format image_formats[] = {
  { "image/png", "png" }, { "image/jpeg", "jpeg" }, { "image/jpg", "jpeg" },
  { "image/gif", "gif" }, { "image/webp", "webp" },
};

static const Format audio_formats[] = {
  { "wav", "wav" },        { "audio/wav", "wav" },   { "audio/x-wav", "wav" }, { "mp3", "mp3" },
  { "audio/mpeg", "mp3" }, { "audio/mp3", "mp3" },   { "flac", "flac" },       { "audio/flac", "flac" },
  { "opus", "opus" },      { "audio/opus", "opus" }, { "ogg", "ogg" },         { "audio/ogg", "ogg" },
  { "aac", "aac" },        { "audio/aac", "aac" },   { "m4a", "m4a" },         { "audio/mp4", "mp4" },
  { "webm", "webm" },      { "audio/webm", "webm" },
};

static const Format document_formats[] = {
  { "application/pdf", "pdf" },
  { "text/csv", "csv" },
  { "text/html", "html" },
  { "text/markdown", "md" },
  { "text/plain", "txt" },
  { "application/msword", "doc" },
  { "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx" },
  { "application/vnd.ms-excel", "xls" },
  { "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx" },
};

/* Without what may follow the type ("text/plain; charset=utf-8"). */
static const char *
format_of (const Format *formats, gsize n_formats, const char *media_type)
{
  gsize length = media_type != NULL ? strcspn (media_type, "; ") : 0;
  for (gsize i = 0; i < n_formats && length > 0; i++)
    if (strlen (formats[i].type) == length && g_ascii_strncasecmp (formats[i].type, media_type, length) == 0)
      return formats[i].format;
  return NULL;
}

/* Inside the request, or from AWS's own store: Converse fetches nothing else. */
static JsonObject *
source_of (const PurserPart *part, const char *data)
{
  JsonObject *source = json_object_new ();
  if (data != NULL)
    json_object_set_string_member (source, "bytes", data);
  else
    {
      JsonObject *location = json_object_new ();
      json_object_set_string_member (location, "uri", part->url);
      json_object_set_object_member (source, "s3Location", location);
    }
  return source;
}

static gboolean
can_be_sent (const PurserPart *part)
{
  return part->data != NULL || (part->url != NULL && g_str_has_prefix (part->url, "s3://"));
}

static JsonObject *
block_of (const char *member, const char *format, const char *name, JsonObject *source)
{
  JsonObject *block = json_object_new (), *inner = json_object_new ();
  json_object_set_string_member (inner, "format", format);
  if (name != NULL)
    json_object_set_string_member (inner, "name", name);
  json_object_set_object_member (inner, "source", source);
  json_object_set_object_member (block, member, inner);
  return block;
}

JsonObject *
purser_bedrock_image (const PurserPart *part, GError **error)
{
  const char *format = format_of (image_formats, G_N_ELEMENTS (image_formats), part->media_type);
  const char *dot = part->url != NULL && format == NULL ? strrchr (part->url, '.') : NULL;
  g_autofree char *guessed = dot != NULL ? g_strconcat ("image/", dot + 1, NULL) : NULL;
  if (format == NULL)
    format = format_of (image_formats, G_N_ELEMENTS (image_formats), guessed);
  if (!can_be_sent (part))
    purser_encode_refuse (error,
                          _("Bedrock takes images only inside the request or from S3, not by another address."));
  else if (format == NULL)
    purser_encode_refuse (error, _("Bedrock takes images as PNG, JPEG, GIF or WebP, not %s."),
                          part->media_type ? part->media_type : _("of an unnamed type"));
  else
    return block_of ("image", format, NULL, source_of (part, part->data));
  return NULL;
}

JsonObject *
purser_bedrock_audio (const PurserPart *part, GError **error)
{
  const char *format = format_of (audio_formats, G_N_ELEMENTS (audio_formats), part->media_type);
  if (part->data != NULL && format != NULL)
    return block_of ("audio", format, NULL, source_of (part, part->data));
  purser_encode_refuse (error, _("Bedrock does not take sound as %s."),
                        part->media_type ? part->media_type : _("of an unnamed type"));
  return NULL;
}

/* Only letters, digits, single blanks, hyphens, parentheses and square brackets. */
static char *
clean_name (const char *name)
{
  GString *clean = g_string_new (NULL);
  for (const char *p = name != NULL ? name : ""; *p != 0 && clean->len < LONGEST_NAME; p++)
    {
      char c = g_ascii_isalnum (*p) || strchr ("-()[]", *p) != NULL ? *p : ' ';
      if (c != ' ' || (clean->len > 0 && clean->str[clean->len - 1] != ' '))
        g_string_append_c (clean, c);
    }
  g_strchomp (clean->str);
  return g_string_free (clean, FALSE);
}

/* The name, or the first numbered one that no other document has. NAMES: name → how many asked for it. */
static char *
own_name (const char *wanted, GHashTable *names)
{
  g_autofree char *clean = clean_name (wanted);
  gboolean named = *clean != 0;
  char *name = named ? g_strdup (clean) : g_strdup ("Document 1");
  g_autofree char *asked = g_strdup (name);
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (names, name));
  while (g_hash_table_contains (names, name))
    {
      g_free (name);
      name = named ? g_strdup_printf ("%.*s (%u)", LONGEST_NAME - 13, clean, count + 1)
                   : g_strdup_printf ("Document %u", count + 1);
      count++;
    }
  if (count > 0)
    g_hash_table_insert (names, g_steal_pointer (&asked), GUINT_TO_POINTER (count));
  g_hash_table_insert (names, g_strdup (name), GUINT_TO_POINTER (1));
  return name;
}

JsonObject *
purser_bedrock_document (const PurserPart *part, GHashTable *names, GError **error)
{
  const char *format = format_of (document_formats, G_N_ELEMENTS (document_formats), part->media_type);
  if (format == NULL && (part->is_text || (part->media_type != NULL && g_str_has_prefix (part->media_type, "text/"))))
    format = "txt";
  if (!can_be_sent (part))
    purser_encode_refuse (error, _("Bedrock takes files only inside the request or from S3, not by another address."));
  else if (format == NULL)
    purser_encode_refuse (error, _("Bedrock takes files as PDF, text, HTML, Word or Excel, not %s."),
                          part->media_type ? part->media_type : _("of an unnamed type"));
  else
    {
      g_autofree char *name = own_name (part->name, names);
      g_autofree char *encoded = part->is_text && part->data != NULL
                                     ? g_base64_encode ((const guchar *) part->data, strlen (part->data))
                                     : NULL;
      return block_of ("document", format, name, source_of (part, encoded != NULL ? encoded : part->data));
    }
  return NULL;
}
