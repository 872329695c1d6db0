/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-tokens.h"

G_BEGIN_DECLS

/* Money is integers only. An amount is in nano-units (10⁻⁹) of its currency, a price in pico-units (10⁻¹²) per token:
 * $3.00 per million tokens = 3 000 000 pico-dollars per token. */
#define PURSER_NANO G_GINT64_CONSTANT (1000000000)
#define PURSER_PICO_PER_MILLION_UNIT G_GINT64_CONSTANT (1000000) /* 1.00 per million tokens, in pico-units per token */
#define PURSER_PPM 1000000

/* What is priced: the kinds of tokens, and what is counted apart from them. Audio tokens are a part of input_uncached and output_visible;
 * where they have been told they are charged at their own price and taken off those, at most as many as there are of them (the rest was read from the cache). */
enum
{
  PURSER_PRICED_AUDIO_IN = PURSER_N_TOKEN_KINDS,
  PURSER_PRICED_AUDIO_OUT,
  PURSER_PRICED_SERVER_TOOL, /* pico-units per request */
  PURSER_N_PRICED
};
const char *purser_priced_id (guint priced); /* "input_uncached" … "audio_in", "audio_out", "server_tool": names in files and JSON */

#define PURSER_MODE_SIZE 16
#define PURSER_REGION_SIZE 24

/* One band of a price: what holds in a service mode, a region, and above a size of the whole input. -1 = this kind has no price (unpriced, never free). */
typedef struct
{
  char   mode[PURSER_MODE_SIZE];     /* "" = the ordinary one, "batch", "flex", "priority", "fast" */
  char   region[PURSER_REGION_SIZE]; /* "" = any, else as the provider's reply names it ("us") */
  gint64 above;                      /* holds for all tokens where the whole input is larger than this; 0 = always */
  gint64 list_pico[PURSER_N_PRICED];
  gint64 contract_pico[PURSER_N_PRICED]; /* under the contract in force, computed once in 128 bits, half to even */
} PurserPriceBand;

/* What a model's tokens cost, from a date on. Immutable once stored. -1 = this kind has no price (unpriced, never free). */
typedef struct
{
  gint64  id;                             /* row id: the version a charge keeps; 0 = not stored yet */
  gint64  valid_from;                     /* µs UTC */
  char    currency[4];                    /* ISO 4217 */
  gint64  list_pico[PURSER_N_PRICED];     /* the ordinary band (mode "", region "", above 0): list price per token */
  gint64  contract_pico[PURSER_N_PRICED]; /* after the contract */
  GArray *bands;                          /* (owned) (nullable) (element-type PurserPriceBand) the other bands */
  gint64  hour_nano;                      /* own machines: nano-units per hour of work, on top of the tokens; 0 = none */
  gint64  contract_id;                    /* the contract that contract_pico comes from; 0 = list price is paid */
  char   *origin;                         /* (owned) (nullable) "admin", "catalogue", "local", "practice": an admin's own price wins over the catalogue's */
  char   *source;                         /* (owned) where it comes from, in words or as the catalogue names it */
} PurserPrice;

PurserPrice *purser_price_new  (void); /* every kind unpriced */
PurserPrice *purser_price_copy (const PurserPrice *price);
void         purser_price_free (PurserPrice *price);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserPrice, purser_price_free)
/* Whether A and B say the same: currency, list prices, bands in any order, hour rate; not their ids, dates, origins, sources and contracts. */
gboolean     purser_price_same (const PurserPrice *a, const PurserPrice *b);

/* A contract with a provider: what is paid of the list price, per kind, for a time, by a document. */
typedef struct
{
  gint64 id, provider_id;
  gint64 valid_from, valid_until;   /* µs UTC; until 0 = open, else the first moment it no longer holds */
  gint64 ppm[PURSER_N_PRICED];      /* parts per million of the list price: 900000 = 10 % off */
  char  *document;                  /* (owned) (nullable) what it rests on: a name, a number, an address */
} PurserContract;
PurserContract *purser_contract_copy (const PurserContract *contract);
void            purser_contract_free (PurserContract *contract);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserContract, purser_contract_free)

/* contract_pico of every band = list_pico × ppm / 10⁶, half to even; contract_id. NULL: what is paid is the list price. FALSE and ORG_ERROR_OVERFLOW past int64: the price stays as it was. */
gboolean purser_price_apply_contract (PurserPrice *price, const PurserContract *contract, GError **error);
gboolean purser_price_apply_discount (PurserPrice *price, gint64 multiplier_ppm, GError **error); /* the same ppm for all kinds, no contract_id */

/* A dated exchange rate: what one unit of FROM is worth in TO. */
typedef struct
{
  gint64 id;
  char   from[4], to[4];
  gint64 valid_from;    /* µs UTC */
  gint64 rate_nano;     /* 1.0842 = 1084200000 */
  char  *source;        /* (owned) (nullable) */
} PurserRate;
PurserRate *purser_rate_copy (const PurserRate *rate);
void        purser_rate_free (PurserRate *rate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserRate, purser_rate_free)
/* AMOUNT × rate, half to even, in 128 bits. FALSE past int64. */
gboolean    purser_rate_convert (const PurserRate *rate, gint64 amount_nano, gint64 *converted_nano);
gboolean    purser_rate_parse   (const char *text, gint64 *rate_nano, GError **error); /* "1.0842"; more than 0, at most 9 decimals */

typedef enum { PURSER_CHARGE_PRICED, PURSER_CHARGE_UNPRICED, PURSER_CHARGE_OVERFLOW } PurserChargeState;
/* Why something is unpriced, for words. */
typedef enum
{
  PURSER_UNPRICED_NOT,      /* it is priced */
  PURSER_UNPRICED_NO_PRICE, /* the model has none */
  PURSER_UNPRICED_KIND,     /* a kind with tokens has none */
  PURSER_UNPRICED_MODE,     /* the service mode ("flex") has none */
  PURSER_UNPRICED_RATE,     /* no exchange rate on that day */
  PURSER_UNPRICED_OVERFLOW,
} PurserUnpricedReason;

typedef struct
{
  const char *mode;       /* (nullable) the service mode as purser_price_mode() gives it */
  const char *region;     /* (nullable) as the provider's reply names it */
  gint64      total_us;   /* how long the attempt took, for a rate per hour; ≤ 0 = not measured: then nothing is charged by the hour */
} PurserConditions;
/* The service mode that a provider's word stands for: "default", "standard", "auto", "on_demand" … → ""; "batch", "flex", "priority" as they are. Unknown words stay
 * (cut to PURSER_MODE_SIZE), so that what has no price shows as unpriced. Static or @word itself. */
const char *purser_price_mode (const char *word /* nullable */);
/* The band that holds: of this mode, with this region or else with none, and of these the greatest `above` that INPUT exceeds. FALSE: the mode has no price. The ordinary band
 * is returned as a value filled from the price. */
gboolean    purser_price_band (const PurserPrice *price, const PurserConditions *conditions, gint64 input_tokens, PurserPriceBand *band);

typedef struct
{
  PurserChargeState    state;
  PurserUnpricedReason reason;
  gint64 list_nano, contract_nano;                                     /* in the price's currency: exact sums of the kinds; 0 unless priced */
  gint64 kind_list_nano[PURSER_N_PRICED], kind_contract_nano[PURSER_N_PRICED];
  gint64 hour_nano;                                                    /* the part by the hour, in both sums */
  gint64 org_list_nano, org_contract_nano;                             /* in the organisation's currency: each kind converted, then summed */
} PurserCharge;
/* Charges TOKENS at PRICE (nullable → unpriced) under CONDITIONS (nullable → ordinary). Each kind is rounded half to even to nano-units, then converted by RATE (NULL: the price
 * is in the organisation's currency; the caller says unpriced where a rate is missing) half to even, then summed, so rows per kind add up to the whole. A kind with tokens > 0 and no
 * price makes the whole unpriced (all amounts 0). Cache writes without a price of their own are not guessed. */
PurserChargeState purser_charge_compute (PurserCharge *charge, const PurserPrice *price, const PurserRate *rate, const PurserTokens *tokens, const PurserConditions *conditions);
/* The same under ordinary conditions and without a rate. A NULL out pointer is fine. */
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
