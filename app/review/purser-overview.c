/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-review.h"

#include <math.h>

#include "purser-db.h"
#include "purser-names.h"
#include "purser-stat.h"

enum { HISTORY_DAYS = 56, FORECAST_SEED = 1 };

void
purser_overview_free (PurserOverview *overview)
{
  if (overview == NULL)
    return;
  g_free (overview->days);
  g_clear_pointer (&overview->workloads, g_ptr_array_unref);
  g_free (overview);
}

/* First day of the month that DAY is in, and how many days it has. */
static gint32
month_start (gint32 day, gint32 *length)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc ((gint64) day * 86400);
  *length = g_date_get_days_in_month (g_date_time_get_month (date), (GDateYear) g_date_time_get_year (date));
  return day - g_date_time_get_day_of_month (date) + 1;
}

static gboolean
sum_days (PurserDb *db, gint32 first, gint32 last, PurserUsageRow *total, PurserUsageRow *days, GError **error)
{
  g_autoptr (GArray) rows = purser_ledger_usage (db, PURSER_BY_NOTHING, TRUE, first, last, TRUE, FALSE, error);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const PurserUsageRow *row = &g_array_index (rows, PurserUsageRow, i);
      if (total != NULL)
        purser_usage_row_add (total, row);
      if (days != NULL)
        purser_usage_row_add (&days[row->day - first], row);
    }
  return rows != NULL;
}

/* The forecast counts whole days: today is still running, so it belongs to what remains; what it has cost already is its least. */
static gboolean
forecast (PurserDb *db, PurserOverview *o, GError **error)
{
  PurserUsageRow history[HISTORY_DAYS] = { 0 };
  double spend[HISTORY_DAYS], mid;
  gint32 first = o->today_day - HISTORY_DAYS;
  guint skip = 0;
  if (!sum_days (db, first, o->today_day - 1, NULL, history, error))
    return FALSE;
  while (skip < HISTORY_DAYS && history[skip].calls == 0)
    skip++; /* the history begins with the first day of use */
  for (guint i = skip; i < HISTORY_DAYS; i++)
    spend[i - skip] = history[i].cost_nano / 1e9;
  guint weekday = (guint) ((((first + (gint32) skip) + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday; 0 = Monday */
  double so_far = (o->month.cost_nano - o->today.cost_nano) / 1e9;
  guint remaining = (guint) (o->last_day - o->today_day + 1);
  if (!purser_stat_forecast (spend, HISTORY_DAYS - skip, weekday, remaining, so_far, FORECAST_SEED, &o->forecast_low_nano, &mid, &o->forecast_high_nano))
    {
      o->forecast_low_nano = o->forecast_high_nano = NAN;
      return TRUE;
    }
  o->forecast_low_nano = MAX (o->forecast_low_nano * 1e9, (double) o->month.cost_nano);
  o->forecast_high_nano = MAX (o->forecast_high_nano * 1e9, (double) o->month.cost_nano);
  return TRUE;
}

/* The newest quality run that came to an end: all its models' cases together. */
static gboolean
newest_run (PurserDb *db, PurserOverview *o, GError **error)
{
  g_autoptr (GPtrArray) runs = purser_trial_list (db, 50, error);
  o->trials_passed = o->trials_cases = -1;
  for (guint i = 0; runs != NULL && i < runs->len; i++)
    {
      const PurserTrialRow *run = g_ptr_array_index (runs, i);
      if (g_strcmp0 (run->kind, "quality") != 0 || g_strcmp0 (run->state, "done") != 0)
        continue;
      g_autoptr (GPtrArray) results = purser_trial_results (db, run->id, error);
      if (results == NULL)
        return FALSE;
      o->trials_passed = o->trials_cases = 0;
      o->trial_ended_at = run->ended_at;
      for (guint r = 0; r < results->len; r++)
        {
          const char *outcome = ((const PurserTrialResult *) g_ptr_array_index (results, r))->outcome;
          o->trials_passed += g_str_equal (outcome, "passed");
          o->trials_cases += !g_str_equal (outcome, "skipped"); /* warm-ups and cut-off calls are no cases */
        }
      return TRUE;
    }
  return runs != NULL;
}

/* The last 24 hours of each workload: how many calls, and how many its first choice answered. */
static gboolean
read_workloads (PurserDb *db, const PurserOrg *org, PurserOverview *o, GError **error)
{
  gint64 since = purser_db_now (db) - 24 * G_TIME_SPAN_HOUR;
  o->workloads = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < org->workloads->len; i++)
    {
      const PurserWorkload *workload = g_ptr_array_index (org->workloads, i);
      PurserWorkloadState *state = g_new0 (PurserWorkloadState, 1);
      state->workload_id = workload->id;
      g_ptr_array_add (o->workloads, state);
      if (!purser_ledger_quarters (db, since, workload->id, workload->n_models > 0 ? workload->models[0] : 0, &state->calls_24h, &state->first_choice_24h,
                                   &state->failed_24h, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
overview_job (PurserDb *db, gpointer data, GError **error)
{
  PurserOverview *o = data;
  g_autoptr (PurserOrg) org = purser_catalogue_load (db, error);
  if (org == NULL)
    return FALSE;
  gint32 length, last_length;
  o->today_day = purser_day_of (org->timezone, purser_db_now (db));
  o->first_day = month_start (o->today_day, &length);
  o->last_day = o->first_day + length - 1;
  gint32 last_month = month_start (o->first_day - 1, &last_length);
  gint32 same_days = MIN (o->today_day - o->first_day, last_length - 1);
  o->days = g_new0 (PurserUsageRow, o->today_day - o->first_day + 1);
  if (!sum_days (db, o->first_day, o->today_day, &o->month, o->days, error) ||
      !sum_days (db, last_month, last_month + same_days, &o->last_month_same_days, NULL, error))
    return FALSE;
  o->today = o->days[o->today_day - o->first_day];
  return forecast (db, o, error) && newest_run (db, o, error) && read_workloads (db, org, o, error);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PurserOverview *overview = g_object_steal_data (G_OBJECT (task), "overview");
  g_autoptr (GError) error = NULL;
  if (purser_store_run_finish (PURSER_STORE (source), result, &error))
    g_task_return_pointer (task, overview, (GDestroyNotify) purser_overview_free);
  else
    {
      purser_overview_free (overview);
      g_task_return_error (task, g_steal_pointer (&error));
    }
}

/** purser_review_overview_async: what the Overview says, in one read. */
void
purser_review_overview_async (PurserStore *store, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (store, cancellable, callback, user_data);
  PurserOverview *overview = g_new0 (PurserOverview, 1);
  g_task_set_source_tag (task, purser_review_overview_async);
  g_object_set_data (G_OBJECT (task), "overview", overview);
  purser_store_read_async (store, overview_job, overview, NULL, cancellable, read_cb, task);
}

PurserOverview *
purser_review_overview_finish (PurserStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
