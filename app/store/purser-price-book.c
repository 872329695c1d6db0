/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-price-book.h"

#include "purser-db-private.h"

/* One model's versions, by date, then as entered. */
typedef struct
{
  gint64 provider_id; /* 0 = not known: taken in with the rest */
  GPtrArray *versions; /* (owned) (element-type PurserPriceVersion) */
} Model;

struct _PurserPriceBook
{
  PurserOrg *terms; /* (owned) */
  GHashTable *models; /* (owned) (element-type gint64 Model) */
  GHashTable *paid; /* (owned) (element-type Paid PurserPrice): with contracts applied */
};

/* A version under a contract. */
typedef struct
{
  gint64 price_id, contract_id;
} Paid;

static guint
paid_hash (gconstpointer data)
{
  const Paid *paid = data;
  return g_int64_hash (&paid->price_id) * 31 + g_int64_hash (&paid->contract_id);
}

static gboolean
paid_equal (gconstpointer a, gconstpointer b)
{
  const Paid *x = a, *y = b;
  return x->price_id == y->price_id && x->contract_id == y->contract_id;
}

/**
 * purser_price_version_free:
 * @version: (nullable) (transfer full): a version
 */
void
purser_price_version_free (PurserPriceVersion *version)
{
  if (version == NULL)
    return;
  purser_price_free (version->price);
  g_free (version);
}

static void
model_free (gpointer data)
{
  Model *model = data;
  g_ptr_array_unref (model->versions);
  g_free (model);
}

PurserOrg *
purser_price_book_terms (PurserDb *db, GError **error)
{
  g_autoptr(PurserOrg) terms = purser_org_new ();
  PurserStatement *row = purser_db_query (db, error, "SELECT currency FROM organisation", "");
  if (!purser_statement_step (row, error))
    return purser_statement_failed (row) ? NULL : (purser_db_set_error (error, NULL, db->path, SQLITE_CORRUPT), NULL);
  g_strlcpy (terms->currency, purser_statement_text (row, 0), sizeof terms->currency);
  purser_statement_step (row, NULL);
  if (!purser_price_rows_contracts (db, terms, error) || !purser_price_rows_rates (db, terms, error))
    return NULL;
  return g_steal_pointer (&terms);
}

PurserPriceBook *
purser_price_book_new (PurserOrg *terms)
{
  PurserPriceBook *book = g_new0 (PurserPriceBook, 1);
  book->terms = purser_org_ref (terms);
  book->models = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, model_free);
  book->paid = g_hash_table_new_full (paid_hash, paid_equal, g_free, (GDestroyNotify) purser_price_free);
  return book;
}

void
purser_price_book_free (PurserPriceBook *book)
{
  if (book == NULL)
    return;
  g_hash_table_unref (book->paid);
  g_hash_table_unref (book->models);
  purser_org_unref (book->terms);
  g_free (book);
}

/* --- Taking in --- */

static Model *
model_of (PurserPriceBook *book, gint64 model_id)
{
  Model *model = g_hash_table_lookup (book->models, &model_id);
  if (model != NULL)
    return model;
  model = g_new0 (Model, 1);
  model->versions = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_price_version_free);
  g_hash_table_insert (book->models, g_memdup2 (&model_id, sizeof model_id), model);
  return model;
}

static gboolean
is_admins (const PurserPriceVersion *version)
{
  return g_str_equal (version->price->origin, "admin");
}

typedef struct
{
  PurserPriceBook *book;
  GHashTable *prices; /* (owned) (element-type gint64 PurserPrice): what bands are wanted of, by its own id */
  gint64 since; /* what was over by then need not be kept */
} Taking;

/* Of what holds at SINCE already, the last of each kind is enough. */
static void
drop_earlier (Taking *taking, Model *model, const PurserPriceVersion *version)
{
  for (guint i = model->versions->len; version->price->valid_from <= taking->since && i > 0; i--)
    {
      PurserPriceVersion *earlier = g_ptr_array_index (model->versions, i - 1);
      if (is_admins (earlier) != is_admins (version))
        continue;
      g_hash_table_remove (taking->prices, &earlier->price->id);
      g_ptr_array_remove_index (model->versions, i - 1);
    }
}

static void
take_row (gint64 model_id, PurserPriceVersion *version, gpointer data)
{
  Taking *taking = data;
  Model *model = model_of (taking->book, model_id);
  drop_earlier (taking, model, version);
  g_ptr_array_add (model->versions, version);
  g_hash_table_insert (taking->prices, &version->price->id, version->price);
}

static gboolean
take (PurserPriceBook *book, PurserDb *db, gint64 model_id, gint64 since, GError **error)
{
  g_autoptr(GHashTable) prices = g_hash_table_new (g_int64_hash, g_int64_equal);
  Taking taking = { book, prices, since };
  return purser_price_rows_each (db, model_id, take_row, &taking, error)
         && purser_price_rows_bands (db, model_id, prices, error);
}

gboolean
purser_price_book_take (PurserPriceBook *book, PurserDb *db, gint64 model_id, GError **error)
{
  if (g_hash_table_contains (book->models, &model_id))
    return TRUE;
  PurserStatement *row = purser_db_query (db, error, "SELECT provider_id FROM model WHERE id = ?", "i", model_id);
  gint64 provider_id = purser_statement_step (row, error) ? purser_statement_int (row, 0) : 0;
  if (purser_statement_failed (row))
    return FALSE;
  model_of (book, model_id)->provider_id = provider_id;
  return take (book, db, model_id, G_MININT64, error);
}

gboolean
purser_price_book_take_all (PurserPriceBook *book, PurserDb *db, gint64 since, GError **error)
{
  return take (book, db, 0, since, error);
}

/* --- Asking --- */

const GPtrArray *
purser_price_book_versions (const PurserPriceBook *book, gint64 model_id)
{
  const Model *model = g_hash_table_lookup (book->models, &model_id);
  return model != NULL ? model->versions : NULL;
}

/* The admin's own price unless withdrawn, else any other; of each the one that began last. */
static const PurserPrice *
in_force (const GPtrArray *versions, gint64 time)
{
  const PurserPriceVersion *own = NULL, *other = NULL;
  for (guint i = 0; i < versions->len; i++)
    {
      const PurserPriceVersion *version = g_ptr_array_index (versions, i);
      if (version->price->valid_from > time)
        break;
      if (is_admins (version))
        own = version;
      else
        other = version;
    }
  if (own != NULL && !own->withdrawn)
    return own->price;
  return other != NULL && !other->withdrawn ? other->price : NULL;
}

/* A price that does not fit into 64 bits under its contract prices nothing under it. */
static PurserPrice *
pay (const PurserPrice *price, const PurserContract *contract)
{
  PurserPrice *paid = purser_price_copy (price);
  if (contract == NULL || purser_price_apply_contract (paid, contract, NULL))
    return paid;
  PurserPrice *nothing = purser_price_new ();
  nothing->id = paid->id;
  nothing->valid_from = paid->valid_from;
  g_strlcpy (nothing->currency, paid->currency, sizeof nothing->currency);
  nothing->origin = g_strdup (paid->origin);
  nothing->source = g_strdup (paid->source);
  purser_price_free (paid);
  return nothing;
}

const PurserPrice *
purser_price_book_at (PurserPriceBook *book, gint64 model_id, gint64 time)
{
  const Model *model = g_hash_table_lookup (book->models, &model_id);
  const PurserPrice *price = model != NULL ? in_force (model->versions, time) : NULL;
  if (price == NULL)
    return NULL;
  const PurserContract *contract = purser_org_contract_at (book->terms, model->provider_id, time);
  Paid key = { price->id, contract != NULL ? contract->id : 0 };
  PurserPrice *paid = g_hash_table_lookup (book->paid, &key);
  if (paid == NULL)
    {
      paid = pay (price, contract);
      g_hash_table_insert (book->paid, g_memdup2 (&key, sizeof key), paid);
    }
  return paid;
}

gboolean
purser_price_book_rate (const PurserPriceBook *book, const PurserPrice *price, gint64 time, const PurserRate **rate)
{
  *rate = purser_org_rate_at (book->terms, price->currency, book->terms->currency, time);
  return *rate != NULL || g_str_equal (price->currency, book->terms->currency);
}

/* --- What comes --- */

static void
add_time (GArray *times, gint64 time, gint64 since)
{
  if (time > since)
    g_array_append_val (times, time);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;
  return (x > y) - (x < y);
}

/* When something may change: a price, or the contract. */
static GArray *
turning_points (const PurserPriceBook *book, const GPtrArray *versions, gint64 provider_id, gint64 since)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < versions->len; i++)
    add_time (times, ((const PurserPriceVersion *) g_ptr_array_index (versions, i))->price->valid_from, since);
  for (guint i = 0; i < book->terms->contracts->len; i++)
    {
      const PurserContract *contract = g_ptr_array_index (book->terms->contracts, i);
      if (contract->provider_id != provider_id)
        continue;
      add_time (times, contract->valid_from, since);
      add_time (times, contract->valid_until, since);
    }
  g_array_sort (times, compare_times);
  return times;
}

static PurserPrice *
nothing_from (const PurserPriceBook *book, gint64 time)
{
  PurserPrice *nothing = purser_price_new ();
  nothing->valid_from = time;
  g_strlcpy (nothing->currency, book->terms->currency, sizeof nothing->currency);
  return nothing;
}

GPtrArray *
purser_price_book_timeline (const PurserPriceBook *book, gint64 model_id, gint64 provider_id, gint64 since)
{
  GPtrArray *line = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_price_free);
  const GPtrArray *versions = purser_price_book_versions (book, model_id);
  if (versions == NULL)
    return line;
  g_autoptr(GArray) times = turning_points (book, versions, provider_id, since);
  const PurserPrice *price = in_force (versions, since);
  const PurserContract *contract = purser_org_contract_at (book->terms, provider_id, since);
  if (price != NULL)
    g_ptr_array_add (line, pay (price, contract)); /* keeps the date of the version itself */
  for (guint i = 0; i < times->len; i++)
    {
      gint64 time = g_array_index (times, gint64, i);
      const PurserPrice *next = in_force (versions, time);
      const PurserContract *under = purser_org_contract_at (book->terms, provider_id, time);
      if (next == price && (under == contract || next == NULL))
        {
          contract = under;
          continue;
        }
      PurserPrice *from = next != NULL ? pay (next, under) : nothing_from (book, time);
      from->valid_from = time;
      g_ptr_array_add (line, from);
      price = next;
      contract = under;
    }
  return line;
}
