/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-price-row.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include "purser-format.h"

struct _PurserPriceRow
{
  GObject            parent_instance;

  PurserOrg         *org;      /* (owned) keeps the model */
  const PurserModel *model;
  const PurserPrice *price;    /* (nullable) of the model */
  gint64             unpriced; /* tokens */
  gboolean           in_use;   /* a workload has it, or calls were made that are not priced */
  char              *folded;   /* (owned): what a search looks at */
};

G_DEFINE_FINAL_TYPE (PurserPriceRow, purser_price_row, G_TYPE_OBJECT)

static void
purser_price_row_finalize (GObject *object)
{
  PurserPriceRow *self = PURSER_PRICE_ROW (object);

  g_free (self->folded);
  g_clear_pointer (&self->org, purser_org_unref);
  G_OBJECT_CLASS (purser_price_row_parent_class)->finalize (object);
}

static void
purser_price_row_class_init (PurserPriceRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = purser_price_row_finalize;
}

static void
purser_price_row_init (PurserPriceRow *self)
{
}

static gboolean
is_assigned (const PurserOrg *org,
             gint64           model_id)
{
  for (guint i = 0; i < org->workloads->len; i++)
    {
      const PurserWorkload *workload = g_ptr_array_index (org->workloads, i);

      for (guint m = 0; m < workload->n_models; m++)
        if (workload->models[m] == model_id)
          return TRUE;
    }
  return FALSE;
}

static const char *
provider_name (PurserPriceRow *self)
{
  const PurserProvider *provider = purser_org_provider (self->org, self->model->provider_id);

  return provider != NULL ? provider->name : "";
}

PurserPriceRow *
purser_price_row_new (PurserOrg         *org,
                      const PurserModel *model,
                      gint64             unpriced_tokens)
{
  PurserPriceRow *self = g_object_new (PURSER_TYPE_PRICE_ROW, NULL);
  g_autofree char *all = NULL;

  self->org = purser_org_ref (org);
  self->model = model;
  self->price = purser_price_now (org, model);
  self->unpriced = unpriced_tokens;
  self->in_use = unpriced_tokens > 0 || is_assigned (org, model->id);
  all = g_strdup_printf ("%s %s %s", model->name, purser_model_title (model), provider_name (self));
  self->folded = g_utf8_casefold (all, -1);
  return self;
}

const PurserModel *
purser_price_row_get_model (PurserPriceRow *self)
{
  return self->model;
}

PurserPriceState
purser_price_row_get_state (PurserPriceRow *self)
{
  return purser_price_state (self->org, self->model);
}

char *
purser_price_row_about (PurserPriceRow *self)
{
  g_autofree char *tokens = NULL;

  if (self->unpriced <= 0)
    return g_strdup (provider_name (self));
  tokens = purser_format_tokens (self->unpriced);
  /* Translators: a provider, then a number of tokens. */
  return g_strdup_printf (_("%s, %s tokens without a price"), provider_name (self), tokens);
}

char *
purser_price_row_state (PurserPriceRow *self)
{
  return purser_price_from (self->org, self->model);
}

char *
purser_price_row_from (PurserPriceRow *self)
{
  g_autofree char *from = purser_price_row_state (self);
  g_autofree char *summary = NULL;

  if (self->price == NULL || self->price->hour_nano <= 0)
    return g_steal_pointer (&from);
  summary = purser_price_summary (self->price); /* no column is for hours */
  return g_strdup_printf ("%s, %s", summary, from);
}

char *
purser_price_row_summary (PurserPriceRow *self)
{
  return purser_price_summary (self->price);
}

gint64
purser_price_row_pico (PurserPriceRow *self,
                       guint           priced)
{
  return self->price != NULL ? self->price->list_pico[priced] : -1;
}

char *
purser_price_row_figure (PurserPriceRow *self,
                         guint           priced)
{
  gint64 pico = purser_price_row_pico (self, priced);

  if (pico < 0 || (pico == 0 && self->price->hour_nano > 0))
    return g_strdup ("–");
  return purser_price_figure (pico, priced, self->price->currency);
}

gboolean
purser_price_row_matches (PurserPriceRow *self,
                          const char     *folded,
                          gboolean        unpriced)
{
  return (folded == NULL || strstr (self->folded, folded) != NULL)
         && (!unpriced || self->unpriced > 0 || purser_price_row_get_state (self).trouble);
}

int
purser_price_row_compare (gconstpointer a,
                          gconstpointer b,
                          gpointer      unused)
{
  PurserPriceRow *one = (gpointer) a, *other = (gpointer) b;
  gboolean trouble = one->unpriced > 0, trouble_other = other->unpriced > 0;
  int order;

  if (trouble != trouble_other)
    return trouble ? -1 : 1;
  if (one->in_use != other->in_use)
    return one->in_use ? -1 : 1;
  order = g_utf8_collate (provider_name (one), provider_name (other));
  return order != 0 ? order : g_utf8_collate (purser_model_title (one->model), purser_model_title (other->model));
}
