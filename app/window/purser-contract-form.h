/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* Asks for a contract with a provider: what is taken off the list prices, from when until when, and what says so. */
void purser_contract_form_present     (GtkWidget *origin, PurserSession *session, gint64 provider_id);
/* Asks for the last day of a contract. */
void purser_contract_form_present_end (GtkWidget *origin, PurserSession *session, gint64 contract_id);

G_END_DECLS
