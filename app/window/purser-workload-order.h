/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* The models of one workload in order, and how to change it. Every change can be undone. */
#define PURSER_TYPE_WORKLOAD_ORDER (purser_workload_order_get_type ())
G_DECLARE_FINAL_TYPE (PurserWorkloadOrder, purser_workload_order, PURSER, WORKLOAD_ORDER, AdwBin)

void purser_workload_order_show       (PurserWorkloadOrder *self, PurserSession *session, const PurserOrg *org, const PurserWorkload *workload);
void purser_workload_order_set_note   (PurserWorkloadOrder *self, const char *words);
void purser_workload_order_set_narrow (PurserWorkloadOrder *self, gboolean narrow);
void purser_workload_order_add        (PurserWorkloadOrder *self); /* asks which model to add */

G_END_DECLS
