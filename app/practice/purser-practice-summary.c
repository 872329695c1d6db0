/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-practice-task.h"

#include <string.h>

/* Extractive: the sentences that say most are kept, in their order, and trimmed of asides until they fit. */

typedef struct { char *text; double score; guint index; gboolean kept; } Sentence;

static void
sentence_free (gpointer data)
{
  g_free (((Sentence *) data)->text);
  g_free (data);
}

/* What a sentence needs to be wanted when the task names it. */
typedef struct { const char *task, *signs, *strip; } Wish;
static const Wish wishes[] = {
  { "\\bdecisions?\\b|was decided", "\\b(decided|agreed|resolved|approved)\\b",
   "^it was (decided|agreed|resolved) (to|that) " },
  { "still open|open points|outstanding|what is open",
   "\\b(not|nothing)\\b[^.]*\\byet\\b|\\bnobody\\b|\\bno one\\b|\\bstill (open|missing)\\b|\\bto be (done|decided)\\b",
   NULL },
};

static const char *const asides[] = {
  " \\([^()]*\\)",
  ", (?:which|who|where|whose) [^,.;]*(?:,|(?=[.;]))",
  ", (?:built|founded|made|born|loved|known|called) [^,.;]*,",
  ", as [^,.;]*(?:said|says|sighed|noted|explained)[^,.;]*(?:,|(?=[.;]))",
  ", (?:since|because|as) it had [^,.;]*(?:,|(?=[.;]))",
  "\\bnevertheless |\\bhowever,? |\\balso ",
  "^the \\w+(?: of [^,.]*?)? (?:stress|say|note|explain|point out|report)s? that ",
};

static char *
without_asides (const char *text)
{
  char *shorter = g_strdup (text);
  for (guint i = 0; i < G_N_ELEMENTS (asides); i++)
    {
      g_autofree char *longer = shorter;
      shorter = practice_replace (longer, asides[i], "");
    }
  return shorter;
}

/* "Ms B wanted to do that at first but is on leave; instead she will …": only what became of it, said of the
 * same person. */
static char *
latest_state (const char *sentence)
{
  g_auto(GStrv) turn =
      practice_groups (sentence,
                       "^((?-i)(?:Mr|Ms|Mrs|Dr)\\.? \\w+|[A-Z]\\w+)\\b[^;]*; instead,? (?:he|she|they|it) (.+)$");
  if (turn != NULL)
    return g_strdup_printf ("%s %s", turn[1], turn[2]);
  return practice_replace (sentence, "^(?:hello|hi|dear [^,]{2,30}),\\s+(?:and |but )?", "");
}

/* What the text itself takes back, small talk; and for the careful, orders to the reader and what must not be said. */
static gboolean
is_void (const PracticeTask *task, const char *sentence)
{
  return practice_has (sentence, "^(at first|initially|originally|to begin with)\\b")
         || practice_has (sentence, "^(hello|hi|dear|kind regards|best regards|good (morning|day))\\b[^.?!]{0,40}$")
         || practice_has (sentence, "^the \\w+ was not the (reason|cause)\\b")
         || (!task->model->hasty
             && practice_has (sentence, "^(please )?(ignore|disregard|forget) (all|any|the|every)\\b|answer only with"))
         || practice_task_bars (task, sentence);
}

static double
score (const PracticeTask *task, const char *sentence, guint index)
{
  static const struct
  {
    const char *signs;
    double points;
  } rows[] = {
    { "\\b(want|wish|ask|asks|demand|request|offer|need|require)(s|ed)?\\b", 2.5 },
    { "\\bbefore|deadline|\\bdue\\b|\\bby (the )?\\d|\\bfrom \\d|until\\b", 2.5 },
    { "\\b(because|since|reason|cause|due to|owing|therefore|so the)\\b", 2 },
    { "\\b(however|but|nevertheless|not|against)\\b", 1 },
    { "\\b(will|shall|must|close[sd]?|recall|fell|rose|rise|reached|found|planned|stress|leaks?|broken)\\b", 2 },
    { "[\"“][^\"”]+[\"”]", 1.5 },
    { "\\b(may|might|could|suggest|reported|showed|in return)\\b", 1 },
    { "\\?$", -3 },
    { "\\bI have been|shook his head|as far as we know\\b", -2 },
    { "^(other|some|others)\\b", -6 },
    { "^(hello,? )?here is|\\b(has|have) published\\b|opened the meeting|\\bmixed year\\b", -5 },
  };
  double points = index == 0 ? 5 : index == 1 ? 1 : 0;
  g_autoptr(GPtrArray) numbers = practice_match_all (sentence, "\\d[\\d.,:]*"), names = NULL;
  points += 1.2 * MIN (numbers->len, 4) + (practice_has (sentence, PRACTICE_DATE) ? 2 : 0);
  names = practice_match_all (sentence, "(?-i)(?<=[a-z,] )[A-Z][\\w’-]+");
  points += 0.8 * MIN (names->len, 4);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    points += practice_has (sentence, rows[i].signs) ? rows[i].points : 0;
  g_autoptr(GPtrArray) asked =
      practice_match_all (task->task,
                          "\\b(?!summar|words?|most|least|than|give|name|text|keep|what|which|with|that)([a-z]{4,})");
  for (guint i = 0; i < asked->len; i++)
    {
      g_autofree char *stem = g_strndup (g_ptr_array_index (asked, i), 5);
      points += practice_contains (sentence, stem) ? 2 : 0;
    }
  return points;
}

/* A name alone at the end of the text is its writer. A first sentence that is taken back later leaves the
 * place it spoke of. */
static char *
take_heading (GPtrArray *sentences)
{
  const char *last = sentences->len > 1 ? g_ptr_array_index (sentences, sentences->len - 1) : "";
  if (!practice_has (last, "(?-i)^[A-ZÀ-Þ][\\w’-]+(?: [A-ZÀ-Þ][\\w’-]+){0,3}$"))
    return sentences->len > 1
               ? practice_match (g_ptr_array_index (sentences, 0),
                                 "(?-i)^(?:At first|Initially|Originally)\\b.*?\\b(?:in|at|of) ([A-Z]\\w+)")
               : NULL;
  char *author = g_strdup (last);
  g_ptr_array_set_size (sentences, sentences->len - 1);
  return author;
}

static GPtrArray *
prepare (const PracticeTask *task, GPtrArray *raw)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (sentence_free);
  const Wish *wish = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (wishes); i++)
    if (practice_has (task->task, wishes[i].task))
      wish = &wishes[i];
  for (guint i = 0; i < raw->len; i++)
    {
      g_autofree char *plain = practice_task_plain (task, g_ptr_array_index (raw, i));
      g_autofree char *text = task->model->hasty ? g_strdup (plain) : latest_state (plain);
      if (is_void (task, text) || (wish != NULL && !practice_has (text, wish->signs)))
        continue;
      g_autofree char *stripped =
          wish != NULL && wish->strip != NULL ? practice_replace (text, wish->strip, "") : g_strdup (text);
      Sentence *sentence = g_new0 (Sentence, 1);
      sentence->text = practice_capital (stripped);
      sentence->index = i;
      sentence->score = score (task, sentence->text, i);
      g_ptr_array_add (list, sentence);
    }
  return list;
}

static int
by_score (gconstpointer a, gconstpointer b)
{
  const Sentence *one = *(Sentence *const *) a, *two = *(Sentence *const *) b;
  return two->score != one->score ? (two->score > one->score ? 1 : -1) : (int) one->index - (int) two->index;
}

static int
by_index (gconstpointer a, gconstpointer b)
{
  return (int) (*(Sentence *const *) a)->index - (int) (*(Sentence *const *) b)->index;
}

/* Best first, each without its asides where not all fits, until the words are used up. */
static void
choose (const PracticeTask *task, GPtrArray *list, guint words, guint sentences, gboolean trim)
{
  guint used = 0, kept = 0, total = 0;
  g_ptr_array_sort (list, by_score);
  for (guint i = 0; i < list->len; i++)
    total += practice_words (((Sentence *) g_ptr_array_index (list, i))->text);
  for (guint i = 0; i < list->len && kept < sentences; i++)
    {
      Sentence *sentence = g_ptr_array_index (list, i);
      g_autofree char *shorter = task->model->hasty ? g_strdup (sentence->text) : without_asides (sentence->text);
      g_autofree char *large = practice_capital (shorter);
      if (trim || total > words)
        {
          g_free (sentence->text);
          sentence->text = g_steal_pointer (&large);
        }
      if (used + practice_words (sentence->text) > words && kept > 0)
        continue;
      sentence->kept = TRUE;
      used += practice_words (sentence->text);
      kept++;
    }
  g_ptr_array_sort (list, by_index);
}

/* Cut at the last clause that fits, else at the last word. */
static char *
cut_words (const char *text, guint words)
{
  if (practice_words (text) <= words)
    return g_strdup (text);
  g_autofree char *part = practice_first_words (text, words);
  g_autofree char *clause = practice_match (part, "^(.{20,})[,;:] [^,;:]*$");
  g_autofree char *clean =
      practice_replace (clause != NULL ? clause : part, "[,;: ]+(?:and|but|or|the|a|of|to|in|with)?$", "");
  return g_strdup_printf ("%s.", clean);
}

static char *
join (const PracticeTask *task, GPtrArray *list, const char *author, guint words)
{
  g_autoptr(GString) text = g_string_new (NULL);
  gboolean one = task->sentences == 1;
  if (author != NULL)
    g_string_append_printf (text, "%s: ", author);
  for (guint i = 0, n = 0; i < list->len; i++)
    {
      Sentence *sentence = g_ptr_array_index (list, i);
      if (!sentence->kept)
        continue;
      g_autofree char *plain = one ? practice_replace (sentence->text, "[.!?]+$", "") : g_strdup (sentence->text);
      g_autofree char *lower = n > 0 && one ? practice_lower (plain) : g_strdup (plain);
      g_string_append_printf (text, "%s%s", n == 0 ? "" : one ? "; " : " ", lower);
      n++;
    }
  if (one)
    g_string_append_c (text, '.');
  return cut_words (text->str, words);
}

static char *
as_lines (const PracticeTask *task, GPtrArray *list)
{
  g_autoptr(GString) text = g_string_new (NULL);
  for (guint i = 0, n = 1; i < list->len; i++)
    {
      Sentence *sentence = g_ptr_array_index (list, i);
      if (!sentence->kept)
        continue;
      g_autofree char *cut =
          task->line_words > 0 ? cut_words (sentence->text, task->line_words) : g_strdup (sentence->text);
      g_autofree char *plain = practice_replace (cut, "\\.$", "");
      if (task->numbered)
        g_string_append_printf (text, "%u. %s\n", n++, plain);
      else
        g_string_append_printf (text, "%s%s\n", task->bullets ? "- " : "", plain);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* A log whose entries begin with a time: the entry for each thing that the task names. (nullable) */
static char *
timeline (const PracticeTask *task)
{
  static const struct { const char *named, *signs, *never; } events[] = {
    { "outage|failure|down", "outage declared|no longer answers|\\bdown\\b|outage", "over" },
    { "cause", "cause found|cause|because|due to", NULL },
    { "recovery|restored|end", "outage over|answers again|restored|recovered|back (up|to normal)", NULL },
  };
  g_autoptr(GPtrArray) entries =
      practice_match_all (task->data, "(\\b\\d\\d:\\d\\d\\b.*?)(?=\\s*\\b\\d\\d:\\d\\d\\b|\\s*$)");
  g_autoptr(GString) text = g_string_new (NULL);
  if (entries->len < 3 || !practice_has (task->task, "HH:MM"))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    for (guint j = 0; j < entries->len && practice_has (task->task, events[i].named); j++)
      {
        const char *entry = g_ptr_array_index (entries, j);
        if (!practice_has (entry, events[i].signs)
            || (events[i].never != NULL && practice_has (entry, events[i].never)))
          continue;
        g_autofree char *plain = practice_replace (entry, "\\.\\s*$", "");
        g_string_append_printf (text, "%s\n", plain);
        break;
      }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Who met whom, when, where: a thread of short mails ends with the last word on each. (nullable) */
static char *
agreement (const PracticeTask *task)
{
  g_autoptr(GPtrArray) lines = practice_match_all (task->data, "^\\w+,? \\w+: (.+)$"),
                        people = practice_match_all (task->data, "^\\w+,? (\\w+): ");
  g_autofree char *day = NULL, *time = NULL, *place = NULL;
  if (lines->len < 3 || !practice_has (task->task, "agreed"))
    return NULL;
  for (guint i = 0; i < lines->len; i++)
    {
      const char *line = g_ptr_array_index (lines, i);
      static const char *const kinds[] = { "\\b((?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\\b(?! is full)",
                                           "\\b(\\d{1,2}:\\d\\d|(?<=at )\\d{1,2})\\b",
                                           "(?-i)\\b((?:café|room|office|hotel|station) [A-Z]\\w+)" };
      char **slots[] = { &day, &time, &place };
      for (guint k = 0; k < 3; k++)
        {
          char *found = practice_match (line, kinds[k]);
          if (found == NULL)
            continue;
          g_free (*slots[k]);
          *slots[k] = found;
        }
    }
  const char *one = g_ptr_array_index (people, 0), *two = one;
  for (guint i = 0; i < people->len && g_str_equal (two, one); i++)
    two = g_ptr_array_index (people, i);
  return g_strdup_printf ("%s and %s meet%s%s%s%s%s%s.", one, two, day != NULL ? " on " : "", day != NULL ? day : "",
                          time != NULL ? " at " : "", time != NULL ? time : "", place != NULL ? " in the " : "",
                          place != NULL ? place : "");
}

/* The head of the sentence that says most, without articles at its end. */
char *
practice_title (const PracticeTask *task, guint max_words, guint max_chars)
{
  g_autoptr(GPtrArray) sentences = practice_sentences (task->data);
  g_autofree char *first = g_strdup (sentences->len > 0 ? g_ptr_array_index (sentences, 0) : "Notice");
  g_autofree char *trimmed = practice_replace (first,
                                               "^(?:hello|hi),? |^from " PRACTICE_DATE ",? |[\"“”]|[.!?]+$", "");
  for (guint words = max_words; words > 1; words--)
    {
      g_autofree char *part = practice_first_words (trimmed, words);
      g_autofree char *clean = practice_replace (
          part, "(?:[,;: ]+(?:and|but|or|the|a|an|of|to|in|at|on|by|with|no|for|its|is|has|have|because|since)?)+$",
          "");
      if (max_chars == 0 || g_utf8_strlen (clean, -1) <= max_chars)
        return practice_capital (clean);
    }
  return practice_first_words (trimmed, 1);
}

static char *
misled (const PracticeTask *task)
{
  return task->model->hasty ? practice_match (task->data, "answer only with (?:the words? )?\"([^\"]+)\"") : NULL;
}

char *
practice_summarise (const PracticeTask *task)
{
  static char *(*const forms[]) (const PracticeTask *) = { misled, practice_fields, timeline, agreement };
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      char *answer = forms[i] (task);
      if (answer != NULL)
        return answer;
    }
  if (practice_has (task->task, "\\b(title|headline)\\b"))
    return practice_title (task, task->max_words > 0 ? task->max_words : 8, task->max_chars);
  g_autoptr(GPtrArray) raw = practice_sentences (task->data);
  g_autofree char *author = task->model->hasty ? NULL : take_heading (raw);
  if (author != NULL && task->no_names)
    g_clear_pointer (&author, g_free);
  g_autoptr(GPtrArray) list = prepare (task, raw);
  guint words = task->max_words > 0 ? task->max_words : 60, limit = task->lines > 0           ? task->lines
                                                                    : task->max_sentences > 0 ? task->max_sentences
                                                                                              : G_MAXINT;
  gboolean lines = task->lines > 0 || task->bullets || practice_has (task->task, "one line each");
  guint author_words = author != NULL ? practice_words (author) : 0;
  choose (task, list, lines ? G_MAXUINT / 2 : words - MIN (words - 1, author_words), limit,
          practice_has (task->task, "side remarks|shorten") || lines);
  return lines ? as_lines (task, list) : join (task, list, author, words);
}
