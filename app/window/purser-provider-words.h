/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-org.h"

G_BEGIN_DECLS

/* What the window says about a provider and its models. */
typedef struct
{
  const char *icon;  /* symbolic icon's name */
  const char *style; /* style class: "success", "warning", "dimmed" */
  const char *word;  /* translated */
} PurserProviderState;

PurserProviderState purser_provider_state         (const PurserProvider *provider);
gboolean            purser_provider_is_here      (const PurserProvider *provider);
guint               purser_provider_count_models  (const PurserOrg *org, const PurserProvider *provider);
char               *purser_provider_about         (const PurserOrg *org, const PurserProvider *provider);
char               *purser_provider_address_words (const PurserProvider *provider);
char               *purser_provider_free_name     (const PurserOrg *org, const char *wish);
char               *purser_provider_retired_day   (const PurserKind *kind);
char               *purser_provider_days_old      (gint64 since_us);
gboolean            purser_model_usable           (const PurserOrg *org, const PurserModel *model);
char               *purser_model_price_words      (const PurserOrg *org, const PurserModel *model);
char               *purser_model_about            (const PurserOrg *org, const PurserModel *model);

G_END_DECLS
