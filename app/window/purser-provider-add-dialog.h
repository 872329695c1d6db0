/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* Adds a provider: tiles, then a form. Signal "added" (id): the new provider's id, 0 for the practice models. */
#define PURSER_TYPE_PROVIDER_ADD_DIALOG (purser_provider_add_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PurserProviderAddDialog, purser_provider_add_dialog, PURSER, PROVIDER_ADD_DIALOG, AdwDialog)

/* KIND nullable: begin with the tiles; "practice" is no kind. ADDRESS (nullable) replaces the kind's own. */
PurserProviderAddDialog *purser_provider_add_dialog_new (PurserSession *session, const char *kind, const char *address);

G_END_DECLS
