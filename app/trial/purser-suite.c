/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-suite.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "purser-check.h"
#include "purser-json.h"
#include "purser-suites.h"

void
purser_case_free (PurserCase *item)
{
  g_free (item->id);
  g_free (item->title);
  g_free (item->group);
  g_free (item->expected);
  g_clear_pointer (&item->vars, json_object_unref);
  g_clear_pointer (&item->checks, g_ptr_array_unref);
  g_free (item);
}

void
purser_suite_free (PurserSuite *suite)
{
  if (suite == NULL)
    return;
  g_free (suite->name);
  g_free (suite->description);
  g_free (suite->workload);
  g_free (suite->system);
  g_free (suite->user);
  g_strfreev (suite->unused);
  g_clear_pointer (&suite->cases, g_ptr_array_unref);
  g_free (suite);
}

const char *const *
purser_suite_builtin_names (void)
{
  static const char *const names[] = { "drafting", "summarization", "analysis", NULL };
  return names;
}

/**
 * purser_suite_builtin:
 * @workload: a workload's name
 *
 * Returns: (transfer full) (nullable): its starter suite, if there is one
 */
PurserSuite *
purser_suite_builtin (const char *workload)
{
  if (workload == NULL || !g_strv_contains (purser_suite_builtin_names (), workload))
    return NULL;
  /* Naming the resource here keeps the linker from leaving it out of the static library. */
  g_autofree char *path = g_strdup_printf ("/io/github/purser_app/Purser/suites/%s.suite.yaml", workload);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes =
      g_resource_lookup_data (purser_suites_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  gsize length;
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;
  PurserSuite *suite = text != NULL ? purser_suite_parse (text, length, &error) : NULL;
  if (suite == NULL)
    g_error ("The starter suite %s cannot be read: %s", workload,
             error->message); /* a broken build, never a user's fault */
  return suite;
}

static char *
fill_one (JsonObject *vars, const char *name, const char *filter)
{
  JsonNode *value = json_object_get_member (vars, name);
  gboolean text = JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING;
  if (strcmp (filter, "json") == 0 || !text)
    return purser_json_to_string (value, FALSE);
  char *copy = json_node_dup_string (value);
  return strcmp (filter, "trim") == 0 ? g_strstrip (copy) : copy;
}

/* Reads "{{ name | filter }}" at TEXT. Returns: what follows it, or NULL where this is something else. */
static const char *
read_placeholder (const char *text, char **name, char **filter)
{
  const char *end = strstr (text, "}}");
  if (end == NULL || end - text > 200)
    return NULL;
  g_autofree char *inside = g_strndup (text + 2, (gsize) (end - text - 2));
  g_auto(GStrv) parts = g_strsplit (inside, "|", -1);
  guint n = g_strv_length (parts);
  if (n < 1 || n > 2)
    return NULL;
  g_strstrip (parts[0]);
  const char *asked = n == 2 ? g_strstrip (parts[1]) : "";
  gsize plain = strspn (parts[0], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
  if (plain == 0 || parts[0][plain] != '\0'
      || !(asked[0] == '\0' || strcmp (asked, "trim") == 0 || strcmp (asked, "json") == 0))
    return NULL;
  *name = g_strdup (parts[0]);
  *filter = g_strdup (asked);
  return end + 2;
}

char *
purser_template_fill (const char *template, JsonObject *vars, char **missing)
{
  GString *filled = g_string_new (NULL);
  const char *rest = template;
  for (const char *open = strstr (rest, "{{"); open != NULL; open = strstr (open, "{{"))
    {
      g_autofree char *name = NULL, *filter = NULL;
      const char *after = read_placeholder (open, &name, &filter);
      gboolean known = after != NULL && vars != NULL && json_object_has_member (vars, name);
      if (after != NULL && !known && missing != NULL && *missing == NULL)
        *missing = g_strdup (name);
      if (!known)
        {
          open += 2;
          continue;
        }
      g_autofree char *value = fill_one (vars, name, filter);
      g_string_append_len (filled, rest, open - rest);
      g_string_append (filled, value);
      rest = open = after;
    }
  g_string_append (filled, rest);
  return g_string_free (filled, FALSE);
}

PurserChat *
purser_suite_chat (const PurserSuite *suite, const PurserCase *item, const char *salt)
{
  g_autofree char *system = suite->system != NULL ? purser_template_fill (suite->system, item->vars, NULL) : NULL;
  g_autofree char *user = purser_template_fill (suite->user, item->vars, NULL);
  g_autofree char *salted = salt != NULL ? g_strdup_printf ("[%s] %s", salt, system != NULL ? system : "") : NULL;
  PurserChat *chat = purser_chat_new_text (salted != NULL ? salted : system, user);
  chat->temperature = suite->temperature;
  chat->max_tokens = suite->max_tokens;
  return chat;
}

JsonObject *
purser_suite_unsupported (const PurserSuite *suite)
{
  JsonObject *counts = json_object_new ();
  for (guint i = 0; i < suite->cases->len; i++)
    {
      const PurserCase *item = g_ptr_array_index (suite->cases, i);
      for (guint j = 0; j < item->checks->len; j++)
        {
          const PurserCheck *check = g_ptr_array_index (item->checks, j);
          if (!check->supported)
            json_object_set_int_member (counts, check->type, purser_json_int (counts, check->type, 0) + 1);
        }
    }
  return counts;
}
