/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "purser-org.h"

G_BEGIN_DECLS

/* One row of the table of models: what its cells say. */
#define PURSER_TYPE_PROVIDER_MODEL (purser_provider_model_get_type ())
G_DECLARE_FINAL_TYPE (PurserProviderModel, purser_provider_model, PURSER, PROVIDER_MODEL, GObject)

typedef enum { PURSER_MODEL_CELL_NAME, PURSER_MODEL_CELL_CONTEXT, PURSER_MODEL_CELL_IN, PURSER_MODEL_CELL_OUT, PURSER_MODEL_CELL_FROM, PURSER_MODEL_CELL_SUMMARY /* of the price, on a phone */, PURSER_N_MODEL_CELLS } PurserModelCell;

PurserProviderModel *purser_provider_model_new      (const PurserOrg *org, const PurserModel *model);
gint64               purser_provider_model_get_id   (PurserProviderModel *self);
const char          *purser_provider_model_get_name (PurserProviderModel *self); /* the provider's own name for it */
const char          *purser_provider_model_get_cell (PurserProviderModel *self, PurserModelCell cell);
char                *purser_provider_model_say      (PurserProviderModel *self); /* the row in words, (transfer full) */
gboolean             purser_provider_model_matches  (PurserProviderModel *self, const char *folded_words);
/* In use first, then those with a price, then by name. */
int                  purser_provider_model_compare  (gconstpointer a, gconstpointer b, gpointer unused);

G_END_DECLS
