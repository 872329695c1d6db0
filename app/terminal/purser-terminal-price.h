/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-price-list.h"
#include "purser-terminal.h"

G_BEGIN_DECLS

/* How prices are printed: purser-print-price.c. */

/* Members of one price: currency, from, list and paid figures per million as text, bands, hour, source, origin. NULL → JSON null. (transfer full) */
JsonNode *purser_terminal_price_node (const PurserPrice *price);
/* "5" per million, or "unpriced"; a server's tool per request. (transfer full) */
char     *purser_terminal_figure (gint64 pico, guint priced);
/* The day a price counts from: "2026-03-13", with the time of day where it is not midnight UTC or there; "ever". (transfer full) */
char     *purser_terminal_from (const PurserOrg *org, gint64 valid_from);
/* Midnight of "2026-11-01", "today", "-30" in the reporting zone; AFTER: of the day after it. */
gboolean  purser_terminal_moment (PurserTerminal *terminal, const char *text, gboolean after, gint64 *time_us, GError **error);
/* What differs between two prices, kind by kind: "in 5 → 4, out 30 → 20". (transfer full) */
char     *purser_terminal_price_difference (const PurserPrice *before /* nullable */, const PurserPrice *after);

/* To people, on the standard error output: which currencies have no rate, and what to do. ONLY: this one. Looks at the organisation as it is now. */
void      purser_terminal_say_rates (PurserTerminal *terminal, const char *only /* nullable */);
/* To people: why what MODEL did has no cost, as far as its price tells, and what to do. */
void      purser_terminal_say_why_unpriced (PurserTerminal *terminal, const PurserModel *model /* nullable */);
/* "10" percent off → 900000 parts per million are paid. */
gboolean  purser_terminal_discount (const char *text, gint64 *ppm, GError **error);
const char *purser_terminal_priced_name (guint priced); /* "cache read": short, translated */
/* Takes the organisation's snapshot anew, after a change. */
void      purser_terminal_reload (PurserTerminal *terminal);

/* Tokens that were counted and have no price, all time: of one model (0 = all). */
typedef struct { GArray *rows; /* (element-type PurserUnpricedRow) */ } PurserUnpriced;
gboolean  purser_terminal_unpriced (PurserTerminal *terminal, PurserUnpriced *unpriced, GError **error);
gint64    purser_unpriced_tokens (const PurserUnpriced *unpriced, gint64 model_id);
void      purser_unpriced_clear (PurserUnpriced *unpriced);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PurserUnpriced, purser_unpriced_clear)

G_END_DECLS
