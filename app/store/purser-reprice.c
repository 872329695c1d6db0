/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-prices.h"

#include "purser-budget.h"
#include "purser-db-private.h"
#include "purser-month-private.h"
#include "purser-price-book.h"

/* Closed attempts are charged again from what they used; what their charge is off by becomes a correction beside it. */

enum
{
  SCANNED_PER_ASKED = 16 /* rows that are passed over cost next to nothing, but not nothing */
};

/* A closed attempt as it stands, corrections included. */
typedef struct
{
  gint64 id, call_id, opened_at, model_id, total_us;
  PurserTokens tokens;
  char tier[PURSER_MODE_SIZE], region[PURSER_REGION_SIZE];
  gboolean unpriced, at_most;
  gint64 list_nano, cost_nano;
} Attempt;

/* One step. */
typedef struct
{
  PurserDb *db;
  const PurserReprice *ask;
  PurserRepriceResult *result;
  PurserPriceBook *book; /* (owned) */
  GArray *attempts; /* (owned) (element-type Attempt) */
  GArray *closed; /* (owned) (element-type PurserMonthSpan) */
} Step;

static void
step_clear (Step *step)
{
  g_clear_pointer (&step->book, purser_price_book_free);
  g_clear_pointer (&step->attempts, g_array_unref);
  g_clear_pointer (&step->closed, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Step, step_clear)

/* --- Which --- */

/* Of what was never charged, nothing is known. */
#define ATTEMPTS                                                                                                \
  "SELECT a.id, a.call_id, c.opened_at, a.model_id, a.total_us, a.service_tier, a.region, a.at_most, "          \
  "a.unpriced AND NOT EXISTS (SELECT 1 FROM correction k WHERE k.attempt_id = a.id AND k.priced = 1), "         \
  "a.list_nano + COALESCE ((SELECT SUM (k.list_nano) FROM correction k WHERE k.attempt_id = a.id), 0), "        \
  "a.cost_nano + COALESCE ((SELECT SUM (k.cost_nano) FROM correction k WHERE k.attempt_id = a.id), 0), "        \
  "a.input_uncached, a.cache_read, a.cache_write_5m, a.cache_write_1h, a.cache_write_other, a.output_visible, " \
  "a.output_reasoning, a.audio_in, a.audio_out, a.server_tool_requests "                                        \
  "FROM attempt a CROSS JOIN call c ON c.id = a.call_id "                                                       \
  "WHERE a.id > ? AND a.id <= ? AND c.opened_at >= ? AND c.opened_at < ? AND a.closed_at IS NOT NULL "          \
  "AND (a.price_id IS NOT NULL OR a.unpriced = 1 OR a.list_nano <> 0 OR a.cost_nano <> 0) "                     \
  "AND (?5 = 0 OR a.model_id = ?5) ORDER BY a.id LIMIT ?"

static void
read_attempt (PurserStatement *row, Attempt *attempt)
{
  const char *tier = purser_statement_text (row, 5), *region = purser_statement_text (row, 6);
  *attempt = (Attempt) { .id = purser_statement_int (row, 0),
                         .call_id = purser_statement_int (row, 1),
                         .opened_at = purser_statement_int (row, 2),
                         .model_id = purser_statement_int (row, 3),
                         .total_us = purser_statement_opt (row, 4),
                         .at_most = purser_statement_int (row, 7) != 0,
                         .unpriced = purser_statement_int (row, 8) != 0,
                         .list_nano = purser_statement_int (row, 9),
                         .cost_nano = purser_statement_int (row, 10) };
  g_strlcpy (attempt->tier, tier != NULL ? tier : "", sizeof attempt->tier);
  g_strlcpy (attempt->region, region != NULL ? region : "", sizeof attempt->region);
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    attempt->tokens.kind[i] = purser_statement_opt (row, 11 + (int) i);
  attempt->tokens.audio_in = purser_statement_opt (row, 11 + PURSER_N_TOKEN_KINDS);
  attempt->tokens.audio_out = purser_statement_opt (row, 12 + PURSER_N_TOKEN_KINDS);
  attempt->tokens.server_tool_requests = purser_statement_opt (row, 13 + PURSER_N_TOKEN_KINDS);
}

/* The last id of as many rows as one step may pass over. */
static gboolean
find_end (PurserDb *db, gint64 after, gint64 rows, gint64 *end, gboolean *more, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error,
                       "SELECT MAX (id), COUNT (*) FROM (SELECT id FROM attempt WHERE id > ? ORDER BY id LIMIT ?)",
                       "ii", after, rows);
  if (!purser_statement_step (row, error))
    return FALSE;
  *end = MAX (purser_statement_int (row, 0), after);
  *more = purser_statement_int (row, 1) == rows;
  purser_statement_step (row, NULL);
  return TRUE;
}

static gboolean
collect (Step *step, guint limit, gint64 *after, gboolean *more, GError **error)
{
  const PurserReprice *ask = step->ask;
  gint64 until = ask->until != 0 ? ask->until : purser_db_now (step->db), end;
  if (!find_end (step->db, *after, (gint64) limit * SCANNED_PER_ASKED, &end, more, error))
    return FALSE;
  PurserStatement *row = purser_db_query (step->db, error, ATTEMPTS, "iiiiii", *after, end, ask->since, until,
                                          ask->model_id, (gint64) limit);
  while (purser_statement_step (row, error))
    {
      Attempt attempt;
      read_attempt (row, &attempt);
      g_array_append_val (step->attempts, attempt);
    }
  if (purser_statement_failed (row))
    return FALSE;
  gboolean full = step->attempts->len == limit;
  *after = full ? g_array_index (step->attempts, Attempt, limit - 1).id : end;
  *more |= full;
  return TRUE;
}

/* --- What they cost now --- */

/* A charge as of the call's opening. */
typedef struct
{
  PurserCharge charge;
  const PurserPrice *price; /* (nullable) */
  const PurserRate *rate; /* (nullable) */
} Charged;

static gboolean
charge_again (Step *step, const Attempt *attempt, Charged *charged, GError **error)
{
  PurserConditions conditions = { attempt->tier, attempt->region, attempt->total_us };
  *charged = (Charged) { .charge.reason = PURSER_UNPRICED_RATE };
  if (!purser_price_book_take (step->book, step->db, attempt->model_id, error))
    return FALSE;
  charged->price = purser_price_book_at (step->book, attempt->model_id, attempt->opened_at);
  if (charged->price == NULL || purser_price_book_rate (step->book, charged->price, attempt->opened_at, &charged->rate))
    purser_charge_compute (&charged->charge, charged->price, charged->rate, &attempt->tokens, &conditions);
  return TRUE;
}

static gboolean
in_closed_month (const Step *step, gint64 time)
{
  for (guint i = 0; i < step->closed->len; i++)
    {
      const PurserMonthSpan *span = &g_array_index (step->closed, PurserMonthSpan, i);
      if (time >= span->starts_at && time < span->ends_at)
        return TRUE;
    }
  return FALSE;
}

/* Off the totals as it was, then onto them as it is now. */
static gboolean
book_correction (Step *step, const Attempt *attempt, const Charged *charged, gint64 list, gint64 cost, GError **error)
{
  PurserDb *db = step->db;
  return purser_rollup_uncount (db->rollup, db, attempt->call_id, error)
         && purser_db_run (db, error,
                           "INSERT INTO correction (attempt_id, call_id, created_at, price_id, contract_id, rate_id, "
                           "list_nano, cost_nano, priced, priced_tokens, reason) "
                           "VALUES (?, ?, ?, ?, NULLIF (?, 0), NULLIF (?, 0), ?, ?, ?, ?, ?)",
                           "iiiiiiiibis", attempt->id, attempt->call_id, purser_db_now (db), charged->price->id,
                           charged->price->contract_id, charged->rate != NULL ? charged->rate->id : (gint64) 0, list,
                           cost, attempt->unpriced, attempt->unpriced ? purser_tokens_total (&attempt->tokens) : 0,
                           step->ask->reason)
         && purser_budget_correct (db, attempt->call_id, cost, error)
         && purser_rollup_count (db->rollup, db, attempt->call_id, error);
}

static void
add (gint64 *sum, gint64 value)
{
  if (__builtin_add_overflow (*sum, value, sum))
    *sum = value > 0 ? G_MAXINT64 : G_MININT64;
}

static gboolean
correct (Step *step, const Attempt *attempt, const Charged *charged, GError **error)
{
  PurserRepriceResult *result = step->result;
  gint64 list = charged->charge.org_list_nano - attempt->list_nano;
  gint64 cost = charged->charge.org_contract_nano - attempt->cost_nano;
  if (list == 0 && cost == 0 && !attempt->unpriced)
    return TRUE;
  if (in_closed_month (step, attempt->opened_at))
    {
      result->in_closed_months++;
      return TRUE;
    }
  result->corrected++;
  result->newly_priced += attempt->unpriced;
  add (&result->list_nano, list);
  add (&result->cost_nano, cost);
  return step->ask->dry_run || book_correction (step, attempt, charged, list, cost, error);
}

static gboolean
reprice (Step *step, const Attempt *attempt, GError **error)
{
  PurserRepriceResult *result = step->result;
  Charged charged;
  result->attempts++;
  if (attempt->at_most)
    {
      result->at_most++; /* nobody saw what was used */
      return TRUE;
    }
  if (!charge_again (step, attempt, &charged, error))
    return FALSE;
  if (charged.charge.reason == PURSER_UNPRICED_NOT)
    return correct (step, attempt, &charged, error);
  if (attempt->unpriced)
    {
      result->still_unpriced++;
      add (&result->still_unpriced_tokens, purser_tokens_total (&attempt->tokens));
    }
  else
    result->price_gone++; /* an amount that was right once is better than none */
  return TRUE;
}

/**
 * purser_ledger_reprice:
 * @db: a connection inside a job; a write job unless it is a dry run
 * @ask: which attempts, and why
 * @limit: the most attempts that are charged again in this step
 * @after_attempt: (inout): 0 at first; where the next step begins
 * @more: (out): whether there is a next step
 * @result: (inout): what was found so far
 * @error: return location
 *
 * One step of charging closed attempts again. A second run over the same calls finds nothing to correct.
 *
 * Returns: whether the step was made
 */
gboolean
purser_ledger_reprice (PurserDb *db,
                       const PurserReprice *ask,
                       guint limit,
                       gint64 *after_attempt,
                       gboolean *more,
                       PurserRepriceResult *result,
                       GError **error)
{
  g_return_val_if_fail (limit > 0, FALSE);
  g_autoptr(PurserOrg) terms = purser_price_book_terms (db, error);
  g_auto(Step) step = { .db = db, .ask = ask, .result = result };
  if (terms == NULL)
    return FALSE;
  step.book = purser_price_book_new (terms);
  step.attempts = g_array_new (FALSE, FALSE, sizeof (Attempt));
  step.closed = purser_month_spans (db, error);
  if (step.closed == NULL || !collect (&step, limit, after_attempt, more, error))
    return FALSE;
  for (guint i = 0; i < step.attempts->len; i++)
    if (!reprice (&step, &g_array_index (step.attempts, Attempt, i), error))
      return FALSE;
  return TRUE;
}
