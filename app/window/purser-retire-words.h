/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-org.h"

G_BEGIN_DECLS

/* When a model ends. NOW: µs UTC. */
gboolean purser_retire_days  (const PurserOrg *org, const PurserModel *model, gint64 now, gint32 *left); /* days left, below 0 past; FALSE: no day is known */
char    *purser_retire_words (const PurserOrg *org, const PurserModel *model, gint64 now); /* (nullable) "On 30 November 2026, in 7 days. Its owner names Claude Opus 5 instead." */
char    *purser_retire_title (const PurserOrg *org, const PurserModel *model, gint64 now); /* (nullable) "Claude Opus 4 ends in 7 days" */

G_END_DECLS
