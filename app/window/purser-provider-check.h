/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* "Check connection": four steps, filled as they happen; the result and the models are saved. */
#define PURSER_TYPE_PROVIDER_CHECK (purser_provider_check_get_type ())
G_DECLARE_FINAL_TYPE (PurserProviderCheck, purser_provider_check, PURSER, PROVIDER_CHECK, AdwBin)

/* Shows what the last check of PROVIDER found; does not check by itself. */
void     purser_provider_check_show    (PurserProviderCheck *self, PurserSession *session, const PurserProvider *provider);
void     purser_provider_check_run     (PurserProviderCheck *self);
gboolean purser_provider_check_running (PurserProviderCheck *self);
void     purser_provider_check_focus   (PurserProviderCheck *self);
void     purser_provider_check_set_narrow (PurserProviderCheck *self, gboolean narrow);

G_END_DECLS
