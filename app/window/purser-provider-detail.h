/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* One provider: address, key, connection, models, agreement. Pops itself when the provider is removed. */
#define PURSER_TYPE_PROVIDER_DETAIL (purser_provider_detail_get_type ())
G_DECLARE_FINAL_TYPE (PurserProviderDetail, purser_provider_detail, PURSER, PROVIDER_DETAIL, AdwNavigationPage)

/* CHECK: begin with a connection check (a provider that was just added). */
AdwNavigationPage *purser_provider_detail_new (PurserSession *session, gint64 provider_id, gboolean check);

G_END_DECLS
