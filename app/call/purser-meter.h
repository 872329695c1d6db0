/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-chat.h"
#include "purser-org.h"
#include "purser-reply.h"

G_BEGIN_DECLS

/* From what a provider said to what the ledger keeps. Pure arithmetic. */
typedef struct
{
  PurserTokens tokens;
  gboolean     estimated;      /* some counts are our own */
  gboolean     contradictory;  /* the provider's counts do not fit each other */
  char         tier[16];       /* service tier and … */
  char         region[24];     /* … region as told; "" = not told */
  gint64       price_id, contract_id, rate_id;  /* 0 = none */
  gint64       price_list_nano, price_cost_nano; /* in the price's currency */
  gint64       list_nano, cost_nano;             /* in the organisation's */
  gboolean     unpriced;
  PurserUnpricedReason reason;
} PurserMeter;

#define PURSER_METER_NOTHING_INIT { .tokens = PURSER_TOKENS_UNKNOWN_INIT }
#define PURSER_RESERVE_TOKENS 16384 /* most output tokens that a reservation counts */
#define PURSER_RESERVE_US (600 * G_USEC_PER_SEC) /* and the longest time, for machines that cost by the hour */

/* Disjoint counts from USAGE (nullable). What it leaves out, or tells as 0 against the evidence, is estimated from
 * CHAT and REPLY, never 0. COMPLETE: the reply ended well; else the counts may be those of its start. */
void purser_meter_count (
    PurserMeter *meter, const PurserUsage *usage, const PurserChat *chat, const PurserReply *reply, gboolean complete);
/* Charges what was counted at PRICE, in force when the call opened, with that day's RATE into CURRENCY (the organisation's). No price, no price for a kind that was used or for the tier, or no rate:
 * unpriced, never 0. TOTAL_US: how long the attempt took (-1 = not measured), for machines that cost by the hour. */
void   purser_meter_charge  (PurserMeter *meter, const PurserPrice *price /* nullable */, const PurserRate *rate /* nullable */, const char *currency, gint64 total_us);
/* A bounded upper estimate of what CHAT may cost on MODEL, at its dearest band, as of WHEN (µs UTC); 0 where unpriced. */
gint64 purser_meter_reserve (const PurserModel *model, const PurserChat *chat, const PurserOrg *org, gint64 when);

G_END_DECLS
