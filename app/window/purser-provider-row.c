/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-provider-row.h"

#include <glib/gi18n-lib.h>

#include "purser-provider-tiles.h"
#include "purser-provider-words.h"

struct _PurserProviderRow
{
  AdwActionRow parent_instance;

  gint64       id;
  const char  *style; /* of the state shown now; static */
  gboolean     narrow;
  char        *about; /* (owned) (nullable) */
  GtkWidget   *mark;  /* (unowned) (nullable) */
  GtkImage    *state_icon;
  GtkLabel    *state_label;
};

G_DEFINE_FINAL_TYPE (PurserProviderRow, purser_provider_row, ADW_TYPE_ACTION_ROW)

static void
purser_provider_row_finalize (GObject *object)
{
  g_free (PURSER_PROVIDER_ROW (object)->about);
  G_OBJECT_CLASS (purser_provider_row_parent_class)->finalize (object);
}

static void
purser_provider_row_class_init (PurserProviderRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = purser_provider_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-provider-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserProviderRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderRow, state_label);
}

static void
purser_provider_row_init (PurserProviderRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

PurserProviderRow *
purser_provider_row_new (void)
{
  return g_object_new (PURSER_TYPE_PROVIDER_ROW, NULL);
}

gint64
purser_provider_row_get_id (PurserProviderRow *self)
{
  return self->id;
}

/* On a phone the mark gives its room to the words, and the state's word stands before them; its icon stays. */
static void
lay_out (PurserProviderRow *self)
{
  g_autofree char *both = NULL;

  if (self->narrow)
    /* Translators: how a provider stands, then a line about it: "Works. 9 models". */
    both = g_strdup_printf (_("%s. %s"), gtk_label_get_text (self->state_label), self->about);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), self->narrow ? both : self->about);
  gtk_widget_set_visible (gtk_widget_get_parent (self->mark), !self->narrow); /* its box too, for its margin */
  gtk_widget_set_visible (GTK_WIDGET (self->state_label), !self->narrow);
}

/**
 * purser_provider_row_show:
 * @self: the row
 * @org: the snapshot now in force
 * @provider: the provider it stands for
 */
void
purser_provider_row_show (PurserProviderRow    *self,
                          const PurserOrg      *org,
                          const PurserProvider *provider)
{
  PurserProviderState state = purser_provider_state (provider);

  if (self->mark == NULL)
    {
      self->mark = purser_provider_mark_new (provider->kind, provider->practice);
      adw_action_row_add_prefix (ADW_ACTION_ROW (self), self->mark);
    }
  self->id = provider->id;
  g_free (self->about);
  self->about = purser_provider_about (org, provider);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), provider->name);
  if (self->style != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->state_icon), self->style);
  self->style = state.style;
  gtk_widget_add_css_class (GTK_WIDGET (self->state_icon), state.style);
  gtk_image_set_from_icon_name (self->state_icon, state.icon);
  gtk_label_set_text (self->state_label, state.word);
  lay_out (self);
}

/**
 * purser_provider_row_set_narrow:
 * @self: the row
 * @narrow: whether there is little room
 */
void
purser_provider_row_set_narrow (PurserProviderRow *self,
                                gboolean           narrow)
{
  self->narrow = narrow;
  if (self->mark != NULL)
    lay_out (self);
}
