/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-practice-task.h"

#include <math.h>
#include <string.h>

#include <purser-json.h>

/* Dates, times, rules, categories: questions with one right answer that is no table. */

/* 'If the data does not say, answer exactly "not given"': given is a number of the thing asked, of the owner
 * asked, for the year asked, in one breath. The hasty never say that something is missing. */
static char *
not_given (const PracticeTask *task)
{
  g_autofree char *words =
      practice_match (task->task, "(?:does not|doesn't|do not) (?:say|tell|show|contain)[^\"]*answer (?:exactly |with "
                                  ")?\"([^\"]+)\"");
  g_autofree char *asked = practice_match (task->task, "^([^?]+)\\?");
  if (words == NULL || asked == NULL)
    return NULL;
  g_autoptr(GPtrArray) keys = practice_match_all (asked, "\\b(20\\d\\d|(?!what|which|branch|were|was|the|when|where|"
                                                          "there|much|many)[a-z]{4,})\\b"),
                        parts = practice_sentences (task->data);
  for (guint i = 0; i < parts->len; i++)
    {
      const char *part = g_ptr_array_index (parts, i);
      guint met = 0;
      for (guint j = 0; j < keys->len; j++)
        met += practice_contains (part, g_ptr_array_index (keys, j));
      if (met < keys->len && !(task->model->hasty && met + 1 >= keys->len))
        continue;
      for (guint j = keys->len; j > 0; j--)
        {
          g_autofree char *pattern =
              g_strdup_printf ("%s (\\d[\\d.,]*)\\b", (const char *) g_ptr_array_index (keys, j - 1));
          g_autofree char *number =
              practice_has (g_ptr_array_index (keys, j - 1), "^\\d") ? NULL : practice_match (part, pattern);
          if (number != NULL)
            return g_steal_pointer (&number);
        }
    }
  return g_steal_pointer (&words);
}

static GDate *
read_date (char **groups)
{
  int year = groups[1] != NULL && g_strv_length (groups) > 3 && *groups[3] != '\0'
                 ? practice_number_word (groups[3], 2026)
                 : 2026;
  int day = practice_number_word (groups[1], 1), month = practice_month (groups[2]);
  return g_date_valid_dmy (day, month, year) ? g_date_new_dmy (day, month, year) : NULL;
}

static char *
days_between (const PracticeTask *task)
{
  g_autoptr(GPtrArray) dates =
      practice_match_all (task->data, "(\\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:" PRACTICE_MONTHS ")(?:,? \\d{4})?)");
  if (dates->len < 2)
    return NULL;
  g_auto(GStrv) one = practice_groups (g_ptr_array_index (dates, 0), PRACTICE_DATE),
                 two = practice_groups (g_ptr_array_index (dates, 1), PRACTICE_DATE);
  g_autoptr(GDate) from = read_date (one), to = read_date (two);
  if (from == NULL || to == NULL)
    return NULL;
  int days = g_date_days_between (from, to);
  return g_strdup_printf ("%d", ABS (days));
}

static char *
other_zone (const PracticeTask *task)
{
  g_auto(GStrv) start = practice_groups (task->data, "\\b(\\d{1,2}):(\\d\\d) in (\\w+)");
  g_auto(GStrv) offset = practice_groups (task->data, "(\\w+) is " PRACTICE_COUNT " hours? (ahead of|behind) (\\w+)");
  if (start == NULL || offset == NULL)
    return NULL;
  int hours = practice_number_word (offset[2], 0) * (g_ascii_strcasecmp (offset[3], "behind") == 0 ? -1 : 1);
  if (g_ascii_strcasecmp (offset[1], start[3]) == 0) /* the place of the time given is the one that is ahead */
    hours = -hours;
  int hour = practice_number_word (start[1], 0) + hours;
  hour = task->model->hasty ? ABS (hour) : (hour + 48) % 24;
  return g_strdup_printf ("%02d:%s", hour, start[2]);
}

/* One discount after the other. */
static char *
discounted (const PracticeTask *task)
{
  g_autofree char *price =
      practice_match (task->data, "(?:price|costs?|amount)\\D{0,12}(\\d[\\d,]*(?:\\.\\d+)?)(?! ?%)");
  g_autoptr(GPtrArray) rates = practice_match_all (task->data, "(\\d+(?:\\.\\d+)?) ?(?:%|per ?cent)");
  double rest = price != NULL ? practice_number (price) : 0;
  if (price == NULL || rates->len == 0)
    return NULL;
  for (guint i = 0; i < rates->len; i++)
    rest *= 1 - g_ascii_strtod (g_ptr_array_index (rates, i), NULL) / 100;
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.2f", rest));
}

/* "Stock on the morning of 3 June 85 units. Every day 12 units are taken. On the morning of 7 June 15 units
 * arrive." The hasty overlook what arrives. */
static char *
stock_end (const PracticeTask *task)
{
  g_autofree char *first = practice_match (task->data, "^stock[^.]*?(" PRACTICE_DATE " \\d+ units)"),
                  *arrival = practice_match (task->data, "(" PRACTICE_DATE " \\d+ units arrive)");
  g_autofree char *daily = practice_match (task->data, "every day[^.]*?(\\d+) units are (?:taken|used|sold)");
  g_auto(GStrv) begin = first != NULL ? practice_groups (first, PRACTICE_DATE) : NULL,
                 more = arrival != NULL ? practice_groups (arrival, PRACTICE_DATE) : NULL;
  g_autoptr(GDate) day = begin != NULL ? read_date (begin) : NULL, comes = more != NULL ? read_date (more) : NULL;
  if (day == NULL || daily == NULL)
    return NULL;
  g_autofree char *units = practice_match (first, "(\\d+) units"),
                  *added = arrival != NULL ? practice_match (arrival, "(\\d+) units") : NULL;
  int stock = practice_number_word (units, 0), use = practice_number_word (daily, 1);
  for (int i = 0; i < 3660; i++, g_date_add_days (day, 1))
    {
      if (comes != NULL && !task->model->hasty && g_date_compare (day, comes) == 0)
        stock += practice_number_word (added, 0);
      stock -= use;
      if (stock <= 0)
        break;
    }
  char month[32];
  g_date_strftime (month, sizeof month, "%B", day);
  return g_strdup_printf ("%d %s", g_date_get_day (day), month);
}

/* ---- Categories ---- */

static const struct
{
  const char *category, *signs;
} categories[] = {
  { "billing|payment|invoice|finance",
   "\\b(charged?|card|invoice|paid|pay|payment|refund|price|bill|money|fee|subscription|month twice)" },
  { "delivery|shipping|logistics",
   "\\b(courier|package|parcel|deliver|ship|arriv|driver|address|wrong house|late|tracking)" },
  { "product|quality|defect|technical|bug",
   "\\b(broke|broken|defect|zip|crack|faulty|work|size|colou?r|damaged|tear|torn|battery|button|screen|leak)" },
  { "complaint|negative", "\\b(not|never|broken|late|wrong|bad|angry|disappoint)" },
  { "praise|positive", "\\b(thank|great|love|good|excellent|happy)" },
};

static const char *
category_of (const char *text, GPtrArray *names, gboolean hasty)
{
  const char *best = g_ptr_array_index (names, 0);
  guint most = 0;
  for (guint i = 0; i < names->len; i++)
    for (guint j = 0; j < G_N_ELEMENTS (categories); j++)
      {
        if (!practice_has (g_ptr_array_index (names, i), categories[j].category))
          continue;
        g_autoptr(GPtrArray) signs = practice_match_all (text, categories[j].signs);
        if (signs->len <= most || (hasty && most > 0))
          continue;
        most = signs->len;
        best = g_ptr_array_index (names, i);
      }
  return best;
}

static char *
classify (const PracticeTask *task)
{
  g_autofree char *kinds = practice_match (task->task, "\\b(?:as|into|categor\\w+)((?:[^.\"]*\"[^\"]+\")+)");
  g_autoptr(GPtrArray) items = practice_match_all (task->data, "^(\\d+[.)] .+)$");
  if (kinds == NULL || items->len == 0)
    return NULL;
  g_autoptr(GPtrArray) names = practice_match_all (kinds, "\"([^\"]+)\"");
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  for (guint i = 0; i < items->len; i++)
    {
      g_autofree char *number = practice_match (g_ptr_array_index (items, i), "^(\\d+)");
      json_object_set_string_member (object, number,
                                     category_of (g_ptr_array_index (items, i), names, task->model->hasty));
    }
  json_node_take_object (node, object);
  return practice_json_text (node);
}

/* Praise for the box and the smiles is none for the kettle: wishes and returns weigh more. The hasty count
 * the kind words. */
static char *
satisfied (const PracticeTask *task)
{
  g_autoptr(GPtrArray) kind =
      practice_match_all (task->data,
                          "\\b(love|great|charming|kind|lovely|good|excellent|happy|perfect|recommend|works|smile)");
  g_autoptr(GPtrArray) unkind =
      practice_match_all (task->data,
                          "\\b(only wish|wish|would "
                          "also|still|returns?|broken|never|not|cold|disappoint|worse|bad|refund|unfortunately)");
  return g_strdup (kind->len > unkind->len * (task->model->hasty ? 1 : 2) ? "yes" : "no");
}

/* ---- Addresses ---- */

static char *
addresses (const PracticeTask *task)
{
  g_autofree char *firm = practice_match (task->task, "(?-i)(?:firm|company|domain|organisation) ([A-Z][\\w-]+)"),
                  *safe = firm != NULL ? g_regex_escape_string (firm, -1) : NULL;
  g_autofree char *pattern = safe == NULL ? g_strdup ("([\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+)")
                                            : g_strdup_printf ("([\\w.+-]+@%s\\.[\\w.]*\\w)", safe);
  g_autoptr(GPtrArray) found = practice_match_all (task->data, pattern);
  return practice_json_list (found);
}

/* ---- Who sits where ---- */

static gboolean
position_fits (const char *word, int seat, int seats)
{
  return (g_ascii_strcasecmp (word, "left") == 0 && seat == 0)
         || (g_ascii_strcasecmp (word, "middle") == 0 && seat == seats / 2)
         || (g_ascii_strcasecmp (word, "right") == 0 && seat == seats - 1);
}

static int
seat_of (GPtrArray *names, const int *seats, const char *name)
{
  for (guint i = 0; i < names->len; i++)
    if (g_ascii_strcasecmp (g_ptr_array_index (names, i), name) == 0)
      return seats[i];
  return -1;
}

static gboolean
rule_holds (const char *rule, GPtrArray *names, const int *seats)
{
  g_auto(GStrv) beside = practice_groups (rule, "(\\w+) (sits|does not sit|doesn't sit) (?:beside|next to) (\\w+)");
  g_auto(GStrv) side =
      practice_groups (rule, "(\\w+) (sits|does not sit)(?: somewhere)? to the (right|left) of (\\w+)");
  g_auto(GStrv) place =
      practice_groups (rule, "(\\w+) (sits|does not sit)(?: on the| in the| at the) (left|middle|right)$");
  if (beside != NULL)
    return (ABS (seat_of (names, seats, beside[1]) - seat_of (names, seats, beside[3])) == 1)
           == g_str_equal (beside[2], "sits");
  if (side != NULL)
    {
      int difference = seat_of (names, seats, side[1]) - seat_of (names, seats, side[4]);
      return (g_ascii_strcasecmp (side[3], "right") == 0 ? difference > 0 : difference < 0)
             == g_str_equal (side[2], "sits");
    }
  return place == NULL
         || position_fits (place[3], seat_of (names, seats, place[1]), names->len) == g_str_equal (place[2], "sits");
}

static gboolean
next_order (int *seats, guint n)
{
  int i = (int) n - 2, j = (int) n - 1;
  while (i >= 0 && seats[i] >= seats[i + 1])
    i--;
  if (i < 0)
    return FALSE;
  while (seats[j] <= seats[i])
    j--;
  int swap = seats[i];
  seats[i] = seats[j];
  seats[j] = swap;
  for (i++, j = n - 1; i < j; i++, j--)
    {
      swap = seats[i];
      seats[i] = seats[j];
      seats[j] = swap;
    }
  return TRUE;
}

/* Every order of the people is tried against every rule; the hasty take the first name. */
static char *
seating (const PracticeTask *task)
{
  g_autoptr(GPtrArray) all = practice_match_all (task->data, "(?-i)\\b([A-Z][a-z]+)\\b(?= (?:does|sits)|\\.|$)"),
                        rules = practice_sentences (task->data), names = practice_strings ();
  g_autofree char *where = practice_match (task->task, "who sits (?:on|in|at) the (left|middle|right)");
  int seats[6];
  for (guint i = 0; i < all->len; i++)
    if (!g_ptr_array_find_with_equal_func (names, g_ptr_array_index (all, i), g_str_equal, NULL))
      g_ptr_array_add (names, g_strdup (g_ptr_array_index (all, i)));
  if (where == NULL || names->len < 2 || names->len > G_N_ELEMENTS (seats))
    return NULL;
  for (guint i = 0; i < names->len; i++)
    seats[i] = i;
  do
    {
      gboolean holds = TRUE;
      for (guint i = 0; i < rules->len && holds && !task->model->hasty; i++)
        {
          g_autofree char *rule = practice_replace (g_ptr_array_index (rules, i), "\\.$", "");
          holds = rule_holds (rule, names, seats);
        }
      for (guint i = 0; i < names->len && holds; i++)
        if (position_fits (where, seats[i], names->len))
          return g_strdup (g_ptr_array_index (names, i));
    }
  while (next_order (seats, names->len));
  return NULL;
}

char *
practice_analyse (const PracticeTask *task)
{
  static const struct
  {
    const char *asked;
    char *(*work) (const PracticeTask *task);
  } skills[] = {
    { "answer (exactly |with )?\"", not_given },
    { "\\bclassify|categor", classify },
    { "e-?mail addresses", addresses },
    { "JSON", practice_fields },
    { "who sits", seating },
    { "how many days", days_between },
    { "what time\\b", other_zone },
    { "\\bpay\\b|discount", discounted },
    { "used up|runs? out", stock_end },
    { "\\bsatisfied|happy with|positive or negative", satisfied },
    { "", practice_tables },
  };
  for (guint i = 0; i < G_N_ELEMENTS (skills); i++)
    {
      char *answer = practice_has (task->task, skills[i].asked) ? skills[i].work (task) : NULL;
      if (answer != NULL)
        return answer;
    }
  return g_strdup ("I am a practice model and cannot work this out.");
}
