/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-contracts.h"

#include <glib/gi18n-lib.h>
#include "purser-contract-form.h"
#include "purser-format.h"
#include "purser-period.h"
#include "purser-price-words.h"
#include "purser-say.h"
#include "purser-shown.h"

struct _PurserContracts
{
  AdwBin               parent_instance;

  PurserSession       *session;     /* (owned) (nullable) */
  gint64               provider_id;
  GCancellable        *cancellable; /* (owned) (nullable): the read in flight */
  AdwPreferencesGroup *group;
  GPtrArray           *rows;        /* (element-type GtkWidget) not owned: in the group */
};

G_DEFINE_FINAL_TYPE (PurserContracts, purser_contracts, ADW_TYPE_BIN)

/* --- what they save: list prices against what was charged --- */

static void
answer_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (PurserContracts) self = user_data;
  g_autoptr (PurserAnswer) answer = purser_review_ask_finish (PURSER_STORE (object), result, NULL);
  g_autoptr (PurserOrg) org = NULL;
  gint64 saved = 0;

  if (answer == NULL || self->session == NULL)
    return;
  org = purser_session_get_org (self->session);
  for (guint i = 0; i < answer->series->len; i++)
    {
      const PurserSeries *series = g_ptr_array_index (answer->series, i);

      if (series->key == self->provider_id)
        saved += series->total.list_nano - series->total.cost_nano;
    }
  if (saved > 0)
    {
      g_autofree char *amount = purser_format_cost (org, saved);
      g_autofree char *words = g_strdup_printf (_("%s saved this month"), amount);

      adw_preferences_group_set_description (self->group, words);
    }
}

static void
ask_savings (PurserContracts *self,
             const PurserOrg *org)
{
  PurserStore *store = purser_session_get_store (self->session);
  gint32 today = purser_day_of (org->timezone, purser_store_now (store));
  PurserQuestion question = { .split = PURSER_BY_PROVIDER, .first_day = purser_period_month_start (today), .last_day = today };

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  purser_review_ask_async (store, &question, self->cancellable, answer_cb, g_object_ref (self));
}

/* --- rows --- */

typedef enum { HOLDS, BEGINS, ENDED } State;

static State
state_of (const PurserContract *contract,
          gint64                now)
{
  if (contract->valid_from > now)
    return BEGINS;
  return contract->valid_until != 0 && contract->valid_until <= now ? ENDED : HOLDS;
}

static char *
period_words (const PurserOrg      *org,
              const PurserContract *contract)
{
  g_autofree char *from = purser_price_since (org, contract->valid_from);
  g_autofree char *until = NULL;

  if (contract->valid_until == 0)
    /* Translators: %s is a day, or "the beginning". */
    return g_strdup_printf (_("from %s, open end"), from);
  until = purser_format_day (purser_day_of (org->timezone, contract->valid_until - 1));
  /* Translators: two days: the first and the last. */
  return g_strdup_printf (_("from %s to %s"), from, until);
}

static void
end_clicked_cb (GtkButton       *button,
                PurserContracts *self)
{
  purser_contract_form_present_end (GTK_WIDGET (self), self->session, GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "contract")));
}

static void
add_row (PurserContracts      *self,
         const PurserOrg      *org,
         const PurserContract *contract,
         const PurserContract *counts,
         gint64                now)
{
  static const char *const words[] = { [HOLDS] = N_("In force"), [BEGINS] = N_("Begins later"), [ENDED] = N_("Ended") };
  State state = state_of (contract, now);
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *tag = gtk_label_new (state == HOLDS && counts != contract ? _("Another one counts") : _(words[state]));
  g_autofree char *title = purser_contract_words (contract), *period = period_words (org, contract);
  g_autofree char *about = contract->document != NULL && *contract->document != '\0' ? g_strdup_printf ("%s\n%s", period, contract->document) : g_strdup (period);

  gtk_widget_set_valign (tag, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (tag, "purser-tag");
  if (counts == contract)
    gtk_widget_add_css_class (tag, "first");
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), about);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), tag);
  if (state != ENDED)
    {
      GtkWidget *button = gtk_button_new_with_label (_("End…"));

      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      purser_say_verb (button, _("End"), title);
      g_object_set_data (G_OBJECT (button), "contract", GINT_TO_POINTER ((int) contract->id));
      g_signal_connect_object (button, "clicked", G_CALLBACK (end_clicked_cb), self, G_CONNECT_DEFAULT);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    }
  adw_preferences_group_add (self->group, row);
  g_ptr_array_add (self->rows, row);
}

static void
clear (PurserContracts *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->group, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
}

static void
add_nothing (PurserContracts *self)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("No contract"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _("Calls are charged at list prices"));
  adw_preferences_group_add (self->group, row);
  g_ptr_array_add (self->rows, row);
}

/**
 * purser_contracts_show:
 * @self: the list
 * @session: the session
 * @org: the snapshot now in force
 * @provider_id: whose contracts
 */
void
purser_contracts_show (PurserContracts *self,
                       PurserSession   *session,
                       const PurserOrg *org,
                       gint64           provider_id)
{
  gint64 now = purser_store_now (purser_session_get_store (session));
  const PurserContract *counts = purser_org_contract_at (org, provider_id, now);

  g_set_object (&self->session, session);
  self->provider_id = provider_id;
  clear (self);
  for (State pass = HOLDS; pass <= ENDED; pass++) /* what holds, then what begins, then what was */
    for (guint i = org->contracts->len; i > 0; i--)
      {
        const PurserContract *contract = g_ptr_array_index (org->contracts, i - 1);

        if (contract->provider_id == provider_id && state_of (contract, now) == pass)
          add_row (self, org, contract, counts, now);
      }
  if (self->rows->len == 0)
    add_nothing (self);
  adw_preferences_group_set_description (self->group, NULL);
  if (counts != NULL)
    ask_savings (self, org);
}

static void
add_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  PurserContracts *self = PURSER_CONTRACTS (widget);

  if (self->session != NULL)
    purser_contract_form_present (widget, self->session, self->provider_id);
}

static void
purser_contracts_dispose (GObject *object)
{
  PurserContracts *self = PURSER_CONTRACTS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_contracts_parent_class)->dispose (object);
}

static void
purser_contracts_finalize (GObject *object)
{
  g_ptr_array_unref (PURSER_CONTRACTS (object)->rows);
  G_OBJECT_CLASS (purser_contracts_parent_class)->finalize (object);
}

static void
purser_contracts_class_init (PurserContractsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_contracts_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_contracts_finalize;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "contracts.add", NULL, add_action);
}

static void
purser_contracts_init (PurserContracts *self)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("list-add-symbolic");

  self->rows = g_ptr_array_new ();
  self->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_title (self->group, _("Contracts"));
  gtk_widget_set_tooltip_text (button, _("Add a contract"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "contracts.add");
  adw_preferences_group_set_header_suffix (self->group, button);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->group));
}
