/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* Chooses a model: a searchable list, grouped by provider, with prices. Signal "chosen" (model id). */
#define PURSER_TYPE_WORKLOAD_CHOOSE (purser_workload_choose_get_type ())
G_DECLARE_FINAL_TYPE (PurserWorkloadChoose, purser_workload_choose, PURSER, WORKLOAD_CHOOSE, AdwDialog)

/* EXCEPT: models that are not offered. */
PurserWorkloadChoose *purser_workload_choose_new (PurserSession *session, const char *title, const gint64 *except, guint n_except);

G_END_DECLS
