/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-run.h"

struct _PurserTestRun
{
  GObject          parent_instance;

  PurserTrial     *trial;       /* (owned) */
  PurserTestSetup *setup;       /* (owned) */
  GCancellable    *cancellable; /* (owned): Stop */
  PurserTestState  state;
  gint64           id;
  GError          *error;       /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (PurserTestRun, purser_test_run, G_TYPE_OBJECT)

enum
{
  PROGRESS,
  FINISHED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

void
purser_test_setup_free (PurserTestSetup *setup)
{
  g_free (setup->title);
  g_free (setup);
}

static void
progress_cb (PurserTestRun *self)
{
  g_signal_emit (self, signals[PROGRESS], 0);
}

static void
run_cb (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (PurserTestRun) self = PURSER_TEST_RUN (user_data);

  self->id = purser_trial_run_finish (PURSER_TRIAL (object), result, &self->error);
  self->state = self->id != 0 ? PURSER_TEST_DONE : PURSER_TEST_FAILED;
  g_signal_emit (self, signals[FINISHED], 0);
}

static void
purser_test_run_finalize (GObject *object)
{
  PurserTestRun *self = PURSER_TEST_RUN (object);

  g_clear_object (&self->trial);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->setup, purser_test_setup_free);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (purser_test_run_parent_class)->finalize (object);
}

static void
purser_test_run_class_init (PurserTestRunClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = purser_test_run_finalize;
  signals[PROGRESS] = g_signal_new ("progress", PURSER_TYPE_TEST_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 0);
  signals[FINISHED] = g_signal_new ("finished", PURSER_TYPE_TEST_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 0);
}

static void
purser_test_run_init (PurserTestRun *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * purser_test_run_new:
 * @trial: (transfer none): the trial to run
 * @setup: (transfer full): what it is
 *
 * Returns: (transfer full): the run, on its way
 */
PurserTestRun *
purser_test_run_new (PurserTrial     *trial,
                     PurserTestSetup *setup)
{
  PurserTestRun *self = g_object_new (PURSER_TYPE_TEST_RUN, NULL);

  self->trial = g_object_ref (trial);
  self->setup = setup;
  g_signal_connect_object (trial, "progress", G_CALLBACK (progress_cb), self, G_CONNECT_SWAPPED);
  purser_trial_run_async (trial, self->cancellable, run_cb, g_object_ref (self));
  return self;
}

const PurserTestSetup *
purser_test_run_get_setup (PurserTestRun *self)
{
  return self->setup;
}

PurserTrial *
purser_test_run_get_trial (PurserTestRun *self)
{
  return self->trial;
}

PurserTestState
purser_test_run_get_state (PurserTestRun *self)
{
  return self->state;
}

gint64
purser_test_run_get_id (PurserTestRun *self)
{
  return self->id;
}

const GError *
purser_test_run_get_error (PurserTestRun *self)
{
  return self->error;
}

double
purser_test_run_get_share (PurserTestRun *self)
{
  guint done = 0;
  guint total = 0;

  for (guint i = 0; i < purser_trial_get_n_models (self->trial); i++)
    {
      PurserTrialProgress progress;

      purser_trial_get_progress (self->trial, i, &progress);
      done += progress.done;
      total += progress.total;
    }
  return total > 0 ? (double) done / total : 0;
}

/**
 * purser_test_run_stop:
 * @self: a run
 *
 * Stops it; the answers so far are kept.
 */
void
purser_test_run_stop (PurserTestRun *self)
{
  if (self->state != PURSER_TEST_RUNNING)
    return;
  self->state = PURSER_TEST_STOPPING;
  g_cancellable_cancel (self->cancellable);
  g_signal_emit (self, signals[PROGRESS], 0);
}
