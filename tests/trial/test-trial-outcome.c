/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-trial.h"

#include <math.h>
#include <string.h>

#include "purser-stat.h"
#include "trial-store.h"

#define assert_has(text, piece)                 \
  G_STMT_START                                  \
  {                                             \
    if (strstr (text, piece) == NULL)           \
      g_error ("“%s” lacks “%s”", text, piece); \
  }                                             \
  G_STMT_END

/* A run made by hand. PATTERN is one word per model, a letter per case: p passed, f failed, e error, t timed out, s
 * skipped. */
typedef struct
{
  const char *kind, *state, *summary, *extra; /* EXTRA: more members of the setup, with a comma before */
  const char *patterns[4];
  gint64 cost[4]; /* nano per case; -1 = unpriced */
  double seconds[4]; /* whole reply of case 0; case i takes 1 % more each */
  guint repeats, min_cases;
  const char *groups; /* (nullable) a letter per case */
  const char *provider_model;
  gint64 id;
  const TrialStore *lab;
} Run;

static const char *
word_of (char letter)
{
  return letter == 'p' ? "passed" : letter == 'f' ? "failed" : letter == 's' ? "skipped" : "error";
}

static gboolean
add_case (PurserDb *db, const Run *run, guint m, guint i, GError **error)
{
  char letter = run->patterns[m][i];
  guint repeats = MAX (run->repeats, 1);
  g_autofree char *id = g_strdup_printf (letter == 's' ? "warm-up" : "case-%02u", i / repeats + 1),
                  *answer = g_strdup_printf ("answer %c%u", 'A' + m, i);
  g_autofree char *group = run->groups != NULL ? g_strdup_printf (",\"group\":\"%c\"", run->groups[i]) : g_strdup ("");
  g_autofree char *detail =
      g_strdup_printf ("{\"title\":\"Title %u\",\"reason\":\"why "
                       "%c%u\",\"ttfc_s\":%.3f,\"tpot_s\":0.02,\"tok_s\":40%s%s%s%s%s}",
                       i / repeats + 1, 'A' + m, i, .1 * (m + 1), group, letter == 't' ? ",\"fault\":\"timeout\"" : "",
                       run->provider_model != NULL ? ",\"provider_model\":\"" : "",
                       run->provider_model != NULL ? run->provider_model : "", run->provider_model != NULL ? "\"" : "");
  gint64 total = (gint64) (run->seconds[m] * (1 + i / 100.0) * 1e6);
  PurserTrialResult result = { .trial_id = run->id,
                               .model_id = run->lab->models[m],
                               .position = (int) m,
                               .case_id = id,
                               .repeat = (int) (i % repeats),
                               .outcome = (char *) word_of (letter),
                               .score = letter == 'p'   ? 1
                                        : letter == 'f' ? .5
                                                        : -1,
                               .answer = answer,
                               .detail = detail,
                               .input_tokens = 100,
                               .output_tokens = 50,
                               .cost_nano = run->cost[m],
                               .first_text_us = letter == 't' || total == 0 ? -1 : total / 4,
                               .total_us = total > 0 ? total : -1 };
  return purser_trial_add_result (db, &result, error);
}

static gboolean
store_run_job (PurserDb *db, gpointer data, GError **error)
{
  static const char *const names[] = { "alpha", "beta", "gamma", "delta" };
  Run *run = data;
  g_autoptr(GString) models = g_string_new (NULL);
  guint cases = 0;
  for (guint m = 0; m < 4 && run->patterns[m] != NULL; m++)
    {
      g_string_append_printf (models, "%s{\"ref\":\"lab/%s\",\"title\":\"%c\"}", m > 0 ? "," : "", names[m], 'A' + m);
      cases = MAX (cases, strlen (run->patterns[m]));
    }
  g_autofree char *setup =
      g_strdup_printf ("{\"models\":[%s],\"cases\":%u,\"repeats\":%u,\"margin\":0.05,\"min_cases\":%u,\"currency\":"
                       "\"EUR\"%s}",
                       models->str, cases, MAX (run->repeats, 1), run->min_cases > 0 ? run->min_cases : 20,
                       run->extra != NULL ? run->extra : "");
  PurserTrialRow row = { .kind = (char *) (run->kind != NULL ? run->kind : "quality"),
                         .suite = (char *) "By hand",
                         .started_at = 1000,
                         .ended_at = 2000,
                         .state = (char *) (run->state != NULL ? run->state : "done"),
                         .setup = setup,
                         .summary = (char *) run->summary };
  run->id = purser_trial_put (db, &row, error);
  for (guint m = 0; run->id != 0 && m < 4 && run->patterns[m] != NULL; m++)
    for (guint i = 0; run->patterns[m][i] != '\0'; i++)
      if (!add_case (db, run, m, i, error))
        return FALSE;
  return run->id != 0;
}

static PurserTrialOutcome *
outcome_of (const TrialStore *lab, Run run)
{
  g_autoptr(GError) error = NULL;
  run.lab = lab;
  purser_store_write (lab->store, TRUE, store_run_job, &run, &error);
  g_assert_no_error (error);
  PurserTrialOutcome *outcome = purser_trial_load (lab->store, run.id, &error);
  g_assert_no_error (error);
  /* Whatever it says, it begins with its claim, and says no formatting accident. */
  g_assert_true (g_str_has_prefix (outcome->sentence, outcome->claim));
  const char *texts[] = { outcome->sentence, outcome->second, outcome->footnote };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_assert_null (strstr (texts[i], "(null)"));
      g_assert_null (strstr (texts[i], "nan"));
      g_assert_null (strstr (texts[i], "-nan"));
      g_assert_null (strstr (texts[i], "  "));
    }
  return outcome;
}

/* P passed, then F failed. */
static char *
pattern (guint passed, guint failed)
{
  g_autofree char *p = g_strnfill (passed, 'p'), *f = g_strnfill (failed, 'f');
  return g_strconcat (p, f, NULL);
}

static void
test_verdicts (void)
{
  /* Cases that both pass, only A, only B, neither; and what must be said about it. */
  static const struct
  {
    guint both, only_a, only_b, neither;
    const char *verdict, *claim, *says;
  } rows[] = {
    {14,   0,  10, 0, "better",           "B passes 42 more in 100 than A",                    "(between 22 and 62)."                              },
    { 10,  14, 0,  0, "worse",            "B is worse",                                        ": it misses at least 36 in 100 that A gets right." },
    { 24,  0,  0,  0, "cannot-tell",      "Cannot tell yet.",
     "With 24 cases we can only see differences above about 15 in 100. About 97 more cases would settle it"                                        },
    { 200, 0,  0,  0, "as-good",          "B is as good as A",                                 " on 200 cases: the difference is at most 2 points."},
    { 390, 10, 0,  0, "slightly-worse",   "B is slightly worse than A, within what you allow",
     ": it passes 3 fewer in 100, at most 5; you allow 5."                                                                                         },
    { 188, 12, 0,  0, "perhaps-worse",    "B is worse, perhaps by more than you allow",
     "it passes 6 fewer in 100 than A, up to 11; you allow 5."                                                                                     },
    { 90,  10, 2,  0, "perhaps-worse",    "B is worse, perhaps by more than you allow",        "fewer in 100 than A"                               },
    { 8,   0,  0,  0, "first-impression", "Only a first impression:",
     "B passed 8 of 8, A 8 of 8. With so few cases the true rate of B may be as low as 68%."                                                       },
    { 30,  4,  1,  5, "cannot-tell",      "Cannot tell yet.",                                  "More cases are unlikely to help."                  },
  };
  TrialStore lab;
  trial_store_open (&lab);
  trial_store_fill (&lab);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint n = rows[i].both + rows[i].only_a + rows[i].only_b + rows[i].neither;
      g_autofree char *a = pattern (rows[i].both + rows[i].only_a, rows[i].only_b + rows[i].neither);
      g_autofree char *both = g_strnfill (rows[i].both, 'p'), *miss = g_strnfill (rows[i].only_a, 'f'),
                      *hit = g_strnfill (rows[i].only_b, 'p'), *none = g_strnfill (rows[i].neither, 'f'),
                      *b = g_strconcat (both, miss, hit, none, NULL);
      g_autoptr(PurserTrialOutcome) outcome =
          outcome_of (&lab, (Run){
                                .patterns = {a,    b },
                                  .cost = { 100, 50},
                                  .seconds = { 2,   1 }
      });
      PurserInterval tango = purser_stat_tango (rows[i].only_a, rows[i].only_b, n, PURSER_Z95);
      g_test_message ("%s %s | %s", outcome->sentence, outcome->second, outcome->footnote);
      g_assert_cmpstr (outcome->verdict, ==, rows[i].verdict);
      g_assert_cmpstr (outcome->claim, ==, rows[i].claim);
      assert_has (outcome->sentence, rows[i].says);
      g_assert_cmpfloat (outcome->difference_low, ==, tango.low);
      g_assert_cmpfloat (outcome->difference_high, ==, tango.high);
      g_assert_cmpuint (outcome->disagreements->len, ==, rows[i].only_a + rows[i].only_b);
      g_assert_cmpfloat (outcome->cost_ratio, ==, .5);
      g_assert_cmpfloat_with_epsilon (outcome->speed_ratio, .5, 1e-4);
    }
  trial_store_close (&lab);
}

static void
test_models (void)
{
  TrialStore lab;
  trial_store_open (&lab);
  trial_store_fill (&lab);
  g_autoptr(PurserTrialOutcome) outcome =
      outcome_of (&lab, (Run){
                            .patterns = {"ppppppppppppppppppppffffffee", "ppppppppppppffffffffppppppps"},
                            .cost = { 1000,                          3000                          },
                            .seconds = { 1,                             2                             },
                            .provider_model = "alpha-2026-10",
                            .extra = ",\"unchecked\":{\"javascript\":3,\"llm-rubric\":1},\"unused\":[\"judge\",\"repeat\"]"
  });
  const PurserTrialModel *a = g_ptr_array_index (outcome->models, 0), *b = g_ptr_array_index (outcome->models, 1);
  g_assert_cmpstr (a->model, ==, "lab/alpha");
  g_assert_cmpint (a->model_id, ==, lab.models[0]);
  g_assert_cmpuint (a->cases, ==, 28);
  g_assert_cmpuint (a->passed, ==, 20);
  g_assert_cmpuint (a->failed, ==, 6);
  g_assert_cmpuint (a->errors, ==, 2);
  g_assert_cmpfloat (a->rate, ==, 20.0 / 26); /* no answer is not a wrong answer */
  PurserInterval wilson = purser_stat_wilson (20, 26, PURSER_Z95);
  g_assert_cmpfloat (a->low, ==, wilson.low);
  g_assert_cmpfloat (a->high, ==, wilson.high);
  g_assert_cmpint (a->cost_nano, ==, 28 * 1000);
  g_assert_cmpint (a->input_tokens, ==, 2800);
  g_assert_cmpint (a->output_tokens, ==, 1400);
  g_assert_cmpuint (a->replies->len, ==, 26);
  g_assert_cmpfloat_with_epsilon (a->reply_p50, 1.12, 1e-9); /* the 13th of 26 */
  g_assert_cmpfloat_with_epsilon (a->reply_p90, 1.23, 1e-9);
  g_assert_true (isnan (a->reply_p95)); /* from 40 on */
  g_assert_cmpfloat_with_epsilon (a->first_words_p50, .28, 1e-9);
  g_assert_cmpfloat_with_epsilon (a->first_words_low, .255, 1e-9); /* p10: the 3rd */
  g_assert_cmpfloat_with_epsilon (a->first_sign_p50, .1, 1e-9);
  g_assert_cmpfloat (a->per_token_p50, ==, .02);
  g_assert_cmpfloat (a->tokens_per_second_p50, ==, 40);
  g_assert_true (isnan (a->longest_pause_p50)); /* nobody measured it */
  g_assert_cmpuint (b->cases, ==, 27); /* a warm-up is paid, and not counted */
  g_assert_cmpint (b->cost_nano, ==, 28 * 3000);
  assert_has (outcome->second, "It costs 3.0 times as much and answers 2.0 times slower (between 2.0 and 2.0).");
  assert_has (outcome->footnote, "Not checked here: 3 checks “javascript”, 1 check “llm-rubric”.");
  assert_has (outcome->footnote, "Settings of the suite without effect here: judge, repeat.");
  assert_has (outcome->footnote, "For A the provider reported model name alpha-2026-10.");
  assert_has (outcome->footnote, "2 cases got no answer from A and are not counted as passed or failed.");

  /* Worst first: what only A passes, then the rest in order. */
  g_assert_cmpuint (outcome->disagreements->len, ==, 8 + 6);
  const PurserDisagreement *worst = g_ptr_array_index (outcome->disagreements, 0),
                           *last = g_ptr_array_index (outcome->disagreements, 13);
  g_assert_cmpstr (worst->case_id, ==, "case-13");
  g_assert_cmpstr (worst->title, ==, "Title 13");
  g_assert_cmpstr (worst->outcomes[0], ==, "passed");
  g_assert_cmpstr (worst->outcomes[1], ==, "failed");
  g_assert_cmpstr (worst->answers[1], ==, "answer B12");
  g_assert_cmpstr (worst->reasons[1], ==, "why B12");
  g_assert_null (worst->answers[2]);
  g_assert_cmpstr (last->case_id, ==, "case-26");
  trial_store_close (&lab);
}

static void
test_money_and_speed (void)
{
  static const struct
  {
    gint64 cost[2];
    double seconds[2];
    const char *says;
  } rows[] = {
    {{ 100, 38 },   { 1.7, 1 }, "It costs 38% as much and answers 1.7 times faster (between 1.7 and 1.7)."},
    { { 100, 140 }, { 1, 1 },   "It costs 140% as much and answers about as fast."                        },
    { { 100, 100 }, { 1, 1 },   "It costs as much and answers about as fast."                             },
    { { 100, 0 },   { 1, 1 },   "It costs nothing and"                                                    },
    { { 1000, 1 },  { 1, 1 },   "It costs less than 1% as much and"                                       },
    { { 0, 0 },     { 1, 1 },   "Both cost nothing and"                                                   },
    { { 0, 5 },     { 1, 1 },   "What it costs cannot be compared and"                                    },
    { { -1, 5 },    { 1, 1 },   "not known, because a price is missing and"                               },
    { { 5, -1 },    { 0, 1 },   "not known, because a price is missing and its speed was not measured."   },
  };
  TrialStore lab;
  trial_store_open (&lab);
  trial_store_fill (&lab);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Run run = {
        .patterns = {"pppppppppppppppppppp", "pppppppppppppppppppp"},
        .cost = { rows[i].cost[0],       rows[i].cost[1]       },
        .seconds = { rows[i].seconds[0],    rows[i].seconds[1]    }
      };
      g_autoptr(PurserTrialOutcome) outcome = outcome_of (&lab, run);
      assert_has (outcome->second, rows[i].says);
      g_assert_cmpint (isnan (outcome->cost_ratio), ==, rows[i].cost[0] <= 0 || rows[i].cost[1] < 0);
      for (guint m = 0; m < 2; m++)
        {
          const PurserTrialModel *model = g_ptr_array_index (outcome->models, m);
          g_assert_cmpint (model->unpriced, ==, rows[i].cost[m] < 0);
          g_assert_cmpint (isnan (model->reply_p50), ==, rows[i].seconds[m] == 0);
        }
    }
  trial_store_close (&lab);
}

/* Repeats and groups: averages per case, clustered, and no more certainty than the cases give. */
static void
test_repeats_and_groups (void)
{
  TrialStore lab;
  trial_store_open (&lab);
  trial_store_fill (&lab);
  g_autoptr(PurserTrialOutcome) repeats = outcome_of (&lab, (Run){
                                                                 .patterns = {"ppfpppfffppppppp", "pppfffpppppppppp"},
                                                                 .repeats = 4,
                                                                 .min_cases = 2,
                                                                 .cost = { 1,                 1                 },
                                                                 .seconds = { 1,                 1                 }
  });
  const PurserTrialModel *a = g_ptr_array_index (repeats->models, 0);
  g_assert_cmpuint (a->cases, ==, 4);
  g_assert_cmpuint (a->passed, ==, 3); /* three of four, two of four, four, four: half is not more than half */
  g_assert_cmpuint (a->failed, ==, 1);
  const double d[] = { 3 / 4.0 - 3 / 4.0, 2 / 4.0 - 2 / 4.0, 1 - 3 / 4.0, 0 };
  double mean;
  PurserInterval interval;
  g_assert_true (purser_stat_clustered (d, NULL, 4, 20260823, &mean, &interval));
  g_assert_cmpfloat (repeats->difference, ==, mean);
  g_assert_cmpfloat (repeats->difference_low, ==, interval.low);
  g_assert_cmpfloat (repeats->difference_high, ==, interval.high);

  g_autoptr(PurserTrialOutcome) grouped =
      outcome_of (&lab, (Run){
                            .patterns = {"pppppppppppppppppppp", "ffffpppppppppppppppp"},
                            .groups = "aaaabbbbccccddddeeee",
                            .cost = { 1,                     1                     },
                            .seconds = { 1,                     1                     }
  });
  g_autoptr(PurserTrialOutcome) single =
      outcome_of (&lab, (Run){
                            .patterns = {"pppppppppppppppppppp", "ffffpppppppppppppppp"},
                            .cost = { 1,                     1                     },
                            .seconds = { 1,                     1                     }
  });
  g_assert_cmpfloat (grouped->difference, ==, -.2);
  g_assert_cmpfloat (single->difference, ==, -.2);
  g_assert_cmpfloat (grouped->difference_high - grouped->difference_low, >,
                     single->difference_high - single->difference_low);
  trial_store_close (&lab);
}

/* "Better" three times at once must be surer than once. */
static void
test_many_models (void)
{
  TrialStore lab;
  trial_store_open (&lab);
  trial_store_fill (&lab);
  const char *a = "ppppppppppppppffffffffff", *slightly = "pppppppppppppppppppfffff",
             *much = "pppppppppppppppppppppppp";
  g_autoptr(PurserTrialOutcome) two =
      outcome_of (&lab, (Run){
                            .patterns = {a,  slightly},
                              .cost = { 1, 1       },
                              .seconds = { 1, 1       }
  });
  g_assert_cmpstr (two->verdict, ==, "better");
  g_autoptr(PurserTrialOutcome) four =
      outcome_of (&lab, (Run){
                            .patterns = {a,  slightly, much, a},
                              .cost = { 1, 1,        2,    1},
                              .seconds = { 1, 1,        1,    1}
  });
  g_test_message ("%s", four->sentence);
  g_assert_cmpstr (four->verdict, ==, "as-good");
  assert_has (four->sentence, "among so many models that may be luck");
  assert_has (four->sentence, "C passes 42 more in 100 than A");
  assert_has (four->sentence, "Cannot tell yet whether D is as good as A.");
  assert_has (four->second, "C: It costs 2.0 times as much");
  g_assert_cmpuint (four->models->len, ==, 4);
  trial_store_close (&lab);
}

static void
test_one_model (void)
{
  static const struct
  {
    guint passed, failed;
    const char *verdict, *sentence;
  } rows[] = {
    {22,  2, "one-model",        "A passed 22 of 24. Its true rate is between 74% and 98%."                 },
    { 24, 0, "one-model",        "A passed 24 of 24. Nothing failed, so at most about 13 in 100 would fail."},
    { 8,  0, "first-impression", "A passed 8 of 8. With so few cases the true rate may be as low as 68%."   },
    { 0,  0, "first-impression", "A answered no case."                                                      },
  };
  TrialStore lab;
  trial_store_open (&lab);
  trial_store_fill (&lab);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *letters = pattern (rows[i].passed, rows[i].failed);
      g_autoptr(PurserTrialOutcome) outcome =
          outcome_of (&lab, (Run){ .patterns = { letters }, .cost = { 2000000 }, .seconds = { 1 } });
      g_assert_cmpstr (outcome->verdict, ==, rows[i].verdict);
      g_assert_cmpstr (outcome->sentence, ==, rows[i].sentence);
      g_assert_true (isnan (outcome->difference));
      g_assert_cmpuint (outcome->disagreements->len, ==, rows[i].failed);
      g_assert_true (g_str_has_prefix (outcome->second, "The test cost "));
    }
  trial_store_close (&lab);
}

static void
test_latency (void)
{
  TrialStore lab;
  trial_store_open (&lab);
  trial_store_fill (&lab);
  g_autoptr(PurserTrialOutcome) faster = outcome_of (&lab, (Run){
                                                                .kind = "latency",
                                                                .patterns = {"spppppppppp", "spppppppppp"},
                                                                .cost = { 2,            1            },
                                                                .seconds = { 3,            1            }
  });
  g_assert_cmpstr (faster->verdict, ==, "better");
  g_assert_cmpstr (faster->claim, ==, "B answers 3.0 times faster than A");
  assert_has (faster->sentence, "10 requests");
  g_assert_cmpstr (faster->second, ==, "It costs 50% as much.");
  g_assert_cmpuint (faster->disagreements->len, ==, 0);
  g_assert_true (isnan (faster->difference));
  const PurserTrialModel *a = g_ptr_array_index (faster->models, 0);
  g_assert_cmpuint (a->cases, ==, 10);
  g_assert_cmpint (a->cost_nano, ==, 22);

  /* A time-out is a slow answer to be compared with, and no answer to be measured. */
  g_autoptr(PurserTrialOutcome) broken = outcome_of (&lab, (Run){
                                                                .kind = "latency",
                                                                .patterns = {"ppppptteee", "pppppppppp"},
                                                                .cost = { 1,           1           },
                                                                .seconds = { 1,           1           }
  });
  const PurserTrialModel *slow = g_ptr_array_index (broken->models, 0);
  g_assert_cmpuint (slow->errors, ==, 5);
  g_assert_cmpuint (slow->passed, ==, 5);
  g_assert_cmpfloat (slow->rate, ==, .5);
  g_assert_cmpuint (slow->replies->len, ==, 5);
  assert_has (broken->footnote, "5 requests to A failed and are not in the times.");

  g_autoptr(PurserTrialOutcome) few =
      outcome_of (&lab, (Run){
                            .kind = "latency", .patterns = {"ppp", "ppp"},
                                 .cost = { 1,    1    },
                                 .seconds = { 1,    1    }
  });
  g_assert_cmpstr (few->verdict, ==, "first-impression");
  g_autoptr(PurserTrialOutcome) alone =
      outcome_of (&lab, (Run){ .kind = "latency", .patterns = { "pppppp" }, .cost = { 1 }, .seconds = { 4 } });
  g_assert_cmpstr (alone->claim, ==, "A shows its first words after 1.02 seconds");
  trial_store_close (&lab);
}

static void
test_ends (void)
{
  static const struct
  {
    const char *state, *summary, *says;
  } rows[] = {
    {"stopped",      "{\"ended_by\":\"stop\"}",                                                   "Stopped by hand after 4 of 4."          },
    { "stopped",     "{\"ended_by\":\"cap\"}",                                                    "Stopped before it could cost more than "},
    { "interrupted", NULL,                                                                        "Interrupted after 4 of 4"               },
    { "failed",      "{\"ended_by\":\"errors\",\"broken\":1,\"words\":\"The key was refused.\"}",
     "because B answered none of its first calls: The key was refused."                                                                    },
    { "failed",      "not JSON",                                                                  "The run ended because something failed."},
    { "running",     NULL,                                                                        "Still running, 4 of 4."                 },
  };
  TrialStore lab;
  trial_store_open (&lab);
  trial_store_fill (&lab);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(PurserTrialOutcome) outcome = outcome_of (&lab, (Run){
                                                                     .patterns = {"pppp", "pppp"},
                                                                     .cost = { 1,     1     },
                                                                     .seconds = { 1,     1     },
                                                                     .state = rows[i].state,
                                                                     .summary = rows[i].summary,
                                                                     .extra = ",\"cap_nano\":5000000000"
      });
      assert_has (outcome->footnote, rows[i].says);
    }
  g_autoptr(GError) error = NULL;
  g_assert_null (purser_trial_load (lab.store, 999999, &error));
  g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_NOT_FOUND);
  trial_store_close (&lab);
}

static void
take_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
test_async (void)
{
  TrialStore lab;
  trial_store_open (&lab);
  trial_store_fill (&lab);
  for (int wrong = 0; wrong <= 1; wrong++)
    {
      g_autoptr(GAsyncResult) result = NULL;
      g_autoptr(GError) error = NULL;
      g_autoptr(PurserTrialOutcome) stored =
          outcome_of (&lab, (Run){ .patterns = { "p" }, .cost = { 1 }, .seconds = { 1 } });
      purser_trial_load_async (lab.store, wrong ? 999 : stored->row->id, NULL, take_cb, &result);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_autoptr(PurserTrialOutcome) outcome = purser_trial_load_finish (lab.store, result, &error);
      g_assert_true ((outcome != NULL) == !wrong && (error != NULL) == wrong);
      if (!wrong)
        g_assert_cmpstr (outcome->sentence, ==, stored->sentence);
    }
  trial_store_close (&lab);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trial/outcome/verdicts", test_verdicts);
  g_test_add_func ("/trial/outcome/models", test_models);
  g_test_add_func ("/trial/outcome/money-and-speed", test_money_and_speed);
  g_test_add_func ("/trial/outcome/repeats-and-groups", test_repeats_and_groups);
  g_test_add_func ("/trial/outcome/many-models", test_many_models);
  g_test_add_func ("/trial/outcome/one-model", test_one_model);
  g_test_add_func ("/trial/outcome/latency", test_latency);
  g_test_add_func ("/trial/outcome/ends", test_ends);
  g_test_add_func ("/trial/outcome/async", test_async);
  return g_test_run ();
}
