/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-db-private.h"

G_BEGIN_DECLS

/* OTHER has a row: someone else has that NAME. TRUE and ERROR then, and where it cannot be asked. */
gboolean purser_catalogue_taken (PurserDb *db, PurserStatement *other, const char *name, GError **error);
/* After an UPDATE of one row that RUN to its end: was there one? */
gboolean purser_catalogue_found (PurserDb *db, gboolean run, GError **error);

/* Lists of words are kept as "EU,US". (transfer full) (nullable): NULL for an empty list, and back */
char **purser_catalogue_split (const char *text);
char *purser_catalogue_join (char *const *words);
/* Access keys, terms, budgets and the gateway's settings into ORG. */
gboolean purser_snapshot_access (PurserDb *db, PurserOrg *org, GError **error);

G_END_DECLS
