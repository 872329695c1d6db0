/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "purser-org.h"

G_BEGIN_DECLS

/* The choice of the person who owns an agent, or of nobody. */
void   purser_owner_row_fill (AdwComboRow *row, const PurserOrg *org, gint64 owner_id);
gint64 purser_owner_row_get  (AdwComboRow *row, const PurserOrg *org);
/* A button at the end of a team's entry row that offers the teams there are. */
void   purser_team_row_fill  (AdwEntryRow *row, const PurserOrg *org);

G_END_DECLS
