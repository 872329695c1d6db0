/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-provider-model.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-format.h"
#include "purser-price-words.h"

struct _PurserProviderModel
{
  GObject   parent_instance;

  gint64    id;
  char     *name;                        /* (owned) */
  char     *folded;                      /* (owned): name and title, folded for the search */
  char     *cells[PURSER_N_MODEL_CELLS]; /* (owned) */
  gboolean  in_use;                      /* a workload has it */
  gboolean  priced;
};

G_DEFINE_FINAL_TYPE (PurserProviderModel, purser_provider_model, G_TYPE_OBJECT)

static void
purser_provider_model_finalize (GObject *object)
{
  PurserProviderModel *self = PURSER_PROVIDER_MODEL (object);

  for (guint i = 0; i < PURSER_N_MODEL_CELLS; i++)
    g_free (self->cells[i]);
  g_free (self->folded);
  g_free (self->name);
  G_OBJECT_CLASS (purser_provider_model_parent_class)->finalize (object);
}

static void
purser_provider_model_class_init (PurserProviderModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = purser_provider_model_finalize;
}

static void
purser_provider_model_init (PurserProviderModel *self)
{
}

static gboolean
is_in_use (const PurserOrg *org,
           gint64           id)
{
  for (guint i = 0; i < org->workloads->len; i++)
    {
      const PurserWorkload *workload = org->workloads->pdata[i];

      for (guint j = 0; j < workload->n_models; j++)
        if (workload->models[j] == id)
          return TRUE;
    }
  return FALSE;
}

/* Where the price comes from and since when: "Price list, 1 November". */
static char *
format_source (const PurserOrg   *org,
               const PurserModel *model)
{
  return model->listed ? purser_price_from (org, model) : g_strdup (_("no longer listed"));
}

static char *
format_figure (const PurserPrice *price,
               guint              priced)
{
  return price != NULL && !(price->hour_nano > 0 && price->list_pico[priced] == 0) ? purser_price_figure (price->list_pico[priced], priced, price->currency) : g_strdup ("–");
}

/**
 * purser_provider_model_new:
 * @org: the snapshot that @model belongs to
 * @model: a model
 *
 * Returns: (transfer full): its row
 */
PurserProviderModel *
purser_provider_model_new (const PurserOrg   *org,
                           const PurserModel *model)
{
  PurserProviderModel *self = g_object_new (PURSER_TYPE_PROVIDER_MODEL, NULL);
  const PurserPrice *price = purser_price_now (org, model);
  g_autofree char *both = g_strdup_printf ("%s %s", model->name, purser_model_title (model));

  self->id = model->id;
  self->name = g_strdup (model->name);
  self->folded = g_utf8_casefold (both, -1);
  self->in_use = is_in_use (org, model->id);
  self->priced = price != NULL;
  self->cells[PURSER_MODEL_CELL_NAME] = g_strdup (purser_model_title (model));
  self->cells[PURSER_MODEL_CELL_CONTEXT] = purser_format_count (model->context_tokens);
  self->cells[PURSER_MODEL_CELL_IN] = format_figure (price, PURSER_TOKENS_INPUT_UNCACHED);
  self->cells[PURSER_MODEL_CELL_OUT] = format_figure (price, PURSER_TOKENS_OUTPUT_VISIBLE);
  self->cells[PURSER_MODEL_CELL_FROM] = format_source (org, model);
  self->cells[PURSER_MODEL_CELL_SUMMARY] = purser_price_summary (price);
  return self;
}

gint64
purser_provider_model_get_id (PurserProviderModel *self)
{
  return self->id;
}

const char *
purser_provider_model_get_name (PurserProviderModel *self)
{
  return self->name;
}

const char *
purser_provider_model_get_cell (PurserProviderModel *self,
                                PurserModelCell      cell)
{
  return self->cells[cell];
}

/**
 * purser_provider_model_say:
 * @self: a row
 *
 * Returns: (transfer full): the whole row in words, for a screen reader
 */
char *
purser_provider_model_say (PurserProviderModel *self)
{
  /* Translators: a model's row read aloud: name, context, price in, price out, source of the price. */
  return g_strdup_printf (_("%s, context %s, in %s, out %s, %s"), self->cells[PURSER_MODEL_CELL_NAME],
                          self->cells[PURSER_MODEL_CELL_CONTEXT], self->cells[PURSER_MODEL_CELL_IN],
                          self->cells[PURSER_MODEL_CELL_OUT], self->cells[PURSER_MODEL_CELL_FROM]);
}

gboolean
purser_provider_model_matches (PurserProviderModel *self,
                               const char          *folded_words)
{
  return strstr (self->folded, folded_words) != NULL;
}

int
purser_provider_model_compare (gconstpointer a,
                               gconstpointer b,
                               gpointer      unused)
{
  const PurserProviderModel *one = a;
  const PurserProviderModel *two = b;

  if (one->in_use != two->in_use)
    return one->in_use ? -1 : 1;
  if (one->priced != two->priced)
    return one->priced ? -1 : 1;
  return g_utf8_collate (one->cells[PURSER_MODEL_CELL_NAME], two->cells[PURSER_MODEL_CELL_NAME]);
}
