/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-trial-outcome.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "purser-json.h"

/* The sentences of SPEC-trials §4: fixed templates, so that the same numbers always say the same. In them, A is the
 * model that the other is compared with. */

/* A share of 1 in points of 100, rounded so that the claim never says more than the numbers. */
static int
at_least (double share)
{
  return MAX (0, (int) floor (share * 100 + 1e-9));
}

static int
at_most (double share)
{
  return (int) ceil (share * 100 - 1e-9);
}

static int
about (double share)
{
  return (int) lround (share * 100);
}

/* Claim and rest of one sentence; takes both. */
static void
add_sentence (GString *sentence, char **claim, char *words, char *rest)
{
  g_string_append_printf (sentence, "%s%s%s", sentence->len > 0 ? " " : "", words, rest);
  if (*claim == NULL)
    *claim = g_steal_pointer (&words);
  g_free (words);
  g_free (rest);
}

static char *
cases_words (guint n)
{
  return g_strdup_printf (ngettext ("%u case", "%u cases", n), n);
}

/* --- One model --- */

static void
tell_alone (PurserFindings *findings, GString *sentence, char **claim)
{
  const PurserTrialModel *model = g_ptr_array_index (findings->outcome->models, 0);
  guint tried = model->passed + model->failed;
  char *words = g_strdup_printf (_("%s passed %u of %u."), findings->titles[0], model->passed, tried);
  char *rest;
  if (tried == 0)
    {
      g_free (words);
      words = g_strdup_printf (_("%s answered no case."), findings->titles[0]);
      rest = g_strdup ("");
    }
  else if (tried < findings->min_cases)
    rest = g_strdup_printf (_(" With so few cases the true rate may be as low as %d%%."), about (model->low));
  else if (model->failed == 0) /* the rule of three */
    rest =
        g_strdup_printf (_(" Nothing failed, so at most about %d in 100 would fail."), at_most (MIN (1, 3.0 / tried)));
  else
    rest = g_strdup_printf (_(" Its true rate is between %d%% and %d%%."), about (model->low), about (model->high));
  g_free (findings->outcome->verdict);
  findings->outcome->verdict =
      g_strdup (tried < findings->min_cases ? purser_verdict_id (PURSER_VERDICT_FIRST_IMPRESSION) : "one-model");
  add_sentence (sentence, claim, words, rest);
}

/* --- Quality, X against A --- */

typedef void (*Teller) (const PurserFindings *findings,
                        const PurserComparison *it,
                        const char *a,
                        const char *x,
                        char **claim,
                        char **rest);

static void
tell_better (
    const PurserFindings *findings, const PurserComparison *it, const char *a, const char *x, char **claim, char **rest)
{
  *claim = g_strdup_printf (_("%s passes %d more in 100 than %s"), x, about (it->difference), a);
  *rest = g_strdup_printf (_(" (between %d and %d)."), at_least (it->interval.low), at_most (it->interval.high));
}

static void
tell_worse (
    const PurserFindings *findings, const PurserComparison *it, const char *a, const char *x, char **claim, char **rest)
{
  *claim = g_strdup_printf (_("%s is worse"), x);
  *rest = g_strdup_printf (_(": it misses at least %d in 100 that %s gets right."), at_least (-it->interval.high), a);
}

static void
tell_slightly_worse (
    const PurserFindings *findings, const PurserComparison *it, const char *a, const char *x, char **claim, char **rest)
{
  *claim = g_strdup_printf (_("%s is slightly worse than %s, within what you allow"), x, a);
  *rest = g_strdup_printf (_(": it passes %d fewer in 100, at most %d; you allow %d."), about (-it->difference),
                           at_most (-it->interval.low), about (findings->margin));
}

static void
tell_perhaps_worse (
    const PurserFindings *findings, const PurserComparison *it, const char *a, const char *x, char **claim, char **rest)
{
  *claim = g_strdup_printf (_("%s is worse, perhaps by more than you allow"), x);
  *rest = g_strdup_printf (_(": it passes %d fewer in 100 than %s, up to %d; you allow %d."), about (-it->difference),
                           a, at_most (-it->interval.low), about (findings->margin));
}

static void
tell_as_good (
    const PurserFindings *findings, const PurserComparison *it, const char *a, const char *x, char **claim, char **rest)
{
  double most = MAX (fabs (it->interval.low), fabs (it->interval.high));
  g_autofree char *cases = cases_words (it->n);
  *claim = g_strdup_printf (_("%s is as good as %s"), x, a);
  if (it->held_back)
    *rest = g_strdup_printf (_(" on %s. It passes %d more in 100, but among so many models that may be luck."), cases,
                             about (it->difference));
  else /* Translators: %s is “24 cases”. */
    *rest = g_strdup_printf (ngettext (" on %s: the difference is at most %d point.",
                                       " on %s: the difference is at most %d points.", (gulong) at_most (most)),
                             cases, at_most (most));
}

/* "About 370 more cases would settle it (about €1.20)." */
static char *
more_cases_words (const PurserFindings *findings, const PurserComparison *it)
{
  if (it->more_cases < 0)
    return g_strdup (_("More cases are unlikely to help."));
  gint64 more = MAX (it->more_cases, 1);
  g_autofree char *cost = it->cost_per_case > 0 && more < 1000000
                              ? purser_money_format (it->cost_per_case * more, findings->currency)
                              : NULL;
  if (cost == NULL)
    return g_strdup_printf (ngettext ("About %d more case would settle it.", "About %d more cases would settle it.",
                                      (gulong) more),
                            (int) MIN (more, G_MAXINT32));
  return g_strdup_printf (ngettext ("About %d more case would settle it (about %s).",
                                    "About %d more cases would settle it (about %s).", (gulong) more),
                          (int) MIN (more, G_MAXINT32), cost);
}

static void
tell_cannot_tell (
    const PurserFindings *findings, const PurserComparison *it, const char *a, const char *x, char **claim, char **rest)
{
  g_autofree char *cases = cases_words (it->n), *more = more_cases_words (findings, it);
  *claim = findings->n_models > 2 ? g_strdup_printf (_("Cannot tell yet whether %s is as good as %s."), x, a)
                                  : g_strdup (_("Cannot tell yet."));
  /* Translators: the first %s is “24 cases”, the second the sentence about how many more would help. */
  *rest = g_strdup_printf (_(" With %s we can only see differences above about %d in 100. %s"), cases,
                           about (it->detectable), more);
}

static void
tell_first_impression (
    const PurserFindings *findings, const PurserComparison *it, const char *a, const char *x, char **claim, char **rest)
{
  const PurserTrialModel *first = g_ptr_array_index (findings->outcome->models, 0);
  const PurserTrialModel *other = NULL;
  for (guint i = 1; i < findings->n_models && other == NULL; i++)
    if (strcmp (findings->titles[i], x) == 0)
      other = g_ptr_array_index (findings->outcome->models, i);
  guint tried_a = first->passed + first->failed, tried_x = other->passed + other->failed;
  *claim = g_strdup (_("Only a first impression:"));
  if (tried_x == 0)
    *rest = g_strdup_printf (_(" %s answered no case."), x);
  else
    *rest = g_strdup_printf (_(" %s passed %u of %u, %s %u of %u. With so few cases the true rate of %s may be as low "
                                "as %d%%."),
                             x, other->passed, tried_x, a, first->passed, tried_a, x, about (other->low));
}

static const Teller tellers[] = {
  [PURSER_VERDICT_FIRST_IMPRESSION] = tell_first_impression,
  [PURSER_VERDICT_BETTER] = tell_better,
  [PURSER_VERDICT_WORSE] = tell_worse,
  [PURSER_VERDICT_SLIGHTLY_WORSE] = tell_slightly_worse,
  [PURSER_VERDICT_AS_GOOD] = tell_as_good,
  [PURSER_VERDICT_PERHAPS_WORSE] = tell_perhaps_worse,
  [PURSER_VERDICT_CANNOT_TELL] = tell_cannot_tell,
};

/* --- Latency, X against A --- */

static char *
times_words (double factor)
{
  return g_strdup_printf ("%.1f", factor);
}

static void
tell_latency (
    const PurserFindings *findings, const PurserComparison *it, const char *a, const char *x, char **claim, char **rest)
{
  gboolean faster = it->speed_ratio < 1;
  double factor = faster ? 1 / it->speed_ratio : it->speed_ratio;
  double low = faster ? 1 / it->speed.high : it->speed.low, high = faster ? 1 / it->speed.low : it->speed.high;
  g_autofree char *by = times_words (factor), *from = times_words (MAX (low, 0)), *to = times_words (high);
  if (it->verdict == PURSER_VERDICT_FIRST_IMPRESSION)
    {
      *claim = g_strdup (_("Only a first impression."));
      *rest =
          g_strdup_printf (ngettext (" %u request was answered by both; at least 5 are needed to compare %s with %s.",
                                     " %u requests were answered by both; at least 5 are needed to compare %s with %s.",
                                     it->n),
                           it->n, x, a);
    }
  else if (it->verdict == PURSER_VERDICT_AS_GOOD || it->verdict == PURSER_VERDICT_CANNOT_TELL)
    {
      gboolean same = it->verdict == PURSER_VERDICT_AS_GOOD;
      *claim = same ? g_strdup_printf (_("%s answers as fast as %s"), x, a)
                    : g_strdup_printf (_("Cannot tell yet whether %s answers faster than %s."), x, a);
      *rest = same ? g_strdup_printf (ngettext (" in %u request.", " in %u requests.", it->n), it->n)
                   : g_strdup_printf (ngettext (" %u request differs too much.",
                                                " The times of %u requests differ too much from each other.", it->n),
                                      it->n);
    }
  else
    {
      *claim =
          g_strdup_printf (faster ? _("%s answers %s times faster than %s") : _("%s answers %s times slower than %s"),
                           x, by, a);
      *rest =
          g_strdup_printf (ngettext (" (between %s and %s, %u request).", " (between %s and %s, %u requests).", it->n),
                           from, to, it->n);
    }
}

static void
tell_latency_alone (PurserFindings *findings, GString *sentence, char **claim)
{
  const PurserTrialModel *model = g_ptr_array_index (findings->outcome->models, 0);
  double middle = !isnan (model->first_words_p50) ? model->first_words_p50 : model->reply_p50;
  char *words, *rest;
  if (isnan (middle))
    {
      words = g_strdup (_("Only a first impression."));
      rest = g_strdup_printf (ngettext (" %s answered %u request; at least 5 are needed.",
                                        " %s answered %u requests; at least 5 are needed.", model->passed),
                              findings->titles[0], model->passed);
    }
  else
    {
      g_autofree char *seconds = g_strdup_printf ("%.2f", middle);
      words = g_strdup_printf (!isnan (model->first_words_p50) ? _("%s shows its first words after %s seconds")
                                                               : _("%s answers after %s seconds"),
                               findings->titles[0], seconds);
      rest = g_strdup_printf (ngettext (" in half of %u request.", " in half of %u requests.", model->passed),
                              model->passed);
    }
  findings->outcome->verdict =
      g_strdup (isnan (middle) ? purser_verdict_id (PURSER_VERDICT_FIRST_IMPRESSION) : "one-model");
  add_sentence (sentence, claim, words, rest);
}

/* --- Cost and speed --- */

static char *
cost_words (const PurserFindings *findings, const PurserComparison *it)
{
  if (it->both_free)
    return g_strdup (_("Both cost nothing"));
  if (isnan (it->cost_ratio))
    return g_strdup (it->cost_per_case < 0
                         ? _("What it costs beside the other is not known, because a price is missing")
                         : _("What it costs cannot be compared"));
  if (it->cost_ratio == 0)
    return g_strdup (_("It costs nothing"));
  if (it->cost_ratio < .005)
    /* xgettext:no-c-format */
    return g_strdup (_("It costs less than 1% as much"));
  if (fabs (it->cost_ratio - 1) < .005)
    return g_strdup (_("It costs as much"));
  if (it->cost_ratio < 2)
    return g_strdup_printf (_("It costs %d%% as much"), about (it->cost_ratio));
  return g_strdup_printf (_("It costs %.1f times as much"), it->cost_ratio);
}

/* Follows the cost after "and"; NULL where the first sentence has said it. */
static char *
speed_words (const PurserFindings *findings, const PurserComparison *it)
{
  if (findings->latency)
    return NULL;
  if (!it->has_speed)
    return g_strdup (_("its speed was not measured"));
  if (it->speed.low <= 1 && it->speed.high >= 1)
    return g_strdup (_("answers about as fast"));
  if (it->speed_ratio < 1)
    return g_strdup_printf (_("answers %.1f times faster (between %.1f and %.1f)"), 1 / it->speed_ratio,
                            1 / it->speed.high, 1 / it->speed.low);
  return g_strdup_printf (_("answers %.1f times slower (between %.1f and %.1f)"), it->speed_ratio, it->speed.low,
                          it->speed.high);
}

/* Each pair of models its sentence; with more than two, it says whom it is about. */
static char *
tell_second (const PurserFindings *findings)
{
  GString *second = g_string_new (NULL);
  for (guint i = 0; i < findings->comparisons->len; i++)
    {
      const PurserComparison *it = &g_array_index (findings->comparisons, PurserComparison, i);
      if (it->n == 0)
        continue;
      g_autofree char *cost = cost_words (findings, it), *speed = speed_words (findings, it);
      /* Translators: “It costs 38% as much and answers 1.7 times faster.” */
      g_autofree char *both =
          speed != NULL ? g_strdup_printf (_("%s and %s."), cost, speed) : g_strdup_printf (_("%s."), cost);
      if (findings->comparisons->len > 1)
        g_string_append_printf (second, "%s%s: %s", second->len > 0 ? " " : "", findings->titles[i + 1], both);
      else
        g_string_append (second, both);
    }
  return g_string_free (second, FALSE);
}

/* A single model's second sentence: what it cost. */
static char *
tell_cost_alone (const PurserFindings *findings)
{
  const PurserTrialModel *model = g_ptr_array_index (findings->outcome->models, 0);
  if (model->unpriced)
    return g_strdup (_("What it cost is not known, because it has no price."));
  g_autofree char *cost = purser_money_format (model->cost_nano, findings->currency);
  return g_strdup_printf (_("The test cost %s."), cost);
}

/* --- What has to be known beside it --- */

static void
add_note (GString *notes, char *words)
{
  g_string_append_printf (notes, "%s%s", notes->len > 0 ? " " : "", words);
  g_free (words);
}

static void
note_unchecked (const PurserFindings *findings, GString *notes)
{
  JsonObject *unchecked = purser_json_member (findings->setup, "unchecked");
  if (unchecked == NULL || json_object_get_size (unchecked) == 0 || findings->latency)
    return;
  g_autoptr(GString) list = g_string_new (NULL);
  g_autoptr(GList) types = json_object_get_members (unchecked);
  for (GList *l = types; l != NULL; l = l->next)
    {
      guint n = (guint) purser_json_int (unchecked, l->data, 0);
      g_string_append_printf (list, "%s", list->len > 0 ? ", " : "");
      g_string_append_printf (list, ngettext ("%u check “%s”", "%u checks “%s”", n), n, (char *) l->data);
    }
  add_note (notes, g_strdup_printf (_("Not checked here: %s."), list->str));
}

/* Settings of the suite that this version understands and does not follow. */
static void
note_unused (const PurserFindings *findings, GString *notes)
{
  JsonArray *unused = purser_json_array (findings->setup, "unused");
  g_autoptr(GString) list = g_string_new (NULL);
  for (guint i = 0; unused != NULL && i < json_array_get_length (unused); i++)
    {
      JsonNode *name = json_array_get_element (unused, i);
      if (JSON_NODE_HOLDS_VALUE (name) && json_node_get_value_type (name) == G_TYPE_STRING)
        g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", json_node_get_string (name));
    }
  if (list->len > 0 && !findings->latency)
    add_note (notes, g_strdup_printf (_("Settings of the suite without effect here: %s."), list->str));
}

static const char *
bare_name (const char *ref)
{
  const char *slash = strchr (ref, '/');
  return slash != NULL ? slash + 1 : ref;
}

static void
note_models (const PurserFindings *findings, GString *notes)
{
  for (guint i = 0; i < findings->n_models; i++)
    {
      const PurserTrialModel *model = g_ptr_array_index (findings->outcome->models, i);
      if (model->errors > 0)
        add_note (
            notes,
            findings->latency
                ? g_strdup_printf (ngettext ("%u request to %s failed and is not in the times.",
                                             "%u requests to %s failed and are not in the times.", model->errors),
                                   model->errors, findings->titles[i])
                : g_strdup_printf (ngettext ("%u case got no answer from %s and is not counted as passed or failed.",
                                             "%u cases got no answer from %s and are not counted as passed or failed.",
                                             model->errors),
                                   model->errors, findings->titles[i]));
      if (model->estimated)
        add_note (notes, g_strdup_printf (_("Some token counts of %s are estimates, because the provider did not "
                                             "report them."),
                                          findings->titles[i]));
      if (model->provider_model != NULL && strcmp (model->provider_model, bare_name (model->model)) != 0)
        add_note (notes, g_strdup_printf (_("For %s the provider reported model name %s."), findings->titles[i],
                                          model->provider_model));
    }
}

/* The words of the failure of the model that ended the run. */
static char *
broken_words (const PurserFindings *findings)
{
  gint64 broken = purser_json_int (findings->summary, "broken", -1);
  const char *words = purser_json_string (findings->summary, "words");
  if (broken < 0 || broken >= findings->n_models)
    return g_strdup (_("The run ended because something failed."));
  return g_strdup_printf (_("The run ended because %s answered none of its first calls: %s"), findings->titles[broken],
                          words != NULL ? words : "");
}

static void
note_end (const PurserFindings *findings, GString *notes)
{
  const char *state = findings->outcome->row->state, *ended_by = purser_json_string (findings->summary, "ended_by");
  guint done = findings->cases->len;
  g_autofree char *cap = purser_money_format (purser_json_int (findings->setup, "cap_nano", 0), findings->currency);
  guint planned = findings->latency ? findings->planned : findings->planned / findings->repeats;
  if (g_strcmp0 (ended_by, "cap") == 0)
    add_note (notes,
              g_strdup_printf (_("Stopped before it could cost more than %s, after %u of %u."), cap, done, planned));
  else if (g_strcmp0 (state, "stopped") == 0)
    add_note (notes, g_strdup_printf (_("Stopped by hand after %u of %u."), done, planned));
  else if (g_strcmp0 (state, "interrupted") == 0)
    add_note (notes,
              g_strdup_printf (_("Interrupted after %u of %u: the program ended before the run did."), done, planned));
  else if (g_strcmp0 (state, "running") == 0)
    add_note (notes, g_strdup_printf (_("Still running, %u of %u."), done, planned));
  else if (g_strcmp0 (state, "failed") == 0)
    add_note (notes, broken_words (findings));
}

static char *
tell_footnote (const PurserFindings *findings)
{
  GString *notes = g_string_new (NULL);
  note_end (findings, notes);
  note_unchecked (findings, notes);
  note_unused (findings, notes);
  note_models (findings, notes);
  if (findings->cached > 0)
    add_note (notes,
              g_strdup_printf (ngettext ("%u reply came from a provider’s prompt cache and is not in the times.",
                                         "%u replies came from a provider’s prompt cache and are not in the times.",
                                         findings->cached),
                               findings->cached));
  return g_string_free (notes, FALSE);
}

/**
 * purser_findings_tell:
 * @findings: all numbers
 *
 * Puts verdict, sentences and footnote into the outcome.
 */
void
purser_findings_tell (PurserFindings *findings)
{
  PurserTrialOutcome *outcome = findings->outcome;
  g_autoptr(GString) sentence = g_string_new (NULL);
  for (guint i = 0; i < findings->comparisons->len; i++)
    {
      const PurserComparison *it = &g_array_index (findings->comparisons, PurserComparison, i);
      char *claim = NULL, *rest = NULL;
      Teller tell = findings->latency ? tell_latency : tellers[it->verdict];
      tell (findings, it, findings->titles[0], findings->titles[i + 1], &claim, &rest);
      add_sentence (sentence, &outcome->claim, claim, rest);
      if (i == 0)
        outcome->verdict = g_strdup (purser_verdict_id (it->verdict));
    }
  if (findings->n_models == 1 && findings->latency)
    tell_latency_alone (findings, sentence, &outcome->claim);
  else if (findings->n_models == 1)
    tell_alone (findings, sentence, &outcome->claim);
  outcome->sentence = g_strdup (sentence->str);
  outcome->second = findings->n_models == 1 ? tell_cost_alone (findings) : tell_second (findings);
  outcome->footnote = tell_footnote (findings);
  if (outcome->verdict == NULL) /* a row whose setup cannot be read */
    {
      outcome->verdict = g_strdup (purser_verdict_id (PURSER_VERDICT_CANNOT_TELL));
      outcome->claim = g_strdup (_("This run cannot be read."));
      g_free (outcome->sentence);
      outcome->sentence = g_strdup (outcome->claim);
    }
}
