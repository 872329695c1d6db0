/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* One test on its way in this process, however many pages look at it. Signals "progress" and "finished". */
#define PURSER_TYPE_TEST_RUN (purser_test_run_get_type ())
G_DECLARE_FINAL_TYPE (PurserTestRun, purser_test_run, PURSER, TEST_RUN, GObject)

typedef enum { PURSER_TEST_RUNNING, PURSER_TEST_STOPPING, PURSER_TEST_DONE, PURSER_TEST_FAILED } PurserTestState;

/* What it is, for titles and words. */
typedef struct
{
  gboolean latency;      /* else a quality test */
  char    *title;        /* "Drafting" */
  gint64   workload_id;
  guint    cases;        /* cases of the suite, or requests, per model */
  guint    repeats;
  gint64   cap_nano;     /* 0 = no cap */
} PurserTestSetup;
void             purser_test_setup_free (PurserTestSetup *setup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserTestSetup, purser_test_setup_free)

/* Starts TRIAL (transfer none) at once. SETUP (transfer full). */
PurserTestRun         *purser_test_run_new       (PurserTrial *trial, PurserTestSetup *setup);
const PurserTestSetup *purser_test_run_get_setup (PurserTestRun *self);
PurserTrial           *purser_test_run_get_trial (PurserTestRun *self);
PurserTestState        purser_test_run_get_state (PurserTestRun *self);
gint64                 purser_test_run_get_id    (PurserTestRun *self); /* of the stored run; 0 until it is over */
const GError          *purser_test_run_get_error (PurserTestRun *self); /* (nullable) */
double                 purser_test_run_get_share (PurserTestRun *self); /* of its requests that are done */
void                   purser_test_run_stop      (PurserTestRun *self);

G_END_DECLS
