/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-check.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define MAX_DISTANCE 1000
#define MAX_WORDS    20000
#define BLEU_N       4

/* The texts to compare with: the value (one or several), else the case's reference. */
static GPtrArray *
references (const PurserCheck *check, const char *expected)
{
  GPtrArray *texts = purser_check_texts (check);
  if (texts->len == 0)
    g_ptr_array_add (texts, g_strdup (expected != NULL ? expected : ""));
  return texts;
}

/* Levenshtein's distance where it is at most LIMIT, else LIMIT + 1: only the band of 2·LIMIT + 1 around the diagonal
 * is filled (E. Ukkonen, "Algorithms for approximate string matching", Information and Control 64 (1985)). */
static guint
distance_within (const gunichar *a, glong n, const gunichar *b, glong m, guint limit)
{
  if (ABS (n - m) > (glong) limit)
    return limit + 1;
  g_autofree guint *before = g_new (guint, m + 1), *now = g_new (guint, m + 1);
  for (glong j = 0; j <= m; j++)
    before[j] = (guint) MIN (j, limit + 1);
  for (glong i = 1; i <= n; i++)
    {
      glong from = MAX (1, i - (glong) limit), to = MIN (m, i + (glong) limit);
      now[from - 1] = from == 1 ? (guint) MIN (i, limit + 1) : limit + 1;
      for (glong j = from; j <= to; j++)
        {
          guint above = j < i + (glong) limit ? before[j] : limit + 1;
          guint best = MIN (MIN (above, now[j - 1]) + 1, before[j - 1] + (a[i - 1] != b[j - 1]));
          now[j] = MIN (best, limit + 1);
        }
      guint *other = before;
      before = now;
      now = other;
    }
  return before[m];
}

void
purser_check_levenshtein (const PurserCheck *check, const char *answer, const char *expected, PurserCheckResult *result)
{
  g_autoptr(GPtrArray) texts = references (check, expected);
  guint limit = (guint) CLAMP (purser_check_threshold (check), 0, MAX_DISTANCE);
  glong n, m;
  g_autofree gunichar *a = g_utf8_to_ucs4_fast (answer, -1, &n),
                      *b = g_utf8_to_ucs4_fast (g_ptr_array_index (texts, 0), -1, &m);
  guint distance = distance_within (a, n, b, m, limit);
  purser_check_tell (result, distance <= limit,
                     distance <= limit
                         ? g_strdup_printf (ngettext ("Differs in %u character", "Differs in %u characters", distance),
                                            distance)
                         : g_strdup_printf (ngettext ("Differs in more than %u character",
                                                      "Differs in more than %u characters", limit),
                                            limit));
}

/* Words in lower case: runs of letters and digits. */
static GPtrArray *
words_of (const char *text)
{
  g_autofree char *folded = purser_check_fold (text);
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
  const char *start = NULL;
  for (const char *p = folded; words->len < MAX_WORDS; p = g_utf8_next_char (p))
    {
      gboolean inside = *p != '\0' && g_unichar_isalnum (g_utf8_get_char (p));
      if (inside && start == NULL)
        start = p;
      if (!inside && start != NULL)
        {
          g_ptr_array_add (words, g_strndup (start, (gsize) (p - start)));
          start = NULL;
        }
      if (*p == '\0')
        break;
    }
  return words;
}

/* How often each run of N words occurs. */
static GHashTable *
count_ngrams (GPtrArray *words, guint n)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i + n <= words->len; i++)
    {
      g_autoptr(GString) gram = g_string_new (NULL);
      for (guint j = 0; j < n; j++)
        g_string_append_printf (gram, "%s\n", (char *) g_ptr_array_index (words, i + j));
      guint count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, gram->str));
      g_hash_table_replace (counts, g_strdup (gram->str), GUINT_TO_POINTER (count + 1));
    }
  return counts;
}

/* Runs that both have, each counted no more often than it is in either. */
static guint
count_shared (GHashTable *a, GHashTable *b)
{
  GHashTableIter iter;
  gpointer gram, count;
  guint shared = 0;
  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &gram, &count))
    shared += MIN (GPOINTER_TO_UINT (count), GPOINTER_TO_UINT (g_hash_table_lookup (b, gram)));
  return shared;
}

static void
grade (const PurserCheck *check, PurserCheckResult *result, double score)
{
  double threshold = purser_check_threshold (check);
  g_autofree char *got = g_strdup_printf ("%.2f", score), *wanted = g_strdup_printf ("%.2f", threshold);
  purser_check_tell (result, score >= threshold, g_strdup_printf (_("Closeness %s, the limit is %s"), got, wanted));
  result->score = score;
}

/* ROUGE-1 recall: the share of the reference's words that the answer has (C.-Y. Lin, "ROUGE: a package for automatic
 * evaluation of summaries", 2004). */
void
purser_check_rouge (const PurserCheck *check, const char *answer, const char *expected, PurserCheckResult *result)
{
  g_autoptr(GPtrArray) texts = references (check, expected);
  g_autoptr(GPtrArray) said = words_of (answer);
  g_autoptr(GHashTable) have = count_ngrams (said, 1);
  double best = 0;
  for (guint i = 0; i < texts->len; i++)
    {
      g_autoptr(GPtrArray) wanted = words_of (g_ptr_array_index (texts, i));
      g_autoptr(GHashTable) want = count_ngrams (wanted, 1);
      if (wanted->len > 0)
        best = MAX (best, (double) count_shared (want, have) / wanted->len);
    }
  grade (check, result, best);
}

/* One reference's BLEU-4 (K. Papineni and others, "BLEU", ACL 2002). Runs of two words and more get one added above
 * and below, so that a short answer without a shared run of four is not simply 0 (C.-Y. Lin, F. J. Och, "ORANGE",
 * COLING 2004). */
static double
bleu (GPtrArray *said, GPtrArray *wanted)
{
  if (said->len == 0 || wanted->len == 0)
    return 0;
  double logs = 0;
  guint longest = MIN (BLEU_N, MIN (said->len, wanted->len));
  for (guint n = 1; n <= longest; n++)
    {
      g_autoptr(GHashTable) have = count_ngrams (said, n), want = count_ngrams (wanted, n);
      double shared = count_shared (have, want), all = said->len - n + 1, add = n > 1;
      if (shared + add <= 0)
        return 0;
      logs += log ((shared + add) / (all + add)) / longest;
    }
  double brevity = said->len >= wanted->len ? 0 : 1 - (double) wanted->len / said->len;
  return exp (brevity + logs);
}

void
purser_check_bleu (const PurserCheck *check, const char *answer, const char *expected, PurserCheckResult *result)
{
  g_autoptr(GPtrArray) texts = references (check, expected);
  g_autoptr(GPtrArray) said = words_of (answer);
  double best = 0;
  for (guint i = 0; i < texts->len; i++)
    {
      g_autoptr(GPtrArray) wanted = words_of (g_ptr_array_index (texts, i));
      best = MAX (best, bleu (said, wanted));
    }
  grade (check, result, best);
}
