/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* Asks what one unit of FROM is worth in TO. Both (nullable): what is asked for first. */
void purser_rate_form_present (GtkWidget *origin, PurserSession *session, const char *from, const char *to);

G_END_DECLS
