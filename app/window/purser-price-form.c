/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-price-form.h"

#include <glib/gi18n-lib.h>
#include "purser-currencies.h"
#include "purser-day-row.h"
#include "purser-price-words.h"
#include "purser-provider-form.h"

/* The fields for kinds of tokens, in the order in which they stand; those after OUT are folded up. */
enum { IN, OUT, REUSED, KEPT, KEPT_LONG, SOUND_IN, SOUND_OUT, TOOL, N_FIELDS };

static const guint priced[N_FIELDS] =
{
  PURSER_TOKENS_INPUT_UNCACHED, PURSER_TOKENS_OUTPUT_VISIBLE, PURSER_TOKENS_CACHE_READ, PURSER_TOKENS_CACHE_WRITE_5M, PURSER_TOKENS_CACHE_WRITE_1H,
  PURSER_PRICED_AUDIO_IN, PURSER_PRICED_AUDIO_OUT, PURSER_PRICED_SERVER_TOOL,
};

typedef struct
{
  PurserSession *session; /* (owned) */
  gint64         model_id;
  GtkWidget     *by, *fields[N_FIELDS], *fold, *hour, *currency, *day, *source; /* (unowned): the form's rows */
} PriceForm;

static void
price_form_free (gpointer  data,
                 GClosure *closure)
{
  g_object_unref (((PriceForm *) data)->session);
  g_free (data);
}

static gboolean
by_the_hour (PriceForm *data)
{
  return adw_combo_row_get_selected (ADW_COMBO_ROW (data->by)) == 1;
}

static void
by_changed_cb (PriceForm *data)
{
  gboolean hour = by_the_hour (data);

  gtk_widget_set_visible (data->hour, hour);
  gtk_widget_set_visible (data->fields[IN], !hour);
  gtk_widget_set_visible (data->fields[OUT], !hour);
  gtk_widget_set_visible (data->fold, !hour);
}

/* FALSE, and words in the form, where what stands in ROW is no amount. */
static gboolean
check (PurserProviderForm *form,
       GtkWidget          *row,
       const char         *needed)
{
  const char *text = purser_provider_form_text (row);
  g_autoptr (GError) error = NULL;
  gint64 amount;

  if (text == NULL && needed == NULL)
    return TRUE;
  if (text == NULL)
    purser_provider_form_set_problem (form, row, needed);
  else if (!purser_money_parse_nano (text, &amount, &error))
    purser_provider_form_set_problem (form, row, error->message);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_all (PurserProviderForm *form,
           PriceForm          *data)
{
  if (by_the_hour (data))
    return check (form, data->hour, _("Enter what an hour of work costs."));
  for (guint i = 0; i < N_FIELDS; i++)
    if (!check (form, data->fields[i], i <= OUT ? _("Enter the price of a million tokens; 0 if it is free.") : NULL))
      return FALSE;
  return TRUE;
}

static const char *
field (PriceForm *data,
       guint      i)
{
  return by_the_hour (data) ? NULL : purser_provider_form_text (data->fields[i]);
}

static void
submit_cb (PurserProviderForm *form,
           PriceForm          *data)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (data->session);
  const PurserModel *model = purser_org_model (org, data->model_id);
  gint64 now = purser_store_now (purser_session_get_store (data->session));
  gint32 day = purser_day_row_get_day (PURSER_DAY_ROW (data->day));
  gboolean today = day == purser_day_of (org->timezone, now);
  PurserPriceDraft draft = { .currency = purser_currencies_selected (ADW_COMBO_ROW (data->currency)) };
  gboolean first;

  if (model == NULL || !check_all (form, data))
    return;
  draft.input = field (data, IN);
  draft.output = field (data, OUT);
  draft.cache_read = field (data, REUSED);
  draft.cache_write = field (data, KEPT);
  draft.cache_write_1h = field (data, KEPT_LONG);
  draft.audio_in = field (data, SOUND_IN);
  draft.audio_out = field (data, SOUND_OUT);
  draft.server_tool = field (data, TOOL);
  draft.hour = by_the_hour (data) ? purser_provider_form_text (data->hour) : NULL;
  draft.source = purser_provider_form_text (data->source);
  draft.valid_from = today ? 0 : purser_day_start (org->timezone, day);
  first = !purser_price_is_own (purser_price_now (org, model));
  purser_provider_form_run (form, purser_command_set_own_price (data->model_id, &draft),
                            draft.valid_from == 0    ? _("Price saved; it counts from now on")
                            : draft.valid_from > now ? _("Price saved; it counts from its day on")
                                                     : _("Price saved. Past calls keep theirs until they are worked out again"),
                            first ? purser_command_withdraw_price (data->model_id) : NULL);
}

static char *
figure_text (const PurserPrice *price,
             guint              kind)
{
  if (price == NULL || price->list_pico[kind] < 0)
    return NULL;
  return kind == PURSER_PRICED_SERVER_TOOL ? purser_money_to_decimal (price->list_pico[kind] / 1000)
                                           : purser_price_to_per_million (price->list_pico[kind]);
}

/* A price by the hour leaves the tokens free: those are no figures to begin with. */
static void
add_field (PurserProviderForm *form,
           PriceForm          *data,
           const PurserPrice  *price,
           guint               i)
{
  g_autofree char *text = price != NULL && price->hour_nano > 0 ? NULL : figure_text (price, priced[i]);

  data->fields[i] = purser_provider_form_add_entry (form, purser_price_kind_title (priced[i]), text);
  adw_entry_row_set_input_purpose (ADW_ENTRY_ROW (data->fields[i]), GTK_INPUT_PURPOSE_NUMBER);
}

static GtkWidget *
add_by (PurserProviderForm *form,
        const PurserPrice  *price)
{
  static const char *const ways[] = { N_("By tokens, per million"), N_("By the hour of work, for a machine of your own"), NULL };
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  GtkWidget *row = adw_combo_row_new ();

  for (guint i = 0; ways[i] != NULL; i++)
    gtk_string_list_append (list, _(ways[i]));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Counted"));
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), price != NULL && price->hour_nano > 0 ? 1 : 0);
  return purser_provider_form_add_widget (form, row);
}

static void
fill (PurserProviderForm *form,
      PriceForm          *data,
      const PurserOrg    *org,
      const PurserPrice  *price)
{
  g_autofree char *hour = price != NULL && price->hour_nano > 0 ? purser_money_to_decimal (price->hour_nano) : NULL;
  gint32 today = purser_day_of (org->timezone, purser_store_now (purser_session_get_store (data->session)));

  data->by = add_by (form, price);
  for (guint i = IN; i <= OUT; i++)
    add_field (form, data, price, i);
  data->hour = purser_provider_form_add_entry (form, _("An hour of work"), hour);
  data->currency = purser_provider_form_add_currency (form, _("Currency"), price != NULL ? price->currency : org->currency);
  data->day = purser_provider_form_add_day (form, _("Holds from"), NULL, today);
  data->source = purser_provider_form_add_entry (form, _("Where it comes from (if you like)"), NULL);
  data->fold = purser_provider_form_fold (form, _("Other kinds"), _("What is left empty has no price"));
  for (guint i = REUSED; i < N_FIELDS; i++)
    add_field (form, data, price, i);
}

/**
 * purser_price_form_present:
 * @origin: a widget of the window
 * @session: the session
 * @model_id: whose price it is
 */
void
purser_price_form_present (GtkWidget     *origin,
                           PurserSession *session,
                           gint64         model_id)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);
  const PurserModel *model = purser_org_model (org, model_id);
  PurserProviderForm *form;
  PriceForm *data;

  if (model == NULL)
    return;
  form = purser_provider_form_new (session, purser_model_title (model),
                                   _("Your own list price, before any discount. It wins over the price list’s until you take it back."), _("_Save"));
  data = g_new0 (PriceForm, 1);
  data->session = g_object_ref (session);
  data->model_id = model_id;
  fill (form, data, org, purser_price_now (org, model));
  by_changed_cb (data);
  g_signal_connect_swapped (data->by, "notify::selected", G_CALLBACK (by_changed_cb), data);
  g_signal_connect_data (form, "submit", G_CALLBACK (submit_cb), data, price_form_free, G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (form), origin);
}
