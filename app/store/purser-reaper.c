/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "purser-budget.h"
#include "purser-price-book.h"
#include "purser-store-private.h"

typedef struct
{
  gint64 process_id, byte;
} Dead;

gint64
purser_db_process (PurserDb *db, GError **error)
{
  if (db->process_id != 0)
    return db->process_id;
  gint64 byte = db->owners != NULL ? purser_owners_byte (db->owners, error) : 1;
  if (byte == 0)
    return 0;
  PurserStatement *row = purser_db_query (db, error, "SELECT id FROM process WHERE lock_byte = ?", "i", byte);
  if (purser_statement_step (row, error))
    db->process_id = purser_statement_int (row, 0);
  else if (!purser_statement_failed (row)
           && purser_db_run (db, error, "INSERT INTO process (lock_byte, started_at) VALUES (?, ?)", "ii", byte,
                             purser_db_now (db)))
    db->process_id = purser_db_last_id (db);
  return db->process_id;
}

/* An attempt that nobody will close any more. */
typedef struct
{
  gint64 id, model_id, opened_at /* of its call */;
} Left;

static gboolean
find_left (PurserDb *db, gint64 call_id, GArray *left, GError **error)
{
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT a.id, a.model_id, c.opened_at FROM attempt a JOIN call c ON c.id = "
                                          "a.call_id WHERE a.call_id = ? AND a.closed_at IS NULL",
                                          "i", call_id);
  while (purser_statement_step (row, error))
    {
      Left one = { purser_statement_int (row, 0), purser_statement_int (row, 1), purser_statement_int (row, 2) };
      g_array_append_val (left, one);
    }
  return !purser_statement_failed (row);
}

/* Nobody saw the end: at most the reservation. No price at that time, or no rate, is unpriced, never free. */
static gboolean
interrupt_attempt (PurserDb *db, PurserPriceBook *book, const Left *left, gint64 reserve, gint64 now, GError **error)
{
  const PurserRate *rate;
  if (!purser_price_book_take (book, db, left->model_id, error))
    return FALSE;
  const PurserPrice *price = purser_price_book_at (book, left->model_id, left->opened_at);
  gboolean priced = price != NULL && purser_price_book_rate (book, price, left->opened_at, &rate);
  return purser_db_run (db, error,
                        "UPDATE attempt SET closed_at = CASE WHEN opened_at > ?1 THEN opened_at ELSE ?1 END, outcome = "
                        "'interrupted', may_be_billed = 1, at_most = 1, estimated = 1, list_nano = ?2, cost_nano = ?2, "
                        "price_id = NULLIF (?3, 0), unpriced = ?4 WHERE id = ?5",
                        "iiibi", now, reserve, price != NULL ? price->id : (gint64) 0, !priced, left->id);
}

static gboolean
interrupt_attempts (PurserDb *db, PurserPriceBook *book, gint64 call_id, gint64 reserve, gint64 now, GError **error)
{
  g_autoptr(GArray) left = g_array_new (FALSE, FALSE, sizeof (Left));
  if (!find_left (db, call_id, left, error))
    return FALSE;
  for (guint i = 0; i < left->len; i++)
    if (!interrupt_attempt (db, book, &g_array_index (left, Left, i), reserve, now, error))
      return FALSE;
  return TRUE;
}

static gboolean
interrupt_call (PurserDb *db, PurserPriceBook *book, gint64 call_id, gint64 reserve, gint64 now, GError **error)
{
  return interrupt_attempts (db, book, call_id, reserve, now, error)
         && purser_db_run (db, error,
                           "UPDATE call SET closed_at = CASE WHEN opened_at > ?1 THEN opened_at ELSE ?1 END, outcome = "
                           "'interrupted' WHERE id = ?2",
                           "ii", now, call_id)
         && purser_budget_settle (db, call_id, error) && purser_rollup_count (db->rollup, db, call_id, error);
}

/* Closes what PROCESS_ID left open, and the process. */
gboolean
purser_reaper_end (PurserDb *db, gint64 process_id, GError **error)
{
  gint64 now = purser_db_now (db);
  g_autoptr(GArray) open = g_array_new (FALSE, FALSE, sizeof (gint64[2]));
  PurserStatement *row =
      purser_db_query (db, error, "SELECT id, reserve_nano FROM call WHERE process_id = ? AND closed_at IS NULL", "i",
                       process_id);
  while (purser_statement_step (row, error))
    {
      gint64 call[2] = { purser_statement_int (row, 0), purser_statement_int (row, 1) };
      g_array_append_val (open, call);
    }
  if (purser_statement_failed (row))
    return FALSE;
  g_autoptr(PurserOrg) terms = purser_price_book_terms (db, error);
  g_autoptr(PurserPriceBook) book = terms != NULL ? purser_price_book_new (terms) : NULL;
  for (guint i = 0; i < open->len; i++)
    {
      const gint64 *call = (const gint64 *) open->data + 2 * i;
      if (book == NULL || !interrupt_call (db, book, call[0], call[1], now, error))
        return FALSE;
    }
  return book != NULL
         && purser_db_run (db, error,
                           "UPDATE trial SET state = 'interrupted' WHERE process_id = ? AND state = 'running'", "i",
                           process_id)
         && purser_db_run (db, error, "UPDATE process SET ended_at = ? WHERE id = ?", "ii", now, process_id)
         && purser_rollup_flush (db->rollup, db, error);
}

/* The locks of the dead are ours until the rows are closed, so that two who look do not both close. */
static gboolean
find_dead (PurserDb *db, GArray *dead, GError **error)
{
  PurserStatement *row = purser_db_query (db, error, "SELECT id, lock_byte FROM process WHERE ended_at IS NULL", "");
  while (purser_statement_step (row, error))
    {
      Dead one = { purser_statement_int (row, 0), purser_statement_int (row, 1) };
      if (purser_owners_take (db->owners, one.byte))
        g_array_append_val (dead, one);
    }
  return !purser_statement_failed (row);
}

static gboolean
bury (PurserDb *db, const GArray *dead, GError **error)
{
  if (!purser_db_begin (db, TRUE, error))
    return FALSE;
  for (guint i = 0; i < dead->len; i++)
    if (!purser_reaper_end (db, g_array_index (dead, Dead, i).process_id, error))
      {
        purser_db_rollback (db);
        return FALSE;
      }
  if (purser_db_commit (db, error))
    return TRUE;
  purser_db_rollback (db);
  return FALSE;
}

/**
 * purser_reaper_run:
 * @db: the writing connection, outside a transaction
 * @error: return location
 *
 * Closes the calls of processes that are no more.
 *
 * Returns: whether it could look, and close what it found
 */
gboolean
purser_reaper_run (PurserDb *db, GError **error)
{
  g_autoptr(GArray) dead = g_array_new (FALSE, FALSE, sizeof (Dead));
  if (db->owners == NULL)
    return TRUE;
  if (!purser_owners_check (db->owners, error))
    return FALSE;
  gboolean done = find_dead (db, dead, error) && (dead->len == 0 || bury (db, dead, error));
  for (guint i = 0; i < dead->len; i++)
    purser_owners_release (db->owners, g_array_index (dead, Dead, i).byte);
  return done;
}
