/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sample organisation: loads into an empty one only, its totals hold, and it goes without a trace in the figures. */
#include <glib/gstdio.h>

#include "purser-admin.h"
#include "purser-review.h"

static PurserStore *
new_store (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "s.purser", NULL);
  g_autoptr (GError) error = NULL;
  PurserStore *store = purser_store_open (path, PURSER_STORE_CREATE, "Sample", "EUR", "Europe/Berlin", &error);
  g_assert_no_error (error);
  return store;
}

static PurserAnswer *
ask_all (PurserStore *store, PurserSplit split)
{
  g_autoptr (GError) error = NULL;
  gint32 today = purser_day_of ("Europe/Berlin", purser_store_now (store));
  PurserQuestion question = { .split = split, .first_day = today - 100, .last_day = today };
  PurserAnswer *answer = purser_review_ask (store, &question, &error);
  g_assert_no_error (error);
  return answer;
}

static void
run (PurserAdmin *admin, PurserCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserOutcome) outcome = purser_admin_run (admin, command, &error);
  g_assert_no_error (error);
  g_assert_nonnull (outcome);
}

static gboolean
count_trials_job (PurserDb *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) trials = purser_trial_list (db, 10, error);
  *(guint *) data = trials->len;
  return TRUE;
}

static guint
count_trials (PurserStore *store)
{
  guint n = 99;
  g_assert_true (purser_store_read (store, count_trials_job, &n, NULL));
  return n;
}

static void
test_sample (void)
{
  g_autofree char *folder = g_dir_make_tmp ("purser-sample-XXXXXX", NULL);
  g_autoptr (PurserStore) store = new_store (folder);
  g_autoptr (PurserVault) vault = purser_vault_new ("sample");
  g_autoptr (PurserAdmin) admin = purser_admin_new (store, vault, "ada");
  g_autoptr (GError) error = NULL;

  run (admin, purser_command_load_sample ());
  g_autoptr (PurserOrg) org = purser_store_get_org (store);
  g_assert_true (org->sample);
  g_autoptr (PurserOutcome) again = purser_admin_run (admin, purser_command_load_sample (), &error);
  g_assert_null (again);
  g_assert_nonnull (error);

  /* Whatever it is split by, the total is the same to the nano-unit. */
  g_autoptr (PurserAnswer) whole = ask_all (store, PURSER_BY_NOTHING);
  g_assert_cmpint (whole->total.calls, >, 5000);
  g_assert_cmpint (whole->total.cost_nano, >, 0);
  for (PurserSplit split = PURSER_BY_PRINCIPAL; split < PURSER_BY_NOTHING; split++)
    {
      g_autoptr (PurserAnswer) answer = ask_all (store, split);
      gint64 sum = 0;
      for (guint i = 0; i < answer->series->len; i++)
        sum += ((PurserSeries *) g_ptr_array_index (answer->series, i))->total.cost_nano;
      g_assert_cmpint (sum, ==, whole->total.cost_nano);
      g_assert_cmpint (answer->total.calls, ==, whole->total.calls);
      g_assert_cmpint (answer->total.estimated_calls, ==, 0);
    }
  g_autoptr (GPtrArray) findings = purser_store_verify (store, &error);
  g_assert_cmpuint (findings->len, ==, 0);

  g_assert_cmpuint (count_trials (store), ==, 1);
  run (admin, purser_command_remove_sample ());
  g_assert_cmpuint (count_trials (store), ==, 0);
  g_autoptr (PurserOrg) after = purser_store_get_org (store);
  g_assert_false (after->sample);
  g_assert_cmpuint (after->providers->len, ==, 0);
  g_assert_cmpuint (after->principals->len, ==, 0);
  g_autoptr (PurserAnswer) empty = ask_all (store, PURSER_BY_NOTHING);
  g_assert_cmpint (empty->total.calls, ==, 0);
  g_autoptr (GPtrArray) clean = purser_store_verify (store, &error);
  g_assert_cmpuint (clean->len, ==, 0);
  run (admin, purser_command_load_sample ()); /* and once more */
  purser_store_close (store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sample/load-and-remove", test_sample);
  return g_test_run ();
}
