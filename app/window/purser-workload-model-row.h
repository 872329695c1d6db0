/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "purser-org.h"

G_BEGIN_DECLS

/* One model of a workload's order. It moves by drag, by its buttons, by its menu and by Alt+Up and Alt+Down; Delete removes it.
 * Its verbs are the actions "order.move" (xi: model, steps) and "order.remove" (x) of the order around it.
 * Signal "dropped" (model id): that model was dropped here. */
#define PURSER_TYPE_WORKLOAD_MODEL_ROW (purser_workload_model_row_get_type ())
G_DECLARE_FINAL_TYPE (PurserWorkloadModelRow, purser_workload_model_row, PURSER, WORKLOAD_MODEL_ROW, AdwActionRow)

PurserWorkloadModelRow *purser_workload_model_row_new    (void);
void                    purser_workload_model_row_show   (PurserWorkloadModelRow *self, const PurserOrg *org, const PurserWorkload *workload, gint64 model_id, guint position, guint n);
gint64                  purser_workload_model_row_get_id (PurserWorkloadModelRow *self);
void                    purser_workload_model_row_set_narrow (PurserWorkloadModelRow *self, gboolean narrow);

G_END_DECLS
