/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-db-private.h"

/* Usage of a period, from the small roll-ups: SQL sums by day and id, and what the id counts for is decided here. */

#define SUMS                                                                                                      \
  "SUM (calls), SUM (failed_calls), SUM (fallback_calls), SUM (input_uncached), SUM (cache_read), SUM "           \
  "(cache_write_5m), SUM (cache_write_1h), "                                                                      \
  "SUM (cache_write_other), SUM (output_visible), SUM (output_reasoning), SUM (cost_nano), SUM (list_nano), SUM " \
  "(unpriced_tokens), SUM (unpriced_calls), "                                                                     \
  "SUM (estimated_calls)"
/* Two texts a table: rows by day and id, or by id alone. */
#define BY_DAY(table, id)                                                                                            \
  "SELECT day, " id ", " SUMS " FROM " table " WHERE day BETWEEN ? AND ? AND test BETWEEN ? AND ? GROUP BY day, " id \
  " ORDER BY day, " id
#define BY_ID(table, id)                                                                                      \
  "SELECT 0, " id ", " SUMS " FROM " table " WHERE day BETWEEN ? AND ? AND test BETWEEN ? AND ? GROUP BY " id \
  " ORDER BY " id
#define BOTH(table, id)                   \
  {                                       \
    BY_ID (table, id), BY_DAY (table, id) \
  }

static const char *const PRINCIPALS[2] = BOTH ("usage_day_principal", "principal_id");
static const char *const WORKLOADS[2] = BOTH ("usage_day_workload", "workload_id");
static const char *const MODELS[2] = BOTH ("usage_day_model", "model_id");

typedef struct
{
  gint64 principal_id;
  gint32 day;
  gint64 team_id;
} Membership;

typedef struct
{
  PurserSplit split;
  GHashTable *keys; /* (owned) (nullable) (element-type gint64 gint64): id → what it counts for; absent = 0 */
  GArray *memberships; /* (owned) (nullable) (element-type Membership) by principal, then day */
} Mapping;

static void
mapping_clear (Mapping *mapping)
{
  g_clear_pointer (&mapping->keys, g_hash_table_unref);
  g_clear_pointer (&mapping->memberships, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Mapping, mapping_clear)

static gboolean
load_keys (PurserDb *db, Mapping *mapping, PurserStatement *row, GError **error)
{
  mapping->keys = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  while (purser_statement_step (row, error))
    {
      gint64 id = purser_statement_int (row, 0), key = purser_statement_int (row, 1);
      g_hash_table_insert (mapping->keys, g_memdup2 (&id, sizeof id), g_memdup2 (&key, sizeof key));
    }
  return !purser_statement_failed (row);
}

static gboolean
load_memberships (PurserDb *db, Mapping *mapping, GError **error)
{
  const PurserHead *head = purser_db_head (db, error);
  if (head == NULL)
    return FALSE;
  mapping->memberships = g_array_new (FALSE, FALSE, sizeof (Membership));
  PurserStatement *row =
      purser_db_query (db, error, "SELECT principal_id, since, team_id FROM membership ORDER BY principal_id, since",
                       "");
  while (purser_statement_step (row, error))
    {
      gint64 since = purser_statement_int (row, 1);
      Membership one = { purser_statement_int (row, 0), since == 0 ? G_MININT32 : purser_day_in (head->zone, since),
                         purser_statement_int (row, 2) };
      g_array_append_val (mapping->memberships, one);
    }
  return !purser_statement_failed (row);
}

static gboolean
load_mapping (PurserDb *db, PurserSplit split, Mapping *mapping, GError **error)
{
  mapping->split = split;
  switch (split)
    {
    case PURSER_BY_PERSON:
      return load_keys (db, mapping,
                        purser_db_query (db, error,
                                         "SELECT id, CASE WHEN agent = 0 THEN id ELSE COALESCE (owner_id, -1) END FROM "
                                         "principal",
                                         ""),
                        error);
    case PURSER_BY_AGENT:
      return load_keys (db, mapping,
                        purser_db_query (db, error, "SELECT id, CASE WHEN agent = 1 THEN id ELSE -2 END FROM principal",
                                         ""),
                        error);
    case PURSER_BY_PROVIDER:
      return load_keys (db, mapping, purser_db_query (db, error, "SELECT id, provider_id FROM model", ""), error);
    case PURSER_BY_TEAM:
      return load_memberships (db, mapping, error);
    case PURSER_BY_PRINCIPAL:
    case PURSER_BY_WORKLOAD:
    case PURSER_BY_MODEL:
    case PURSER_BY_NOTHING:
      return TRUE;
    }
  g_assert_not_reached ();
}

/* The membership in force at the end of DAY. */
static gint64
team_on (const GArray *memberships, gint64 principal_id, gint32 day)
{
  guint low = 0, high = memberships->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const Membership *m = &g_array_index (memberships, Membership, middle);
      if (m->principal_id < principal_id || (m->principal_id == principal_id && m->day <= day))
        low = middle + 1;
      else
        high = middle;
    }
  const Membership *last = low > 0 ? &g_array_index (memberships, Membership, low - 1) : NULL;
  return last != NULL && last->principal_id == principal_id ? last->team_id : 0;
}

static gint64
key_of (const Mapping *mapping, gint64 id, gint32 day)
{
  if (mapping->split == PURSER_BY_NOTHING)
    return 0;
  if (mapping->memberships != NULL)
    return team_on (mapping->memberships, id, day);
  if (mapping->keys == NULL)
    return id;
  const gint64 *key = g_hash_table_lookup (mapping->keys, &id);
  return key != NULL ? *key : 0;
}

static const char *
sql_of (PurserSplit split, gboolean by_day)
{
  switch (split)
    {
    case PURSER_BY_PRINCIPAL:
    case PURSER_BY_PERSON:
    case PURSER_BY_AGENT:
      return PRINCIPALS[by_day];
    case PURSER_BY_TEAM:
      return PRINCIPALS[1]; /* a team's members depend on the day */
    case PURSER_BY_MODEL:
    case PURSER_BY_PROVIDER:
      return MODELS[by_day];
    case PURSER_BY_WORKLOAD:
    case PURSER_BY_NOTHING:
      return WORKLOADS[by_day];
    }
  g_assert_not_reached ();
}

static gboolean
add (gint64 *to, gint64 value, GError **error)
{
  if (!__builtin_add_overflow (*to, value, to))
    return TRUE;
  g_set_error_literal (error, PURSER_ORG_ERROR, PURSER_ORG_ERROR_OVERFLOW,
                       _("The total is too large to be shown. Choose a shorter period."));
  return FALSE;
}

static gboolean
add_counts (PurserStatement *row, PurserUsageRow *to, GError **error)
{
  gint64 *const fields[PURSER_N_COUNTS] = {
    [PURSER_COUNT_CALLS] = &to->calls,
    [PURSER_COUNT_FAILED] = &to->failed_calls,
    [PURSER_COUNT_FALLBACK] = &to->fallback_calls,
    [PURSER_COUNT_COST] = &to->cost_nano,
    [PURSER_COUNT_LIST] = &to->list_nano,
    [PURSER_COUNT_UNPRICED_TOKENS] = &to->unpriced_tokens,
    [PURSER_COUNT_UNPRICED_CALLS] = &to->unpriced_calls,
    [PURSER_COUNT_ESTIMATED_CALLS] = &to->estimated_calls,
  };
  for (guint i = 0; i < PURSER_N_COUNTS; i++)
    if (!add (fields[i] != NULL ? fields[i] : &to->tokens[i - PURSER_COUNT_TOKENS], purser_statement_int (row, 2 + i),
              error))
      return FALSE;
  return TRUE;
}

static guint
place_hash (gconstpointer data)
{
  const PurserUsageRow *row = data;
  return (guint) row->key * 2654435761u + (guint) row->day;
}

static gboolean
place_equal (gconstpointer a, gconstpointer b)
{
  const PurserUsageRow *x = a, *y = b;
  return x->key == y->key && x->day == y->day;
}

static int
compare_place (gconstpointer a, gconstpointer b)
{
  const PurserUsageRow *x = a, *y = b;
  return x->day != y->day ? (x->day > y->day) - (x->day < y->day) : (x->key > y->key) - (x->key < y->key);
}

static GArray *
sorted (GHashTable *rows)
{
  GArray *result = g_array_sized_new (FALSE, FALSE, sizeof (PurserUsageRow), g_hash_table_size (rows));
  GHashTableIter iter;
  gpointer row;
  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    g_array_append_vals (result, row, 1);
  g_array_sort (result, compare_place);
  return result;
}

/**
 * purser_ledger_usage:
 * @db: a connection inside a job
 * @split: by what
 * @per_day: a row for each day, else one for the whole period
 * @first_day: first day in the reporting zone
 * @last_day: last day, included
 * @work: count work and trying out
 * @tests: count tests and checks
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type PurserUsageRow): rows by day, then key; those without any call are absent
 */
GArray *
purser_ledger_usage (PurserDb *db,
                     PurserSplit split,
                     gboolean per_day,
                     gint32 first_day,
                     gint32 last_day,
                     gboolean work,
                     gboolean tests,
                     GError **error)
{
  g_auto(Mapping) mapping = { 0 };
  g_autoptr(GHashTable) rows = g_hash_table_new_full (place_hash, place_equal, g_free, NULL);
  PurserStatement *from;

  if (!work && !tests)
    return g_array_new (FALSE, FALSE, sizeof (PurserUsageRow));
  if (!purser_rollup_flush (db->rollup, db, error) || !load_mapping (db, split, &mapping, error))
    return NULL;
  from = purser_db_query (db, error, sql_of (split, per_day), "iibb", (gint64) first_day, (gint64) last_day,
                          work ? 0 : 1, tests ? 1 : 0);
  while (purser_statement_step (from, error))
    {
      gint32 day = (gint32) purser_statement_int (from, 0);
      PurserUsageRow place = { .day = per_day ? day : 0,
                               .key = key_of (&mapping, purser_statement_int (from, 1), day) };
      PurserUsageRow *row = g_hash_table_lookup (rows, &place);
      if (row == NULL)
        {
          row = g_memdup2 (&place, sizeof place);
          g_hash_table_add (rows, row);
        }
      if (!add_counts (from, row, error))
        return NULL;
    }
  return purser_statement_failed (from) ? NULL : sorted (rows);
}
