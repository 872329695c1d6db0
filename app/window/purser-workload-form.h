/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* The dialogs that add or rename a workload. */
void purser_workload_form_add    (GtkWidget *origin, PurserSession *session);
void purser_workload_form_rename (GtkWidget *origin, PurserSession *session, gint64 workload_id);

G_END_DECLS
