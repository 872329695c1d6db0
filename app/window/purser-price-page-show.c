/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the page of one model's price says. */
#include "config.h"
#include "purser-price-page-private.h"

#include <glib/gi18n-lib.h>
#include "purser-format.h"
#include "purser-layout.h"
#include "purser-price-words.h"
#include "purser-rate-form.h"
#include "purser-retire-words.h"

/* --- rows --- */

static void
clear (PurserPricePage *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = g_ptr_array_index (self->rows, i);

      adw_preferences_group_remove (ADW_PREFERENCES_GROUP (gtk_widget_get_ancestor (row, ADW_TYPE_PREFERENCES_GROUP)), row);
    }
  g_ptr_array_set_size (self->rows, 0);
}

static void
add (PurserPricePage     *self,
     AdwPreferencesGroup *group,
     GtkWidget           *row)
{
  adw_preferences_group_add (group, row);
  g_ptr_array_add (self->rows, row);
}

static GtkWidget *
new_row (const char *title,
         const char *subtitle,
         const char *value)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle != NULL ? subtitle : "");
  if (value != NULL)
    {
      GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", value, "xalign", 1., "wrap", TRUE, "justify", GTK_JUSTIFY_RIGHT, NULL);

      gtk_widget_add_css_class (label, "numeric");
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
    }
  return row;
}

static GtkWidget *
new_button (const char *label,
            const char *action)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

/* --- what it costs --- */

/* What the provider answers with or counts as one of these has the price of another kind where it has none of its own. */
static gboolean
goes_without_saying (const gint64 *pico,
                     guint         kind)
{
  if (kind == PURSER_TOKENS_OUTPUT_REASONING)
    return pico[kind] == pico[PURSER_TOKENS_OUTPUT_VISIBLE];
  return kind == PURSER_TOKENS_CACHE_WRITE_OTHER && pico[kind] == pico[PURSER_TOKENS_CACHE_WRITE_5M];
}

static GtkWidget *
figure_row (guint       kind,
            gint64      list,
            gint64      paid,
            const char *currency)
{
  g_autofree char *value = purser_price_figure (paid, kind, currency);
  g_autofree char *before = list != paid ? purser_price_figure (list, kind, currency) : NULL;
  g_autofree char *about = NULL;

  if (before != NULL)
    /* Translators: what a kind of tokens is, then its price before the discount. */
    about = g_strdup_printf (_("%s; list price %s"), purser_price_kind_about (kind), before);
  return new_row (purser_price_kind_title (kind), about != NULL ? about : purser_price_kind_about (kind), value);
}

static char *
without_price (const gint64 *pico)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < PURSER_N_PRICED; i++)
    if (pico[i] < 0)
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", purser_price_kind_title (i));
  return g_string_free (names, names->len == 0);
}

static void
show_now (PurserPricePage   *self,
          const PurserPrice *price)
{
  g_autofree char *missing = price != NULL ? without_price (price->list_pico) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->now_group), price != NULL);
  if (price == NULL)
    return;
  /* Translators: %s is a currency. */
  if (price->hour_nano > 0)
    {
      g_autofree char *hour = purser_format_exact (price->hour_nano, price->currency);

      add (self, self->now_group, new_row (_("An hour of work"), _("While the model answers, on a machine of your own"), hour));
    }
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    if (price->list_pico[i] >= 0 && !goes_without_saying (price->list_pico, i) && !(price->hour_nano > 0 && price->list_pico[i] == 0))
      add (self, self->now_group, figure_row (i, price->list_pico[i], price->contract_pico[i], price->currency));
  if (missing != NULL && *missing != '\0')
    {
      g_autofree char *about = g_strdup_printf ("%s\n%s", missing, _("A call that uses one of these counts as without a price"));

      add (self, self->now_group, new_row (_("No price for"), about, NULL));
    }
}

/* --- other conditions --- */

static void
show_bands (PurserPricePage   *self,
            const PurserPrice *price)
{
  guint n = price != NULL && price->bands != NULL ? price->bands->len : 0;

  gtk_widget_set_visible (GTK_WIDGET (self->bands_group), n > 0);
  for (guint i = 0; i < n; i++)
    {
      const PurserPriceBand *band = &g_array_index (price->bands, PurserPriceBand, i);
      GtkWidget *row = adw_expander_row_new ();
      g_autofree char *title = purser_price_band_title (band);
      g_autofree char *figures = purser_price_figures (band->contract_pico, price->currency);

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
      adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), figures);
      for (guint k = 0; k < PURSER_N_PRICED; k++)
        if (band->list_pico[k] >= 0 && !goes_without_saying (band->list_pico, k))
          adw_expander_row_add_row (ADW_EXPANDER_ROW (row), figure_row (k, band->list_pico[k], band->contract_pico[k], price->currency));
      add (self, self->bands_group, row);
    }
}

/* --- its own price --- */

static void
show_own (PurserPricePage   *self,
          const PurserPrice *price)
{
  gboolean own = purser_price_is_own (price);
  GtkWidget *row = new_row (own ? _("Set by you") : _("None"), own ? _("It wins over the price list’s") : _("For what you have agreed on, or a machine of your own"), NULL);

  adw_action_row_add_suffix (ADW_ACTION_ROW (row), new_button (own ? _("Change…") : _("Set…"), "price.set"));
  add (self, self->own_group, row);
  if (own)
    {
      GtkWidget *back = adw_button_row_new ();

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (back), _("Use the list’s price again"));
      gtk_actionable_set_action_name (GTK_ACTIONABLE (back), "price.withdraw");
      add (self, self->own_group, back);
    }
}

/* --- history --- */

static gboolean
is_own (const PurserPriceVersion *version)
{
  return version->withdrawn || purser_price_is_own (version->price);
}

/* What held before, of the same side: the list's prices follow one another, and so do one's own. */
static const PurserPrice *
version_before (GPtrArray *history,
                guint      at)
{
  for (guint i = at + 1; i < history->len; i++)
    {
      const PurserPriceVersion *version = g_ptr_array_index (history, i);

      if (is_own (version) == is_own (g_ptr_array_index (history, at)))
        return version->withdrawn ? NULL : version->price;
    }
  return NULL;
}

/* The list's price that would count if there were none of one's own. */
static gboolean
is_overruled (GPtrArray         *history,
              guint              at,
              const PurserPrice *now)
{
  if (!purser_price_is_own (now) || is_own (g_ptr_array_index (history, at)))
    return FALSE;
  for (guint i = 0; i < at; i++)
    {
      const PurserPriceVersion *version = g_ptr_array_index (history, i);

      if (!is_own (version) && version->price->valid_from <= g_get_real_time ())
        return FALSE;
    }
  return TRUE;
}

static GtkWidget *
version_tag (GPtrArray         *history,
             guint              at,
             const PurserPrice *now)
{
  const PurserPriceVersion *version = g_ptr_array_index (history, at);
  gboolean in_force = now != NULL && version->price->id == now->id;
  GtkWidget *tag = gtk_label_new (version->price->valid_from > g_get_real_time () ? _("Announced")
                                  : in_force                                      ? _("In force")
                                  : is_overruled (history, at, now)               ? _("Overruled by yours")
                                                                                  : _("Earlier"));

  gtk_widget_set_valign (tag, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (tag, "purser-tag");
  if (in_force)
    gtk_widget_add_css_class (tag, "first");
  return tag;
}

static void
show_history (PurserPricePage   *self,
              const PurserOrg   *org,
              const PurserPrice *now,
              GPtrArray         *history)
{
  gtk_widget_set_visible (GTK_WIDGET (self->history_group), history->len > 0);
  for (guint i = 0; i < history->len; i++)
    {
      const PurserPriceVersion *version = g_ptr_array_index (history, i);
      g_autofree char *day = purser_price_since (org, version->price->valid_from);
      /* Translators: %s is a day, or "the beginning". */
      g_autofree char *title = g_strdup_printf (_("From %s"), day);
      g_autofree char *changes = NULL;
      g_autofree char *about = NULL;
      GtkWidget *row;

      if (version->withdrawn)
        about = g_strdup (_("Your own price ended; the price list counted again"));
      else
        {
          changes = purser_price_difference (version_before (history, i), version->price);
          about = g_strdup_printf ("%s\n%s", changes, is_own (version) ? _("Your own price") : version->price->source != NULL ? version->price->source : _("Price list"));
        }
      row = new_row (title, about, NULL);
      if (!version->withdrawn)
        adw_action_row_add_suffix (ADW_ACTION_ROW (row), version_tag (history, i, now));
      add (self, self->history_group, row);
    }
}

/* --- facts --- */

static void
append_ability (GString    *text,
                gint8       can,
                const char *word)
{
  if (can == 1)
    g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", word);
}

static void
show_facts (PurserPricePage   *self,
            const PurserOrg   *org,
            const PurserModel *model)
{
  g_autoptr (GString) can = g_string_new (NULL);
  g_autofree char *retires = purser_retire_words (org, model, g_get_real_time ());
  g_autofree char *context = purser_format_count (model->context_tokens), *longest = purser_format_count (model->max_output);

  append_ability (can, model->tools, _("use tools"));
  append_ability (can, model->vision, _("see images"));
  append_ability (can, model->reasoning, _("reason before it answers"));
  if (retires != NULL)
    add (self, self->facts_group, new_row (_("Retirement"), retires, NULL));
  if (can->len > 0)
    add (self, self->facts_group, new_row (_("Can"), can->str, NULL));
  add (self, self->facts_group, new_row (_("Reads at most"), _("Tokens of a call, with its answer"), context));
  add (self, self->facts_group, new_row (_("Answers at most"), _("Tokens of an answer"), longest));
  add (self, self->facts_group, new_row (_("Name"), model->name, NULL));
}

/* --- the finding --- */

static void
enter_rate_cb (PurserPricePage *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const PurserModel *model = purser_org_model (org, self->model_id);
  const PurserPrice *price = model != NULL ? purser_price_now (org, model) : NULL;

  if (price != NULL)
    purser_rate_form_present (GTK_WIDGET (self), self->session, price->currency, org->currency);
}

static void
show_problem (PurserPricePage   *self,
              const PurserOrg   *org,
              const PurserPrice *price,
              PurserPriceState   state)
{
  g_autofree char *title = NULL;
  GtkWidget *row, *button, *icon;

  gtk_widget_set_visible (GTK_WIDGET (self->problem_group), state.trouble);
  if (!state.trouble)
    return;
  title = state.kind == PURSER_PRICE_NONE ? g_strdup (_("No price"))
                                          : g_strdup_printf (_("No exchange rate from %s to %s"), price->currency, org->currency);
  row = new_row (title, _("Such calls are counted in tokens, and are in no total of costs."), NULL);
  icon = gtk_image_new_from_icon_name (state.icon);
  gtk_widget_add_css_class (icon, "warning");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  button = new_button (state.kind == PURSER_PRICE_NONE ? _("Set price…") : _("Enter rate…"), state.kind == PURSER_PRICE_NONE ? "price.set" : NULL);
  if (state.kind != PURSER_PRICE_NONE)
    g_signal_connect_object (button, "clicked", G_CALLBACK (enter_rate_cb), self, G_CONNECT_SWAPPED);
  purser_layout_add_verb (row, button);
  add (self, self->problem_group, row);
}

static const PurserContract *
contract_of (const PurserOrg   *org,
             const PurserPrice *price)
{
  for (guint i = 0; price != NULL && price->contract_id != 0 && i < org->contracts->len; i++)
    if (((const PurserContract *) org->contracts->pdata[i])->id == price->contract_id)
      return org->contracts->pdata[i];
  return NULL;
}

static void
show_finding (PurserPricePage   *self,
              const PurserOrg   *org,
              const PurserModel *model,
              const PurserPrice *price)
{
  const PurserContract *contract = contract_of (org, price);
  g_autofree char *summary = NULL, *from = price != NULL ? purser_price_origin (org, price) : NULL, *off = NULL, *finding = NULL, *line = NULL;

  if (price == NULL)
    {
      gtk_label_set_label (self->finding, _("It has no price"));
      gtk_label_set_label (self->finding_line, _("The price list does not know this model. Set a price of your own, or bring in a newer list."));
      return;
    }
  summary = contract != NULL && price->hour_nano <= 0 ? purser_price_figures (price->contract_pico, price->currency) : purser_price_summary (price);
  /* Translators: prices: "$5.00 in, $25.00 out, per million tokens". */
  finding = price->hour_nano > 0 || g_str_equal (summary, _("free")) ? g_strdup (summary) : g_strdup_printf (_("%s, per million tokens"), summary);
  gtk_label_set_label (self->finding, finding);
  off = contract != NULL ? purser_contract_words (contract) : NULL;
  /* Translators: where a price comes from, then the discount: "Price list, 13 March 2026; 10% off by contract". */
  line = off != NULL ? g_strdup_printf (_("%s; %s by contract"), from, off) : g_strdup (from);
  gtk_label_set_label (self->finding_line, line);
}

void
purser_price_page_show (PurserPricePage   *self,
                        const PurserOrg   *org,
                        const PurserModel *model,
                        GPtrArray         *history)
{
  const PurserProvider *provider = purser_org_provider (org, model->provider_id);
  const PurserPrice *price = purser_price_now (org, model);
  PurserPriceState state = purser_price_state (org, model);

  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), purser_model_title (model));
  adw_window_title_set_title (self->window_title, purser_model_title (model));
  adw_window_title_set_subtitle (self->window_title, provider != NULL ? provider->name : "");
  clear (self);
  show_finding (self, org, model, price);
  show_problem (self, org, price, state);
  show_now (self, price);
  show_bands (self, price);
  show_own (self, price);
  show_history (self, org, price, history);
  show_facts (self, org, model);
}
