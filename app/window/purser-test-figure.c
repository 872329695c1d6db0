/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-figure.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "purser-format.h"
#include "purser-shown.h"
#include "purser-stat.h"

struct _PurserTestFigure
{
  GObject    parent_instance;
  GPtrArray *cells; /* (owned) (element-type utf8) */
};

G_DEFINE_FINAL_TYPE (PurserTestFigure, purser_test_figure, G_TYPE_OBJECT)

static void
purser_test_figure_finalize (GObject *object)
{
  g_ptr_array_unref (PURSER_TEST_FIGURE (object)->cells);
  G_OBJECT_CLASS (purser_test_figure_parent_class)->finalize (object);
}

static void
purser_test_figure_class_init (PurserTestFigureClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = purser_test_figure_finalize;
}

static void
purser_test_figure_init (PurserTestFigure *self)
{
  self->cells = g_ptr_array_new_with_free_func (g_free);
}

const char *
purser_test_figure_get_cell (PurserTestFigure *self,
                             guint             column)
{
  return column < self->cells->len ? self->cells->pdata[column] : "";
}

/**
 * purser_test_figure_say:
 * @self: a row
 * @titles: (array zero-terminated=1): the models
 *
 * Returns: (transfer full): the row in words
 */
char *
purser_test_figure_say (PurserTestFigure  *self,
                        const char *const *titles)
{
  GString *words = g_string_new (purser_test_figure_get_cell (self, 0));

  for (guint i = 0; titles[i] != NULL; i++)
    g_string_append_printf (words, "; %s: %s", titles[i], purser_test_figure_get_cell (self, i + 1));
  return g_string_free (words, FALSE);
}

/* --- the figures --- */

typedef char *(*Figure) (const PurserTrialModel *model, const PurserOrg *org);

static char *
passed (const PurserTrialModel *model,
        const PurserOrg        *org)
{
  /* Translators: counts, "219 of 240". */
  return g_strdup_printf (_("%u of %u"), model->passed, model->cases);
}

static char *
not_passed (const PurserTrialModel *model,
            const PurserOrg        *org)
{
  return purser_format_count (model->failed);
}

static char *
errors (const PurserTrialModel *model,
        const PurserOrg        *org)
{
  return purser_format_count (model->errors);
}

static char *
answers (const PurserTrialModel *model,
         const PurserOrg        *org)
{
  return purser_format_count (model->replies != NULL ? model->replies->len : 0);
}

static char *
likely (const PurserTrialModel *model,
        const PurserOrg        *org)
{
  if (model->cases == 0)
    return purser_format_seconds (NAN);
  /* Translators: a range of percentages. */
  return g_strdup_printf (_("%.0f to %.0f%%"), model->low * 100, model->high * 100);
}

/* Too few for a typical value: from the least to the most. */
static char *
format_spread (const GArray *seconds)
{
  double low = INFINITY;
  double high = 0;
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  if (seconds == NULL || seconds->len == 0)
    return purser_format_seconds (NAN);
  for (guint i = 0; i < seconds->len; i++)
    {
      low = MIN (low, g_array_index (seconds, double, i));
      high = MAX (high, g_array_index (seconds, double, i));
    }
  from = purser_format_seconds (low);
  to = purser_format_seconds (high);
  if (seconds->len == 1)
    return g_steal_pointer (&from);
  /* Translators: a range of durations, "0.5 s to 1.2 s". */
  return g_strdup_printf (_("%s to %s"), from, to);
}

static char *
percentile (const GArray *seconds,
            double        p)
{
  if (seconds == NULL)
    return purser_format_seconds (NAN);
  return purser_format_seconds (purser_stat_percentile ((const double *) seconds->data, seconds->len, p));
}

static char *
typical (const GArray *seconds)
{
  double p50 = seconds != NULL ? purser_stat_percentile ((const double *) seconds->data, seconds->len, 50) : NAN;

  return isnan (p50) ? format_spread (seconds) : purser_format_seconds (p50);
}

#define PERCENTILE(name, array, p) \
  static char *name (const PurserTrialModel *model, const PurserOrg *org) { return percentile (model->array, p); }
PERCENTILE (first_words_90, first_words, 90)
PERCENTILE (first_words_95, first_words, 95)
PERCENTILE (first_words_99, first_words, 99)
PERCENTILE (reply_90, replies, 90)
PERCENTILE (reply_95, replies, 95)
PERCENTILE (reply_99, replies, 99)
#undef PERCENTILE

static char *
first_words (const PurserTrialModel *model,
             const PurserOrg        *org)
{
  return typical (model->first_words);
}

static char *
reply (const PurserTrialModel *model,
       const PurserOrg        *org)
{
  return typical (model->replies);
}

static char *
first_sign (const PurserTrialModel *model,
            const PurserOrg        *org)
{
  return purser_format_seconds (model->first_sign_p50);
}

static char *
per_token (const PurserTrialModel *model,
           const PurserOrg        *org)
{
  return purser_format_seconds (model->per_token_p50);
}

static char *
longest_pause (const PurserTrialModel *model,
               const PurserOrg        *org)
{
  return purser_format_seconds (model->longest_pause_p50);
}

static char *
reply_rate (const PurserTrialModel *model,
            const PurserOrg        *org)
{
  if (isnan (model->tokens_per_second_p50))
    return purser_format_seconds (NAN);
  /* Translators: tokens per second; keep the no-break space. */
  return g_strdup_printf (_("%.0f tokens/s"), model->tokens_per_second_p50);
}

static char *
tokens_in (const PurserTrialModel *model,
           const PurserOrg        *org)
{
  return purser_format_count (model->input_tokens);
}

static char *
tokens_out (const PurserTrialModel *model,
            const PurserOrg        *org)
{
  g_autofree char *count = purser_format_count (model->output_tokens);

  if (!model->estimated)
    return g_steal_pointer (&count);
  /* Translators: an estimated count. */
  return g_strdup_printf (_("about %s"), count);
}

static char *
cost (const PurserTrialModel *model,
      const PurserOrg        *org)
{
  return model->unpriced ? g_strdup (_("not known")) : purser_format_cost (org, model->cost_nano);
}

static char *
cost_of_good (const PurserTrialModel *model,
              const PurserOrg        *org)
{
  if (model->unpriced || model->passed == 0)
    return g_strdup (_("not known"));
  return purser_format_cost (org, model->cost_nano / model->passed);
}

/* What is shown, for which kind of test. */
static const struct
{
  const char *title;
  Figure      figure;
  gboolean    quality, latency;
} figures[] = {
  { N_("Passed"), passed, TRUE, FALSE },
  { N_("Likely between"), likely, TRUE, FALSE },
  { N_("Not passed"), not_passed, TRUE, FALSE },
  { N_("Answers"), answers, FALSE, TRUE },
  { N_("Failed calls"), errors, TRUE, TRUE },
  { N_("First sign of life, typical"), first_sign, FALSE, TRUE },
  { N_("First words, typical"), first_words, TRUE, TRUE },
  { N_("First words, 9 in 10 sooner"), first_words_90, TRUE, TRUE },
  { N_("First words, 95 in 100 sooner"), first_words_95, FALSE, TRUE },
  { N_("First words, 99 in 100 sooner"), first_words_99, FALSE, TRUE },
  { N_("Whole reply, typical"), reply, TRUE, TRUE },
  { N_("Whole reply, 9 in 10 sooner"), reply_90, TRUE, TRUE },
  { N_("Whole reply, 95 in 100 sooner"), reply_95, FALSE, TRUE },
  { N_("Whole reply, 99 in 100 sooner"), reply_99, FALSE, TRUE },
  { N_("Time per token after the first"), per_token, FALSE, TRUE },
  { N_("Longest pause, typical"), longest_pause, FALSE, TRUE },
  { N_("Reply rate, typical"), reply_rate, FALSE, TRUE },
  { N_("Tokens in"), tokens_in, TRUE, TRUE },
  { N_("Tokens out"), tokens_out, TRUE, TRUE },
  { N_("Cost"), cost, TRUE, TRUE },
  { N_("Price of a good answer"), cost_of_good, TRUE, FALSE },
};

/**
 * purser_test_figures_of:
 * @outcome: a test's outcome
 * @org: the snapshot now in force
 *
 * Returns: (transfer full) (element-type PurserTestFigure): its figures in rows
 */
GPtrArray *
purser_test_figures_of (const PurserTrialOutcome *outcome,
                        const PurserOrg          *org)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean latency = g_str_equal (outcome->row->kind, "latency");

  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    {
      PurserTestFigure *row;

      if (latency ? !figures[i].latency : !figures[i].quality)
        continue;
      row = g_object_new (PURSER_TYPE_TEST_FIGURE, NULL);
      g_ptr_array_add (row->cells, g_strdup (_(figures[i].title)));
      for (guint k = 0; k < outcome->models->len; k++)
        g_ptr_array_add (row->cells, figures[i].figure (outcome->models->pdata[k], org));
      g_ptr_array_add (rows, row);
    }
  return rows;
}
