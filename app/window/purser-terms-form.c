/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terms-form.h"

#include <glib/gi18n-lib.h>
#include "purser-day-row.h"
#include "purser-provider-form.h"

#define EPOCH_JULIAN 719163 /* of 1970-01-01 */
#define MAX_DAYS 36500

typedef enum { NOT_KNOWN, NO, YES } Answer;
static const char *const answers[] = { [NOT_KNOWN] = N_("Not known"), [NO] = N_("No"), [YES] = N_("Yes") };

typedef struct
{
  PurserSession *session; /* (owned) */
  gint64         provider_id;
  GtkWidget     *trains, *days, *regions, *document, *checked, *expires; /* (unowned): the form's rows */
} TermsForm;

static void
terms_form_free (gpointer  data,
                 GClosure *closure)
{
  g_object_unref (((TermsForm *) data)->session);
  g_free (data);
}

char **
purser_regions_parse (const char *text)
{
  g_auto (GStrv) parts = g_strsplit_set (text, ",;", -1);
  g_autoptr (GStrvBuilder) regions = g_strv_builder_new ();
  guint n = 0;

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0')
      {
        g_strv_builder_add (regions, parts[i]);
        n++;
      }
  return n > 0 ? g_strv_builder_end (regions) : NULL;
}

char *
purser_regions_words (const char *const *regions)
{
  return regions != NULL && regions[0] != NULL ? g_strjoinv (", ", (char **) regions) : NULL;
}

static gint32
today (PurserSession *session)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);

  return purser_day_of (org->timezone, purser_store_now (purser_session_get_store (session)));
}

/* (transfer full) (nullable) */
static char *
iso_of (GtkWidget *row)
{
  gint32 day = purser_day_row_get_day (PURSER_DAY_ROW (row));
  GDate date;

  if (day == PURSER_NO_DAY)
    return NULL;
  g_date_clear (&date, 1);
  g_date_set_julian (&date, (guint32) (day + EPOCH_JULIAN));
  return g_strdup_printf ("%04d-%02d-%02d", g_date_get_year (&date), g_date_get_month (&date), g_date_get_day (&date));
}

static gint32
day_of_iso (const char *iso,
            gint32      otherwise)
{
  GDate date;

  if (iso == NULL || *iso == '\0')
    return otherwise;
  g_date_clear (&date, 1);
  g_date_set_parse (&date, iso);
  return g_date_valid (&date) ? (gint32) g_date_get_julian (&date) - EPOCH_JULIAN : otherwise;
}

/* FALSE: what was typed is no number of days. */
static gboolean
read_days (TermsForm *data,
           gint64    *days)
{
  const char *text = purser_provider_form_text (data->days);
  g_autofree char *stripped = text != NULL ? g_strchomp (g_strdup (text)) : NULL;
  guint64 value;

  *days = PURSER_UNKNOWN;
  if (stripped == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (stripped, 10, 0, MAX_DAYS, &value, NULL))
    return FALSE;
  *days = (gint64) value;
  return TRUE;
}

static void
submit_cb (PurserProviderForm *form,
           TermsForm          *data)
{
  g_auto (GStrv) regions = purser_regions_parse (gtk_editable_get_text (GTK_EDITABLE (data->regions)));
  g_autofree char *checked = iso_of (data->checked), *expires = iso_of (data->expires);
  g_autofree char *document = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (data->document))));
  guint answer = adw_combo_row_get_selected (ADW_COMBO_ROW (data->trains));
  PurserTerms terms = { .provider_id = data->provider_id, .trains = answer == YES ? 1 : answer == NO ? 0 : -1, .regions = regions,
                        .document = *document != '\0' ? document : NULL, .checked_on = checked, .expires_on = expires };

  if (!read_days (data, &terms.retention_days))
    {
      purser_provider_form_set_problem (form, data->days, _("Enter a whole number of days: 0 where nothing is kept, nothing where you do not know."));
      return;
    }
  purser_provider_form_run (form, purser_command_set_terms (&terms), _("Data terms recorded"), NULL);
}

static GtkWidget *
add_answers (PurserProviderForm *form,
             const char         *title,
             int                 value)
{
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);
  GtkWidget *row = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    gtk_string_list_append (words, _(answers[i]));
  row = g_object_new (ADW_TYPE_COMBO_ROW, "use-markup", FALSE, "title", title, "model", words, NULL);
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), value < 0 ? NOT_KNOWN : value ? YES : NO);
  return purser_provider_form_add_widget (form, row);
}

/**
 * purser_terms_form_present:
 * @origin: a widget of the window
 * @session: the session
 * @provider_id: whose terms
 */
void
purser_terms_form_present (GtkWidget     *origin,
                           PurserSession *session,
                           gint64         provider_id)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);
  const PurserTerms *known = purser_org_terms (org, provider_id);
  PurserProviderForm *form = purser_provider_form_new (session, _("Data terms"), _("From your agreement, not from a website’s promise. What was recorded before is kept."), _("_Record"));
  TermsForm *data = g_new0 (TermsForm, 1);
  g_autofree char *regions = known != NULL ? purser_regions_words ((const char *const *) known->regions) : NULL;
  g_autofree char *days = known != NULL && known->retention_days >= 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, known->retention_days) : NULL;

  data->session = g_object_ref (session);
  data->provider_id = provider_id;
  data->trains = add_answers (form, _("Used for training"), known != NULL ? known->trains : -1);
  data->days = purser_provider_form_add_entry (form, _("Days it is kept"), days);
  adw_entry_row_set_input_purpose (ADW_ENTRY_ROW (data->days), GTK_INPUT_PURPOSE_DIGITS);
  data->regions = purser_provider_form_add_entry (form, _("Processed in (EU, CH, …)"), regions);
  data->document = purser_provider_form_add_entry (form, _("Agreement (name or address)"), known != NULL ? known->document : NULL);
  data->checked = purser_provider_form_add_day (form, _("Checked on"), NULL, today (session));
  data->expires = purser_provider_form_add_day (form, _("Good until"), _("Open end"), day_of_iso (known != NULL ? known->expires_on : NULL, PURSER_NO_DAY));
  g_signal_connect_data (form, "submit", G_CALLBACK (submit_cb), data, terms_form_free, G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (form), origin);
}
