/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

void   purser_terms_form_present (GtkWidget *origin, PurserSession *session, gint64 provider_id); /* records a provider's data terms anew, beginning with those known */
char **purser_regions_parse      (const char *text);                   /* "EU, CH" → { "EU", "CH" }; NULL: nothing was typed. (transfer full) */
char  *purser_regions_words      (const char *const *regions);         /* "EU, CH"; (transfer full) (nullable) */

G_END_DECLS
