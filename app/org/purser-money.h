/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-tokens.h"

G_BEGIN_DECLS

/* Money is integers only. An amount is in nano-units (10⁻⁹) of its currency, a price in pico-units (10⁻¹²) per token:
 * $3.00 per million tokens = 3 000 000 pico-dollars per token. */
#define PURSER_NANO G_GINT64_CONSTANT (1000000000)
#define PURSER_PICO_PER_MILLION_UNIT G_GINT64_CONSTANT (1000000) /* 1.00 per million tokens, in pico-units per token */
#define PURSER_PPM 1000000

/* What a model's tokens cost, from a date on. Immutable. -1 = this kind has no price (unpriced, never free). */
typedef struct
{
  gint64 id;                                  /* row id: the version a charge keeps; 0 = not stored yet */
  gint64 valid_from;                          /* µs UTC */
  char   currency[4];                         /* ISO 4217 */
  gint64 list_pico[PURSER_N_TOKEN_KINDS];     /* list price per token */
  gint64 contract_pico[PURSER_N_TOKEN_KINDS]; /* after the contract multiplier, computed once in 128 bits, half to even */
  char  *source;                              /* (owned) where it comes from: "admin", "free: runs on this computer", … */
} PurserPrice;

PurserPrice *purser_price_copy (const PurserPrice *price);
void         purser_price_free (PurserPrice *price);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserPrice, purser_price_free)

/* contract_pico = list_pico × multiplier_ppm / 10⁶, half to even. FALSE and ORG_ERROR_OVERFLOW past int64. */
gboolean purser_price_apply_discount (PurserPrice *price, gint64 multiplier_ppm, GError **error);

typedef enum { PURSER_CHARGE_PRICED, PURSER_CHARGE_UNPRICED, PURSER_CHARGE_OVERFLOW } PurserChargeState;
/* Charges TOKENS at PRICE (nullable → unpriced): each kind rounded half to even to nano-units, then summed. A kind with tokens > 0
 * and no price makes the whole unpriced (amounts 0). Cache writes without a price of their own are not guessed. A NULL out pointer is fine. */
PurserChargeState purser_price_charge (const PurserPrice *price, const PurserTokens *tokens, gint64 *list_nano, gint64 *contract_nano);

/* "12.34", "12,34" (one separator) → nano- or pico-units, exact; refuses more digits than fit, signs, garbage. */
gboolean purser_money_parse_nano (const char *text, gint64 *nano, GError **error);
/* Price per million tokens as typed ("3", "0.25") → pico-units per token; at most 6 decimals. */
gboolean purser_price_parse_per_million (const char *text, gint64 *pico, GError **error);
/* Locale-aware: currency sign placed as the locale does, grouping, non-breaking spaces; the unit's usual decimals, but at least two
 * significant digits for amounts under 0.01 ("€0.0042"), "0" exactly for zero. (transfer full) */
char *purser_money_format (gint64 nano, const char *currency);
/* Machine form: plain decimal, '.' and up to 9 decimals, trailing zeros cut but two kept ("12.34", "0.000123"). (transfer full) */
char *purser_money_to_decimal (gint64 nano);
char *purser_price_to_per_million (gint64 pico); /* machine form, up to 6 decimals */
gboolean purser_currency_valid (const char *code); /* three capitals */

G_END_DECLS
