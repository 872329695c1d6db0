/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* The keys of a person or an agent: what each may do, and the way to another. */
#define PURSER_TYPE_PRINCIPAL_KEYS (purser_principal_keys_get_type ())
G_DECLARE_FINAL_TYPE (PurserPrincipalKeys, purser_principal_keys, PURSER, PRINCIPAL_KEYS, AdwBin)

void purser_principal_keys_show (PurserPrincipalKeys *self, PurserSession *session, const PurserOrg *org, const PurserPrincipal *principal);

G_END_DECLS
