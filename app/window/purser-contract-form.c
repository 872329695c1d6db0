/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-contract-form.h"

#include <glib/gi18n-lib.h>
#include "purser-day-row.h"
#include "purser-price-words.h"
#include "purser-provider-form.h"

#define PPM_PER_PERCENT (PURSER_PPM / 100)

/* What may have a discount of its own. Cache writes go together: no contract tells them apart by how long they last. */
enum { IN, REUSED, KEPT, OUT, SOUND_IN, SOUND_OUT, TOOL, N_FIELDS };

static const struct { guint first, last; const char *title; } kinds[N_FIELDS] =
{
  [IN] = { PURSER_TOKENS_INPUT_UNCACHED, PURSER_TOKENS_INPUT_UNCACHED, N_("Percent off in") },
  [REUSED] = { PURSER_TOKENS_CACHE_READ, PURSER_TOKENS_CACHE_READ, N_("Percent off what is reused") },
  [KEPT] = { PURSER_TOKENS_CACHE_WRITE_5M, PURSER_TOKENS_CACHE_WRITE_OTHER, N_("Percent off what is kept") },
  [OUT] = { PURSER_TOKENS_OUTPUT_VISIBLE, PURSER_TOKENS_OUTPUT_REASONING, N_("Percent off out") },
  [SOUND_IN] = { PURSER_PRICED_AUDIO_IN, PURSER_PRICED_AUDIO_IN, N_("Percent off sound in") },
  [SOUND_OUT] = { PURSER_PRICED_AUDIO_OUT, PURSER_PRICED_AUDIO_OUT, N_("Percent off sound out") },
  [TOOL] = { PURSER_PRICED_SERVER_TOOL, PURSER_PRICED_SERVER_TOOL, N_("Percent off the provider’s own tools") },
};

typedef struct
{
  PurserSession *session; /* (owned) */
  gint64         id;      /* of the provider, or of the contract that ends */
  GtkWidget     *all, *fields[N_FIELDS], *from, *until, *document; /* (unowned): the form's rows */
} ContractForm;

static void
contract_form_free (gpointer  data,
                    GClosure *closure)
{
  g_object_unref (((ContractForm *) data)->session);
  g_free (data);
}

static gint64
day_start (ContractForm *data,
           gint32        day)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (data->session);

  return purser_day_start (org->timezone, day);
}

static gint32
today (PurserSession *session)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);

  return purser_day_of (org->timezone, purser_store_now (purser_session_get_store (session)));
}

static gint64
ppm_of (double percent)
{
  return PURSER_PPM - (gint64) (percent * PPM_PER_PERCENT + 0.5);
}

/* FALSE, and words in the form, where what was typed for one kind is no percentage. */
static gboolean
read_kind (PurserProviderForm *form,
           ContractForm       *data,
           guint               i,
           PurserContract     *contract)
{
  const char *text = purser_provider_form_text (data->fields[i]);
  g_autoptr (GError) error = NULL;
  gint64 percent_nano;

  if (text == NULL)
    return TRUE;
  if (!purser_money_parse_nano (text, &percent_nano, &error) || percent_nano > 100 * PURSER_NANO)
    {
      purser_provider_form_set_problem (form, data->fields[i], _("Enter a number between 0 and 100."));
      return FALSE;
    }
  for (guint kind = kinds[i].first; kind <= kinds[i].last; kind++)
    contract->ppm[kind] = ppm_of ((double) percent_nano / PURSER_NANO);
  return TRUE;
}

static void
submit_cb (PurserProviderForm *form,
           ContractForm       *data)
{
  PurserContract contract = { .provider_id = data->id, .document = (char *) purser_provider_form_text (data->document) };
  gint32 from = purser_day_row_get_day (PURSER_DAY_ROW (data->from)), until = purser_day_row_get_day (PURSER_DAY_ROW (data->until));

  for (guint i = 0; i < PURSER_N_PRICED; i++)
    contract.ppm[i] = ppm_of (adw_spin_row_get_value (ADW_SPIN_ROW (data->all)));
  for (guint i = 0; i < N_FIELDS; i++)
    if (!read_kind (form, data, i, &contract))
      return;
  if (until != PURSER_NO_DAY && until < from)
    {
      purser_provider_form_set_problem (form, data->until, _("It ends before it begins."));
      return;
    }
  contract.valid_from = from == today (data->session) ? 0 : day_start (data, from);
  contract.valid_until = until != PURSER_NO_DAY ? day_start (data, until + 1) : 0;
  purser_provider_form_run (form, purser_command_add_contract (&contract),
                            from < today (data->session) ? _("Contract saved. Past calls keep their charge until they are worked out again") : _("Contract saved"),
                            NULL);
}

/**
 * purser_contract_form_present:
 * @origin: a widget of the window
 * @session: the session
 * @provider_id: whom the contract is with
 */
void
purser_contract_form_present (GtkWidget     *origin,
                              PurserSession *session,
                              gint64         provider_id)
{
  PurserProviderForm *form = purser_provider_form_new (session, _("Contract"),
                                                       _("What it takes off the list prices. Of two that hold at once, the one that began last counts."), _("_Save"));
  ContractForm *data = g_new0 (ContractForm, 1);

  data->session = g_object_ref (session);
  data->id = provider_id;
  data->all = purser_provider_form_add_number (form, _("Percent off"), gtk_adjustment_new (0, 0, 100, 1, 5, 0), 2);
  data->from = purser_provider_form_add_day (form, _("First day"), NULL, today (session));
  data->until = purser_provider_form_add_day (form, _("Last day"), _("Open end"), PURSER_NO_DAY);
  data->document = purser_provider_form_add_entry (form, _("Document (name or number)"), NULL);
  purser_provider_form_fold (form, _("Other for some kinds"), _("What is left empty has the discount above"));
  for (guint i = 0; i < N_FIELDS; i++)
    {
      data->fields[i] = purser_provider_form_add_entry (form, _(kinds[i].title), NULL);
      adw_entry_row_set_input_purpose (ADW_ENTRY_ROW (data->fields[i]), GTK_INPUT_PURPOSE_NUMBER);
    }
  g_signal_connect_data (form, "submit", G_CALLBACK (submit_cb), data, contract_form_free, G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (form), origin);
}

static void
end_cb (PurserProviderForm *form,
        ContractForm       *data)
{
  purser_provider_form_run (form, purser_command_end_contract (data->id, day_start (data, purser_day_row_get_day (PURSER_DAY_ROW (data->until)) + 1)),
                            _("The contract’s last day is set"), NULL);
}

void
purser_contract_form_present_end (GtkWidget     *origin,
                                  PurserSession *session,
                                  gint64         contract_id)
{
  PurserProviderForm *form = purser_provider_form_new (session, _("End contract"), _("From the next day on the list prices count, or another contract."), _("_Save"));
  ContractForm *data = g_new0 (ContractForm, 1);

  data->session = g_object_ref (session);
  data->id = contract_id;
  data->until = purser_provider_form_add_day (form, _("Last day"), NULL, today (session));
  g_signal_connect_data (form, "submit", G_CALLBACK (end_cb), data, contract_form_free, G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (form), origin);
}
