/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "purser-db.h"

G_BEGIN_DECLS

/* The name of something that may be removed by now: the ledger still speaks of it. WHAT: "principal", "model" (provider/model), "team",
 * "workload", "provider". Its number where even the name is gone. (transfer full) */
char    *purser_catalogue_name (PurserDb *db, const char *what, gint64 id);
/* The latest LIMIT entries of the audit trail, newest first, appended to ROWS as objects {at, actor, action, subject, before, after}. */
gboolean purser_audit_list     (PurserDb *db, gint64 limit, JsonArray *rows, GError **error);
/* Calls of a workload since a time, from the quarter-hour roll-up: all, answered by MODEL_ID, failed. */
gboolean purser_ledger_quarters (PurserDb *db, gint64 since_us, gint64 workload_id, gint64 model_id, gint64 *calls, gint64 *answered, gint64 *failed, GError **error);

G_END_DECLS
