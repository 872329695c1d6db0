/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-db-private.h"

G_BEGIN_DECLS

/* What the files of the ledger share. */

/* Always FALSE. */
gboolean purser_ledger_refuse (GError **error, PurserStoreError code, const char *words);
gboolean purser_ledger_check_generation (PurserDb *db, gint64 generation, GError **error);
gboolean purser_ledger_insert_attempt (PurserDb *db,
                                       gint64 call_id,
                                       gint64 number,
                                       gint64 model_id,
                                       gint64 generation,
                                       gint64 opened_at,
                                       gint64 *attempt_id,
                                       GError **error);
gboolean purser_ledger_insert_skips (
    PurserDb *db, gint64 call_id, gint64 before_attempt, const PurserSkip *skips, guint n, GError **error);
/* The id of NAME under PRINCIPAL_ID; 0 where it is no name, or there are too many. */
gboolean purser_ledger_find_behalf (PurserDb *db, gint64 principal_id, const char *name, gint64 *id, GError **error);

/* ATTEMPT has ended: did its model fail again, or does it answer again? MOVED: the call goes on to another model. */
gboolean purser_outage_note (PurserDb *db, const PurserLedgerAttempt *attempt, gboolean moved, GError **error);

/* A call's own row, and its attempts' sums, as purser_ledger_recent() tells them. */
#define PURSER_CALL_COLUMNS "id, opened_at, principal_id, workload_id, purpose, outcome, model_id"
PurserCallRow *purser_call_row_read (PurserStatement *from);
gboolean purser_call_row_load_attempts (PurserDb *db, PurserCallRow *row, GError **error);

/* The columns of a closed attempt that its end tells, in their order. */
#define ATTEMPT_FORMAT "ssbssIIIIIIIIIIbbbsibiiiiiissIIII"
#define ATTEMPT_VALUES(a, k)                                                                                         \
  (a)->outcome, (a)->fault, (a)->status, (a)->provider_model, (a)->provider_request_id, (k)[0], (k)[1], (k)[2],      \
      (k)[3], (k)[4], (k)[5], (k)[6], (a)->tokens.audio_in, (a)->tokens.audio_out, (a)->tokens.server_tool_requests, \
      (a)->estimated != 0, (a)->contradictory != 0, (a)->may_be_billed != 0, (a)->usage_raw, (a)->price_id,          \
      (a)->unpriced != 0, (a)->list_nano, (a)->cost_nano, (a)->contract_id, (a)->rate_id, (a)->price_list_nano,      \
      (a)->price_cost_nano, (a)->service_tier, (a)->region, (a)->connect_us, (a)->first_us, (a)->first_text_us,      \
      (a)->total_us

G_END_DECLS
