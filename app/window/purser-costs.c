/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-costs.h"

#include <glib/gi18n-lib.h>
#include "purser-format.h"
#include "purser-period.h"
#include "purser-shown.h"

typedef struct
{
  const PurserSeries *series; /* (nullable): the others together */
  char               *name;   /* (owned) */
  guint               paint;
  gint64              total;
  gint64             *values; /* (owned) (array length=n_buckets) */
} Shown;

struct _PurserCosts
{
  GObject           parent_instance;

  PurserAnswer     *answer;   /* (owned) */
  PurserOrg        *org;      /* (owned) */
  PurserMeasure     measure;
  PurserBucketUnit  unit;
  gint32            today;
  GArray           *buckets;  /* (element-type PurserBucket) */
  GPtrArray        *shown;    /* (element-type Shown) */
  gint64           *sums;     /* (owned) (array length=n_buckets) */
  gint64            max, total;
};

G_DEFINE_FINAL_TYPE (PurserCosts, purser_costs, G_TYPE_OBJECT)

static void
shown_free (Shown *shown)
{
  g_free (shown->name);
  g_free (shown->values);
  g_free (shown);
}

/* All tokens of a row that is known; unknown kinds count as none in a sum. */
gint64
purser_usage_tokens (const PurserUsageRow *row)
{
  gint64 sum = 0;

  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    sum += MAX (row->tokens[i], 0);
  return sum;
}

gint64
purser_usage_measure (const PurserUsageRow *row,
                      PurserMeasure         measure)
{
  return measure == PURSER_MEASURE_MONEY ? row->cost_nano : purser_usage_tokens (row);
}

/* The finest unit whose marks, with SERIES in each bucket, stay few enough for widgets. */
static PurserBucketUnit
choose_unit (guint days,
             guint series)
{
  if (days * series <= PURSER_COSTS_MAX_MARKS)
    return PURSER_BUCKET_DAY;
  if (days / 7 * series <= PURSER_COSTS_MAX_MARKS)
    return PURSER_BUCKET_WEEK;
  if (days / 30 * series <= PURSER_COSTS_MAX_MARKS)
    return PURSER_BUCKET_MONTH;
  return PURSER_BUCKET_YEAR;
}

static void
make_buckets (PurserCosts *self)
{
  gint32 last = self->answer->question.last_day;

  for (gint32 day = self->answer->question.first_day; day <= last;)
    {
      PurserBucket bucket = { day, MIN (purser_period_unit_end (self->unit, day), last) };

      g_array_append_val (self->buckets, bucket);
      day = bucket.last + 1;
    }
  self->sums = g_new0 (gint64, MAX (self->buckets->len, 1));
}

static void
add_days (PurserCosts        *self,
          Shown              *shown,
          const PurserSeries *series)
{
  gint32 first = self->answer->question.first_day;
  guint bucket = 0;

  for (guint i = 0; i < self->answer->n_days; i++)
    {
      gint64 value = purser_usage_measure (&series->days[i], self->measure);

      while (g_array_index (self->buckets, PurserBucket, bucket).last < first + (gint32) i)
        bucket++;
      shown->values[bucket] += value;
      self->sums[bucket] += value;
      shown->total += value;
    }
  self->max = 0;
  for (guint i = 0; i < self->buckets->len; i++)
    self->max = MAX (self->max, self->sums[i]);
}

static Shown *
add_shown (PurserCosts        *self,
           const PurserSeries *series,
           guint               paint)
{
  Shown *shown = g_new0 (Shown, 1);

  shown->series = series;
  shown->name = g_strdup (series != NULL ? series->name : NULL);
  shown->paint = paint;
  shown->values = g_new0 (gint64, MAX (self->buckets->len, 1));
  g_ptr_array_add (self->shown, shown);
  return shown;
}

static int
compare_by_tokens (gconstpointer a,
                   gconstpointer b)
{
  const PurserSeries *one = *(const PurserSeries *const *) a;
  const PurserSeries *other = *(const PurserSeries *const *) b;
  gint64 tokens_one = purser_usage_tokens (&one->total);
  gint64 tokens_other = purser_usage_tokens (&other->total);

  return tokens_one < tokens_other ? 1 : tokens_one > tokens_other ? -1 : 0;
}

/* What the measure counts, most first (the answer itself is sorted by money). */
static GPtrArray *
ranked_series (PurserCosts *self)
{
  GPtrArray *ranked = g_ptr_array_new ();

  for (guint i = 0; i < self->answer->series->len; i++)
    {
      const PurserSeries *series = g_ptr_array_index (self->answer->series, i);

      if (purser_usage_measure (&series->total, self->measure) != 0)
        g_ptr_array_add (ranked, (gpointer) series);
    }
  if (self->measure == PURSER_MEASURE_TOKENS)
    g_ptr_array_sort (ranked, compare_by_tokens);
  return ranked;
}

static void
make_series (PurserCosts *self,
             GPtrArray   *ranked)
{
  Shown *others = NULL;
  guint left = ranked->len > PURSER_PALETTE_SIZE ? ranked->len - PURSER_PALETTE_SERIES : 0;

  for (guint i = 0; i < ranked->len; i++)
    if (i < PURSER_PALETTE_SERIES || left == 0)
      add_days (self, add_shown (self, g_ptr_array_index (ranked, i), i), g_ptr_array_index (ranked, i));
    else
      {
        if (others == NULL)
          {
            others = add_shown (self, NULL, PURSER_PALETTE_OTHER);
            others->name = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u other", "%u others", left), left);
          }
        add_days (self, others, g_ptr_array_index (ranked, i));
      }
  for (guint i = 0; i < self->shown->len; i++)
    self->total += ((Shown *) g_ptr_array_index (self->shown, i))->total;
}

static void
purser_costs_finalize (GObject *object)
{
  PurserCosts *self = PURSER_COSTS (object);

  g_ptr_array_unref (self->shown);
  g_array_unref (self->buckets);
  g_free (self->sums);
  g_clear_pointer (&self->answer, purser_answer_free);
  g_clear_pointer (&self->org, purser_org_unref);
  G_OBJECT_CLASS (purser_costs_parent_class)->finalize (object);
}

static void
purser_costs_class_init (PurserCostsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = purser_costs_finalize;
}

static void
purser_costs_init (PurserCosts *self)
{
  self->buckets = g_array_new (FALSE, FALSE, sizeof (PurserBucket));
  self->shown = g_ptr_array_new_with_free_func ((GDestroyNotify) shown_free);
}

/**
 * purser_costs_new:
 * @answer: (transfer full): what the ledger says
 * @org: the snapshot now in force
 * @measure: money or tokens
 * @today: day in the reporting zone
 *
 * Returns: (transfer full): the same, ready for showing
 */
PurserCosts *
purser_costs_new (PurserAnswer    *answer,
                  const PurserOrg *org,
                  PurserMeasure    measure,
                  gint32           today)
{
  PurserCosts *self = g_object_new (PURSER_TYPE_COSTS, NULL);
  g_autoptr (GPtrArray) ranked = NULL;

  self->answer = answer;
  self->org = purser_org_ref (org);
  self->measure = measure;
  self->today = today;
  ranked = ranked_series (self);
  self->unit = choose_unit (answer->n_days, CLAMP (ranked->len, 1, PURSER_PALETTE_SIZE));
  make_buckets (self);
  make_series (self, ranked);
  return self;
}

const PurserAnswer *
purser_costs_get_answer (PurserCosts *self)
{
  return self->answer;
}

const PurserOrg *
purser_costs_get_org (PurserCosts *self)
{
  return self->org;
}

PurserMeasure
purser_costs_get_measure (PurserCosts *self)
{
  return self->measure;
}

PurserBucketUnit
purser_costs_get_unit (PurserCosts *self)
{
  return self->unit;
}

gint32
purser_costs_get_today (PurserCosts *self)
{
  return self->today;
}

guint
purser_costs_n_buckets (PurserCosts *self)
{
  return self->buckets->len;
}

PurserBucket
purser_costs_get_bucket (PurserCosts *self,
                         guint        bucket)
{
  return g_array_index (self->buckets, PurserBucket, bucket);
}

/**
 * purser_costs_bucket_name:
 * @self: costs
 * @bucket: position
 *
 * Returns: (transfer full): "3 November", "week from 3 November", "November 2026"
 */
char *
purser_costs_bucket_name (PurserCosts *self,
                          guint        bucket)
{
  PurserBucket days = purser_costs_get_bucket (self, bucket);
  g_autofree char *first = NULL;

  if (self->unit == PURSER_BUCKET_MONTH || self->unit == PURSER_BUCKET_YEAR)
    return purser_period_name (days.first, days.last);
  first = purser_format_day (days.first);
  if (self->unit == PURSER_BUCKET_DAY)
    return g_steal_pointer (&first);
  /* Translators: a week, by its first day. */
  return g_strdup_printf (_("week from %s"), first);
}

static const Shown *
shown_at (PurserCosts *self,
          guint        series)
{
  return g_ptr_array_index (self->shown, series);
}

guint
purser_costs_n_series (PurserCosts *self)
{
  return self->shown->len;
}

const char *
purser_costs_series_name (PurserCosts *self,
                          guint        series)
{
  return shown_at (self, series)->name;
}

guint
purser_costs_series_paint (PurserCosts *self,
                           guint        series)
{
  return shown_at (self, series)->paint;
}

const PurserSeries *
purser_costs_series (PurserCosts *self,
                     guint        series)
{
  return shown_at (self, series)->series;
}

gint64
purser_costs_series_total (PurserCosts *self,
                           guint        series)
{
  return shown_at (self, series)->total;
}

gint64
purser_costs_value (PurserCosts *self,
                    guint        bucket,
                    guint        series)
{
  return shown_at (self, series)->values[bucket];
}

gint64
purser_costs_bucket_total (PurserCosts *self,
                           guint        bucket)
{
  return self->sums[bucket];
}

gint64
purser_costs_total (PurserCosts *self)
{
  return self->total;
}

gint64
purser_costs_max (PurserCosts *self)
{
  return self->max;
}

/**
 * purser_costs_paint_of:
 * @self: costs
 * @series: a series of the answer
 *
 * Returns: the palette entry under which the chart shows it
 */
guint
purser_costs_paint_of (PurserCosts        *self,
                       const PurserSeries *series)
{
  for (guint i = 0; i < self->shown->len; i++)
    if (shown_at (self, i)->series == series)
      return shown_at (self, i)->paint;
  return PURSER_PALETTE_OTHER;
}

char *
purser_costs_format (PurserCosts *self,
                     gint64       value)
{
  if (self->measure == PURSER_MEASURE_MONEY)
    return purser_format_cost (self->org, value);
  return purser_format_tokens (value);
}

/**
 * purser_costs_summary:
 * @self: costs
 *
 * Returns: (transfer full): the whole of the chart in a few sentences, for who cannot see it
 */
char *
purser_costs_summary (PurserCosts *self)
{
  g_autofree char *total = purser_costs_format (self, self->total);
  GString *text = g_string_new (NULL);
  guint highest = 0;

  if (self->total == 0)
    return g_string_free_and_steal (g_string_assign (text, _("Nothing to show.")));
  g_string_append_printf (text, self->measure == PURSER_MEASURE_MONEY ? _("%s in all.") : _("%s tokens in all."),
                          total);
  for (guint i = 0; i < self->shown->len; i++)
    {
      g_autofree char *amount = purser_costs_format (self, shown_at (self, i)->total);

      /* Translators: name and amount, a sentence of the chart's description. */
      g_string_append_printf (text, _(" %s: %s."), shown_at (self, i)->name, amount);
    }
  for (guint i = 0; i < self->buckets->len; i++)
    if (self->sums[i] > self->sums[highest])
      highest = i;
  {
    g_autofree char *name = purser_costs_bucket_name (self, highest);
    g_autofree char *amount = purser_costs_format (self, self->sums[highest]);

    g_string_append_printf (text, _(" Most on one: %s, %s."), name, amount);
  }
  return g_string_free_and_steal (text);
}
