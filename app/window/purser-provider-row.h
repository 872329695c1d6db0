/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "purser-org.h"

G_BEGIN_DECLS

/* A provider in the list: mark, name, a line about it, and how it stands in an icon and a word. */
#define PURSER_TYPE_PROVIDER_ROW (purser_provider_row_get_type ())
G_DECLARE_FINAL_TYPE (PurserProviderRow, purser_provider_row, PURSER, PROVIDER_ROW, AdwActionRow)

PurserProviderRow *purser_provider_row_new        (void);
void               purser_provider_row_show       (PurserProviderRow *self, const PurserOrg *org, const PurserProvider *provider);
void               purser_provider_row_set_narrow (PurserProviderRow *self, gboolean narrow);
gint64             purser_provider_row_get_id     (PurserProviderRow *self);

G_END_DECLS
