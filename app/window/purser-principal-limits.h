/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* How much somebody may ask, over all keys. */
#define PURSER_TYPE_PRINCIPAL_LIMITS (purser_principal_limits_get_type ())
G_DECLARE_FINAL_TYPE (PurserPrincipalLimits, purser_principal_limits, PURSER, PRINCIPAL_LIMITS, AdwBin)

void purser_principal_limits_show (PurserPrincipalLimits *self, PurserSession *session, const PurserOrg *org, const PurserPrincipal *principal);

G_END_DECLS
