/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-ledger.h"

G_BEGIN_DECLS

/* The outages that the ledger knows: those that last, and those that ended within a week; followed while it lives. Signals: "changed"; "began" (const PurserOutage *):
 * a new one, never one that was there at the first look. */
#define PURSER_TYPE_OUTAGES (purser_outages_get_type ())
G_DECLARE_FINAL_TYPE (PurserOutages, purser_outages, PURSER, OUTAGES, GObject)

PurserOutages *purser_outages_new (PurserStore *store);
GPtrArray     *purser_outages_get (PurserOutages *self); /* (transfer none) (element-type PurserOutage) latest first */

G_END_DECLS
