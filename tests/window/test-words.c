/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Findings in words: no window is needed. */
#include "config.h"

#include <locale.h>
#include "fixture-answer.h"
#include "purser-test-reason.h"
#include "purser-workload-words.h"

/* PATTERN: what only a disclosure shows. */
static const struct { const char *reason, *words, *pattern; } reasons[] =
{
  { "Does not match the pattern “(?i)Dover”", "Does not mention “Dover”", NULL },
  { "Does not match the pattern “\\bINV-318\\b”", "Does not mention “INV-318”", NULL },
  { "Does not match the pattern “^\\s*INV-318\\.?\\s*$”", "Is not just “INV-318”", NULL },
  { "Does not match the pattern “(?i)^\\s*Lea\\.?\\s*$”", "Is not just “Lea”", NULL },
  { "Does not match the pattern “(?i)switch|shut|turn|off”", "Mentions none of “switch”, “shut”, “turn”, “off”", NULL },
  { "Does not match the pattern “^\\s*(3|three)\\.?\\s*$”", "Mentions none of “3”, “three”", NULL },
  { "Does not match the pattern “9[:.]30”", "Does not fit the pattern", "9[:.]30" },
  { "Does not match the pattern “a (b|c) d”", "Does not fit the pattern", "a (b|c) d" },
  { "Does not match the pattern “(?i)profit and much mo…”", "Does not fit the pattern", "(?i)profit and much mo…" },
  { "Does not match the pattern “\\d+”", "Does not fit the pattern", "\\d+" },
  { "Does not match the pattern “”", "Does not fit the pattern", "" },
  { "Matches the pattern “as an AI”", "Mentions “as an AI”", NULL },
  { "Matches the pattern “x+”", "Fits the pattern that no answer should fit", "x+" },
  { "Does not contain “Dover”", "Does not contain “Dover”", NULL },
  { "Does not match the pattern ", "Does not match the pattern ", NULL },
  { "Does not match the pattern “", "Does not match the pattern “", NULL },
  { "34 words", "34 words", NULL },
  { "", "", NULL },
};

static void
test_reasons (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      g_autofree char *pattern = NULL;
      g_autofree char *words = purser_test_reason (reasons[i].reason, &pattern);

      g_assert_cmpstr (words, ==, reasons[i].words);
      g_assert_cmpstr (pattern, ==, reasons[i].pattern);
    }
}

static const struct { gint64 calls, first, failed; const char *words; PurserWorkloadMood mood; } states[] =
{
  { 0, 0, 0, "No calls in 24 h", PURSER_WORKLOAD_UNPROVEN },
  { 9, 0, 0, "0 of 9 on first choice in 24 h", PURSER_WORKLOAD_UNPROVEN },
  { 1, 0, 0, "0 of 1 on first choice in 24 h", PURSER_WORKLOAD_UNPROVEN },
  { 9, 9, 0, "9 of 9 on first choice in 24 h", PURSER_WORKLOAD_WELL },
  { 10, 9, 0, "90.0% on first choice in 24 h", PURSER_WORKLOAD_TROUBLE },
  { 100, 97, 0, "97.0% on first choice in 24 h", PURSER_WORKLOAD_WELL },
  { 3, 2, 1, "1 call failed in 24 h", PURSER_WORKLOAD_TROUBLE },
};

/* Under ten calls a share says nothing, and a green tick would say too much. */
static void
test_states (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      PurserWorkloadState state = { 1, states[i].calls, states[i].first, states[i].failed };
      PurserWorkloadMood mood;
      g_autofree char *words = purser_workload_state_words (&state, &mood);
      g_auto (GStrv) parts = g_strsplit (words, "\302\240", -1);
      g_autofree char *plain = g_strjoinv (" ", parts);

      g_assert_cmpstr (plain, ==, states[i].words);
      g_assert_cmpint (mood, ==, states[i].mood);
    }
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("LANGUAGE", "C", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/reasons", test_reasons);
  g_test_add_func ("/words/states", test_states);
  return g_test_run ();
}
