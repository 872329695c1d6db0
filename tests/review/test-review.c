/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions about a small ledger whose sums are known by hand. */
#include <glib/gstdio.h>
#include <math.h>

#include "purser-db.h"
#include "purser-review.h"

enum { DAYS = 20 };
static gint64 now_us;

static gint64
clock_now (void)
{
  return now_us;
}

typedef struct
{
  char        *folder;
  PurserStore *store;
  gint64       team, lena, bot, stray, model, other_model, drafting;
} Fixture;

static gint64
put_principal (PurserDb *db, const char *name, gboolean agent, gint64 team, gint64 owner, GError **error)
{
  PurserPrincipal principal = { .name = (char *) name, .agent = agent, .team_id = team, .owner_id = owner };
  return purser_catalogue_put_principal (db, &principal, error);
}

static gint64
put_model (PurserDb *db, gint64 provider, const char *name, GError **error)
{
  PurserModel model = { .provider_id = provider, .name = (char *) name, .context_tokens = -1, .max_output = -1, .listed = TRUE };
  return purser_catalogue_put_model (db, &model, error);
}

static gboolean
add_call (PurserDb *db, Fixture *f, gint64 at, gint64 principal, gint64 model, gint64 cost, PurserPurpose purpose, GError **error)
{
  PurserLedgerOpen open = { .principal_id = principal, .workload_id = f->drafting, .model_id = model, .purpose = purpose, .dialect = "" };
  PurserLedgerAttempt attempt = { .outcome = "ok", .status = 200, .tokens = PURSER_TOKENS_UNKNOWN_INIT, .cost_nano = cost, .list_nano = cost,
                                  .unpriced = cost == 0, .connect_us = -1, .first_us = -1, .first_text_us = -1, .total_us = 1000 };
  PurserLedgerSettle settle = { .outcome = "ok", .model_id = model };
  attempt.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = 100;
  attempt.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = 10;
  return purser_ledger_insert_closed (db, at, &open, &attempt, &settle, error);
}

/* Each of the last DAYS days: Lena 2 calls at 5, her bot 1 at 7, a stray agent 1 unpriced on the other model, a test at 1000. */
static gboolean
fill_job (PurserDb *db, gpointer data, GError **error)
{
  Fixture *f = data;
  PurserProvider provider = { .kind = purser_kind_get ("ollama"), .name = (char *) "Box", .address = (char *) "http://localhost:11434",
                              .multiplier_ppm = PURSER_PPM, .enabled = TRUE };
  gint64 box = purser_catalogue_put_provider (db, &provider, error);
  f->team = purser_catalogue_put_team (db, 0, "Clients", error);
  f->lena = put_principal (db, "Lena", FALSE, f->team, 0, error);
  f->bot = put_principal (db, "bot", TRUE, 0, f->lena, error);
  f->stray = put_principal (db, "stray", TRUE, 0, 0, error);
  f->model = put_model (db, box, "a", error);
  f->other_model = put_model (db, box, "b", error);
  for (gint64 ago = 0; ago < DAYS; ago++)
    {
      gint64 at = now_us - ago * 86400 * G_USEC_PER_SEC;
      if (!add_call (db, f, at, f->lena, f->model, 5 * PURSER_NANO, PURSER_PURPOSE_WORK, error) ||
          !add_call (db, f, at, f->lena, f->model, 5 * PURSER_NANO, PURSER_PURPOSE_WORK, error) ||
          !add_call (db, f, at, f->bot, f->model, 7 * PURSER_NANO, PURSER_PURPOSE_WORK, error) ||
          !add_call (db, f, at, f->stray, f->other_model, 0, PURSER_PURPOSE_WORK, error) ||
          !add_call (db, f, at, f->lena, f->model, 1000 * PURSER_NANO, PURSER_PURPOSE_TEST, error))
        return FALSE;
    }
  return purser_catalogue_raise (db, error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  now_us = G_GINT64_CONSTANT (1795435200) * G_USEC_PER_SEC; /* 2026-11-23 12:00 UTC */
  f->folder = g_dir_make_tmp ("purser-review-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (f->folder, "r.purser", NULL);
  f->store = purser_store_open (path, PURSER_STORE_CREATE, "Review", "EUR", "Europe/Berlin", &error);
  g_assert_no_error (error);
  purser_store_set_clock (f->store, clock_now);
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  f->drafting = purser_org_workload_named (org, "drafting")->id;
  g_assert_true (purser_store_write (f->store, TRUE, fill_job, f, &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  purser_store_close (f->store);
  g_clear_object (&f->store);
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (f->folder);
  g_free (f->folder);
}

static PurserAnswer *
ask (Fixture *f, PurserSplit split, gint32 days, gboolean tests)
{
  g_autoptr (GError) error = NULL;
  gint32 today = purser_day_of ("Europe/Berlin", now_us);
  PurserQuestion question = { .split = split, .first_day = today - days + 1, .last_day = today, .tests = tests };
  PurserAnswer *answer = purser_review_ask (f->store, &question, &error);
  g_assert_no_error (error);
  return answer;
}

static const PurserSeries *
series (const PurserAnswer *answer, const char *name)
{
  for (guint i = 0; i < answer->series->len; i++)
    if (g_strcmp0 (((PurserSeries *) g_ptr_array_index (answer->series, i))->name, name) == 0)
      return g_ptr_array_index (answer->series, i);
  g_error ("no series %s", name);
}

static void
test_splits (Fixture *f, gconstpointer data)
{
  g_autoptr (PurserAnswer) principals = ask (f, PURSER_BY_PRINCIPAL, DAYS, FALSE);
  g_assert_cmpuint (principals->series->len, ==, 3);
  g_assert_cmpint (series (principals, "Lena")->total.cost_nano, ==, DAYS * 10 * PURSER_NANO);
  g_assert_cmpint (series (principals, "bot")->total.cost_nano, ==, DAYS * 7 * PURSER_NANO);
  g_assert_cmpint (series (principals, "stray")->total.cost_nano, ==, 0);
  g_assert_cmpint (series (principals, "stray")->total.unpriced_tokens, ==, DAYS * 110); /* a state, not a zero */
  g_assert_cmpstr (((PurserSeries *) g_ptr_array_index (principals->series, 0))->name, ==, "Lena"); /* dearest first */

  g_autoptr (PurserAnswer) people = ask (f, PURSER_BY_PERSON, DAYS, FALSE);
  g_assert_cmpint (series (people, "Lena")->total.cost_nano, ==, DAYS * 17 * PURSER_NANO); /* with her bot */
  g_assert_nonnull (strstr (series (people, "Lena")->detail, "bot"));
  g_assert_cmpint (people->total.calls, ==, DAYS * 4);

  g_autoptr (PurserAnswer) models = ask (f, PURSER_BY_MODEL, DAYS, TRUE);
  g_assert_cmpint (series (models, "Box/a")->total.cost_nano, ==, DAYS * 1017 * PURSER_NANO); /* tests counted when asked */
  g_autoptr (PurserAnswer) teams = ask (f, PURSER_BY_TEAM, DAYS, FALSE);
  g_assert_cmpint (teams->total.cost_nano, ==, DAYS * 17 * PURSER_NANO);
}

static void
test_days (Fixture *f, gconstpointer data)
{
  g_autoptr (PurserAnswer) answer = ask (f, PURSER_BY_PRINCIPAL, DAYS + 5, FALSE);
  const PurserSeries *lena = series (answer, "Lena");
  g_assert_cmpuint (answer->n_days, ==, DAYS + 5);
  for (guint d = 0; d < answer->n_days; d++)
    g_assert_cmpint (lena->days[d].cost_nano, ==, d < 5 ? 0 : 10 * PURSER_NANO); /* empty days are there, with zeros */
  PurserSplit split;
  for (PurserSplit s = PURSER_BY_PRINCIPAL; s <= PURSER_BY_NOTHING; s++)
    g_assert_true (purser_split_parse (purser_split_id (s), &split) && split == s);
  g_assert_false (purser_split_parse ("colour", &split));
}

static void
take_cb (GObject *source, GAsyncResult *result, gpointer slot)
{
  *(GAsyncResult **) slot = g_object_ref (result);
}

static void
test_overview (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  purser_review_overview_async (f->store, NULL, take_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_autoptr (PurserOverview) o = purser_review_overview_finish (f->store, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (o->month.cost_nano, ==, 20 * 17 * PURSER_NANO); /* 4 to 23 November */
  g_assert_cmpint (o->today.cost_nano, ==, 17 * PURSER_NANO);
  g_assert_cmpint (o->last_day - o->first_day, ==, 29);
  g_assert_cmpint (o->last_month_same_days.calls, ==, 0);
  /* 19 whole days at 17 and 8 to come, today among them: 459, and the range holds it. */
  g_assert_cmpfloat (o->forecast_low_nano, <=, 459.0 * PURSER_NANO);
  g_assert_cmpfloat (o->forecast_high_nano, >=, 459.0 * PURSER_NANO);
  g_assert_cmpint (o->trials_cases, ==, -1);
  const PurserWorkloadState *drafting = NULL;
  for (guint i = 0; i < o->workloads->len; i++)
    if (((PurserWorkloadState *) g_ptr_array_index (o->workloads, i))->workload_id == f->drafting)
      drafting = g_ptr_array_index (o->workloads, i);
  g_assert_nonnull (drafting);
  g_assert_cmpint (drafting->calls_24h, >=, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/review/splits", Fixture, NULL, set_up, test_splits, tear_down);
  g_test_add ("/review/days", Fixture, NULL, set_up, test_days, tear_down);
  g_test_add ("/review/overview", Fixture, NULL, set_up, test_overview, tear_down);
  return g_test_run ();
}
