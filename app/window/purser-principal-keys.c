/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-principal-keys.h"

#include <glib/gi18n-lib.h>
#include "purser-key-dialog.h"
#include "purser-principal-words.h"
#include "purser-say.h"

struct _PurserPrincipalKeys
{
  AdwBin               parent_instance;

  PurserSession       *session;    /* (owned) (nullable) */
  gint64               id;         /* whose keys */
  GPtrArray           *rows;       /* (element-type GtkWidget) not owned: in the group */
  GtkWidget           *create_row; /* (owned) comes last */
  AdwPreferencesGroup *group;
};

G_DEFINE_FINAL_TYPE (PurserPrincipalKeys, purser_principal_keys, ADW_TYPE_BIN)

#define MAX_REVOKED 5

typedef struct
{
  PurserPrincipalKeys *keys; /* not owned: the row is inside it */
  gint64               key_id;
} KeyRow;

static void
key_row_free (gpointer  data,
              GClosure *closure)
{
  g_free (data);
}

static void
revoke_answer_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autofree KeyRow *row = user_data;
  g_autoptr (PurserPrincipalKeys) keys = row->keys;

  if (g_strcmp0 (adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (object), result), "revoke") == 0)
    purser_session_run (keys->session, GTK_WIDGET (keys), purser_command_revoke_key (row->key_id), _("Key revoked"),
                        NULL, NULL, NULL);
}

/* Nobody can take this back: it is asked before. */
static void
revoke_clicked_cb (GtkButton *button,
                   KeyRow    *row)
{
  AdwDialog *dialog =
      adw_alert_dialog_new (_("Revoke This Key?"), _("Tools that use it are refused from then on. It cannot be "
                                                       "brought back, but you can create another one."));
  KeyRow *question = g_new0 (KeyRow, 1);

  question->keys = g_object_ref (row->keys);
  question->key_id = row->key_id;
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _("_Cancel"), "revoke", _("_Revoke"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "revoke", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "cancel");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  adw_alert_dialog_choose (ADW_ALERT_DIALOG (dialog), GTK_WIDGET (button), NULL, revoke_answer_cb, question);
}

static void
edit_clicked_cb (GtkButton *button,
                 KeyRow    *row)
{
  adw_dialog_present (purser_key_dialog_new_edit (row->keys->session, row->key_id), GTK_WIDGET (row->keys));
}

static void
add_key_row (PurserPrincipalKeys   *self,
             const PurserOrg       *org,
             const PurserAccessKey *key)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title = g_strdup_printf (_("Ends in %s"), key->hint);
  gint64 now = purser_store_now (purser_session_get_store (self->session));
  g_autofree char *used = purser_key_about (org, key), *rights = purser_key_rights (org, key, now);
  g_autofree char *about = key->revoked_at == 0 ? g_strdup_printf ("%s\n%s", rights, used) : g_strdup (used);
  gboolean ended = key->revoked_at == 0 && key->expires_at != 0 && key->expires_at <= now;

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), about);
  if (key->revoked_at == 0)
    {
      GtkWidget *button = gtk_button_new_with_label (_("Revoke…"));
      GtkWidget *edit = gtk_button_new_from_icon_name ("document-edit-symbolic");
      KeyRow *data = g_new0 (KeyRow, 1);
      g_autofree char *said = g_strdup_printf (_("Revoke the key that ends in %s"), key->hint);

      data->keys = self;
      data->key_id = key->id;
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_widget_set_valign (edit, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (edit, "flat");
      gtk_widget_set_tooltip_text (edit, _("What it may ask for"));
      purser_say_verb (edit, _("What it may ask for"), title);
      g_signal_connect (edit, "clicked", G_CALLBACK (edit_clicked_cb), data);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
      g_signal_connect_data (button, "clicked", G_CALLBACK (revoke_clicked_cb), data, key_row_free, G_CONNECT_DEFAULT);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), edit);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
      if (ended)
        gtk_widget_add_css_class (row, "dimmed");
    }
  else
    gtk_widget_add_css_class (row, "dimmed");
  adw_preferences_group_add (self->group, row);
  g_ptr_array_add (self->rows, row);
}

static void
show_keys (PurserPrincipalKeys *self,
           const PurserOrg     *org)
{
  guint revoked = 0;

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->group, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (guint pass = 0; pass < 2; pass++) /* live ones first, then the newest revoked */
    for (guint i = org->access_keys->len; i > 0; i--)
      {
        const PurserAccessKey *key = g_ptr_array_index (org->access_keys, i - 1);

        if (key->principal_id == self->id && (key->revoked_at == 0) == (pass == 0)
            && (pass == 0 || revoked++ < MAX_REVOKED))
          add_key_row (self, org, key);
      }
  if (self->rows->len == 0)
    {
      GtkWidget *row = adw_action_row_new ();

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("No key yet"));
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _("A tool needs one for its calls to be counted here."));
      adw_preferences_group_add (self->group, row);
      g_ptr_array_add (self->rows, row);
    }
  adw_preferences_group_add (self->group, self->create_row);
  g_ptr_array_add (self->rows, self->create_row);
}

static void
create_key_cb (PurserPrincipalKeys *self)
{
  adw_dialog_present (purser_key_dialog_new (self->session, self->id), GTK_WIDGET (self));
}

static void
create_key_action (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  create_key_cb (PURSER_PRINCIPAL_KEYS (widget));
}

static GtkWidget *
make_create_row (PurserPrincipalKeys *self)
{
  GtkWidget *row = g_object_new (ADW_TYPE_BUTTON_ROW, "title", _("Create _Key"), "use-underline", TRUE,
                                 "start-icon-name", "list-add-symbolic", NULL);

  g_signal_connect_swapped (row, "activated", G_CALLBACK (create_key_cb), self);
  return g_object_ref_sink (row);
}

static void
purser_principal_keys_dispose (GObject *object)
{
  PurserPrincipalKeys *self = PURSER_PRINCIPAL_KEYS (object);

  g_clear_object (&self->session);
  g_clear_object (&self->create_row);
  G_OBJECT_CLASS (purser_principal_keys_parent_class)->dispose (object);
}

static void
purser_principal_keys_finalize (GObject *object)
{
  g_ptr_array_unref (PURSER_PRINCIPAL_KEYS (object)->rows);
  G_OBJECT_CLASS (purser_principal_keys_parent_class)->finalize (object);
}

static void
purser_principal_keys_class_init (PurserPrincipalKeysClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_principal_keys_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_principal_keys_finalize;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "principal.create-key", NULL, create_key_action);
}

static void
purser_principal_keys_init (PurserPrincipalKeys *self)
{
  self->rows = g_ptr_array_new ();
  self->create_row = make_create_row (self);
  self->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_title (self->group, _("Keys"));
  adw_preferences_group_set_description (self->group, _("A tool sends its key with each call, and so the call is counted here."));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->group));
}

/**
 * purser_principal_keys_show:
 * @self: the list
 * @session: the session
 * @org: the snapshot now in force
 * @principal: whose keys
 */
void
purser_principal_keys_show (PurserPrincipalKeys   *self,
                            PurserSession         *session,
                            const PurserOrg       *org,
                            const PurserPrincipal *principal)
{
  g_set_object (&self->session, session);
  self->id = principal->id;
  show_keys (self, org);
}
