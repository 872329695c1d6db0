/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-gateway-connect.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include "purser-gateway-snippets.h"
#include "purser-key-dialog.h"
#include "purser-layout.h"

struct _PurserGatewayConnect
{
  AdwBin         parent_instance;

  PurserSession *session;    /* (owned) (nullable) */
  char          *url;        /* (owned) (nullable) */
  char          *key;        /* (owned) (nullable) wiped: made on this page, known while it is open */
  GPtrArray     *workloads;  /* (owned) (element-type utf8): names, as in workload_row */
  gboolean       filling;
  AdwActionRow  *address_row, *key_row;
  AdwComboRow   *client_row, *workload_row;
  GtkLabel      *note, *text;
  GtkWidget     *copy_button;
};

G_DEFINE_FINAL_TYPE (PurserGatewayConnect, purser_gateway_connect, ADW_TYPE_BIN)

static const PurserSnippet *
chosen (PurserGatewayConnect *self)
{
  return purser_snippets_get (MIN (adw_combo_row_get_selected (self->client_row), purser_snippets_n () - 1));
}

static const char *
chosen_workload (PurserGatewayConnect *self)
{
  guint i = adw_combo_row_get_selected (self->workload_row);

  return i < self->workloads->len ? g_ptr_array_index (self->workloads, i) : "drafting";
}

static void
show_snippet (PurserGatewayConnect *self)
{
  const PurserSnippet *snippet = chosen (self);
  g_autofree char *text = NULL, *said = NULL;

  if (self->url == NULL || self->filling)
    return;
  text = purser_snippet_text (snippet, self->url, chosen_workload (self), self->key != NULL ? self->key : PURSER_SNIPPET_KEY);
  gtk_label_set_label (self->text, text);
  gtk_label_set_label (self->note, _(snippet->note));
  gtk_widget_set_visible (GTK_WIDGET (self->key_row), !snippet->keyless);
  /* Translators: %s is a client such as "Claude Code". */
  said = g_strdup_printf (_("Copy the lines for %s"), _(snippet->title));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->copy_button), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
  adw_action_row_set_subtitle (self->key_row, self->key != NULL ? _("It stands in the lines below for as long as this page is open. It is shown nowhere again.")
                                                                : _("The lines below have a place for it. A key is shown only once, when it is made."));
}

static void
copy (PurserGatewayConnect *self,
      const char           *text,
      const char           *done)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  purser_window_toast (GTK_WIDGET (self), done);
}

static void
copy_address_cb (PurserGatewayConnect *self)
{
  copy (self, self->url, _("Address copied"));
}

static void
copy_text_cb (PurserGatewayConnect *self)
{
  copy (self, gtk_label_get_label (self->text), _("Copied"));
}

static void
forget_key (PurserGatewayConnect *self)
{
  if (self->key != NULL)
    explicit_bzero (self->key, strlen (self->key));
  g_clear_pointer (&self->key, g_free);
}

static void
made_cb (PurserGatewayConnect *self,
         const char           *secret)
{
  forget_key (self);
  self->key = g_strdup (secret);
  show_snippet (self);
}

static void
make_key_cb (PurserGatewayConnect *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  AdwDialog *dialog;

  if (org->principals->len == 0)
    {
      purser_window_go (GTK_WIDGET (self), "people", "add"); /* a key belongs to somebody */
      return;
    }
  dialog = purser_key_dialog_new (self->session, 0);
  g_signal_connect_object (dialog, "made", G_CALLBACK (made_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static GtkWidget *
make_button (PurserGatewayConnect *self,
             const char           *icon,
             const char           *tooltip,
             GCallback             callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_swapped (button, "clicked", callback, self);
  return button;
}

static AdwComboRow *
make_combo (PurserGatewayConnect *self,
            AdwPreferencesGroup  *group,
            const char           *title)
{
  GtkWidget *row = g_object_new (ADW_TYPE_COMBO_ROW, "title", title, "use-markup", FALSE, NULL);

  g_signal_connect_swapped (row, "notify::selected", G_CALLBACK (show_snippet), self);
  adw_preferences_group_add (group, row);
  return ADW_COMBO_ROW (row);
}

/* A card with the lines to paste, and their button. */
static GtkWidget *
make_card (PurserGatewayConnect *self)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->note = g_object_new (GTK_TYPE_LABEL, "xalign", 0., "wrap", TRUE, "hexpand", TRUE, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->note), "dimmed");
  self->copy_button = make_button (self, "edit-copy-symbolic", _("Copy"), G_CALLBACK (copy_text_cb));
  gtk_widget_set_valign (self->copy_button, GTK_ALIGN_START);
  self->text = g_object_new (GTK_TYPE_LABEL, "xalign", 0., "selectable", TRUE, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->text), "monospace");
  gtk_widget_add_css_class (GTK_WIDGET (self->text), "purser-material");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _("What to paste"), -1);
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->note));
  gtk_box_append (GTK_BOX (head), self->copy_button);
  gtk_box_append (GTK_BOX (card), head);
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->text));
  gtk_widget_add_css_class (card, "card");
  gtk_widget_add_css_class (card, "purser-snippet");
  return card;
}

static void
make_key_action (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  make_key_cb (PURSER_GATEWAY_CONNECT (widget));
}

static void
purser_gateway_connect_dispose (GObject *object)
{
  PurserGatewayConnect *self = PURSER_GATEWAY_CONNECT (object);

  forget_key (self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_gateway_connect_parent_class)->dispose (object);
}

static void
purser_gateway_connect_finalize (GObject *object)
{
  PurserGatewayConnect *self = PURSER_GATEWAY_CONNECT (object);

  g_free (self->url);
  g_ptr_array_unref (self->workloads);
  G_OBJECT_CLASS (purser_gateway_connect_parent_class)->finalize (object);
}

static void
purser_gateway_connect_class_init (PurserGatewayConnectClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_gateway_connect_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_gateway_connect_finalize;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "gateway.make-key", NULL, make_key_action);
}

static void
fill_clients (PurserGatewayConnect *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; i < purser_snippets_n (); i++)
    gtk_string_list_append (names, _(purser_snippets_get (i)->title));
  adw_combo_row_set_model (self->client_row, G_LIST_MODEL (names));
}

static void
purser_gateway_connect_init (PurserGatewayConnect *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *key_button = gtk_button_new_with_label (_("Make a Key…"));

  self->workloads = g_ptr_array_new_with_free_func (g_free);
  self->filling = TRUE;
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _("Connect a tool"));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), _("A tool needs the address, a key, and a workload’s name in place of a model’s."));
  self->address_row = g_object_new (ADW_TYPE_ACTION_ROW, "title", _("Address"), "use-markup", FALSE, "subtitle-selectable", TRUE, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->address_row), "property");
  gtk_widget_add_css_class (GTK_WIDGET (self->address_row), "purser-material");
  adw_action_row_add_suffix (self->address_row, make_button (self, "edit-copy-symbolic", _("Copy the address"), G_CALLBACK (copy_address_cb)));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (self->address_row));
  self->client_row = make_combo (self, ADW_PREFERENCES_GROUP (group), _("Tool"));
  self->workload_row = make_combo (self, ADW_PREFERENCES_GROUP (group), _("Workload"));
  self->key_row = g_object_new (ADW_TYPE_ACTION_ROW, "title", _("Key"), "use-markup", FALSE, NULL);
  g_signal_connect_swapped (key_button, "clicked", G_CALLBACK (make_key_cb), self);
  purser_layout_add_verb (GTK_WIDGET (self->key_row), key_button);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (self->key_row));
  gtk_box_append (GTK_BOX (box), group);
  gtk_box_append (GTK_BOX (box), make_card (self));
  adw_bin_set_child (ADW_BIN (self), box);
  fill_clients (self);
  self->filling = FALSE;
}

/* The choice stays where it was, by name. */
static void
fill_workloads (PurserGatewayConnect *self,
                const PurserOrg      *org)
{
  g_autofree char *before = g_strdup (chosen_workload (self));
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  guint selected = 0;

  g_ptr_array_set_size (self->workloads, 0);
  for (guint i = 0; i < org->workloads->len; i++)
    {
      const PurserWorkload *workload = g_ptr_array_index (org->workloads, i);

      if (g_str_equal (workload->name, before))
        selected = i;
      g_ptr_array_add (self->workloads, g_strdup (workload->name));
      gtk_string_list_append (titles, purser_workload_title (workload));
    }
  adw_combo_row_set_model (self->workload_row, G_LIST_MODEL (titles));
  adw_combo_row_set_selected (self->workload_row, selected);
}

/**
 * purser_gateway_connect_show:
 * @self: the part of the page
 * @session: the session
 * @url: where the gateway listens
 */
void
purser_gateway_connect_show (PurserGatewayConnect *self,
                             PurserSession        *session,
                             const char           *url)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);

  g_set_object (&self->session, session);
  g_set_str (&self->url, url);
  adw_action_row_set_subtitle (self->address_row, url);
  self->filling = TRUE;
  fill_workloads (self, org);
  self->filling = FALSE;
  show_snippet (self);
}
