/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* What is recorded of a provider's data terms. */
#define PURSER_TYPE_PROVIDER_TERMS (purser_provider_terms_get_type ())
G_DECLARE_FINAL_TYPE (PurserProviderTerms, purser_provider_terms, PURSER, PROVIDER_TERMS, AdwBin)

void purser_provider_terms_show (PurserProviderTerms *self, PurserSession *session, const PurserOrg *org, const PurserProvider *provider);

G_END_DECLS
