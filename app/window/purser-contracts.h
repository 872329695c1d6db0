/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* The contracts with one provider: what holds, what begins, what has ended, and what they save. */
#define PURSER_TYPE_CONTRACTS (purser_contracts_get_type ())
G_DECLARE_FINAL_TYPE (PurserContracts, purser_contracts, PURSER, CONTRACTS, AdwBin)

void purser_contracts_show (PurserContracts *self, PurserSession *session, const PurserOrg *org, gint64 provider_id);

G_END_DECLS
