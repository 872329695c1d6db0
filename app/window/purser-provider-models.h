/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* The table of one provider's models and prices. Enter on a row leads to all of its price. */
#define PURSER_TYPE_PROVIDER_MODELS (purser_provider_models_get_type ())
G_DECLARE_FINAL_TYPE (PurserProviderModels, purser_provider_models, PURSER, PROVIDER_MODELS, AdwBin)

void purser_provider_models_show       (PurserProviderModels *self, PurserSession *session, const PurserOrg *org, const PurserProvider *provider);
void purser_provider_models_add        (PurserProviderModels *self); /* asks for a model by hand */
void purser_provider_models_search     (PurserProviderModels *self); /* puts the focus on the search */
void purser_provider_models_set_narrow (PurserProviderModels *self, gboolean narrow);

G_END_DECLS
