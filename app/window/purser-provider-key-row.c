/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-provider-key-row.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-provider-form.h"
#include "purser-provider-words.h"

#define SHOWN_CHARACTERS 4
#define SHORTEST_SHOWN (3 * SHOWN_CHARACTERS) /* a shorter key would give too much of itself away */

struct _PurserProviderKeyRow
{
  AdwActionRow   parent_instance;

  PurserSession *session;     /* (owned) (nullable) */
  GCancellable  *cancellable; /* (owned) (nullable): the look-up on its way */
  gint64         provider_id;
  gint64         key_version;
  gint64         key_set_at;
  char          *key_env;     /* (owned) (nullable) */
  GtkImage      *warning_icon;
  GtkButton     *replace_button;
};

G_DEFINE_FINAL_TYPE (PurserProviderKeyRow, purser_provider_key_row, ADW_TYPE_ACTION_ROW)

static void
say (PurserProviderKeyRow *self,
     const char           *words,
     gboolean              trouble)
{
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), words);
  gtk_widget_set_visible (GTK_WIDGET (self->warning_icon), trouble);
}

static void
say_key (PurserProviderKeyRow *self,
         const char           *key)
{
  g_autofree char *age = purser_provider_days_old (self->key_set_at);
  g_autofree char *words = NULL;

  if (self->key_env != NULL)
    words = g_strdup_printf (_("Read from the environment variable %s"), self->key_env);
  else if (g_utf8_strlen (key, -1) < SHORTEST_SHOWN)
    /* Translators: %s is "41 days old". */
    words = g_strdup_printf (_("In the keyring, %s"), age);
  else
    /* Translators: the last four characters of a key, then "41 days old". */
    words = g_strdup_printf (_("Ends in %s, %s"), key + strlen (key) - SHOWN_CHARACTERS, age);
  say (self, words, FALSE);
}

static void
lookup_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (PurserProviderKeyRow) self = PURSER_PROVIDER_KEY_ROW (user_data);
  g_autoptr (GError) error = NULL;
  char *key = purser_vault_lookup_finish (PURSER_VAULT (object), result, &error);

  if (key != NULL)
    say_key (self, key);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    say (self, error->message, TRUE); /* locked, absent or missing: the vault says what to do */
  purser_vault_key_free (key);
}

static void
look_up (PurserProviderKeyRow *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  purser_vault_lookup_async (purser_session_get_vault (self->session), self->provider_id, self->key_version,
                             self->key_env, self->cancellable, lookup_cb, g_object_ref (self));
}

static void
submit_cb (PurserProviderForm   *form,
           GtkWidget            *entry)
{
  PurserProviderKeyRow *self = g_object_get_data (G_OBJECT (form), "row");
  g_autofree char *key = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));

  if (*key == '\0')
    purser_provider_form_set_problem (form, entry, _("Paste the new key here."));
  else if (strpbrk (key, " \t\r\n") != NULL)
    purser_provider_form_set_problem (form, entry, _("There is a space or a line break inside the key. Copy it again, "
                                                     "without what stands beside it."));
  else
    purser_provider_form_run (form, purser_command_set_provider_key (self->provider_id, key), _("Key replaced"), NULL);
  purser_vault_key_free (g_steal_pointer (&key));
}

static void
replace_cb (PurserProviderKeyRow *self)
{
  gboolean first = self->key_version == 0;
  PurserProviderForm *form = purser_provider_form_new (self->session, first ? _("Add key") : _("Replace key"),
                                                       _("The key is kept in this computer’s keyring, nowhere else."),
                                                       first ? _("_Add") : _("_Replace"));
  GtkWidget *entry = purser_provider_form_add_secret (form, _("New key"));

  g_object_set_data_full (G_OBJECT (form), "row", g_object_ref (self), g_object_unref);
  g_signal_connect (form, "submit", G_CALLBACK (submit_cb), entry);
  adw_dialog_present (ADW_DIALOG (form), GTK_WIDGET (self));
}

static void
purser_provider_key_row_dispose (GObject *object)
{
  PurserProviderKeyRow *self = PURSER_PROVIDER_KEY_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->key_env, g_free);
  G_OBJECT_CLASS (purser_provider_key_row_parent_class)->dispose (object);
}

static void
purser_provider_key_row_class_init (PurserProviderKeyRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_provider_key_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-provider-key-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserProviderKeyRow, warning_icon);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderKeyRow, replace_button);
  gtk_widget_class_bind_template_callback (widget_class, replace_cb);
}

static void
purser_provider_key_row_init (PurserProviderKeyRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_provider_key_row_show:
 * @self: the row
 * @session: the session
 * @provider: whose key
 *
 * Shows what is known at once, then what the keyring says.
 */
void
purser_provider_key_row_show (PurserProviderKeyRow *self,
                              PurserSession        *session,
                              const PurserProvider *provider)
{
  gboolean same = self->provider_id == provider->id && self->key_version == provider->key_version
                  && g_strcmp0 (self->key_env, provider->key_env) == 0;

  g_set_object (&self->session, session);
  self->provider_id = provider->id;
  self->key_version = provider->key_version;
  self->key_set_at = provider->key_set_at;
  g_set_str (&self->key_env, provider->key_env);
  gtk_widget_set_visible (GTK_WIDGET (self), provider->kind->auth != PURSER_AUTH_NONE && !provider->practice);
  gtk_widget_set_visible (GTK_WIDGET (self->replace_button), provider->key_env == NULL);
  gtk_button_set_label (self->replace_button, provider->key_version == 0 ? _("Add…") : _("Replace…"));
  if (provider->key_env == NULL && provider->key_version == 0)
    {
      say (self, provider->kind->key_optional ? _("None; this server may do without") : _("None yet"),
           !provider->kind->key_optional);
    }
  else if (!same || gtk_widget_get_visible (GTK_WIDGET (self->warning_icon)))
    {
      say (self, _("Looking…"), FALSE);
      look_up (self);
    }
}
