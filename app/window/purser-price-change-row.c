/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an imported list changes, in rows. */
#include "config.h"
#include "purser-price-change-row.h"

#include <glib/gi18n-lib.h>
#include "purser-format.h"
#include "purser-price-words.h"

#define MOST_ROWS 200 /* of one group; the rest is counted */

static const struct { PurserPriceChangeType type; const char *title, *about; } groups[] =
{
  { PURSER_PRICE_CHANGE_NEW, N_("Models that get a price"), N_("Until now their calls counted as without a price") },
  { PURSER_PRICE_CHANGE_OTHER, N_("Prices that change"), NULL },
  { PURSER_PRICE_CHANGE_FUTURE, N_("Announced"), N_("They count from their day on") },
};

static GtkWidget *
make_row (const PurserOrg         *org,
          const PurserPriceChange *change)
{
  const PurserModel *model = purser_org_model (org, change->model_id);
  const PurserProvider *provider = model != NULL ? purser_org_provider (org, model->provider_id) : NULL;
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *difference = purser_price_difference (change->before, change->after);
  g_autofree char *day = purser_price_since (org, change->after->valid_from);
  g_autofree char *title = NULL;
  g_autofree char *about = NULL;

  if (model != NULL && provider != NULL)
    /* Translators: a model and its provider, "Claude Sonnet (Anthropic)". */
    title = g_strdup_printf (_("%s (%s)"), purser_model_title (model), provider->name);
  else
    title = g_strdup (change->ref);
  /* Translators: a day, or "the beginning", then what changes. */
  about = g_strdup_printf (_("From %s: %s"), day, difference);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (change->overruled)
    {
      g_autofree char *both = g_strdup_printf ("%s\n%s", about, _("Your own price wins; the list’s is kept for when you take yours back"));

      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), both);
    }
  else
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), about);
  return row;
}

static void
add_text_row (AdwPreferencesGroup *group,
              const char          *title,
              const char          *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle != NULL ? subtitle : "");
  adw_preferences_group_add (group, row);
}

static void
add_group (AdwPreferencesPage    *page,
           const PurserOrg       *org,
           GPtrArray             *changes,
           PurserPriceChangeType  type,
           const char            *title,
           const char            *about)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  guint n = 0;

  adw_preferences_group_set_title (group, title);
  adw_preferences_group_set_description (group, about);
  for (guint i = 0; i < changes->len; i++)
    {
      const PurserPriceChange *change = g_ptr_array_index (changes, i);

      if (change->type == type && n++ < MOST_ROWS)
        adw_preferences_group_add (group, make_row (org, change));
    }
  if (n > MOST_ROWS)
    {
      g_autofree char *more = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "and %u more", "and %u more", n - MOST_ROWS), n - MOST_ROWS);

      add_text_row (group, more, NULL);
    }
  if (n > 0)
    adw_preferences_page_add (page, group);
  else
    g_object_ref_sink (group), g_object_unref (group);
}

static void
add_rest (AdwPreferencesPage    *page,
          const PurserPricePlan *plan)
{
  const GPtrArray *unused = plan->unused;
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  guint facts = plan->facts;

  adw_preferences_group_set_title (group, _("Besides"));
  if (facts > 0)
    {
      g_autofree char *words = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Something new of %u model", "Something new of %u models", facts), facts);

      add_text_row (group, words, _("What it can do, how much it reads, when it ends"));
    }
  for (guint i = 0; i < MIN (unused->len, MOST_ROWS); i++)
    add_text_row (group, g_ptr_array_index (unused, i), _("No model here has this name: the row comes to nothing"));
  if (facts > 0 || unused->len > 0)
    adw_preferences_page_add (page, group);
  else
    g_object_ref_sink (group), g_object_unref (group);
}

void
purser_price_plan_clear (PurserPricePlan *plan)
{
  g_clear_pointer (&plan->changes, g_ptr_array_unref);
  g_clear_pointer (&plan->unused, g_ptr_array_unref);
  plan->facts = 0;
}

void
purser_price_changes_fill (AdwPreferencesPage    *page,
                           const PurserOrg       *org,
                           const PurserPricePlan *plan)
{
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    add_group (page, org, plan->changes, groups[i].type, _(groups[i].title), groups[i].about != NULL ? _(groups[i].about) : NULL);
  add_rest (page, plan);
}

char *
purser_price_changes_words (GPtrArray *changes)
{
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u price changes", "%u prices change", changes->len), changes->len);
}

gboolean
purser_price_changes_past (GPtrArray *changes,
                           gint64    *since)
{
  gboolean past = FALSE;

  for (guint i = 0; i < changes->len; i++)
    {
      const PurserPriceChange *change = g_ptr_array_index (changes, i);

      if (!change->past || change->overruled)
        continue;
      *since = past ? MIN (*since, change->after->valid_from) : change->after->valid_from;
      past = TRUE;
    }
  return past;
}
