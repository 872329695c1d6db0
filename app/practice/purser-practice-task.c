/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-practice-task.h"

#include <string.h>

#define MAX_READ_CHARS   (48 * 1024) /* enough for every practice, and keeps an answer quick */
#define HASTY_MIN_WORDS  100         /* texts longer than this the hasty models read only in part */

static void
member_free (gpointer data)
{
  PracticeMember *member = data;
  g_free (member->name);
  g_free (member->note);
  g_clear_pointer (&member->values, g_ptr_array_unref);
  g_free (member);
}

void
practice_task_free (PracticeTask *task)
{
  g_free (task->system);
  g_free (task->order);
  g_free (task->task);
  g_free (task->data);
  g_free (task->first_line);
  g_free (task->phrase);
  g_ptr_array_unref (task->forbidden);
  g_ptr_array_unref (task->avoid);
  g_ptr_array_unref (task->members);
  g_free (task);
}

#define LABELS "(?:text|facts|data|input|context|message|mail|notes|document|article|table)s?"

/* "Text:" or "Facts:" on a line of its own, else the first empty line, else a colon ends the task. */
static void
split (PracticeTask *task, const char *user)
{
  static const char *const borders[] = {
    "\\A([\\s\\S]*?)\\n[ \\t]*" LABELS ":[ \\t]*\\n([\\s\\S]*)\\z",
    "\\A\\s*([\\s\\S]+?)\\n[ \\t]*\\n([\\s\\S]*)\\z",
    "\\A\\s*([^\\n:]{5,300}):\\s+([\\s\\S]+)\\z",
  };
  for (guint i = 0; i < G_N_ELEMENTS (borders); i++)
    {
      g_auto(GStrv) groups = practice_groups (user, borders[i]);
      if (groups == NULL)
        continue;
      task->task = g_strstrip (g_strdup (groups[1]));
      task->data = g_strstrip (g_strdup (groups[2]));
      return;
    }
  task->task = g_strstrip (g_strdup (user));
  task->data = g_strdup (task->task);
}

static int
count_after (const char *text, const char *pattern)
{
  g_autofree char *number = practice_match (text, pattern);
  return practice_number_word (number, 0);
}

#define AT_MOST "(?:at most|no more than|not more than|up to|maximum(?: of)?|within|in|max\\.?) "

static void
read_limits (PracticeTask *task)
{
  g_autofree char *text = practice_replace (task->order, "\\([^()]*\\)", ""), *whole = NULL;
  task->line_words = count_after (text, "each (?:line )?(?:of )?" AT_MOST PRACTICE_COUNT " words");
  whole = practice_replace (text, "each (?:line )?(?:of )?" AT_MOST PRACTICE_COUNT " words", "");
  g_auto(GStrv) range = practice_groups (whole, PRACTICE_COUNT " (?:to|-|–|and) " PRACTICE_COUNT " words");
  task->min_words = range != NULL ? practice_number_word (range[1], 0) : 0;
  task->max_words =
      range != NULL ? practice_number_word (range[2], 0) : count_after (whole, AT_MOST PRACTICE_COUNT " words");
  if (task->max_words == 0)
    task->max_words = MAX (0, count_after (whole, "(?:fewer than|less than|under|below) " PRACTICE_COUNT " words") - 1);
  task->max_chars = count_after (whole, AT_MOST PRACTICE_COUNT " characters");
  task->sentences = count_after (whole, "(?:exactly|in|as) " PRACTICE_COUNT " sentences?\\b");
  task->max_sentences = count_after (whole, "(?:at most|no more than|up to) " PRACTICE_COUNT " sentences?\\b");
  task->lines =
      count_after (whole, "exactly " PRACTICE_COUNT " (?:numbered )?(?:lines|steps|points|bullets|bullet points)\\b");
}

static void
read_form (PracticeTask *task)
{
  task->bullets = practice_has (task->order, "(begin(ning)?|start(ing)?)s? with \"[-*•] ?\"|\\bbullet");
  task->numbered = practice_has (task->order, "numbered");
  task->subject = practice_has (task->order, "line \"?Subject:|subject line");
  task->json_list = practice_has (task->order, "JSON (list|array)\\b") && !practice_has (task->order, "JSON object");
  task->json = task->json || (practice_has (task->order, "\\bJSON\\b") && !practice_has (task->order, "\\bno JSON\\b"));
  task->first_line = practice_match (task->order, "first line (?:is|must be) (?:exactly )?\"([^\"]+)\"");
  task->phrase =
      practice_match (task->task, "(?<!not |never )\\b(?:say|use|include|contain)s?(?: the words?)? \"([^\"]+)\"");
}

/* 'members "subject" (at most 60 characters), "body" and "priority" ("low", "normal" or "high")' */
static void
read_members (PracticeTask *task)
{
  g_autofree char *list =
      practice_match (task->task,
                      "(?:members?|fields?|keys?|properties|with exactly)((?:[^.\"]*\"[^\"]+\"(?: *\\([^)]*\\))?)+)");
  if (!task->json || list == NULL)
    return;
  g_autoptr(GPtrArray) entries = practice_match_all (list, "(\"[^\"]+\"(?: *\\([^)]*\\))?)");
  for (guint i = 0; i < entries->len; i++)
    {
      g_auto(GStrv) groups = practice_groups (g_ptr_array_index (entries, i), "\"([^\"]+)\"(?: *\\(([^)]*)\\))?");
      PracticeMember *member = g_new0 (PracticeMember, 1);
      member->name = g_strdup (groups[1]);
      member->note = g_strdup (groups[1][0] != '\0' && groups[2] != NULL ? groups[2] : "");
      member->max_chars = count_after (member->note, AT_MOST PRACTICE_COUNT " characters");
      member->values = practice_match_all (member->note, "\"([^\"]+)\"");
      g_ptr_array_add (task->members, member);
    }
}

/* "none of the words best, perfect, unique": a list without quotation marks. */
static void
forbid_list (PracticeTask *task, const char *sentence)
{
  g_autofree char *list =
      practice_match (sentence, "(?:none of the words?|no words? of|not use the words?|without the words?) ([^\".]+)");
  g_auto(GStrv) words = g_regex_split_simple (",| or | and | nor ", list != NULL ? list : "", 0, 0);
  for (char **word = words; *word != NULL; word++)
    if (*g_strstrip (*word) != '\0')
      g_ptr_array_add (task->forbidden, practice_replace (*word, "(?<=[a-z]{4})s$", ""));
}

static void
avoid_topics (PracticeTask *task, const char *sentence)
{
  static const char *const patterns[] = {
    "(?:not|don't|never) (?:mention|include|give|reveal|disclose|repeat) (?:any |the |her |his )?([^.,;]+)",
    "\\bno ((?!word|more|longer)[^.,;]+?)(?=[.,;]| and | nor | or |$)",
    "nothing about ([^.,;]+)",
    "(?:leave out|omit|drop) (?:the |all )?([^.,;]+)",
  };
  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      g_autoptr(GPtrArray) topics = practice_match_all (sentence, patterns[i]);
      for (guint j = 0; j < topics->len; j++)
        g_ptr_array_add (task->avoid, g_strdup (g_ptr_array_index (topics, j)));
    }
}

static void
read_bans (PracticeTask *task)
{
  g_autoptr(GPtrArray) sentences = practice_sentences (task->task);
  for (guint i = 0; i < sentences->len; i++)
    {
      const char *sentence = g_ptr_array_index (sentences, i);
      if (!practice_has (sentence, "\\b(do not|don't|never|no|none|neither|without|avoid|leave out|omit|nothing)\\b"))
        continue;
      if (practice_has (sentence, "\\bwords?\\b"))
        {
          g_autoptr(GPtrArray) quoted = practice_match_all (sentence, "\"([^\"]+)\"");
          for (guint j = 0; j < quoted->len; j++)
            g_ptr_array_add (task->forbidden, g_strdup (g_ptr_array_index (quoted, j)));
          forbid_list (task, sentence);
        }
      avoid_topics (task, sentence);
    }
  task->no_names = practice_has (task->order, "\\bno (person's |personal )?names?\\b|leave (out )?(all )?names");
  task->no_phone = practice_has (task->order, "\\bno (tele)?phone");
  task->no_greeting = practice_has (task->order, "\\bno greeting|without (a )?greeting");
  task->no_signature = practice_has (task->order, "\\bno (greeting and no )?signature|without (a )?signature");
  task->no_exclamation = practice_has (task->order, "\\bno exclamation");
}

/* A small, cheap model loses the end of a text and the finer points of a task. */
static void
be_hasty (PracticeTask *task)
{
  guint words = practice_words (task->data);
  if (words > HASTY_MIN_WORDS)
    {
      char *part = practice_first_words (task->data, words * 4 / 5);
      g_free (task->data);
      task->data = part;
    }
  g_ptr_array_set_size (task->forbidden, 0);
  g_ptr_array_set_size (task->avoid, 0);
  task->line_words = task->max_chars = task->min_words = 0;
  task->no_names = task->no_phone = task->no_exclamation = FALSE;
}

/* The last thing the user said, under everything the system said. */
PracticeTask *
practice_task_new (const PracticeModel *model, const PracticeAsk *ask)
{
  PracticeTask *task = g_new0 (PracticeTask, 1);
  g_autoptr(GString) order = g_string_new (NULL);
  const char *user = "";
  for (guint i = 0; i < ask->messages->len; i++)
    {
      const PracticeMessage *message = g_ptr_array_index (ask->messages, i);
      if (g_str_equal (message->role, "system"))
        g_string_append_printf (order, "%s\n", message->text);
      else if (g_str_equal (message->role, "user"))
        user = message->text;
    }
  g_autofree char *part = g_utf8_substring (user, 0, MIN (g_utf8_strlen (user, -1), MAX_READ_CHARS));
  task->model = model;
  task->json = ask->json;
  task->forbidden = practice_strings ();
  task->avoid = practice_strings ();
  task->members = g_ptr_array_new_with_free_func (member_free);
  split (task, part);
  g_string_truncate (order, MIN (order->len, MAX_READ_CHARS));
  task->system = g_utf8_make_valid (order->str, -1);
  task->order = g_strconcat (task->system, task->task, NULL);
  read_limits (task);
  read_form (task);
  read_members (task);
  read_bans (task);
  if (model->hasty)
    be_hasty (task);
  return task;
}

static gboolean
is_about (const char *sentence, const char *topic)
{
  static const struct { const char *topic, *signs; } known[] = {
    { "health|illness|medical", "\\b(ill|sick|stroke|health|hospital|disease|doctor|injur|surgery|diagnos)" },
    { "phone", "(\\d[\\d ()/-]{5,}\\d)|\\bmobile\\b" },
    { "names?\\b", "\\b(Mr|Ms|Mrs|Dr)\\.? [A-Z]|deputy" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (practice_has (topic, known[i].topic))
      return practice_has (sentence, known[i].signs);
  g_autoptr(GPtrArray) words =
      practice_match_all (topic, "\\b(?!what|says?|said|their|there|about|anything)([a-z]{5,})");
  for (guint i = 0; i < words->len; i++)
    {
      g_autofree char *stem = g_strndup (g_ptr_array_index (words, i), 6);
      if (practice_contains (sentence, stem))
        return TRUE;
    }
  return FALSE;
}

/* Plain words for some that readers are to be spared. */
char *
practice_task_plain (const PracticeTask *task, const char *sentence)
{
  static const struct
  {
    const char *word, *plain;
  } synonyms[] = {
    { "latency", "delay" },
    { "failover", "switching over" },
    { "SLA", "agreed level" },
    { "redundant", "doubled" },
    { "bandwidth", "speed" },
    { "downtime", "interruption" },
    { "utili[sz]e", "use" },
    { "leverage", "use" },
    { "unfortunately,? ?", "" },
    { "regret", "note" },
    { "cheap", "inexpensive" },
    { "problem", "matter" },
    { "ASAP", "soon" },
    { "mandatory", "required" },
    { "stakeholders?", "people concerned" },
  };
  char *text = g_strdup (sentence);
  for (guint i = 0; i < task->forbidden->len; i++)
    for (guint j = 0; j < G_N_ELEMENTS (synonyms); j++)
      {
        g_autofree char *pattern = g_strdup_printf ("\\b%s\\b", synonyms[j].word);
        g_autofree char *before = practice_has (g_ptr_array_index (task->forbidden, i), synonyms[j].word) ? text : NULL;
        if (before != NULL)
          text = practice_replace (before, pattern, synonyms[j].plain);
      }
  return text;
}

gboolean
practice_task_bars (const PracticeTask *task, const char *sentence)
{
  for (guint i = 0; i < task->forbidden->len; i++)
    if (practice_contains (sentence, g_ptr_array_index (task->forbidden, i)))
      return TRUE;
  for (guint i = 0; i < task->avoid->len; i++)
    if (is_about (sentence, g_ptr_array_index (task->avoid, i)))
      return TRUE;
  return FALSE;
}
