/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-provider-terms.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include "purser-format.h"
#include "purser-layout.h"
#include "purser-say.h"
#include "purser-terms-form.h"

struct _PurserProviderTerms
{
  AdwBin               parent_instance;

  PurserSession       *session;  /* (owned) (nullable) */
  gint64               provider_id;
  AdwPreferencesGroup *group;
  AdwActionRow        *row;
  GtkWidget           *icon, *button;
};

G_DEFINE_FINAL_TYPE (PurserProviderTerms, purser_provider_terms, ADW_TYPE_BIN)

#define EPOCH_JULIAN 719163 /* of 1970-01-01 */

/* "23 November" of an ISO day; as it is where it is none. */
static char *
day_words (const char *iso)
{
  g_autoptr (GDate) date = g_date_new ();

  g_date_set_parse (date, iso);
  return g_date_valid (date) ? purser_format_day ((gint32) g_date_get_julian (date) - EPOCH_JULIAN) : g_strdup (iso);
}

static char *
kept_words (gint64 days)
{
  if (days < 0)
    return g_strdup (_("how long it is kept is not known"));
  if (days == 0)
    return g_strdup (_("nothing is kept"));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "kept %d day", "kept %d days", (gulong) days), (int) days);
}

/* "Not used for training, kept 30 days, processed in EU" */
static char *
terms_words (const PurserTerms *terms)
{
  const char *training = terms->trains < 0 ? _("Training not known") : terms->trains ? _("Used for training") : _("Not used for training");
  g_autofree char *kept = kept_words (terms->retention_days);
  g_autofree char *regions = purser_regions_words ((const char *const *) terms->regions);

  if (regions == NULL)
    return g_strdup_printf (_("%s, %s, where it is processed is not known"), training, kept);
  /* Translators: what is done with data: "Not used for training, kept 30 days, processed in EU". */
  return g_strdup_printf (_("%s, %s, processed in %s"), training, kept, regions);
}

static gboolean
has_ended (const PurserTerms *terms)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *today = g_date_time_format (now, "%Y-%m-%d");

  return terms->expires_on != NULL && *terms->expires_on != '\0' && strcmp (terms->expires_on, today) < 0;
}

static char *
evidence_words (const PurserTerms *terms)
{
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;

  if (terms->checked_on != NULL && *terms->checked_on != '\0')
    {
      g_autofree char *day = day_words (terms->checked_on);

      g_strv_builder_take (parts, g_strdup_printf (_("Checked on %s"), day));
    }
  if (terms->expires_on != NULL && *terms->expires_on != '\0')
    {
      g_autofree char *day = day_words (terms->expires_on);

      g_strv_builder_take (parts, g_strdup_printf (has_ended (terms) ? _("ended after %s: they no longer count") : _("good until %s"), day));
    }
  if (terms->document != NULL && *terms->document != '\0')
    g_strv_builder_add (parts, terms->document);
  all = g_strv_builder_end (parts);
  return g_strjoinv (" · ", all);
}

/**
 * purser_provider_terms_show:
 * @self: the part of the page
 * @session: the session
 * @org: the snapshot now in force
 * @provider: whose terms
 */
void
purser_provider_terms_show (PurserProviderTerms  *self,
                            PurserSession        *session,
                            const PurserOrg      *org,
                            const PurserProvider *provider)
{
  const PurserTerms *terms = purser_org_terms (org, provider->id);
  g_autofree char *words = terms != NULL ? terms_words (terms) : g_strdup (_("Not recorded"));
  g_autofree char *evidence = terms != NULL ? evidence_words (terms) : g_strdup (_("Workloads that ask something of a provider skip its models until they are."));
  gboolean doubt = terms != NULL && has_ended (terms);

  g_set_object (&self->session, session);
  self->provider_id = provider->id;
  gtk_widget_set_visible (GTK_WIDGET (self), !provider->practice);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->row), words);
  adw_action_row_set_subtitle (self->row, evidence);
  gtk_widget_set_visible (self->icon, doubt);
  gtk_button_set_label (GTK_BUTTON (self->button), terms != NULL ? _("Record Anew…") : _("Record…"));
  purser_say_verb (self->button, terms != NULL ? _("Record anew") : _("Record"), _("Data terms"));
}

static void
record_cb (PurserProviderTerms *self)
{
  purser_terms_form_present (GTK_WIDGET (self), self->session, self->provider_id);
}

static void
record_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  record_cb (PURSER_PROVIDER_TERMS (widget));
}

static void
purser_provider_terms_dispose (GObject *object)
{
  g_clear_object (&PURSER_PROVIDER_TERMS (object)->session);
  G_OBJECT_CLASS (purser_provider_terms_parent_class)->dispose (object);
}

static void
purser_provider_terms_class_init (PurserProviderTermsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_provider_terms_dispose;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "terms.record", NULL, record_action);
}

static void
purser_provider_terms_init (PurserProviderTerms *self)
{
  self->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_title (self->group, _("Data terms"));
  adw_preferences_group_set_description (self->group, _("What the provider does with what it is sent, as your agreement says."));
  self->row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, NULL);
  self->icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  gtk_widget_add_css_class (self->icon, "warning");
  g_object_set (self->icon, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  adw_action_row_add_suffix (self->row, self->icon);
  self->button = gtk_button_new ();
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (record_cb), self);
  purser_layout_add_verb (GTK_WIDGET (self->row), self->button);
  adw_preferences_group_add (self->group, GTK_WIDGET (self->row));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->group));
}
