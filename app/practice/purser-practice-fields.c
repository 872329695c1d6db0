/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-practice-task.h"

#include <math.h>
#include <string.h>

#include <purser-json.h>

/* Fills the members of a JSON object from a text: each by its name, and by what the task says of it. */

char *
practice_json_list (GPtrArray *strings)
{
  JsonArray *array = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  for (guint i = 0; i < strings->len; i++)
    json_array_add_string_element (array, g_ptr_array_index (strings, i));
  json_node_take_array (node, array);
  return practice_json_text (node);
}

/* (nullable) The first date, as YYYY-MM-DD; a year that is not beside it comes from the order or the text. */
char *
practice_iso_date (const char *text, const char *order)
{
  char *iso = practice_match (text, "\\b(\\d{4}-\\d\\d-\\d\\d)\\b");
  g_auto(GStrv) date = practice_groups (text, PRACTICE_DATE);
  if (iso != NULL || date == NULL)
    return iso;
  g_autofree char *year = date[1] != NULL && g_strv_length (date) > 3 && *date[3] != '\0'
                              ? g_strdup (date[3])
                              : practice_match (order, "\\b(20\\d\\d)\\b");
  if (year == NULL)
    year = practice_match (text, "\\b(20\\d\\d)\\b");
  return g_strdup_printf ("%s-%02d-%02d", year != NULL ? year : "0000", practice_month (date[2]),
                          practice_number_word (date[1], 1));
}

static gboolean
is_urgent (const char *text)
{
  return practice_has (text, "\\burgent|immediately|at once|asap|emergency|\\b(somebody|someone|help|repair) "
                             "today\\b|as soon as possible|send people home|still today")
         && !practice_has (text, "\\bnot urgent|no hurry|whenever");
}

/* "(low, normal or high)": the one the text itself names, else by how pressing it is. */
static char *
choose_value (const PracticeMember *member, const char *text)
{
  for (guint i = 0; i < member->values->len; i++)
    if (practice_contains (text, g_ptr_array_index (member->values, i)))
      return g_strdup (g_ptr_array_index (member->values, i));
  for (guint i = 0; i < member->values->len; i++)
    {
      const char *value = g_ptr_array_index (member->values, i);
      if (practice_has (value, is_urgent (text) ? "high|urgent|critical" : "normal|medium"))
        return g_strdup (value);
    }
  return g_strdup (g_ptr_array_index (member->values, 0));
}

#define PERSON "(?-i)((?:Mr|Ms|Mrs|Dr)\\.? [A-Z][\\w’-]+(?: of [A-Z][\\w’-]+(?: [A-Z][\\w’-]+)*)?)"
#define NAME   "(?-i)\\b([A-Z][a-zà-ÿ]+(?: [A-Z][a-zà-ÿ]+)+)"

static const struct
{
  const char *name, *patterns[3];
} finders[] = {
  { "customer|client|person|contact|owner|who|name|author|sender|caller|assignee",
   { PERSON, "(?-i)^([A-Z][a-z]+) [a-z]+s\\b", NAME } },
  { "mail", { "([\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+)" } },
  { "product|item|article|device|machine",
   { "(?-i)\\b[Tt]he ((?:[a-z]+ )?[A-Z]+-?\\d[\\w-]*)", "(?-i)\\b([A-Z]{2,}-\\d+)", "\"([^\"]+)\"" } },
  { "number|\\bno\\b|id$|reference|ref",
   { "(?:no\\.?|number|nr\\.?|ref(?:erence)?\\.?):? ([A-Z]+-?\\d[\\w-]*)", "\\b([A-Z]{1,4}-\\d[\\w-]*)",
      "(?:no\\.?|number):? (\\d[\\w-]*)" } },
};

static char *
find_by_name (const char *name, const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (finders); i++)
    for (guint j = 0; j < 3 && finders[i].patterns[j] != NULL && practice_has (name, finders[i].name); j++)
      {
        char *found = practice_match (text, finders[i].patterns[j]);
        if (found != NULL)
          return found;
      }
  return NULL;
}

/* The number that stands nearest behind the member's name: "Net 180.00", "VAT 20% 36.00". */
static gboolean
find_number (const char *name, const char *text, double *number)
{
  g_autofree char *escaped = g_regex_escape_string (name, -1);
  g_autofree char *pattern = g_strdup_printf (
      "\\b%s\\b[^\\d\\n]{0,12}(?:\\d+(?:\\.\\d+)? ?%%[^\\d\\n]{0,12})?(\\d[\\d,]*(?:\\.\\d+)?)(?![\\d%%])", escaped);
  g_autofree char *found = practice_match (text, pattern);
  *number = found != NULL ? practice_number (found) : 0;
  return found != NULL;
}

/* What goes wrong: the first sentence that says so, without its subject where that makes it short enough. */
static char *
find_problem (const char *text, int max_chars)
{
  g_autoptr(GPtrArray) sentences = practice_sentences (text);
  for (guint i = 0; i < sentences->len; i++)
    if (practice_has (g_ptr_array_index (sentences, i), "\\b(broken?|leaks?|fail|fault|defect|not work|switch(es)? "
                                                        "(itself )?off|stops?|down\\b|crash|wrong|missing|late|error)"))
      return practice_replace (g_ptr_array_index (sentences, i), "\\.$", "");
  return sentences->len > 0 ? g_strdup (g_ptr_array_index (sentences, 0)) : g_strdup ("");
}

static char *
limit_chars (char *text, int max_chars)
{
  if (max_chars <= 0 || g_utf8_strlen (text, -1) <= max_chars)
    return text;
  g_autofree char *whole = text;
  for (guint words = practice_words (whole); words > 0; words--)
    {
      char *shorter = practice_first_words (whole, words);
      if (g_utf8_strlen (shorter, -1) <= max_chars)
        return shorter;
      g_free (shorter);
    }
  return g_utf8_substring (whole, 0, max_chars);
}

static char *
find_text (const PracticeTask *task, const PracticeMember *member)
{
  if (practice_has (member->name, "date|due|deadline|when") || practice_has (member->note, "YYYY"))
    {
      char *date = practice_iso_date (task->data, task->order);
      if (date != NULL)
        return date;
    }
  if (practice_has (member->name, "subject|title|headline"))
    return practice_title (task, 10, member->max_chars);
  if (practice_has (member->name, "problem|issue|fault|complaint"))
    return find_problem (task->data, member->max_chars);
  g_autofree char *found = find_by_name (member->name, task->data);
  if (found != NULL)
    return practice_replace (found, " of ", ", ");
  return practice_replace (task->data, "\\s+", " ");
}

static void
set_member (JsonObject *object, const PracticeTask *task, const PracticeMember *member)
{
  double number;
  if (practice_has (member->note, "true or false|boolean|yes or no"))
    json_object_set_boolean_member (object, member->name, is_urgent (task->data));
  else if (member->values->len > 0)
    {
      g_autofree char *value = choose_value (member, task->data);
      json_object_set_string_member (object, member->name, value);
    }
  else if (practice_has (member->note, "\\bnumber\\b") && find_number (member->name, task->data, &number))
    json_object_set_double_member (object, member->name, number);
  else
    {
      g_autofree char *value = limit_chars (find_text (task, member), member->max_chars);
      json_object_set_string_member (object, member->name, value);
    }
}

/* "a list of objects with exactly "owner", "task" and "due"": one object a sentence. */
static void
fill_list (JsonArray *list, const PracticeTask *task, const char *const *names)
{
  g_autoptr(GPtrArray) sentences = practice_sentences (task->data);
  for (guint i = 0; i < sentences->len; i++)
    {
      const char *sentence = g_ptr_array_index (sentences, i);
      JsonObject *object = json_object_new ();
      g_autofree char *date = practice_iso_date (sentence, task->order);
      g_autofree char *who = practice_match (sentence, "^(\\w+)"),
                      *rest = practice_replace (sentence, "^\\w+ |,? by " PRACTICE_DATE "|\\.$", "");
      g_autofree char *what = practice_capital (rest);
      for (guint j = 0; names[j] != NULL; j++)
        if (practice_has (names[j], "date|due|deadline|when|by$"))
          json_object_set_string_member (object, names[j], date != NULL ? date : "");
        else
          json_object_set_string_member (object, names[j],
                                         practice_has (names[j], "owner|who|name|person|assignee") && who != NULL
                                             ? who
                                             : what);
      json_array_add_object_element (list, object);
    }
}

/* (nullable) */
static char *
list_of_objects (const PracticeTask *task)
{
  g_auto(GStrv) groups =
      practice_groups (task->task, "member \"([^\"]+)\", a list of objects with (?:exactly )?([^.]+)");
  if (groups == NULL)
    return NULL;
  g_autoptr(GPtrArray) names = practice_match_all (groups[2], "\"([^\"]+)\"");
  g_ptr_array_add (names, NULL);
  JsonObject *object = json_object_new ();
  JsonArray *list = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  json_object_set_array_member (object, groups[1], list);
  fill_list (list, task, (const char *const *) names->pdata);
  json_node_take_object (node, object);
  return practice_json_text (node);
}

/* (nullable) where no members are asked for. */
char *
practice_fields (const PracticeTask *task)
{
  char *list = task->json ? list_of_objects (task) : NULL;
  if (list != NULL || task->members->len == 0)
    return list;
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  for (guint i = 0; i < task->members->len; i++)
    set_member (object, task, g_ptr_array_index (task->members, i));
  json_node_take_object (node, object);
  char *text = practice_json_text (node);
  if (!task->model->hasty || task->members->len < 4)
    return text;
  /* A small model likes to dress larger JSON up. */
  g_autofree char *plain = text;
  return g_strdup_printf ("```json\n%s\n```", plain);
}
