/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* Asks for the organisation's own price of a model: by tokens, or by the hour for a machine of its own. */
void purser_price_form_present (GtkWidget *origin, PurserSession *session, gint64 model_id);

G_END_DECLS
