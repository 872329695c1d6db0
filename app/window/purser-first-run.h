/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* Leads an empty organisation by the hand: connect, assign, try, see it counted. */
#define PURSER_TYPE_FIRST_RUN (purser_first_run_get_type ())
G_DECLARE_FINAL_TYPE (PurserFirstRun, purser_first_run, PURSER, FIRST_RUN, AdwBin)

typedef enum { PURSER_STEP_CONNECT, PURSER_STEP_ASSIGN, PURSER_STEP_TRY, PURSER_STEP_COUNTED, PURSER_N_STEPS } PurserStep;

PurserStep purser_first_run_step        (const PurserOrg *org, gint64 calls); /* what to do next */
void       purser_first_run_set_session (PurserFirstRun *self, PurserSession *session);
void       purser_first_run_update      (PurserFirstRun *self, gint64 calls);

G_END_DECLS
