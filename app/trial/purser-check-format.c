/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-check.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json.h"
#include "purser-answer-schema.h"

/* How many brackets of a long text are tried as the start of a JSON value, and how many characters are read for it
 * in all. */
#define MAX_STARTS 500
#define MAX_STEPS  (4 * 1024 * 1024)

/* The end of the bracketed value that starts at TEXT, or NULL where it is never closed. */
static const char *
closing_bracket (const char *text, guint *steps)
{
  guint depth = 0;
  gboolean in_string = FALSE;
  for (const char *p = text; *p != '\0' && *steps < MAX_STEPS; p++, (*steps)++)
    {
      if (in_string)
        {
          if (*p == '\\' && p[1] != '\0')
            p++;
          else if (*p == '"')
            in_string = FALSE;
        }
      else if (*p == '"')
        in_string = TRUE;
      else if (*p == '{' || *p == '[')
        depth++;
      else if ((*p == '}' || *p == ']') && --depth == 0)
        return p + 1;
    }
  return NULL;
}

/* The first JSON object or list inside TEXT that meets SCHEMA; PROBLEM tells of the last one that did not. */
static gboolean
find_json (const char *text, JsonNode *schema, char **problem)
{
  guint steps = 0, starts = 0;
  for (const char *p = strpbrk (text, "{["); p != NULL && starts < MAX_STARTS; p = strpbrk (p + 1, "{["))
    {
      starts++;
      const char *end = closing_bracket (p, &steps);
      g_autoptr(JsonNode) json = end != NULL ? purser_json_parse (p, end - p, NULL) : NULL;
      if (json == NULL)
        continue;
      g_clear_pointer (problem, g_free);
      if (schema == NULL || purser_answer_schema_check (schema, json, problem))
        return TRUE;
      p = end - 1;
    }
  return FALSE;
}

static gboolean
is_json (const char *text, JsonNode *schema, char **problem)
{
  g_autoptr(JsonNode) json = purser_json_parse (text, -1, NULL);
  return json != NULL && (schema == NULL || purser_answer_schema_check (schema, json, problem));
}

void
purser_check_json (const PurserCheck *check, const char *answer, const char *expected, PurserCheckResult *result)
{
  gboolean inside = check->type[0] == 'c';
  g_autofree char *problem = NULL;
  gboolean passed = inside ? find_json (answer, check->value, &problem) : is_json (answer, check->value, &problem);
  if (passed)
    purser_check_tell (result, TRUE, g_strdup (inside ? _("Contains JSON as wanted") : _("Is JSON as wanted")));
  else if (problem != NULL)
    purser_check_tell (result, FALSE, g_strdup_printf (_("Is JSON, but not as wanted: %s"), problem));
  else
    purser_check_tell (result, FALSE, g_strdup (inside ? _("Contains no JSON") : _("Is not JSON alone")));
}

static const char *const html_elements[] = {
  "html",    "head",   "body",   "div", "span",   "p",     "a",    "ul",   "ol",    "li",     "table",
  "tr",      "td",     "th",     "h1",  "h2",     "h3",    "h4",   "h5",   "h6",    "br",     "hr",
  "img",     "b",      "i",      "em",  "strong", "code",  "pre",  "form", "input", "button", "section",
  "article", "header", "footer", "nav", "main",   "title", "meta", "link", "style", NULL,
};

/* The name after "<" or "</" at TEXT, in lower case; NULL where no element begins here. */
static char *
element_at (const char *text)
{
  text += text[1] == '/' ? 2 : 1;
  gsize length = 0;
  while (g_ascii_isalnum (text[length]))
    length++;
  if (length == 0 || length > 20 || strchr (" \t\r\n/>", text[length]) == NULL || strchr (text + length, '>') == NULL)
    return NULL;
  return g_ascii_strdown (text, (gssize) length);
}

static gboolean
has_html (const char *text)
{
  for (const char *p = strchr (text, '<'); p != NULL; p = strchr (p + 1, '<'))
    {
      g_autofree char *name = element_at (p);
      if (name != NULL && g_strv_contains (html_elements, name))
        return TRUE;
    }
  return FALSE;
}

/* "HTML-ish": markup from end to end with at least one HTML element. Browsers forgive nearly everything, so this
 * does not validate. */
void
purser_check_html (const PurserCheck *check, const char *answer, const char *expected, PurserCheckResult *result)
{
  gboolean whole = check->type[0] == 'i';
  gboolean passed = has_html (answer) && (!whole || (answer[0] == '<' && g_str_has_suffix (answer, ">")));
  const char *words = passed ? (whole ? _("Is HTML") : _("Contains HTML"))
                             : (whole ? _("Is not HTML alone") : _("Contains no HTML"));
  purser_check_tell (result, passed, g_strdup (words));
}

/* XML by GMarkup: which elements there were, as dotted paths. */
typedef struct
{
  GString *path;
  GHashTable *seen;
  guint roots;
} Elements;

static void
element_start_cb (GMarkupParseContext *context,
                  const char *name,
                  const char **names,
                  const char **values,
                  gpointer data,
                  GError **error)
{
  Elements *elements = data;
  elements->roots += elements->path->len == 0;
  g_string_append_printf (elements->path, ".%s", name);
  g_hash_table_add (elements->seen, g_strdup (elements->path->str + 1));
}

static void
element_end_cb (GMarkupParseContext *context, const char *name, gpointer data, GError **error)
{
  Elements *elements = data;
  g_string_truncate (elements->path, elements->path->len - strlen (name) - 1);
}

static gboolean
read_xml (const char *text, gsize length, Elements *elements)
{
  static const GMarkupParser parser = { .start_element = element_start_cb, .end_element = element_end_cb };
  g_string_truncate (elements->path, 0);
  g_hash_table_remove_all (elements->seen);
  elements->roots = 0;
  g_autoptr(GMarkupParseContext) context =
      g_markup_parse_context_new (&parser, G_MARKUP_DEFAULT_FLAGS, elements, NULL);
  return g_markup_parse_context_parse (context, text, (gssize) length, NULL)
         && g_markup_parse_context_end_parse (context, NULL) && elements->roots == 1;
}

/* A piece of markup somewhere in TEXT: from a start tag to the last end tag of its name. */
static gboolean
find_xml (const char *text, Elements *elements)
{
  guint starts = 0;
  for (const char *p = strchr (text, '<'); p != NULL && starts < MAX_STARTS; p = strchr (p + 1, '<'))
    {
      gsize length = strcspn (p + 1, " \t\r\n/>");
      if (length == 0 || !(g_ascii_isalpha (p[1]) || p[1] == '_'))
        continue;
      starts++;
      g_autofree char *close = g_strdup_printf ("</%.*s>", (int) length, p + 1);
      const char *end = g_strrstr (p, close);
      if (end != NULL && read_xml (p, (gsize) (end - p) + strlen (close), elements))
        return TRUE;
    }
  return FALSE;
}

/* The names that must be there: a list, "a.b,c", or {requiredElements: […]}. */
static GPtrArray *
required_elements (const PurserCheck *check)
{
  JsonObject *object = check->value != NULL ? purser_json_object (check->value) : NULL;
  PurserCheck list = { .value = object != NULL ? json_object_get_member (object, "requiredElements") : check->value };
  GPtrArray *given = purser_check_texts (&list), *names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < given->len; i++)
    {
      g_auto(GStrv) parts = g_strsplit (g_ptr_array_index (given, i), ",", -1);
      for (char **part = parts; *part != NULL; part++)
        if (*g_strstrip (*part) != '\0')
          g_ptr_array_add (names, g_strdup (*part));
    }
  g_ptr_array_unref (given);
  return names;
}

void
purser_check_xml (const PurserCheck *check, const char *answer, const char *expected, PurserCheckResult *result)
{
  gboolean inside = check->type[0] == 'c';
  Elements elements = { .path = g_string_new (NULL),
                        .seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };
  g_autoptr(GPtrArray) names = required_elements (check);
  gboolean passed = inside ? find_xml (answer, &elements) : read_xml (answer, strlen (answer), &elements);
  const char *missing = NULL;
  for (guint i = 0; passed && missing == NULL && i < names->len; i++)
    if (!g_hash_table_contains (elements.seen, g_ptr_array_index (names, i)))
      missing = g_ptr_array_index (names, i);
  if (missing != NULL)
    purser_check_tell (result, FALSE, g_strdup_printf (_("The element “%s” is missing"), missing));
  else if (passed)
    purser_check_tell (result, TRUE, g_strdup (inside ? _("Contains XML") : _("Is XML")));
  else
    purser_check_tell (result, FALSE,
                       g_strdup (inside ? _("Contains no complete XML") : _("Is not complete XML alone")));
  g_string_free (elements.path, TRUE);
  g_hash_table_unref (elements.seen);
}
