/* SPDX-License-Identifier: GPL-3.0-or-later */
/* purser-bench: what Purser takes beside what bare libraries take for the least of the same, in one run on one machine.
 *
 *   purser-bench [--calls N] --folder FOLDER --transcripts FOLDER
 *
 * Times are printed and never judged; a wrong result aborts. The first FOLDER is where the ledger is kept between
 * runs; it should be on such a disk as people keep their organisations on. */
#include "bench.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>

enum
{
  ROUNDS = 9,
  ROUND_US = 25000,
  ENOUGH_US = 1500000
};

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

static double
median (double *values, guint n)
{
  qsort (values, n, sizeof *values, compare_doubles);
  return n % 2 != 0 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* µs for one thing, over some ROUND_US. */
static double
take (const BenchSide *side, gpointer data)
{
  gint64 began = g_get_monotonic_time (), took;
  guint times = 0;
  do
    {
      side->func (data);
      times++;
    }
  while ((took = g_get_monotonic_time () - began) < ROUND_US);
  return (double) took / times / side->n;
}

void
bench_heading (const char *what, const char *bare)
{
  printf ("\n%-52s %12s %12s %8s\n", what, "Purser", bare, "ratio");
}

static void
print_time (double us)
{
  if (us < 1000)
    printf (" %9.1f µs", us);
  else
    printf (" %9.2f ms", us / 1000);
}

void
bench_compare (const char *what, BenchSide ours, BenchSide bare, gpointer data)
{
  double our_us[ROUNDS], bare_us[ROUNDS], ratio[ROUNDS];
  gint64 began = g_get_monotonic_time ();
  guint rounds = 0;
  ours.func (data); /* warm */
  bare.func (data);
  while (rounds < ROUNDS && (rounds < 3 || g_get_monotonic_time () - began < ENOUGH_US))
    {
      our_us[rounds] = take (&ours, data);
      bare_us[rounds] = take (&bare, data);
      ratio[rounds] = our_us[rounds] / bare_us[rounds];
      rounds++;
    }
  printf ("%-52s", what);
  print_time (median (our_us, rounds));
  print_time (median (bare_us, rounds));
  printf (" %8.2f\n", median (ratio, rounds));
  fflush (stdout);
}

void
bench_store_open (BenchStore *self, const char *folder)
{
  g_autoptr(GError) error = NULL;
  self->folder = g_build_filename (folder, "store-XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (self->folder));
  g_autofree char *path = g_build_filename (self->folder, "bench.purser", NULL);
  self->store = purser_store_open (path, PURSER_STORE_CREATE, "Bench", "EUR", "Europe/Berlin", &error);
  g_assert_no_error (error);
}

void
bench_remove (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

void
bench_store_close (BenchStore *self)
{
  purser_store_close (self->store);
  g_clear_object (&self->store);
  bench_remove (self->folder);
  g_clear_pointer (&self->folder, g_free);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = NULL, *transcripts = NULL;
  int calls = 1000000;
  const GOptionEntry options[] = {
    { "calls", 0, 0, G_OPTION_ARG_INT, &calls, "How many calls the ledger has (1000000)", "N" },
    { "folder", 0, 0, G_OPTION_ARG_FILENAME, &folder, "Where the ledger is kept", "FOLDER" },
    { "transcripts", 0, 0, G_OPTION_ARG_FILENAME, &transcripts, "tests/transcripts", "FOLDER" },
    { NULL }
  };
  g_autoptr(GError) error = NULL;
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || folder == NULL || transcripts == NULL || calls < 1)
    {
      g_printerr ("purser-bench: %s\n", error != NULL ? error->message : "--folder and --transcripts are needed");
      return 2;
    }
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  bench_wire (transcripts);
  bench_store (folder);
  bench_review (folder, calls);
  bench_call (folder);
  return 0;
}
