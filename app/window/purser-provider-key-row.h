/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* The row about a provider's key: its last four characters are read from the keyring to show, never stored or sent back. */
#define PURSER_TYPE_PROVIDER_KEY_ROW (purser_provider_key_row_get_type ())
G_DECLARE_FINAL_TYPE (PurserProviderKeyRow, purser_provider_key_row, PURSER, PROVIDER_KEY_ROW, AdwActionRow)

/* Shows the key of PROVIDER, whose snapshot may go afterwards. */
void purser_provider_key_row_show (PurserProviderKeyRow *self, PurserSession *session, const PurserProvider *provider);

G_END_DECLS
