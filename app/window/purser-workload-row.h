/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "purser-review.h"

G_BEGIN_DECLS

/* A workload in the list: tile, name, chain of models, and how the last 24 hours went. */
#define PURSER_TYPE_WORKLOAD_ROW (purser_workload_row_get_type ())
G_DECLARE_FINAL_TYPE (PurserWorkloadRow, purser_workload_row, PURSER, WORKLOAD_ROW, AdwPreferencesRow)

PurserWorkloadRow *purser_workload_row_new        (void);
void               purser_workload_row_show       (PurserWorkloadRow *self, const PurserOrg *org, const PurserWorkload *workload, const PurserOverview *overview);
void               purser_workload_row_set_narrow (PurserWorkloadRow *self, gboolean narrow);
gint64             purser_workload_row_get_id     (PurserWorkloadRow *self);

G_END_DECLS
