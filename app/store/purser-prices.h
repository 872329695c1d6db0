/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-ledger.h"

G_BEGIN_DECLS

/* Prices, contracts and rates by date, corrections of past charges, closed months. All inside a job. */

/* Every version of a model's price, newest first, contracts not applied (contract_pico = list_pico). (transfer full) (element-type PurserPriceVersion) */
typedef struct
{
  PurserPrice *price;
  gint64       created_at;   /* µs UTC, when it was entered */
  gboolean     withdrawn;    /* the admin's own price ends here and the catalogue's counts again; `price` has no figures then */
} PurserPriceVersion;
GPtrArray   *purser_prices_history  (PurserDb *db, gint64 model_id, GError **error);
/* What MODEL cost at TIME, with the contract of that time: the admin's own price in force (unless withdrawn), else the catalogue's; of several from the same moment the one entered last.
 * (transfer full) (nullable): NULL and no error: unpriced */
PurserPrice *purser_prices_at       (PurserDb *db, gint64 model_id, gint64 time, GError **error);
/* The admin's own price ends at TIME. */
gboolean     purser_prices_withdraw (PurserDb *db, gint64 model_id, gint64 time, GError **error);
/* Id 0 inserts, else the dates and the document of an existing one change (its figures never): to end it. (0 and ERROR) */
gint64       purser_prices_put_contract (PurserDb *db, const PurserContract *contract, GError **error);
gint64       purser_prices_put_rate     (PurserDb *db, const PurserRate *rate, GError **error); /* a new row; of several of one moment the last counts */
gboolean     purser_prices_set_display_currency (PurserDb *db, const char *currency /* "" = none */, GError **error);
/* What a model can do and when it ends; -1 and NULL leave as is, "" forgets. */
gboolean     purser_prices_set_facts (PurserDb *db, gint64 model_id, int tools, int vision, int reasoning, const char *retires_on, const char *replacement, GError **error);

/* Re-pricing: every closed attempt of calls opened in [since, until) is charged again at the price, contract and rate in force when its call opened; a difference becomes a signed
 * correction beside it, booked on the call's own day; the old figures stay. Estimated counts are charged again too and stay marked. Attempts of closed months are left alone and counted. */
typedef struct
{
  gint64      since, until;   /* µs UTC; until 0 = now */
  gint64      model_id;       /* 0 = all */
  gboolean    dry_run;        /* only count */
  const char *reason;         /* kept with each correction */
} PurserReprice;
typedef struct
{
  gint64 attempts;            /* looked at */
  gint64 corrected;           /* whose figures change */
  gint64 newly_priced;        /* of these: were unpriced */
  gint64 still_unpriced, still_unpriced_tokens;
  gint64 in_closed_months;    /* would change and may not */
  gint64 list_nano, cost_nano;/* sums of the differences */
  gint64 at_most;             /* interrupted ones: nobody saw what they used, their charge stays the most it can have been */
  gint64 price_gone;          /* were priced and would have no price now: left as they are */
} PurserRepriceResult;
/* One step of at most LIMIT attempts after *AFTER_ATTEMPT (start with 0); adds to RESULT; *MORE tells whether to go on. Steps keep other writers from waiting. */
gboolean purser_ledger_reprice (PurserDb *db, const PurserReprice *ask, guint limit, gint64 *after_attempt, gboolean *more, PurserRepriceResult *result, GError **error);

typedef struct
{
  gint64 id, attempt_id, call_id, opened_at /* of the call */, created_at;
  gint64 model_id, price_id;
  gint64 list_nano, cost_nano;    /* signed, organisation's currency */
  gint64 priced_tokens;           /* tokens that were unpriced before; 0 = none */
  char  *reason;
} PurserCorrection;
void       purser_correction_free (PurserCorrection *correction);
GPtrArray *purser_ledger_corrections (PurserDb *db, gint64 since, gint64 until, guint limit, GError **error); /* of calls opened in [since, until), until 0 = no end; limit 0 = all; newest first (element-type PurserCorrection) */

/* A month of the reporting zone, as months since January 1970 (2026-11 = 682). */
gint32   purser_month_of    (const char *timezone, gint64 time_us);
gint64   purser_month_start (const char *timezone, gint32 month);
gboolean purser_month_parse (const char *text /* "2026-11" */, gint32 *month, GError **error);
char    *purser_month_text  (gint32 month);
typedef struct
{
  gint32 month;
  gint64 closed_at;
  gint64 calls, list_nano, cost_nano, unpriced_tokens;
  char  *digest;       /* SHA-256 over the month's closed rows, in order */
} PurserMonthRow;
void            purser_month_row_free (PurserMonthRow *row);
/* Freezes a month that is over and has no open call: no correction and no call books into it any more, and the reporting zone stays. Fills the row; the caller puts it into the audit trail. */
PurserMonthRow *purser_month_close (PurserDb *db, gint32 month, GError **error);
GPtrArray      *purser_month_list  (PurserDb *db, GError **error); /* closed ones, newest first */
gboolean        purser_month_is_closed (PurserDb *db, gint32 month, gboolean *closed, GError **error);

/* What is counted and has no price: per model, all time, work and tests. (element-type PurserUnpricedRow) most tokens first */
typedef struct { gint64 model_id, attempts, tokens, first_at, last_at; } PurserUnpricedRow;
GArray  *purser_ledger_unpriced (PurserDb *db, GError **error);

G_END_DECLS
