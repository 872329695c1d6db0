/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-practice-text.h"

#include <math.h>
#include <string.h>

/* Compiled patterns, for each thread its own. They are literals of this program and a few made of words of a
 * question: bounded. */
#define MAX_PATTERNS 512
static GPrivate patterns = G_PRIVATE_INIT ((GDestroyNotify) g_hash_table_unref);

static GRegex *
compiled (const char *pattern)
{
  GHashTable *table = g_private_get (&patterns);
  if (table == NULL || g_hash_table_size (table) > MAX_PATTERNS)
    {
      table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_regex_unref);
      g_private_replace (&patterns, table);
    }
  GRegex *regex = g_hash_table_lookup (table, pattern);
  if (regex != NULL)
    return regex;
  g_autoptr(GError) error = NULL;
  regex = g_regex_new (pattern, G_REGEX_CASELESS | G_REGEX_MULTILINE, 0, &error);
  if (regex == NULL)
    g_error ("A pattern of the practice models does not compile: %s", error->message);
  g_hash_table_insert (table, g_strdup (pattern), regex);
  return regex;
}

gboolean
practice_has (const char *text, const char *pattern)
{
  return g_regex_match (compiled (pattern), text, 0, NULL);
}

static char *
group_of (GMatchInfo *info)
{
  char *group = g_match_info_get_match_count (info) > 1 ? g_match_info_fetch (info, 1) : NULL;
  return group != NULL ? group : g_match_info_fetch (info, 0);
}

char *
practice_match (const char *text, const char *pattern)
{
  g_autoptr(GMatchInfo) info = NULL;
  return g_regex_match (compiled (pattern), text, 0, &info) ? group_of (info) : NULL;
}

char **
practice_groups (const char *text, const char *pattern)
{
  g_autoptr(GMatchInfo) info = NULL;
  return g_regex_match (compiled (pattern), text, 0, &info) ? g_match_info_fetch_all (info) : NULL;
}

GPtrArray *
practice_strings (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

GPtrArray *
practice_match_all (const char *text, const char *pattern)
{
  GPtrArray *found = practice_strings ();
  g_autoptr(GMatchInfo) info = NULL;
  for (gboolean more = g_regex_match (compiled (pattern), text, 0, &info); more; more = g_match_info_next (info, NULL))
    g_ptr_array_add (found, group_of (info));
  return found;
}

char *
practice_replace (const char *text, const char *pattern, const char *with)
{
  char *result = g_regex_replace (compiled (pattern), text, -1, 0, with, 0, NULL);
  return result != NULL ? result : g_strdup (text);
}

static gboolean
ends_with_abbreviation (const char *start, const char *end)
{
  static const char *const short_forms[] = { "Mr.",  "Ms.",  "Mrs.", "Dr.",     "No.", "no.",
                                             "e.g.", "i.e.", "St.",  "approx.", "ca." };
  for (guint i = 0; i < G_N_ELEMENTS (short_forms); i++)
    {
      gsize length = strlen (short_forms[i]);
      if ((gsize) (end - start) >= length && strncmp (end - length, short_forms[i], length) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
take_sentence (GPtrArray *sentences, const char *start, const char *end)
{
  char *sentence = g_strstrip (g_strndup (start, end - start));
  if (*sentence != '\0')
    g_ptr_array_add (sentences, sentence);
  else
    g_free (sentence);
}

GPtrArray *
practice_sentences (const char *text)
{
  GPtrArray *sentences = practice_strings ();
  const char *start = text, *p = text;
  for (; *p != '\0'; p++)
    {
      gboolean stop = strchr (".?!", *p) != NULL;
      const char *end = p + 1;
      if (stop && *end == '"')
        end++;
      if (*p != '\n' && !(stop && g_ascii_isspace (*end) && !ends_with_abbreviation (start, end)))
        continue;
      take_sentence (sentences, start, end);
      start = end;
      p = end - 1;
    }
  take_sentence (sentences, start, p);
  return sentences;
}

GPtrArray *
practice_lines (const char *text)
{
  GPtrArray *lines = practice_strings ();
  g_auto(GStrv) split = g_strsplit (text, "\n", -1);
  for (char **line = split; *line != NULL; line++)
    take_sentence (lines, *line, *line + strlen (*line));
  return lines;
}

guint
practice_words (const char *text)
{
  guint words = 0;
  for (const char *p = text; *p != '\0'; p++)
    words += !g_ascii_isspace (*p) && (p == text || g_ascii_isspace (p[-1]));
  return words;
}

char *
practice_first_words (const char *text, guint words)
{
  const char *p = text;
  for (; *p != '\0'; p++)
    if (g_ascii_isspace (*p) && p > text && !g_ascii_isspace (p[-1]) && --words == 0)
      break;
  return g_strndup (text, p - text);
}

gboolean
practice_contains (const char *text, const char *word)
{
  g_autofree char *escaped = g_regex_escape_string (word, -1), *pattern = g_strconcat ("(?<![A-Za-z])", escaped, NULL);
  return practice_has (text, pattern);
}

static char *
with_first (const char *text, gunichar (*change) (gunichar))
{
  if (*text == '\0')
    return g_strdup (text);
  char first[7] = "";
  g_unichar_to_utf8 (change (g_utf8_get_char (text)), first);
  return g_strconcat (first, g_utf8_next_char (text), NULL);
}

char *
practice_capital (const char *text)
{
  return with_first (text, g_unichar_toupper);
}

/* Only words that are no names: articles, pronouns and the like. */
char *
practice_lower (const char *text)
{
  return practice_has (text, "^(the|a|an|this|that|these|it|they|we|our|your|he|she|his|her|in|on|at|by|from|for|"
                             "because|as|after|before|no|nobody|there)\\b")
             ? with_first (text, g_unichar_tolower)
             : g_strdup (text);
}

int
practice_number_word (const char *text, int fallback)
{
  static const char *const words[] = { "zero",  "one",   "two",  "three", "four",   "five",  "six",
                                       "seven", "eight", "nine", "ten",   "eleven", "twelve" };
  if (text == NULL)
    return fallback;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (text, words[i]) == 0)
      return i;
  if (g_ascii_strcasecmp (text, "fifteen") == 0)
    return 15;
  if (g_ascii_strcasecmp (text, "twenty") == 0)
    return 20;
  return g_ascii_isdigit (*text) ? (int) CLAMP (g_ascii_strtoll (text, NULL, 10), 0, 1000000) : fallback;
}

double
practice_number (const char *text)
{
  g_autofree char *plain = practice_replace (text, "(?<=\\d)[, ](?=\\d{3}(?!\\d))", "");
  return g_ascii_strtod (plain, NULL);
}

char *
practice_number_text (double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  gboolean whole = fabs (number - round (number)) < 1e-9;
  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, whole ? "%.0f" : "%.2f", number));
}

int
practice_month (const char *name)
{
  static const char *const months[] = { "January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December" };
  for (guint i = 0; i < G_N_ELEMENTS (months); i++)
    if (g_ascii_strcasecmp (name, months[i]) == 0)
      return i + 1;
  return 0;
}
