/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-steward.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct
{
  GLogLevelFlags level;
  const char *word, *priority; /* the journal's number */
} LEVELS[] = {
  { G_LOG_LEVEL_ERROR, "error", "3" },  { G_LOG_LEVEL_CRITICAL, "error", "4" }, { G_LOG_LEVEL_WARNING, "warning", "4" },
  { G_LOG_LEVEL_MESSAGE, "info", "5" }, { G_LOG_LEVEL_INFO, "info", "6" },      { G_LOG_LEVEL_DEBUG, "debug", "7" },
};

static guint
level_index (GLogLevelFlags level)
{
  guint i = 0;
  while (i + 1 < G_N_ELEMENTS (LEVELS) && (level & LEVELS[i].level) == 0)
    i++;
  return i;
}

static char *
field_text (const GLogField *field)
{
  g_autofree char *raw = field->length < 0 ? g_strdup (field->value) : g_strndup (field->value, (gsize) field->length);
  return g_utf8_make_valid (raw, -1);
}

/* "PURSER_EVENT" → "event". What the journal adds by itself (code file, line) is left out. */
static const char *
member_name (const char *key)
{
  static const struct
  {
    const char *key, *member;
  } NAMES[] = {
    { "MESSAGE", "message" },  { "GLIB_DOMAIN", "domain" },       { "PURSER_EVENT", "event" },
    { "PURSER_FILE", "file" }, { "PURSER_NAME", "organisation" }, { "PURSER_URL", "url" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (NAMES); i++)
    if (g_str_equal (NAMES[i].key, key))
      return NAMES[i].member;
  return NULL;
}

/* As the data plane's own lines: seconds, level, event, then the rest. */
static char *
json_line (GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  gint64 now = g_get_real_time ();
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), NULL);
  JsonObject *object = json_object_new ();
  json_node_take_object (node, object);
  json_object_set_string_member (object, "level", LEVELS[level_index (level)].word);
  for (gsize i = 0; i < n_fields; i++)
    {
      const char *member = member_name (fields[i].key);
      g_autofree char *value = member != NULL ? field_text (&fields[i]) : NULL;
      if (value != NULL)
        json_object_set_string_member (object, member, value);
    }
  g_autofree char *rest = json_to_string (node, FALSE);
  return g_strdup_printf ("{\"time\":%" G_GINT64_FORMAT ".%06d,%s", now / G_USEC_PER_SEC, (int) (now % G_USEC_PER_SEC),
                          rest + 1);
}

static char *
plain_line (const GLogField *fields, gsize n_fields)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      return field_text (&fields[i]);
  return g_strdup ("");
}

static GLogWriterOutput
write_cb (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const char *domain = NULL;
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
      domain = fields[i].value;
  if ((level & (G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG)) != 0 && g_log_writer_default_would_drop (level, domain))
    return G_LOG_WRITER_HANDLED;
  if (g_log_writer_is_journald (STDERR_FILENO)
      && g_log_writer_journald (level, fields, n_fields, NULL) == G_LOG_WRITER_HANDLED)
    return G_LOG_WRITER_HANDLED;
  g_autofree char *line = isatty (STDERR_FILENO) ? plain_line (fields, n_fields) : json_line (level, fields, n_fields);
  /* One write a line: several threads may speak. */
  g_autofree char *whole = g_strconcat (line, "\n", NULL);
  fputs (whole, stderr);
  fflush (stderr);
  return G_LOG_WRITER_HANDLED;
}

void
purser_steward_log_start (void)
{
  g_log_set_writer_func (write_cb, NULL, NULL);
}

void
purser_steward_log (
    GLogLevelFlags level, const char *event, const char *file, const char *name, const char *url, const char *words)
{
  const struct
  {
    const char *key, *value;
  } VALUES[] = {
    { "MESSAGE", words },
    { "PRIORITY", LEVELS[level_index (level)].priority },
    { "GLIB_DOMAIN", G_LOG_DOMAIN },
    { "SYSLOG_IDENTIFIER", "purser-gateway" },
    { "PURSER_EVENT", event },
    { "PURSER_FILE", file },
    { "PURSER_NAME", name },
    { "PURSER_URL", url },
  };
  GLogField fields[G_N_ELEMENTS (VALUES)];
  gsize n = 0;
  for (guint i = 0; i < G_N_ELEMENTS (VALUES); i++)
    if (VALUES[i].value != NULL)
      fields[n++] = (GLogField) { VALUES[i].key, VALUES[i].value, -1 };
  g_log_structured_array (level, fields, n);
}
