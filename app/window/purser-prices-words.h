/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* What the page of prices says first, and what it offers to mend. UNPRICED: what purser_ledger_unpriced() counts. */
gboolean purser_prices_trouble   (const PurserOrg *org); /* a model has no price that counts */
char *purser_prices_finding      (const PurserOrg *org); /* (transfer full) */
char *purser_prices_finding_line (const PurserOrg *org, GArray *unpriced, const char *built /* ISO day of the shipped list */); /* (transfer full) */
guint purser_prices_add_problems (GtkListBox *list, PurserSession *session, const PurserOrg *org, GArray *unpriced); /* rows with a verb each; how many */

/* For whoever must tell apart why tokens have no price: those of models that have one by now can be worked out again. */
gint64 purser_prices_mendable_tokens (const PurserOrg *org, GArray *unpriced);

G_END_DECLS
