/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-price-list-private.h"

#include <string.h>

/* Which entry of a list speaks of a registered model. */

enum { MAX_NAME = 300 }; /* bytes of a name that rules look at */

/* An address says more than a kind: a regional one has its own prices. The kind stands for whatever address is not listed. */
typedef enum { BY_ADDRESS, BY_KIND, N_WAYS } Way;

static gboolean
serves (const PurserPriceListProvider *listed, const PurserProvider *provider, Way way)
{
  if (way == BY_KIND)
    return g_strv_contains ((const char *const *) listed->kinds, provider->kind->id);
  return listed->address != NULL && provider->address != NULL && g_regex_match (listed->address, provider->address, 0, NULL);
}

gboolean
purser_price_list_has_address (const PurserPriceList *list, const PurserProvider *provider)
{
  for (guint i = 0; !list->table && i < list->providers->len; i++)
    if (serves (g_ptr_array_index (list->providers, i), provider, BY_ADDRESS))
      return TRUE;
  return FALSE;
}

static const PurserPriceListModel *
model_in (const PurserPriceListProvider *provider, const char *lowered)
{
  for (guint i = 0; i < provider->models->len; i++)
    {
      const PurserPriceListModel *model = g_ptr_array_index (provider->models, i);
      if (purser_name_match_test (model->match, lowered))
        return model;
    }
  return NULL;
}

static const PurserPriceListProvider *
provider_called (const PurserPriceList *list, const char *id)
{
  for (guint i = 0; i < list->providers->len; i++)
    {
      const PurserPriceListProvider *provider = g_ptr_array_index (list->providers, i);
      if (g_str_equal (provider->id, id))
        return provider;
    }
  return NULL;
}

/* Among the models of those whose lists PROVIDER resells. */
static const PurserPriceListModel *
model_in_fallback (const PurserPriceList *list, const PurserPriceListProvider *provider, const char *lowered, const PurserPriceListProvider **whose)
{
  for (char **id = provider->fallback; *id != NULL; id++)
    {
      *whose = provider_called (list, *id);
      const PurserPriceListModel *model = *whose != NULL ? model_in (*whose, lowered) : NULL;
      if (model != NULL)
        return model;
    }
  return NULL;
}

/* The first entry in the order of the file, then those that a provider falls back on. BORROWED: whose list it is then. */
static const PurserPriceListModel *
find_by (const PurserPriceList *list, const PurserProvider *provider, Way way, const char *lowered, const PurserPriceListProvider **borrowed)
{
  const PurserPriceListModel *model = NULL;
  *borrowed = NULL;
  for (guint i = 0; model == NULL && i < list->providers->len; i++)
    if (serves (g_ptr_array_index (list->providers, i), provider, way))
      model = model_in (g_ptr_array_index (list->providers, i), lowered);
  for (guint i = 0; model == NULL && i < list->providers->len; i++)
    if (serves (g_ptr_array_index (list->providers, i), provider, way))
      model = model_in_fallback (list, g_ptr_array_index (list->providers, i), lowered, borrowed);
  return model;
}

static const PurserPriceListModel *
find_entry (const PurserPriceList *list, const PurserProvider *provider, const char *lowered, const PurserPriceListProvider **borrowed)
{
  const PurserPriceListModel *model = NULL;
  for (Way way = BY_ADDRESS; model == NULL && way < N_WAYS; way++)
    model = find_by (list, provider, way, lowered, borrowed);
  return model;
}

gboolean
purser_price_list_row_names (const char *named, const PurserProvider *provider, const char *model)
{
  g_autofree char *ref = g_strdup_printf ("%s/%s", provider->name, model);
  return g_ascii_strcasecmp (named, ref) == 0 || g_ascii_strcasecmp (named, model) == 0;
}

/* The row that names the provider too is the more exact one. */
static const PurserPriceListModel *
find_row (const PurserPriceList *list, const PurserProvider *provider, const char *model)
{
  const PurserPriceListProvider *all = g_ptr_array_index (list->providers, 0);
  const PurserPriceListModel *found = NULL;
  for (guint i = 0; i < all->models->len; i++)
    {
      const PurserPriceListModel *row = g_ptr_array_index (all->models, i);
      if (purser_price_list_row_names (row->id, provider, model) && (found == NULL || strlen (row->id) > strlen (found->id)))
        found = row;
    }
  return found;
}

static PurserListedPrice *
describe (const PurserPriceListModel *model, const PurserPriceListProvider *borrowed)
{
  PurserListedPrice *listed = g_new0 (PurserListedPrice, 1);
  listed->prices = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_price_free);
  for (guint i = 0; i < model->prices->len; i++)
    {
      PurserPrice *price = purser_price_copy (g_ptr_array_index (model->prices, i));
      if (borrowed != NULL)
        {
          g_autofree char *source = price->source;
          price->source = g_strdup_printf ("%s (%s)", source, borrowed->name);
        }
      g_ptr_array_add (listed->prices, price);
    }
  listed->title = g_strdup (model->title);
  listed->context_tokens = model->context;
  listed->max_output = model->max_output;
  listed->tools = model->tools;
  listed->vision = model->vision;
  listed->reasoning = model->reasoning;
  listed->retires_on = g_strdup (model->retires);
  listed->replacement = g_strdup (model->replacement);
  return listed;
}

/**
 * purser_price_list_find:
 * @provider: whose address, else whose kind says which part of the list counts; practice providers are in none
 * @model: the provider's name for it; upper and lower case are the same
 *
 * Returns: (transfer full) (nullable): what @list says of the model, which may be no price
 */
PurserListedPrice *
purser_price_list_find (const PurserPriceList *list, const PurserProvider *provider, const char *model)
{
  const PurserPriceListProvider *borrowed = NULL;
  const PurserPriceListModel *found = NULL;
  if (provider->practice || provider->kind == NULL || model == NULL)
    return NULL;
  if (list->table)
    found = find_row (list, provider, model);
  else if (strlen (model) <= MAX_NAME && g_utf8_validate (model, -1, NULL))
    {
      g_autofree char *lowered = g_ascii_strdown (model, -1);
      found = find_entry (list, provider, lowered, &borrowed);
    }
  return found != NULL ? describe (found, borrowed) : NULL;
}

/** purser_listed_price_free: */
void
purser_listed_price_free (PurserListedPrice *listed)
{
  if (listed == NULL)
    return;
  g_ptr_array_unref (listed->prices);
  g_free (listed->title);
  g_free (listed->retires_on);
  g_free (listed->replacement);
  g_free (listed);
}

/**
 * purser_listed_price_at:
 *
 * Returns: (transfer none) (nullable): the listed version that holds at @time
 */
const PurserPrice *
purser_listed_price_at (const PurserListedPrice *listed, gint64 time)
{
  const PurserPrice *found = NULL;
  for (guint i = 0; i < listed->prices->len; i++)
    {
      const PurserPrice *price = g_ptr_array_index (listed->prices, i);
      if (price->valid_from <= time)
        found = price;
    }
  return found;
}
