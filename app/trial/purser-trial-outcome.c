/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-trial-outcome.h"

#include <math.h>
#include <string.h>

#include "purser-json.h"
#include "purser-trial-record.h"

/* Times of one model, in seconds, of its answers that count. */
typedef struct
{
  GArray *sign, *token, *pause, *rate;
} Times;

/* One result with its detail read. */
typedef struct
{
  const PurserTrialResult *row;
  JsonObject *detail; /* (nullable) */
} Read;

static void
model_free (PurserTrialModel *model)
{
  g_free (model->model);
  g_free (model->provider_model);
  g_array_unref (model->first_words);
  g_array_unref (model->replies);
  g_free (model);
}

static void
disagreement_free (PurserDisagreement *item)
{
  g_free (item->case_id);
  g_free (item->title);
  g_strfreev (item->answers);
  g_strfreev (item->outcomes);
  g_strfreev (item->reasons);
  g_free (item);
}

void
purser_trial_outcome_free (PurserTrialOutcome *outcome)
{
  if (outcome == NULL)
    return;
  g_clear_pointer (&outcome->row, purser_trial_row_free);
  g_clear_pointer (&outcome->models, g_ptr_array_unref);
  g_clear_pointer (&outcome->disagreements, g_ptr_array_unref);
  g_free (outcome->verdict);
  g_free (outcome->sentence);
  g_free (outcome->second);
  g_free (outcome->claim);
  g_free (outcome->footnote);
  g_free (outcome);
}

static void
case_row_free (PurserCaseRow *item)
{
  g_free (item->title);
  g_free (item->group);
  g_free (item->by_model);
  g_free (item);
}

static void
findings_clear (PurserFindings *findings)
{
  g_strfreev (findings->titles);
  g_free (findings->currency);
  g_clear_pointer (&findings->setup, json_object_unref);
  g_clear_pointer (&findings->summary, json_object_unref);
  g_clear_pointer (&findings->cases, g_ptr_array_unref);
  g_clear_pointer (&findings->comparisons, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PurserFindings, findings_clear)

static JsonObject *
read_object (const char *text)
{
  g_autoptr(JsonNode) node = text != NULL ? purser_json_parse (text, -1, NULL) : NULL;
  JsonObject *object = node != NULL ? purser_json_object (node) : NULL;
  return object != NULL ? json_object_ref (object) : NULL;
}

/* --- From the rows --- */

/* The names that the models had, or have now. */
static void
read_models (PurserFindings *findings, const PurserOrg *org)
{
  JsonArray *list = purser_json_array (findings->setup, "models");
  findings->n_models = list != NULL ? MIN (json_array_get_length (list), PURSER_TRIAL_MAX_MODELS) : 0;
  findings->titles = g_new0 (char *, findings->n_models + 1);
  for (guint i = 0; i < findings->n_models; i++)
    {
      JsonObject *entry = purser_json_object (json_array_get_element (list, i));
      const char *ref = purser_json_string (entry, "ref"), *title = purser_json_string (entry, "title");
      const PurserModel *known = org != NULL && ref != NULL ? purser_org_model_ref (org, ref) : NULL;
      PurserTrialModel *model = g_new0 (PurserTrialModel, 1);
      model->model = g_strdup (ref != NULL ? ref : "?");
      model->model_id = known != NULL ? known->id : 0;
      model->first_words = g_array_new (FALSE, FALSE, sizeof (double));
      model->replies = g_array_new (FALSE, FALSE, sizeof (double));
      findings->titles[i] = g_strdup (title != NULL ? title : model->model);
      g_ptr_array_add (findings->outcome->models, model);
    }
}

static void
read_setup (PurserFindings *findings, const PurserTrialRow *row, const PurserOrg *org)
{
  const char *currency;
  findings->setup = read_object (row->setup);
  findings->summary = read_object (row->summary);
  findings->latency = g_strcmp0 (row->kind, "latency") == 0;
  findings->margin = purser_json_double (findings->setup, "margin", .05);
  findings->min_cases = (guint) CLAMP (purser_json_int (findings->setup, "min_cases", 30), 1, G_MAXINT32);
  findings->planned = (guint) CLAMP (purser_json_int (findings->setup, "cases", 0), 0, G_MAXINT32);
  findings->repeats = (guint) CLAMP (purser_json_int (findings->setup, "repeats", 1), 1, 1000);
  currency = purser_json_string (findings->setup, "currency");
  findings->currency = g_strdup (currency != NULL ? currency : org != NULL ? org->currency : "EUR");
  read_models (findings, org);
}

static PurserCaseRow *
case_of (PurserFindings *findings, GHashTable *index, const Read *read)
{
  PurserCaseRow *item = g_hash_table_lookup (index, read->row->case_id);
  if (item != NULL)
    return item;
  const char *title = purser_json_string (read->detail, "title");
  item = g_new0 (PurserCaseRow, 1);
  item->id = read->row->case_id;
  item->title = g_strdup (title != NULL ? title : item->id);
  item->group = g_strdup (purser_json_string (read->detail, "group"));
  item->by_model = g_new0 (PurserCaseModel, findings->n_models);
  g_hash_table_insert (index, read->row->case_id, item);
  g_ptr_array_add (findings->cases, item);
  return item;
}

static void
add_second (GArray *array, double seconds)
{
  if (!isnan (seconds))
    g_array_append_val (array, seconds);
}

static void
note_times (PurserFindings *findings, PurserTrialModel *model, Times *times, const Read *read)
{
  if (purser_json_boolean (read->detail, "cached", FALSE))
    {
      findings->cached++; /* a cache's speed is not the model's */
      return;
    }
  if (read->row->first_text_us >= 0)
    add_second (model->first_words, read->row->first_text_us / 1e6);
  if (read->row->total_us >= 0)
    add_second (model->replies, read->row->total_us / 1e6);
  add_second (times->sign, purser_json_double (read->detail, "ttfc_s", NAN));
  add_second (times->token, purser_json_double (read->detail, "tpot_s", NAN));
  add_second (times->pause, purser_json_double (read->detail, "stall_s", NAN));
  add_second (times->rate, purser_json_double (read->detail, "tok_s", NAN));
}

static void
note_case (PurserCaseModel *at, const Read *read)
{
  const PurserTrialResult *row = read->row;
  gboolean answered = strcmp (row->outcome, "passed") == 0 || strcmp (row->outcome, "failed") == 0;
  gboolean timed_out = g_strcmp0 (purser_json_string (read->detail, "fault"), "timeout") == 0;
  at->errors += strcmp (row->outcome, "error") == 0;
  at->cost_nano += MAX (row->cost_nano, 0);
  at->unpriced |= row->cost_nano < 0;
  at->answered += answered;
  at->passed += strcmp (row->outcome, "passed") == 0;
  at->score += answered && row->score >= 0 ? row->score : 0;
  if (at->worst == NULL || row->score < at->worst->score)
    at->worst = row;
  if (purser_json_boolean (read->detail, "cached", FALSE))
    return;
  if (answered && row->first_text_us >= 0)
    {
      at->first_us += row->first_text_us;
      at->n_first++;
    }
  /* A time-out took at least as long as it was waited for: leaving it out would flatter the slow. */
  if ((answered || timed_out) && row->total_us >= 0)
    {
      at->total_us += row->total_us;
      at->n_total++;
    }
}

static void
note_provider_model (PurserTrialModel *model, const char *reported)
{
  if (reported == NULL)
    return;
  g_auto(GStrv) known = g_strsplit (model->provider_model != NULL ? model->provider_model : "", ", ", -1);
  if (model->provider_model != NULL && g_strv_contains ((const char *const *) known, reported))
    return;
  g_autofree char *before = g_steal_pointer (&model->provider_model);
  model->provider_model = before != NULL ? g_strdup_printf ("%s, %s", before, reported) : g_strdup (reported);
}

static void
note_result (PurserFindings *findings, GHashTable *index, Times *times, const Read *read)
{
  const PurserTrialResult *row = read->row;
  PurserTrialModel *model = g_ptr_array_index (findings->outcome->models, row->position);
  model->model_id = row->model_id;
  model->input_tokens += MAX (row->input_tokens, 0);
  model->output_tokens += MAX (row->output_tokens, 0);
  model->cost_nano += MAX (row->cost_nano, 0);
  model->unpriced |= row->cost_nano < 0;
  model->estimated |= purser_json_boolean (read->detail, "estimated", FALSE);
  note_provider_model (model, purser_json_string (read->detail, "provider_model"));
  if (strcmp (row->outcome, "skipped")
      == 0) /* paid for, but a warm-up, cut off by Stop, or without a check that is done here */
    return;
  if (strcmp (row->outcome, "error") != 0)
    note_times (findings, model, &times[row->position], read);
  note_case (&case_of (findings, index, read)->by_model[row->position], read);
}

static void
read_results (PurserFindings *findings, GPtrArray *results, Times *times)
{
  g_autoptr(GHashTable) index = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < results->len; i++)
    {
      const PurserTrialResult *row = g_ptr_array_index (results, i);
      if (row->position < 0 || (guint) row->position >= findings->n_models || row->case_id == NULL
          || row->outcome == NULL)
        continue;
      g_autoptr(JsonObject) detail = read_object (row->detail);
      Read read = { row, detail };
      note_result (findings, index, times, &read);
    }
}

/* --- Per model --- */

static double
percentile (const GArray *values, double p)
{
  return purser_stat_percentile ((const double *) (gpointer) values->data, values->len, p);
}

/* Where half of the values lie: p10 to p90, or with few of them all. */
static void
spread (const GArray *values, double *low, double *high)
{
  *low = *high = NAN;
  if (values->len >= 20)
    {
      *low = percentile (values, 10);
      *high = percentile (values, 90);
      return;
    }
  for (guint i = 0; i < values->len; i++)
    {
      double value = g_array_index (values, double, i);
      *low = i == 0 ? value : MIN (*low, value);
      *high = i == 0 ? value : MAX (*high, value);
    }
}

/* A case that was asked several times has passed where more than half of its answers did. */
static void
count_cases (PurserFindings *findings, PurserTrialModel *model, guint place)
{
  for (guint i = 0; i < findings->cases->len; i++)
    {
      const PurserCaseModel *at = &((PurserCaseRow *) g_ptr_array_index (findings->cases, i))->by_model[place];
      gboolean passed = at->answered > 0 && 2 * at->passed > at->answered;
      model->cases += at->answered + at->errors > 0;
      model->passed += passed;
      model->failed += at->answered > 0 && !passed;
      model->errors += at->answered == 0 && at->errors > 0;
    }
}

static void
finish_model (PurserFindings *findings, guint place, const Times *times)
{
  PurserTrialModel *model = g_ptr_array_index (findings->outcome->models, place);
  count_cases (findings, model, place);
  /* No answer says nothing about quality: the rate is of the answers, and the errors stand beside it. Of a latency run
   * it is the answers of all. */
  guint tried = findings->latency ? model->cases : model->passed + model->failed;
  PurserInterval wilson = purser_stat_wilson (model->passed, tried, PURSER_Z95);
  model->rate = tried > 0 ? (double) model->passed / tried : NAN;
  model->low = tried > 0 ? wilson.low : NAN;
  model->high = tried > 0 ? wilson.high : NAN;
  model->first_words_p50 = percentile (model->first_words, 50);
  spread (model->first_words, &model->first_words_low, &model->first_words_high);
  model->reply_p50 = percentile (model->replies, 50);
  model->reply_p90 = percentile (model->replies, 90);
  model->reply_p95 = percentile (model->replies, 95);
  model->first_sign_p50 = percentile (times->sign, 50);
  model->per_token_p50 = percentile (times->token, 50);
  model->longest_pause_p50 = percentile (times->pause, 50);
  model->tokens_per_second_p50 = percentile (times->rate, 50);
}

/* --- Where they differ --- */

typedef struct
{
  const PurserCaseRow *item;
  double loss;
  guint order;
} Differing;

static double
score_of (const PurserCaseModel *at)
{
  return at->answered > 0 ? ((double) at->passed + at->score / 1000) / at->answered : 0;
}

static int
compare_differing (gconstpointer a, gconstpointer b)
{
  const Differing *x = a, *y = b;
  if (x->loss != y->loss)
    return x->loss > y->loss ? -1 : 1;
  return (x->order > y->order) - (x->order < y->order);
}

/* With one model, what it failed; with more, where they differ. */
static gboolean
is_worth_showing (const PurserFindings *findings, const PurserCaseRow *item)
{
  if (findings->n_models == 1)
    return item->by_model[0].passed < item->by_model[0].answered;
  double first = NAN;
  for (guint i = 0; i < findings->n_models; i++)
    {
      const PurserCaseModel *at = &item->by_model[i];
      if (at->answered == 0)
        continue;
      double share = (double) at->passed / at->answered;
      if (!isnan (first) && share != first)
        return TRUE;
      first = share;
    }
  return FALSE;
}

static char *
reason_of (const PurserTrialResult *row)
{
  g_autoptr(JsonObject) detail = row != NULL ? read_object (row->detail) : NULL;
  const char *reason = purser_json_string (detail, "reason");
  return g_strdup (reason != NULL ? reason : "");
}

static PurserDisagreement *
disagreement_new (const PurserFindings *findings, const PurserCaseRow *item)
{
  PurserDisagreement *shown = g_new0 (PurserDisagreement, 1);
  shown->case_id = g_strdup (item->id);
  shown->title = g_strdup (item->title);
  shown->answers = g_new0 (char *, findings->n_models + 1);
  shown->outcomes = g_new0 (char *, findings->n_models + 1);
  shown->reasons = g_new0 (char *, findings->n_models + 1);
  for (guint i = 0; i < findings->n_models; i++)
    {
      const PurserTrialResult *row = item->by_model[i].worst;
      shown->answers[i] = g_strdup (row != NULL && row->answer != NULL ? row->answer : "");
      shown->outcomes[i] = g_strdup (row != NULL ? row->outcome : "skipped");
      shown->reasons[i] = reason_of (row);
    }
  return shown;
}

static void
list_disagreements (PurserFindings *findings)
{
  g_autoptr(GArray) differing = g_array_new (FALSE, FALSE, sizeof (Differing));
  for (guint i = 0; i < findings->cases->len; i++)
    {
      const PurserCaseRow *item = g_ptr_array_index (findings->cases, i);
      double b = findings->n_models > 1 ? score_of (&item->by_model[1]) : 0;
      Differing entry = { item, score_of (&item->by_model[0]) - b, i };
      if (is_worth_showing (findings, item))
        g_array_append_val (differing, entry);
    }
  g_array_sort (differing, compare_differing);
  for (guint i = 0; i < differing->len; i++)
    g_ptr_array_add (findings->outcome->disagreements,
                     disagreement_new (findings, g_array_index (differing, Differing, i).item));
}

/* --- The whole --- */

PurserTrialOutcome *
purser_trial_outcome_new (PurserTrialRow *row, GPtrArray *results, const PurserOrg *org)
{
  PurserTrialOutcome *outcome = g_new0 (PurserTrialOutcome, 1);
  g_auto(PurserFindings) findings = { .outcome = outcome };
  g_autoptr(GPtrArray) owned = results;
  outcome->row = row;
  outcome->models = g_ptr_array_new_with_free_func ((GDestroyNotify) model_free);
  outcome->disagreements = g_ptr_array_new_with_free_func ((GDestroyNotify) disagreement_free);
  outcome->difference = outcome->difference_low = outcome->difference_high = NAN;
  outcome->cost_ratio = outcome->speed_ratio = outcome->speed_low = outcome->speed_high = NAN;
  findings.cases = g_ptr_array_new_with_free_func ((GDestroyNotify) case_row_free);
  findings.comparisons = g_array_new (FALSE, TRUE, sizeof (PurserComparison));
  read_setup (&findings, row, org);

  Times times[PURSER_TRIAL_MAX_MODELS];
  for (guint i = 0; i < PURSER_TRIAL_MAX_MODELS; i++)
    {
      GArray **arrays[] = { &times[i].sign, &times[i].token, &times[i].pause, &times[i].rate };
      for (gsize j = 0; j < G_N_ELEMENTS (arrays); j++)
        *arrays[j] = g_array_new (FALSE, FALSE, sizeof (double));
    }
  read_results (&findings, results, times);
  for (guint i = 0; i < PURSER_TRIAL_MAX_MODELS; i++)
    {
      if (i < findings.n_models)
        finish_model (&findings, i, &times[i]);
      GArray *arrays[] = { times[i].sign, times[i].token, times[i].pause, times[i].rate };
      for (gsize j = 0; j < G_N_ELEMENTS (arrays); j++)
        g_array_unref (arrays[j]);
    }
  if (!findings.latency)
    list_disagreements (&findings);
  purser_findings_compare (&findings);
  purser_findings_tell (&findings);
  return outcome;
}
