/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-terminal.h"

G_BEGIN_DECLS

/* Adds a row for each model of WORKLOAD to ROWS: whether its provider's data terms allow it, or why not. *ALL_ALLOWED becomes FALSE where one is forbidden. Returns ROWS. */
JsonArray *purser_terminal_allowed_rows (PurserTerminal *terminal, const PurserWorkload *workload, JsonArray *rows, gboolean *all_allowed);
extern const PurserColumn purser_allowed_columns[];
/* The member "regions": an array, or INSTEAD (nullable) where REGIONS is NULL. */
void       purser_terminal_set_regions (JsonObject *object, const char *const *regions, const char *instead);

G_END_DECLS
