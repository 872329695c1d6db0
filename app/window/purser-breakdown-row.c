/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-breakdown-row.h"

#include <glib/gi18n-lib.h>
#include "purser-format.h"
#include "purser-shown.h"

struct _PurserBreakdownRow
{
  GObject             parent_instance;

  PurserCosts        *costs;  /* (owned) keeps the series */
  const PurserSeries *series;
};

G_DEFINE_FINAL_TYPE (PurserBreakdownRow, purser_breakdown_row, G_TYPE_OBJECT)

static void
purser_breakdown_row_finalize (GObject *object)
{
  g_clear_object (&PURSER_BREAKDOWN_ROW (object)->costs);
  G_OBJECT_CLASS (purser_breakdown_row_parent_class)->finalize (object);
}

static void
purser_breakdown_row_class_init (PurserBreakdownRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = purser_breakdown_row_finalize;
}

static void
purser_breakdown_row_init (PurserBreakdownRow *self)
{
}

PurserBreakdownRow *
purser_breakdown_row_new (PurserCosts        *costs,
                          const PurserSeries *series)
{
  PurserBreakdownRow *self = g_object_new (PURSER_TYPE_BREAKDOWN_ROW, NULL);

  self->costs = g_object_ref (costs);
  self->series = series;
  return self;
}

PurserCosts *
purser_breakdown_row_get_costs (PurserBreakdownRow *self)
{
  return self->costs;
}

const PurserSeries *
purser_breakdown_row_get_series (PurserBreakdownRow *self)
{
  return self->series;
}

double
purser_breakdown_row_share (PurserBreakdownRow *self)
{
  gint64 whole = purser_costs_total (self->costs);

  return whole > 0
             ? (double) purser_usage_measure (&self->series->total, purser_costs_get_measure (self->costs)) / whole
             : 0;
}

guint
purser_breakdown_row_paint (PurserBreakdownRow *self)
{
  return purser_costs_paint_of (self->costs, self->series);
}

char *
purser_breakdown_row_cost (PurserBreakdownRow *self)
{
  const PurserUsageRow *total = &self->series->total;

  if (total->cost_nano == 0 && total->unpriced_tokens > 0)
    return g_strdup (_("No price"));
  return purser_format_cost (purser_costs_get_org (self->costs), total->cost_nano);
}

char *
purser_breakdown_row_tokens (PurserBreakdownRow *self)
{
  return purser_format_tokens (purser_usage_tokens (&self->series->total));
}

char *
purser_breakdown_row_calls (PurserBreakdownRow *self)
{
  return purser_format_count (self->series->total.calls);
}

char *
purser_breakdown_row_per_call (PurserBreakdownRow *self)
{
  const PurserUsageRow *total = &self->series->total;

  if (total->calls <= 0 || total->unpriced_tokens > 0)
    return g_strdup ("–");
  return purser_format_cost (purser_costs_get_org (self->costs), total->cost_nano / total->calls);
}

/**
 * purser_breakdown_row_detail:
 * @self: a row
 *
 * Returns: (transfer full) (nullable): the agents counted with a person, and what no amount tells
 */
char *
purser_breakdown_row_detail (PurserBreakdownRow *self)
{
  g_autofree char *tokens = NULL;

  if (self->series->total.unpriced_tokens <= 0)
    return g_strdup (self->series->detail);
  tokens = purser_format_tokens (self->series->total.unpriced_tokens);
  if (self->series->detail != NULL)
    return g_strdup_printf (_("%s; %s tokens without a price"), self->series->detail, tokens);
  return g_strdup_printf (_("%s tokens without a price"), tokens);
}
