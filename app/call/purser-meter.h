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
  gint64       price_id;       /* 0 = none */
  gint64       list_nano, cost_nano;
  gboolean     unpriced;
} PurserMeter;

#define PURSER_METER_NOTHING_INIT { .tokens = PURSER_TOKENS_UNKNOWN_INIT }
#define PURSER_RESERVE_TOKENS 16384 /* most output tokens that a reservation counts */

/* Disjoint counts from USAGE (nullable). What it leaves out, or tells as 0 against the evidence, is estimated from
 * CHAT and REPLY, never 0. COMPLETE: the reply ended well; else the counts may be those of its start. */
void purser_meter_count (
    PurserMeter *meter, const PurserUsage *usage, const PurserChat *chat, const PurserReply *reply, gboolean complete);
/* A price in another currency than the organisation's has no dated rate, so it counts as none: unpriced, never 0. */
void   purser_meter_charge  (PurserMeter *meter, const PurserPrice *price, const char *currency);
/* A bounded upper estimate of what CHAT may cost on MODEL; 0 where unpriced. */
gint64 purser_meter_reserve (const PurserModel *model, const PurserChat *chat, const char *currency);

G_END_DECLS
