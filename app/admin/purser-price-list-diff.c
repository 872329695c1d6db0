/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-price-list-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What importing a list would change. Nothing is written here. */

/** purser_price_change_free: */
void
purser_price_change_free (PurserPriceChange *change)
{
  if (change == NULL)
    return;
  g_free (change->ref);
  purser_price_free (change->before);
  purser_price_free (change->after);
  g_free (change);
}

static gboolean
is_own (const PurserPrice *price)
{
  return price != NULL && g_strcmp0 (price->origin, "admin") == 0;
}

gboolean
purser_price_is_stored (GPtrArray *history, const PurserPrice *price)
{
  const PurserPriceVersion *last = NULL;
  for (guint i = 0; i < history->len; i++)
    {
      const PurserPriceVersion *version = g_ptr_array_index (history, i);
      if (version->price->valid_from == price->valid_from && is_own (version->price) == is_own (price) &&
          (last == NULL || version->price->id > last->price->id))
        last = version;
    }
  return last != NULL && !last->withdrawn && purser_price_same (last->price, price);
}

typedef struct
{
  PurserDb            *db;
  const PurserOrg     *org;
  const PurserModel   *model;
  const char          *ref;
  gint64               now;
  GPtrArray           *history; /* (element-type PurserPriceVersion) */
  GPtrArray           *changes; /* (element-type PurserPriceChange) */
} Diff;

/* What counts now or, later, from its own day on. */
static gboolean
is_overruled (Diff *diff, const PurserPrice *after, gboolean *overruled, GError **error)
{
  g_autoptr (GError) why = NULL;
  *overruled = FALSE;
  if (is_own (after))
    return TRUE;
  g_autoptr (PurserPrice) counts = purser_prices_at (diff->db, diff->model->id, MAX (after->valid_from, diff->now), &why);
  *overruled = is_own (counts);
  return why == NULL || (g_propagate_error (error, g_steal_pointer (&why)), FALSE);
}

static gboolean
had_price (const Diff *diff)
{
  for (guint i = 0; i < diff->history->len; i++)
    if (!((const PurserPriceVersion *) g_ptr_array_index (diff->history, i))->withdrawn)
      return TRUE;
  return FALSE;
}

static gboolean
add_change (Diff *diff, const PurserPrice *after, GError **error)
{
  g_autoptr (GError) why = NULL;
  PurserPriceChange *change = g_new0 (PurserPriceChange, 1);
  g_ptr_array_add (diff->changes, change);
  change->model_id = diff->model->id;
  change->ref = g_strdup (diff->ref);
  change->after = purser_price_copy (after);
  change->past = after->valid_from < diff->now;
  change->type = after->valid_from > diff->now ? PURSER_PRICE_CHANGE_FUTURE : had_price (diff) ? PURSER_PRICE_CHANGE_OTHER : PURSER_PRICE_CHANGE_NEW;
  change->before = purser_prices_at (diff->db, diff->model->id, after->valid_from, &why);
  if (why != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  return is_overruled (diff, after, &change->overruled, error);
}

/* A row without a day counts from now on, unless that is what counts already; one without a currency is in the organisation's. */
static gboolean
complete_row (Diff *diff, PurserPrice *price, gboolean *skip, GError **error)
{
  g_autoptr (GError) why = NULL;
  if (*price->currency == '\0')
    g_strlcpy (price->currency, diff->org->currency, sizeof price->currency);
  if (price->valid_from != PURSER_FROM_IMPORT)
    return TRUE;
  price->valid_from = diff->now;
  g_autoptr (PurserPrice) counts = purser_prices_at (diff->db, diff->model->id, diff->now, &why);
  *skip = is_own (counts) && purser_price_same (counts, price);
  return why == NULL || (g_propagate_error (error, g_steal_pointer (&why)), FALSE);
}

static gboolean
add_listed (Diff *diff, PurserListedPrice *listed, GError **error)
{
  for (guint i = 0; i < listed->prices->len; i++)
    {
      PurserPrice *price = g_ptr_array_index (listed->prices, i);
      gboolean skip = FALSE;
      if (!complete_row (diff, price, &skip, error))
        return FALSE;
      if (!skip && !purser_price_is_stored (diff->history, price) && !add_change (diff, price, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_day (const PurserListedPrice *listed, gint64 day)
{
  for (guint i = 0; i < listed->prices->len; i++)
    if (((const PurserPrice *) g_ptr_array_index (listed->prices, i))->valid_from == day)
      return TRUE;
  return FALSE;
}

/* An announced rise that was called off is gone from the list: what is stored would still come into force, so that day gets the
 * price the list now has for it. */
static gboolean
add_taken_back (Diff *diff, const PurserListedPrice *listed, GError **error)
{
  for (guint i = 0; i < diff->history->len; i++)
    {
      const PurserPrice *stored = ((const PurserPriceVersion *) g_ptr_array_index (diff->history, i))->price;
      const PurserPrice *now = purser_listed_price_at (listed, stored->valid_from);
      if (g_strcmp0 (stored->origin, "catalogue") != 0 || now == NULL || has_day (listed, stored->valid_from))
        continue;
      g_autoptr (PurserPrice) back = purser_price_copy (now);
      back->valid_from = stored->valid_from;
      gboolean known = purser_price_is_stored (diff->history, back);
      for (guint c = 0; c < diff->changes->len && !known; c++)
        {
          const PurserPriceChange *change = g_ptr_array_index (diff->changes, c);
          known = change->model_id == diff->model->id && change->after->valid_from == back->valid_from;
        }
      if (!known && !add_change (diff, back, error))
        return FALSE;
    }
  return TRUE;
}

static void
take_earlier (gint64 *until, gint64 from, gint64 other)
{
  if (other > from && (*until == 0 || other < *until))
    *until = other;
}

/* When another version of the same side takes over: of those stored and those that come along. */
static void
set_until (Diff *diff, guint first)
{
  for (guint i = first; i < diff->changes->len; i++)
    {
      PurserPriceChange *change = g_ptr_array_index (diff->changes, i);
      for (guint n = 0; n < diff->history->len; n++)
        {
          const PurserPrice *stored = ((const PurserPriceVersion *) g_ptr_array_index (diff->history, n))->price;
          if (is_own (stored) == is_own (change->after))
            take_earlier (&change->until, change->after->valid_from, stored->valid_from);
        }
      for (guint n = first; n < diff->changes->len; n++)
        take_earlier (&change->until, change->after->valid_from, ((const PurserPriceChange *) g_ptr_array_index (diff->changes, n))->after->valid_from);
    }
}

static gboolean
diff_model (Diff *diff, const PurserPriceList *list, const PurserProvider *provider, GError **error)
{
  g_autoptr (PurserListedPrice) listed = purser_price_list_find (list, provider, diff->model->name);
  if (listed == NULL || listed->prices->len == 0)
    return TRUE;
  g_autoptr (GPtrArray) history = purser_prices_history (diff->db, diff->model->id, error);
  guint first = diff->changes->len;
  diff->history = history;
  if (history == NULL || !add_listed (diff, listed, error) || (!list->table && !add_taken_back (diff, listed, error)))
    return FALSE;
  set_until (diff, first);
  return TRUE;
}

static int
by_model_and_date (gconstpointer a, gconstpointer b)
{
  const PurserPriceChange *x = *(PurserPriceChange *const *) a, *y = *(PurserPriceChange *const *) b;
  int order = g_utf8_collate (x->ref, y->ref);
  return order != 0 ? order : (x->after->valid_from > y->after->valid_from) - (x->after->valid_from < y->after->valid_from);
}

/**
 * purser_price_list_diff:
 * @org: whose registered models are looked at
 * @db: a connection inside a job
 *
 * Returns: (transfer full) (nullable) (element-type PurserPriceChange): what importing @list would change, by model and date
 */
GPtrArray *
purser_price_list_diff (const PurserPriceList *list, const PurserOrg *org, PurserDb *db, GError **error)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_price_change_free);
  Diff diff = { .db = db, .org = org, .now = purser_db_now (db), .changes = changes };
  for (guint i = 0; i < org->models->len; i++)
    {
      diff.model = g_ptr_array_index (org->models, i);
      const PurserProvider *provider = purser_org_provider (org, diff.model->provider_id);
      if (provider == NULL)
        continue;
      g_autofree char *ref = purser_org_model_ref_of (org, diff.model);
      diff.ref = ref;
      if (!diff_model (&diff, list, provider, error))
        return NULL;
    }
  g_ptr_array_sort (changes, by_model_and_date);
  return g_steal_pointer (&changes);
}

static gboolean
names_any (const char *named, const PurserOrg *org)
{
  for (guint i = 0; i < org->models->len; i++)
    {
      const PurserModel *model = g_ptr_array_index (org->models, i);
      const PurserProvider *provider = purser_org_provider (org, model->provider_id);
      if (provider != NULL && !provider->practice && purser_price_list_row_names (named, provider, model->name))
        return TRUE;
    }
  return FALSE;
}

/**
 * purser_price_list_unused:
 *
 * Returns: (transfer full) (element-type utf8): the rows of a table that name no registered model, as "row 4: Acme/model"
 */
GPtrArray *
purser_price_list_unused (const PurserPriceList *list, const PurserOrg *org)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_free);
  const PurserPriceListProvider *all = list->table ? g_ptr_array_index (list->providers, 0) : NULL;
  for (guint i = 0; all != NULL && i < all->models->len; i++)
    {
      const PurserPriceListModel *model = g_ptr_array_index (all->models, i);
      if (!names_any (model->id, org))
        g_ptr_array_add (rows, g_strdup_printf (_("row %u: %s"), model->row, model->id));
    }
  return rows;
}
