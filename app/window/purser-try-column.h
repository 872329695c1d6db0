/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* One model's side of "Try it": which model, its reply as it comes, and what it took. Signal "finished": it answered, failed or was stopped. */
#define PURSER_TYPE_TRY_COLUMN (purser_try_column_get_type ())
G_DECLARE_FINAL_TYPE (PurserTryColumn, purser_try_column, PURSER, TRY_COLUMN, AdwBin)

/* ASSIGNED: offer "as assigned", fallbacks and all, and begin with it; else "no second model", and begin with the first fallback. */
void     purser_try_column_set_choices (PurserTryColumn *self, PurserSession *session, gint64 workload_id, gboolean assigned);
gboolean purser_try_column_has_model   (PurserTryColumn *self);
void     purser_try_column_run         (PurserTryColumn *self, const char *prompt, gint64 principal_id);
void     purser_try_column_stop        (PurserTryColumn *self);
gboolean purser_try_column_is_running  (PurserTryColumn *self);

G_END_DECLS
