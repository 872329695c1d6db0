/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-runs.h"

struct _PurserTestRuns
{
  GObject    parent_instance;

  GPtrArray *runs; /* (owned) (element-type PurserTestRun): on their way, newest first */
};

G_DEFINE_FINAL_TYPE (PurserTestRuns, purser_test_runs, G_TYPE_OBJECT)

enum
{
  CHANGED,
  FINISHED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
finished_cb (PurserTestRuns *self,
             PurserTestRun  *run)
{
  g_object_ref (run);
  g_ptr_array_remove (self->runs, run);
  g_signal_emit (self, signals[CHANGED], 0);
  g_signal_emit (self, signals[FINISHED], 0, run);
  g_object_unref (run);
}

/* The session goes: what was asked is settled, what was not is not asked any more. */
static void
purser_test_runs_dispose (GObject *object)
{
  PurserTestRuns *self = PURSER_TEST_RUNS (object);

  for (guint i = 0; i < self->runs->len; i++)
    purser_test_run_stop (self->runs->pdata[i]);
  g_ptr_array_set_size (self->runs, 0);
  G_OBJECT_CLASS (purser_test_runs_parent_class)->dispose (object);
}

static void
purser_test_runs_finalize (GObject *object)
{
  g_ptr_array_unref (PURSER_TEST_RUNS (object)->runs);
  G_OBJECT_CLASS (purser_test_runs_parent_class)->finalize (object);
}

static void
purser_test_runs_class_init (PurserTestRunsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_test_runs_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_test_runs_finalize;
  signals[CHANGED] = g_signal_new ("changed", PURSER_TYPE_TEST_RUNS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  signals[FINISHED] = g_signal_new ("finished", PURSER_TYPE_TEST_RUNS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, PURSER_TYPE_TEST_RUN);
}

static void
purser_test_runs_init (PurserTestRuns *self)
{
  self->runs = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * purser_test_runs_of:
 * @session: a session
 *
 * Returns: (transfer none): the tests on their way in @session
 */
PurserTestRuns *
purser_test_runs_of (PurserSession *session)
{
  static GQuark quark;
  PurserTestRuns *self;

  if (quark == 0)
    quark = g_quark_from_static_string ("purser-test-runs");
  self = g_object_get_qdata (G_OBJECT (session), quark);
  if (self == NULL)
    {
      self = g_object_new (PURSER_TYPE_TEST_RUNS, NULL);
      g_object_set_qdata_full (G_OBJECT (session), quark, self, g_object_unref);
    }
  return self;
}

/**
 * purser_test_runs_start:
 * @self: the tests
 * @run: (transfer none): a run that has just begun
 */
void
purser_test_runs_start (PurserTestRuns *self,
                        PurserTestRun  *run)
{
  g_ptr_array_insert (self->runs, 0, g_object_ref (run));
  g_signal_connect_object (run, "finished", G_CALLBACK (finished_cb), self, G_CONNECT_SWAPPED);
  g_signal_emit (self, signals[CHANGED], 0);
}

guint
purser_test_runs_get_n (PurserTestRuns *self)
{
  return self->runs->len;
}

PurserTestRun *
purser_test_runs_get (PurserTestRuns *self,
                      guint           i)
{
  return self->runs->pdata[i];
}
