/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-prices-words.h"

#include <glib/gi18n-lib.h>
#include "purser-format.h"
#include "purser-layout.h"
#include "purser-price-words.h"
#include "purser-rate-form.h"
#include "purser-reprice-dialog.h"
#include "purser-say.h"

static guint
count_kind (const PurserOrg *org,
            PurserPriceKind  kind)
{
  guint n = 0;

  for (guint i = 0; i < org->models->len; i++)
    {
      const PurserModel *model = g_ptr_array_index (org->models, i);

      n += purser_org_provider (org, model->provider_id) != NULL && model->listed && purser_price_state (org, model).kind == kind;
    }
  return n;
}

static gint64
all_tokens (GArray *unpriced)
{
  gint64 tokens = 0;

  for (guint i = 0; i < unpriced->len; i++)
    tokens += g_array_index (unpriced, PurserUnpricedRow, i).tokens;
  return tokens;
}

/**
 * purser_prices_mendable_tokens:
 * @org: the snapshot now in force
 * @unpriced: (element-type PurserUnpricedRow): what has no price
 *
 * Returns: tokens that were counted without a price, of models that have one now
 */
gint64
purser_prices_mendable_tokens (const PurserOrg *org,
                               GArray          *unpriced)
{
  gint64 tokens = 0;

  for (guint i = 0; i < unpriced->len; i++)
    {
      const PurserUnpricedRow *row = &g_array_index (unpriced, PurserUnpricedRow, i);
      const PurserModel *model = purser_org_model (org, row->model_id);

      if (model != NULL && !purser_price_state (org, model).trouble)
        tokens += row->tokens;
    }
  return tokens;
}

gboolean
purser_prices_trouble (const PurserOrg *org)
{
  return count_kind (org, PURSER_PRICE_NONE) + count_kind (org, PURSER_PRICE_NO_RATE) > 0;
}

char *
purser_prices_finding (const PurserOrg *org)
{
  guint none = count_kind (org, PURSER_PRICE_NONE), no_rate = count_kind (org, PURSER_PRICE_NO_RATE);

  if (none > 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u model has no price", "%u models have no price", none), none);
  if (no_rate > 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u model has a price that cannot be counted yet",
                                         "%u models have prices that cannot be counted yet", no_rate), no_rate);
  return g_strdup (_("Every model has a price"));
}

char *
purser_prices_finding_line (const PurserOrg *org,
                            GArray          *unpriced,
                            const char      *built_on)
{
  gint64 tokens = all_tokens (unpriced);
  g_autofree char *count = NULL, *day = NULL;
  g_autoptr (GDate) built = g_date_new ();

  if (tokens > 0)
    {
      count = purser_format_tokens (tokens);
      return g_strdup_printf (_("%s tokens were counted without a price: they are in no total of costs."), count);
    }
  if (count_kind (org, PURSER_PRICE_NONE) > 0)
    return g_strdup (_("Such calls are counted in tokens, and are in no total of costs."));
  g_date_set_parse (built, built_on);
  if (!g_date_valid (built))
    return g_strdup (_("Every call is counted in money, too."));
  day = purser_format_day ((gint32) g_date_get_julian (built) - 719163);
  /* Translators: %s is a day. */
  return g_strdup_printf (_("Purser’s own price list is of %s. A newer one can be brought in as a file."), day);
}

/* --- rows --- */

static void
enter_rate_cb (GtkButton     *button,
               PurserSession *session)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);

  purser_rate_form_present (GTK_WIDGET (button), session, gtk_widget_get_name (GTK_WIDGET (button)), org->currency);
}

static void
reprice_cb (GtkButton     *button,
            PurserSession *session)
{
  adw_dialog_present (purser_reprice_dialog_new (session, 0), GTK_WIDGET (button));
}

static void
add_problem (GtkListBox    *list,
             PurserSession *session,
             const char    *title,
             const char    *subtitle,
             const char    *verb,
             const char    *name,
             GCallback      clicked)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  GtkWidget *button = gtk_button_new_with_label (verb);

  gtk_widget_add_css_class (icon, "warning");
  g_object_set (icon, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  gtk_widget_set_name (button, name);
  purser_say_verb (button, verb, title);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  purser_layout_add_verb (row, button);
  g_signal_connect_object (button, "clicked", clicked, session, G_CONNECT_DEFAULT);
  gtk_list_box_append (list, row);
}

static guint
count_in (const PurserOrg *org,
          const char      *currency)
{
  guint n = 0;

  for (guint i = 0; i < org->models->len; i++)
    {
      const PurserPrice *price = purser_price_now (org, g_ptr_array_index (org->models, i));

      n += price != NULL && g_str_equal (price->currency, currency);
    }
  return n;
}

/**
 * purser_prices_add_problems:
 * @list: a boxed list
 * @session: the session
 * @org: the snapshot now in force
 * @unpriced: (element-type PurserUnpricedRow): what has no price
 *
 * Returns: how many rows were added
 */
guint
purser_prices_add_problems (GtkListBox      *list,
                            PurserSession   *session,
                            const PurserOrg *org,
                            GArray          *unpriced)
{
  g_auto (GStrv) missing = purser_missing_rates (org, g_get_real_time ());
  gint64 mendable = purser_prices_mendable_tokens (org, unpriced);
  guint n = 0;

  for (; missing[n] != NULL; n++)
    {
      guint models = count_in (org, missing[n]);
      /* Translators: %s are currencies. */
      g_autofree char *title = g_strdup_printf (_("No exchange rate from %s to %s"), missing[n], org->currency);
      g_autofree char *about = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                                             "%u model has its price in it. Until there is a rate, what it is asked counts as without a price.",
                                                             "%u models have their prices in it. Until there is a rate, what they are asked counts as without a price.",
                                                             models), models);

      add_problem (list, session, title, about, _("Enter rate…"), missing[n], G_CALLBACK (enter_rate_cb));
    }
  if (mendable > 0)
    {
      g_autofree char *tokens = purser_format_tokens (mendable);
      g_autofree char *title = g_strdup_printf (_("%s tokens were counted before they had a price"), tokens);

      add_problem (list, session, title, _("Their models have one now: the calls can be worked out again."), _("Work out again…"), "", G_CALLBACK (reprice_cb));
      n++;
    }
  return n;
}
