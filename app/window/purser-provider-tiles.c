/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-provider-tiles.h"

#include <glib/gi18n-lib.h>

#define TILE_CHARACTERS 20

struct _PurserProviderTiles
{
  GtkBox         parent_instance;

  PurserSession *session;        /* (owned) (nullable) */
  GCancellable  *cancellable;    /* (owned) (nullable): the look for an Ollama */
  char          *ollama_address; /* (owned) (nullable): where one was found */
  GtkButton     *found_button;
  GtkLabel      *found_label;
  GtkFlowBox    *flow;
};

G_DEFINE_FINAL_TYPE (PurserProviderTiles, purser_provider_tiles, GTK_TYPE_BOX)

static guint chosen_signal;

/* The letters and tints of the marks: made for Purser, no vendor's logo. */
static const struct
{
  const char *kind;
  const char *letters;
} marks[] = {
  { "anthropic", "A" }, { "openai", "O" }, { "github-models", "G" }, { "ollama", "Ol" }, { "azure-openai", "Az" },
  { "bedrock", "B" }, { "openai-compatible", "+" }, { "practice", "P" },
};

/**
 * purser_provider_mark_new:
 * @kind: (nullable): a kind of provider
 * @practice: whether it is one of the practice models' own
 *
 * Returns: (transfer floating): the letter that stands before its name; says nothing to a screen reader
 */
GtkWidget *
purser_provider_mark_new (const PurserKind *kind,
                          gboolean          practice)
{
  const char *id = practice || kind == NULL ? "practice" : kind->id;
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", "?", "valign", GTK_ALIGN_CENTER, "accessible-role",
                                   GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (g_str_equal (marks[i].kind, id))
      gtk_label_set_text (GTK_LABEL (label), marks[i].letters);
  gtk_widget_add_css_class (label, "purser-mark");
  gtk_widget_add_css_class (label, id);
  return label;
}

static void
tile_clicked_cb (PurserProviderTiles *self,
                 GtkButton           *button)
{
  g_signal_emit (self, chosen_signal, 0, gtk_widget_get_name (GTK_WIDGET (button)), NULL);
}

static void
found_clicked_cb (PurserProviderTiles *self)
{
  g_signal_emit (self, chosen_signal, 0, "ollama", self->ollama_address);
}

static GtkWidget *
make_words (const char *title,
            const char *line)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  /* Few characters as their natural width, so that three tiles stand side by side where there is room. */
  GtkWidget *heading = g_object_new (GTK_TYPE_LABEL, "label", title, "xalign", 0.0, "wrap", TRUE, "max-width-chars",
                                     TILE_CHARACTERS, NULL);
  GtkWidget *caption = g_object_new (GTK_TYPE_LABEL, "label", line, "xalign", 0.0, "wrap", TRUE, "max-width-chars",
                                     TILE_CHARACTERS, NULL);

  gtk_widget_add_css_class (heading, "heading");
  gtk_widget_add_css_class (caption, "caption");
  gtk_widget_add_css_class (caption, "dimmed");
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (box, TRUE);
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), caption);
  return box;
}

static void
add_tile (PurserProviderTiles *self,
          const char          *id,
          const PurserKind    *kind,
          const char          *title,
          const char          *line)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *button = gtk_button_new ();
  GtkWidget *child;

  gtk_box_append (GTK_BOX (box), purser_provider_mark_new (kind, kind == NULL));
  gtk_box_append (GTK_BOX (box), make_words (title, line));
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_set_name (button, id);
  gtk_widget_add_css_class (button, "card");
  gtk_widget_add_css_class (button, "purser-tile");
  if (kind != NULL && (kind->retired_on != NULL || !kind->supported))
    gtk_widget_add_css_class (button, "closed");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, line, -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (tile_clicked_cb), self, G_CONNECT_SWAPPED);
  gtk_flow_box_append (self->flow, button);
  child = gtk_widget_get_parent (button);
  gtk_widget_set_focusable (child, FALSE); /* the button is the one stop for Tab */
}

static void
add_tiles (PurserProviderTiles *self)
{
  const PurserKind *const *kinds = purser_kind_list ();

  for (guint pass = 0; pass < 2; pass++) /* what cannot serve new users comes last */
    for (guint i = 0; kinds[i] != NULL; i++)
      {
        gboolean closed = kinds[i]->retired_on != NULL || !kinds[i]->supported;

        if (closed != (pass == 1))
          continue;
        add_tile (self, kinds[i]->id, kinds[i], _(kinds[i]->name),
                  kinds[i]->retired_on != NULL ? _("Retired by its owner")
                  : !kinds[i]->supported       ? _("Not in this version yet")
                                               : _(kinds[i]->hint));
      }
  add_tile (self, "practice", NULL, _("Practice models"), _("No key, nothing leaves this computer"));
}

static void
find_ollama_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (PurserProviderTiles) self = PURSER_PROVIDER_TILES (user_data);
  g_autofree char *address = NULL;
  g_autofree char *version = purser_caller_find_ollama_finish (PURSER_CALLER (object), result, &address);
  g_autofree char *words = NULL;

  if (version == NULL || address == NULL || self->session == NULL)
    return;
  g_set_str (&self->ollama_address, address);
  /* Translators: %s is the version of the program Ollama. */
  words = g_strdup_printf (_("Found, version %s. Needs no key and costs nothing per call."), version);
  gtk_label_set_text (self->found_label, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->found_button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->found_button), TRUE);
}

static void
look_for_ollama (PurserProviderTiles *self)
{
  if (self->session == NULL || self->cancellable != NULL)
    return;
  self->cancellable = g_cancellable_new ();
  purser_caller_find_ollama_async (purser_session_get_caller (self->session), self->cancellable, find_ollama_cb,
                                   g_object_ref (self));
}

static void
purser_provider_tiles_map (GtkWidget *widget)
{
  PurserProviderTiles *self = PURSER_PROVIDER_TILES (widget);

  GTK_WIDGET_CLASS (purser_provider_tiles_parent_class)->map (widget);
  look_for_ollama (self);
}

static void
purser_provider_tiles_unmap (GtkWidget *widget)
{
  PurserProviderTiles *self = PURSER_PROVIDER_TILES (widget);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable); /* the next time the page is seen, we look again */
  GTK_WIDGET_CLASS (purser_provider_tiles_parent_class)->unmap (widget);
}

static void
purser_provider_tiles_dispose (GObject *object)
{
  PurserProviderTiles *self = PURSER_PROVIDER_TILES (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->ollama_address, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), PURSER_TYPE_PROVIDER_TILES);
  G_OBJECT_CLASS (purser_provider_tiles_parent_class)->dispose (object);
}

static void
purser_provider_tiles_class_init (PurserProviderTilesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_provider_tiles_dispose;
  widget_class->map = purser_provider_tiles_map;
  widget_class->unmap = purser_provider_tiles_unmap;
  chosen_signal = g_signal_new ("chosen", PURSER_TYPE_PROVIDER_TILES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-provider-tiles.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserProviderTiles, found_button);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderTiles, found_label);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderTiles, flow);
  gtk_widget_class_bind_template_callback (widget_class, found_clicked_cb);
}

static void
purser_provider_tiles_init (PurserProviderTiles *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_tiles (self);
}

/**
 * purser_provider_tiles_set_session:
 * @self: the tiles
 * @session: the session, whose caller looks for an Ollama
 */
void
purser_provider_tiles_set_session (PurserProviderTiles *self,
                                   PurserSession       *session)
{
  g_set_object (&self->session, session);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    look_for_ollama (self);
}
