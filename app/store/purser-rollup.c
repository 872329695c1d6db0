/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-rollup.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-db-private.h"

typedef enum
{
  DAY,
  DAY_PRINCIPAL,
  DAY_WORKLOAD,
  DAY_MODEL,
  QUARTER,
  N_TABLES
} Table;

/* One row of one table. Ids that its table does not have are 0. */
typedef struct
{
  Table table;
  int test;
  gint64 time; /* day or quarter */
  gint64 principal_id, workload_id, model_id;
  gint64 counts[PURSER_N_COUNTS];
  gboolean seen; /* when comparing */
} Row;

struct _PurserRollup
{
  GHashTable *rows; /* (owned) (element-type Row Row) a set */
};

static guint
row_hash (gconstpointer data)
{
  const Row *row = data;
  guint64 hash = row->table + 8 * row->test;
  const gint64 parts[] = { row->time, row->principal_id, row->workload_id, row->model_id };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    hash = (hash ^ (guint64) parts[i]) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  return (guint) (hash >> 32);
}

static gboolean
row_equal (gconstpointer a, gconstpointer b)
{
  const Row *x = a, *y = b;
  return x->table == y->table && x->test == y->test && x->time == y->time && x->principal_id == y->principal_id
         && x->workload_id == y->workload_id && x->model_id == y->model_id;
}

PurserRollup *
purser_rollup_new (void)
{
  PurserRollup *rollup = g_new0 (PurserRollup, 1);
  rollup->rows = g_hash_table_new_full (row_hash, row_equal, g_free, NULL);
  return rollup;
}

void
purser_rollup_free (PurserRollup *rollup)
{
  if (rollup == NULL)
    return;
  g_hash_table_unref (rollup->rows);
  g_free (rollup);
}

void
purser_rollup_clear (PurserRollup *rollup)
{
  if (g_hash_table_size (rollup->rows) > 0)
    g_hash_table_remove_all (rollup->rows);
}

/* --- Adding --- */

static gboolean
add_row (PurserRollup *rollup, const Row *what, GError **error)
{
  Row *row = g_hash_table_lookup (rollup->rows, what);
  if (row == NULL)
    {
      g_hash_table_add (rollup->rows, g_memdup2 (what, sizeof *what));
      return TRUE;
    }
  for (guint i = 0; i < PURSER_N_COUNTS; i++)
    if (__builtin_add_overflow (row->counts[i], what->counts[i], &row->counts[i]))
      {
        g_set_error_literal (error, PURSER_ORG_ERROR, PURSER_ORG_ERROR_OVERFLOW,
                             _("A total would be too large to be kept. The call was not counted."));
        return FALSE;
      }
  return TRUE;
}

/* A closed call as far as the roll-ups need it, collected from its attempts' rows. */
typedef struct
{
  gint64 id;
  gint64 opened_at, principal_id, workload_id, model_id;
  int test;
  gboolean ok, failed;
  gint64 first_model_id;
  int sign; /* 1: counted; -1: taken off again */
  gint64 attempt_id; /* the last one read */
  GArray *attempts; /* (owned) (element-type Row): only model and counts are set */
} Call;

static gboolean
add_everywhere (PurserRollup *rollup, const Call *call, const PurserHead *head, const Row *what, GError **error)
{
  gint64 quarter = call->opened_at / (15 * 60 * G_USEC_PER_SEC);
  Row row = *what;
  for (guint i = 0; i < PURSER_N_COUNTS; i++)
    row.counts[i] *= call->sign;
  row.test = call->test;
  row.time = purser_day_in (head->zone, call->opened_at);
  for (Table table = 0; table < N_TABLES; table++)
    {
      if (table == QUARTER && quarter < head->quarters_from)
        continue;
      row.table = table;
      row.time = table == QUARTER ? quarter : row.time;
      row.principal_id = table == DAY || table == DAY_PRINCIPAL ? call->principal_id : 0;
      row.workload_id = table == DAY || table == DAY_WORKLOAD || table == QUARTER ? call->workload_id : 0;
      row.model_id = table == DAY || table == DAY_MODEL || table == QUARTER ? what->model_id : 0;
      if (!add_row (rollup, &row, error))
        return FALSE;
    }
  return TRUE;
}

/* The call counts once, under the model that answered, else the last one tried. */
static void
count_call (Call *call)
{
  Row *place = &g_array_index (call->attempts, Row, call->attempts->len - 1);
  gboolean unpriced = FALSE, estimated = FALSE;
  for (guint i = 0; i < call->attempts->len; i++)
    {
      const Row *attempt = &g_array_index (call->attempts, Row, i);
      unpriced |= attempt->counts[PURSER_COUNT_UNPRICED_CALLS] != 0;
      estimated |= attempt->counts[PURSER_COUNT_ESTIMATED_CALLS] != 0;
    }
  for (guint i = 0; i < call->attempts->len; i++)
    {
      Row *attempt = &g_array_index (call->attempts, Row, i);
      attempt->counts[PURSER_COUNT_UNPRICED_CALLS] = attempt->counts[PURSER_COUNT_ESTIMATED_CALLS] = 0;
      if (call->ok && attempt->model_id == call->model_id)
        place = attempt;
    }
  place->counts[PURSER_COUNT_CALLS] = 1;
  place->counts[PURSER_COUNT_FAILED] = call->failed;
  place->counts[PURSER_COUNT_FALLBACK] = call->ok && call->model_id != 0 && call->model_id != call->first_model_id;
  place->counts[PURSER_COUNT_UNPRICED_CALLS] = unpriced;
  place->counts[PURSER_COUNT_ESTIMATED_CALLS] = estimated;
}

static gboolean
finish_call (PurserRollup *rollup, PurserDb *db, Call *call, GError **error)
{
  const PurserHead *head = purser_db_head (db, error);
  if (head == NULL || call->attempts->len == 0)
    return head != NULL;
  count_call (call);
  for (guint i = 0; i < call->attempts->len; i++)
    if (!add_everywhere (rollup, call, head, &g_array_index (call->attempts, Row, i), error))
      return FALSE;
  g_array_set_size (call->attempts, 0);
  return TRUE;
}

/* An attempt that was corrected comes once for each correction. */
#define CLOSED_CALLS                                                                                                 \
  "SELECT c.id, c.opened_at, c.principal_id, c.workload_id, c.purpose IN ('test', 'check'), c.outcome, c.model_id, " \
  "a.model_id, a.id, "                                                                                               \
  "a.unpriced, a.estimated OR a.contradictory, a.cost_nano, a.list_nano, a.input_uncached, a.cache_read, "           \
  "a.cache_write_5m, "                                                                                               \
  "a.cache_write_1h, a.cache_write_other, a.output_visible, a.output_reasoning, "                                    \
  "k.priced, k.cost_nano, k.list_nano "                                                                              \
  "FROM call c JOIN attempt a ON a.call_id = c.id LEFT JOIN correction k ON k.attempt_id = a.id "                    \
  "WHERE c.closed_at IS NOT NULL "
enum
{
  FIRST_TOKENS = 13,
  CORRECTION = FIRST_TOKENS + PURSER_N_TOKEN_KINDS
};

static void
read_call (PurserStatement *row, Call *call)
{
  const char *outcome = purser_statement_text (row, 5);
  call->id = purser_statement_int (row, 0);
  call->opened_at = purser_statement_int (row, 1);
  call->principal_id = purser_statement_int (row, 2);
  call->workload_id = purser_statement_int (row, 3);
  call->test = purser_statement_int (row, 4) != 0;
  call->ok = g_strcmp0 (outcome, "ok") == 0;
  call->failed = !call->ok && g_strcmp0 (outcome, "cancelled") != 0;
  call->model_id = purser_statement_int (row, 6);
  call->first_model_id = purser_statement_int (row, 7);
}

static void
read_attempt (PurserStatement *row, Call *call)
{
  Row attempt = { .model_id = purser_statement_int (row, 7) };
  gboolean unpriced = purser_statement_int (row, 9) != 0;
  attempt.counts[PURSER_COUNT_UNPRICED_CALLS] = unpriced;
  attempt.counts[PURSER_COUNT_ESTIMATED_CALLS] = purser_statement_int (row, 10) != 0;
  attempt.counts[PURSER_COUNT_COST] = purser_statement_int (row, 11);
  attempt.counts[PURSER_COUNT_LIST] = purser_statement_int (row, 12);
  PurserTokens tokens = PURSER_TOKENS_UNKNOWN_INIT;
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    {
      tokens.kind[i] = purser_statement_opt (row, FIRST_TOKENS + (int) i);
      attempt.counts[PURSER_COUNT_TOKENS + i] = MAX (tokens.kind[i], 0);
    }
  attempt.counts[PURSER_COUNT_UNPRICED_TOKENS] = unpriced ? purser_tokens_total (&tokens) : 0;
  call->attempt_id = purser_statement_int (row, 8);
  g_array_append_val (call->attempts, attempt);
}

/* A sum that does not fit shows as one that never will: adding it up fails. */
static void
read_correction (PurserStatement *row, Call *call)
{
  gint64 *counts = g_array_index (call->attempts, Row, call->attempts->len - 1).counts;
  if (purser_statement_opt (row, CORRECTION) < 0)
    return; /* none */
  if (purser_statement_int (row, CORRECTION) != 0)
    counts[PURSER_COUNT_UNPRICED_CALLS] = counts[PURSER_COUNT_UNPRICED_TOKENS] = 0;
  if (__builtin_add_overflow (counts[PURSER_COUNT_COST], purser_statement_int (row, CORRECTION + 1),
                              &counts[PURSER_COUNT_COST]))
    counts[PURSER_COUNT_COST] = G_MAXINT64;
  if (__builtin_add_overflow (counts[PURSER_COUNT_LIST], purser_statement_int (row, CORRECTION + 2),
                              &counts[PURSER_COUNT_LIST]))
    counts[PURSER_COUNT_LIST] = G_MAXINT64;
}

static gboolean
count (PurserRollup *rollup, PurserDb *db, gint64 call_id, int sign, GError **error)
{
  g_autoptr(GArray) attempts = g_array_new (FALSE, FALSE, sizeof (Row));
  Call call = { .attempts = attempts, .sign = sign };
  PurserStatement *row =
      call_id != 0 ? purser_db_query (db, error, CLOSED_CALLS "AND c.id = ? ORDER BY a.id, k.id", "i", call_id)
                   : purser_db_query (db, error, CLOSED_CALLS "ORDER BY c.id, a.id, k.id", "");
  while (purser_statement_step (row, error))
    {
      if (purser_statement_int (row, 0) != call.id)
        {
          if (!finish_call (rollup, db, &call, error))
            return FALSE;
          read_call (row, &call);
        }
      if (purser_statement_int (row, 8) != call.attempt_id)
        read_attempt (row, &call);
      read_correction (row, &call);
    }
  return !purser_statement_failed (row) && finish_call (rollup, db, &call, error);
}

gboolean
purser_rollup_count (PurserRollup *rollup, PurserDb *db, gint64 call_id, GError **error)
{
  return count (rollup, db, call_id, 1, error);
}

gboolean
purser_rollup_uncount (PurserRollup *rollup, PurserDb *db, gint64 call_id, GError **error)
{
  return count (rollup, db, call_id, -1, error);
}

/* --- The tables --- */

#define ADD(table)                                                                                               \
  " DO UPDATE SET calls = " table ".calls + excluded.calls, failed_calls = " table                               \
  ".failed_calls + excluded.failed_calls, "                                                                      \
  "fallback_calls = " table ".fallback_calls + excluded.fallback_calls, input_uncached = " table                 \
  ".input_uncached + excluded.input_uncached, "                                                                  \
  "cache_read = " table ".cache_read + excluded.cache_read, cache_write_5m = " table                             \
  ".cache_write_5m + excluded.cache_write_5m, "                                                                  \
  "cache_write_1h = " table ".cache_write_1h + excluded.cache_write_1h, cache_write_other = " table              \
  ".cache_write_other + excluded.cache_write_other, "                                                            \
  "output_visible = " table ".output_visible + excluded.output_visible, output_reasoning = " table               \
  ".output_reasoning + excluded.output_reasoning, "                                                              \
  "cost_nano = " table ".cost_nano + excluded.cost_nano, list_nano = " table ".list_nano + excluded.list_nano, " \
  "unpriced_tokens = " table ".unpriced_tokens + excluded.unpriced_tokens, unpriced_calls = " table              \
  ".unpriced_calls + excluded.unpriced_calls, "                                                                  \
  "estimated_calls = " table ".estimated_calls + excluded.estimated_calls"
#define UPSERT(table, key, marks)                                            \
  "INSERT INTO " table " (" key ", " PURSER_COUNT_COLUMNS ") VALUES (" marks \
  ", ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (" key ")" ADD (table)
#define SELECT(table, columns) "SELECT " columns ", " PURSER_COUNT_COLUMNS " FROM " table

/* IDS says which of principal, workload and model a table's key has, in this order. */
static const struct
{
  const char *name, *ids, *upsert, *select, *empty;
} TABLES[N_TABLES] = {
  [DAY] = { "usage_day", "pwm", UPSERT ("usage_day", "day, test, principal_id, workload_id, model_id", "?, ?, ?, ?, ?"),
            SELECT ("usage_day", "day, test, principal_id, workload_id, model_id"), "DELETE FROM usage_day" },
  [DAY_PRINCIPAL] = { "usage_day_principal", "p", UPSERT ("usage_day_principal", "day, test, principal_id", "?, ?, ?"),
                      SELECT ("usage_day_principal", "day, test, principal_id, 0, 0"),
                      "DELETE FROM usage_day_principal" },
  [DAY_WORKLOAD] = { "usage_day_workload", "w", UPSERT ("usage_day_workload", "day, test, workload_id", "?, ?, ?"),
                     SELECT ("usage_day_workload", "day, test, 0, workload_id, 0"), "DELETE FROM usage_day_workload" },
  [DAY_MODEL] = { "usage_day_model", "m", UPSERT ("usage_day_model", "day, test, model_id", "?, ?, ?"),
                  SELECT ("usage_day_model", "day, test, 0, 0, model_id"), "DELETE FROM usage_day_model" },
  [QUARTER] = { "usage_quarter", "wm", UPSERT ("usage_quarter", "quarter, test, workload_id, model_id", "?, ?, ?, ?"),
                SELECT ("usage_quarter", "quarter, test, 0, workload_id, model_id"), "DELETE FROM usage_quarter" },
};

#define COUNTS(n) n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11], n[12], n[13], n[14]
G_STATIC_ASSERT (PURSER_N_COUNTS == 15);
#define FIFTEEN "iiiiiiiiiiiiiii"

static gboolean
write_row (PurserDb *db, const Row *row, GError **error)
{
  const char *ids = TABLES[row->table].ids, *sql = TABLES[row->table].upsert;
  const gint64 *n = row->counts;
  gint64 key[3] = { 0 };
  for (guint i = 0; ids[i] != '\0'; i++)
    key[i] = ids[i] == 'p' ? row->principal_id : ids[i] == 'w' ? row->workload_id : row->model_id;
  if (strlen (ids) == 1)
    return purser_db_run (db, error, sql, "ibi" FIFTEEN, row->time, row->test, key[0], COUNTS (n));
  if (strlen (ids) == 2)
    return purser_db_run (db, error, sql, "ibii" FIFTEEN, row->time, row->test, key[0], key[1], COUNTS (n));
  return purser_db_run (db, error, sql, "ibiii" FIFTEEN, row->time, row->test, key[0], key[1], key[2], COUNTS (n));
}

gboolean
purser_rollup_flush (PurserRollup *rollup, PurserDb *db, GError **error)
{
  GHashTableIter iter;
  gpointer row;
  g_hash_table_iter_init (&iter, rollup->rows);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    if (!write_row (db, row, error))
      return FALSE;
  purser_rollup_clear (rollup);
  return TRUE;
}

gboolean
purser_rollup_delete (PurserDb *db, GError **error)
{
  for (Table table = 0; table < N_TABLES; table++)
    if (!purser_db_run (db, error, TABLES[table].empty, ""))
      return FALSE;
  return TRUE;
}

gboolean
purser_rollup_prune (PurserDb *db, GError **error)
{
  gint64 from = purser_db_now (db) / (15 * 60 * G_USEC_PER_SEC) - PURSER_QUARTER_DAYS * PURSER_QUARTERS_PER_DAY;
  const PurserHead *head = purser_db_head (db, error);
  if (head == NULL)
    return FALSE;
  if (from < head->quarters_from + PURSER_QUARTERS_PER_DAY)
    return TRUE; /* once a day is enough */
  purser_db_forget_head (db);
  return purser_db_run (db, error, "UPDATE organisation SET quarters_from = ?", "i", from)
         && purser_db_run (db, error, "DELETE FROM usage_quarter WHERE quarter < ?", "i", from);
}

/* --- Comparing --- */

static void
read_row (PurserStatement *from, Table table, Row *row)
{
  *row = (Row) { .table = table,
                 .time = purser_statement_int (from, 0),
                 .test = purser_statement_int (from, 1) != 0,
                 .principal_id = purser_statement_int (from, 2),
                 .workload_id = purser_statement_int (from, 3),
                 .model_id = purser_statement_int (from, 4) };
  for (guint i = 0; i < PURSER_N_COUNTS; i++)
    row->counts[i] = purser_statement_int (from, 5 + i);
}

static gboolean
compare_table (PurserRollup *rollup, PurserDb *db, Table table, guint *wrong, GError **error)
{
  Row row;
  PurserStatement *from = purser_db_query (db, error, TABLES[table].select, "");
  while (purser_statement_step (from, error))
    {
      read_row (from, table, &row);
      Row *known = g_hash_table_lookup (rollup->rows, &row);
      if (known == NULL || memcmp (known->counts, row.counts, sizeof row.counts) != 0)
        wrong[table]++;
      if (known != NULL)
        known->seen = TRUE;
    }
  return !purser_statement_failed (from);
}

gboolean
purser_rollup_compare (PurserRollup *rollup, PurserDb *db, GPtrArray *findings, GError **error)
{
  guint wrong[N_TABLES] = { 0 };
  GHashTableIter iter;
  gpointer data;

  for (Table table = 0; table < N_TABLES; table++)
    if (!compare_table (rollup, db, table, wrong, error))
      return FALSE;
  g_hash_table_iter_init (&iter, rollup->rows);
  while (g_hash_table_iter_next (&iter, &data, NULL))
    if (!((Row *) data)->seen)
      wrong[((Row *) data)->table]++;
  for (Table table = 0; table < N_TABLES; table++)
    if (wrong[table] > 0)
      g_ptr_array_add (findings, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s: %u row differs from the ledger",
                                                               "%s: %u rows differ from the ledger", wrong[table]),
                                                  TABLES[table].name, wrong[table]));
  purser_rollup_clear (rollup);
  return TRUE;
}
