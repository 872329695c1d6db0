/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-practice-task.h"

#include <string.h>

#include <purser-json.h>

/* Rules, no language model: what an answer says follows from the question alone, so equal questions get
 * equal answers. */

#define WHO_I_AM "I am a practice model of Purser: I follow simple rules and know next to nothing. " \
                 "Ask me to summarise a text, to draft from facts or to work out a small table."

static const struct
{
  const char *pattern, *answer;
} small_talk[] = {
  { "^\\W*(hi|hello|hey|good (morning|day|afternoon|evening))\\b[^.?!]{0,30}[.?!]*\\W*$", "Hello! " WHO_I_AM },
  { "\\b(who|what) are you\\b|your name\\b", WHO_I_AM },
  { "^\\W*(thanks|thank you)\\b[^?]{0,40}$", "You are welcome." },
  { "^\\W*(ping|test|testing)\\W*$", "pong" },
  { "capital (city )?of france", "Paris." },
  { "capital (city )?of germany", "Berlin." },
  { "capital (city )?of italy", "Rome." },
  { "capital (city )?of spain", "Madrid." },
  { "capital (city )?of japan", "Tokyo." },
  { "capital (city )?of austria", "Vienna." },
  { "capital (city )?of (the uk|the united kingdom|england)", "London." },
  { "capital (city )?of portugal", "Lisbon." },
  { "capital (city )?of (the usa|the united states)", "Washington, D.C." },
  { "capital (city )?of poland", "Warsaw." },
};

static char *
chat (const PracticeTask *task)
{
  for (guint i = 0; practice_words (task->data) <= 12 && i < G_N_ELEMENTS (small_talk); i++)
    if (practice_has (task->task, small_talk[i].pattern))
      return g_strdup (small_talk[i].answer);
  char *echo =
      practice_match (task->task, "^\\W*(?:please )?(?:reply|answer|respond|say|repeat|echo)(?: only| just)?(?: after "
                                  "me)?(?: with)?(?: only| just)?"
                                  "(?: the)?(?: single)?(?: words?)?:? [\"']([^\"']{1,200})[\"'][^.]{0,30}[.!]?\\s*$");
  if (echo == NULL)
    echo = practice_match (task->task, "^\\W*(?:please )?(?:reply|answer|respond|say|repeat|echo)(?: only| just)?(?: "
                                       "after me)?(?: with)?(?: only| just)?"
                                       "(?: the)?(?: single)?(?: words?)?:? ([A-Za-z0-9]{1,30})[.!]?\\s*$");
  return echo;
}

typedef struct { const char *signs; char *(*skill) (const PracticeTask *task); } Route;
static const Route routes[] = {
  { "\\b(summar|shorten|condense|abridge)", practice_summarise },
  { "\\b(draft|you write|write (an?|one|two|exactly|to|the)|rewrite|reply to|compose|a letter|e-?mail to)\\b",
   practice_draft },
  { "\\b(analy|calculate|how (many|much)|which|what|total|classify|extract|list|count|percent)", practice_analyse },
};

/* What the system says it is for comes before what the task may sound like. */
static char *
use_skill (const PracticeTask *task)
{
  const char *texts[] = { task->system, task->task };
  for (guint t = 0; t < G_N_ELEMENTS (texts); t++)
    for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
      {
        char *answer = practice_has (texts[t], routes[i].signs) ? routes[i].skill (task) : NULL;
        if (answer != NULL)
          return answer;
      }
  return NULL;
}

static char *
as_json (char *text)
{
  g_autoptr(JsonNode) parsed = purser_json_parse (text, -1, NULL);
  if (parsed != NULL && (JSON_NODE_HOLDS_OBJECT (parsed) || JSON_NODE_HOLDS_ARRAY (parsed)))
    return text;
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  json_object_set_string_member (object, "answer", text);
  g_free (text);
  return practice_json_text (node);
}

static char *
say (const PracticeModel *model, const PracticeAsk *ask)
{
  const PracticeMessage *last = g_ptr_array_index (ask->messages, ask->messages->len - 1);
  g_autoptr(PracticeTask) task = practice_task_new (model, ask);
  char *answer = g_str_equal (last->role, "tool") ? g_strdup_printf ("The tool answered: %s", last->text) : chat (task);
  if (answer == NULL)
    answer = use_skill (task);
  if (answer == NULL)
    answer = g_strdup (WHO_I_AM);
  g_strstrip (answer);
  return ask->json ? as_json (answer) : answer;
}

/* ---- Tools ---- */

/* "get_weather" fits "What will the weather be?": by a word of its name that is no verb of every tool. */
static gboolean
tool_fits (const PracticeTool *tool, const char *question)
{
  g_autofree char *spaced = practice_replace (tool->name, "(?-i)(?<=[a-z])(?=[A-Z])", "_");
  g_auto(GStrv) words = g_regex_split_simple ("[^A-Za-z]+", spaced, 0, 0);
  for (char **word = words; *word != NULL; word++)
    if (strlen (*word) >= 4 && !practice_has (*word, "^(find|fetch|list|tool|call|make|create|lookup|search|current)$")
        && practice_contains (question, *word))
      return TRUE;
  return FALSE;
}

static const PracticeTool *
choose_tool (const PracticeModel *model, const PracticeAsk *ask, const char *question)
{
  const char *choice = ask->tool_choice != NULL ? ask->tool_choice : "auto";
  const PracticeTool *first = ask->tools->len > 0 ? g_ptr_array_index (ask->tools, 0) : NULL;
  if (g_str_equal (choice, "none"))
    return NULL;
  for (guint i = 0; i < ask->tools->len; i++)
    {
      const PracticeTool *tool = g_ptr_array_index (ask->tools, i);
      if (g_str_equal (tool->name, choice) || (!model->hasty && tool_fits (tool, question)))
        return tool;
    }
  return g_str_equal (choice, "required") ? first : NULL;
}

static void
fill_string (JsonObject *arguments, const char *name, JsonObject *schema, const char *question)
{
  static const struct { const char *name, *pattern; } kinds[] = {
    { "date|day|when|due", "\\b(\\d{4}-\\d\\d-\\d\\d)\\b" },
    { "mail", "([\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+)" },
    { "city|place|location|town|country", "(?-i)\\b(?:in|at|for|of|to|from) ((?:[A-ZÀ-Þ][\\w’'-]+ ?)+)" },
    { "id|number|code|order|invoice", "\\b([A-Za-z]*-?\\d[\\w-]*)" },
    { "", "\"([^\"]+)\"" },
    { "", "(?-i)\\b(?:in|at|for|of|about|to) ((?:[A-ZÀ-Þ][\\w’'-]+ ?)+)" },
  };
  JsonArray *values = purser_json_array (schema, "enum");
  for (guint i = 0; values != NULL && i < json_array_get_length (values); i++)
    {
      JsonNode *value = json_array_get_element (values, i);
      if (json_node_get_value_type (value) == G_TYPE_STRING
          && (i == 0 || practice_contains (question, json_node_get_string (value))))
        json_object_set_string_member (arguments, name, json_node_get_string (value));
    }
  for (guint i = 0; values == NULL && i < G_N_ELEMENTS (kinds) && !json_object_has_member (arguments, name); i++)
    {
      g_autofree char *found = practice_has (name, kinds[i].name) ? practice_match (question, kinds[i].pattern) : NULL;
      if (found != NULL)
        json_object_set_string_member (arguments, name, g_strstrip (found));
    }
  if (!json_object_has_member (arguments, name))
    json_object_set_string_member (arguments, name, question);
}

static void
fill_argument (JsonObject *arguments, const char *name, JsonObject *schema, const char *question)
{
  const char *type = purser_json_string (schema, "type");
  g_autofree char *number = practice_match (question, "(?<![\\w.-])(-?\\d+(?:\\.\\d+)?)(?![\\w-])");
  if (g_strcmp0 (type, "integer") == 0)
    json_object_set_int_member (arguments, name, number != NULL ? g_ascii_strtoll (number, NULL, 10) : 1);
  else if (g_strcmp0 (type, "number") == 0)
    json_object_set_double_member (arguments, name, number != NULL ? g_ascii_strtod (number, NULL) : 1);
  else if (g_strcmp0 (type, "boolean") == 0)
    json_object_set_boolean_member (arguments, name, !practice_has (question, "\\b(no|not|without)\\b"));
  else if (g_strcmp0 (type, "array") == 0)
    json_object_set_array_member (arguments, name, json_array_new ());
  else if (g_strcmp0 (type, "object") == 0)
    json_object_set_object_member (arguments, name, json_object_new ());
  else
    fill_string (arguments, name, schema, question);
}

static char *
fill_arguments (const PracticeTool *tool, const char *question)
{
  JsonObject *arguments = json_object_new (), *properties = purser_json_member (tool->schema, "properties");
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr(GList) names = properties != NULL ? json_object_get_members (properties) : NULL;
  json_node_take_object (node, arguments);
  for (GList *l = names; l != NULL; l = l->next)
    fill_argument (arguments, l->data, purser_json_member (properties, l->data), question);
  return practice_json_text (node);
}

/* ---- The end of an answer ---- */

static void
stop_at (PracticeAnswer *answer, char *const *stop)
{
  const char *first = NULL;
  for (; stop != NULL && *stop != NULL; stop++)
    {
      const char *found = **stop != '\0' ? strstr (answer->text, *stop) : NULL;
      if (found == NULL || (first != NULL && found >= first))
        continue;
      first = found;
      g_free (answer->stop_text);
      answer->stop_text = g_strdup (*stop);
    }
  if (first == NULL)
    return;
  answer->text[first - answer->text] = '\0';
  answer->finish = PRACTICE_STOP_TEXT;
}

static void
cut_at_limit (PracticeAnswer *answer, gint64 limit)
{
  if (practice_count_tokens (answer->text) <= limit)
    return;
  char *text = practice_cut_tokens (answer->text, limit);
  g_free (answer->text);
  answer->text = text;
  answer->finish = PRACTICE_LENGTH;
}

/**
 * practice_think:
 *
 * Returns: (transfer full): the answer, with its output tokens counted
 */
PracticeAnswer *
practice_think (const PracticeModel *model, const PracticeAsk *ask)
{
  PracticeAnswer *answer = g_new0 (PracticeAnswer, 1);
  const PracticeMessage *last = g_ptr_array_index (ask->messages, ask->messages->len - 1);
  const PracticeTool *tool = g_str_equal (last->role, "user") ? choose_tool (model, ask, last->text) : NULL;
  answer->model = &model->shown;
  if (tool != NULL)
    {
      answer->tool = g_strdup (tool->name);
      answer->arguments = fill_arguments (tool, last->text);
      answer->text = g_strdup ("");
      answer->finish = PRACTICE_TOOLS;
      answer->output = practice_count_tokens (tool->name) + practice_count_tokens (answer->arguments);
      return answer;
    }
  answer->text = say (model, ask);
  stop_at (answer, ask->stop);
  cut_at_limit (answer,
                ask->max_tokens >= 0 ? MIN (ask->max_tokens, model->shown.max_output) : model->shown.max_output);
  answer->output = practice_count_tokens (answer->text);
  return answer;
}
