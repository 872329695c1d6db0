/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-workload-model-row.h"

#include <glib/gi18n-lib.h>

#include "purser-provider-words.h"
#include "purser-say.h"

#define DRAG_WIDTH 360
#define DRAG_HOTSPOT 20

struct _PurserWorkloadModelRow
{
  AdwActionRow   parent_instance;

  gint64         id;
  guint          position;
  guint          n;
  GtkLabel      *tag;
  GtkWidget     *barred; /* the sign that data terms forbid it */
  GtkButton     *up_button;
  GtkButton     *down_button;
  GtkMenuButton *menu_button;
};

G_DEFINE_FINAL_TYPE (PurserWorkloadModelRow, purser_workload_model_row, ADW_TYPE_ACTION_ROW)

static guint dropped_signal;

static void
move (PurserWorkloadModelRow *self,
      int                     steps)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "order.move", "(xi)", self->id, steps);
}

static void
up_cb (PurserWorkloadModelRow *self)
{
  move (self, -1);
}

static void
down_cb (PurserWorkloadModelRow *self)
{
  move (self, 1);
}

static gboolean
move_key (GtkWidget *widget,
          GVariant  *steps,
          gpointer   user_data)
{
  move (PURSER_WORKLOAD_MODEL_ROW (widget), g_variant_get_int32 (steps));
  return TRUE;
}

static gboolean
delete_key (GtkWidget *widget,
            GVariant  *unused,
            gpointer   user_data)
{
  return gtk_widget_activate_action (widget, "order.remove", "x", PURSER_WORKLOAD_MODEL_ROW (widget)->id);
}

static GdkContentProvider *
drag_prepare_cb (PurserWorkloadModelRow *self,
                 double                  x,
                 double                  y)
{
  return gdk_content_provider_new_typed (G_TYPE_INT64, self->id);
}

/* What hangs at the pointer: a card with the model's name; a picture of the row itself would let the rows below shine through. */
static void
drag_begin_cb (PurserWorkloadModelRow *self,
               GdkDrag                *drag)
{
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), adw_action_row_get_subtitle (ADW_ACTION_ROW (self)));
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_widget_set_size_request (list, MIN (gtk_widget_get_width (GTK_WIDGET (self)), DRAG_WIDTH), -1);
  gtk_list_box_append (GTK_LIST_BOX (list), row);
  gtk_drag_icon_set_child (GTK_DRAG_ICON (gtk_drag_icon_get_for_drag (drag)), list);
  gdk_drag_set_hotspot (drag, DRAG_HOTSPOT, DRAG_HOTSPOT);
}

static gboolean
drop_cb (PurserWorkloadModelRow *self,
         const GValue           *value)
{
  gint64 dropped = g_value_get_int64 (value);

  if (dropped == self->id)
    return FALSE;
  g_signal_emit (self, dropped_signal, 0, dropped);
  return TRUE;
}

static void
add_drag (PurserWorkloadModelRow *self)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INT64, GDK_ACTION_MOVE);

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect_object (source, "prepare", G_CALLBACK (drag_prepare_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (source, "drag-begin", G_CALLBACK (drag_begin_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (source));
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

static void
add_item (GMenu                  *menu,
          const char             *label,
          PurserWorkloadModelRow *self,
          int                     steps)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, "order.move", "(xi)", self->id, steps);
  g_menu_append_item (menu, item);
}

static void
make_menu (PurserWorkloadModelRow *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) moves = g_menu_new ();
  g_autoptr (GMenu) rest = g_menu_new ();
  g_autoptr (GMenuItem) removal = g_menu_item_new (_("_Remove"), NULL);

  if (self->position > 1)
    add_item (moves, _("Make _first choice"), self, -(int) self->position);
  if (self->position > 0)
    add_item (moves, _("Move _up"), self, -1);
  if (self->position + 1 < self->n)
    add_item (moves, _("Move _down"), self, 1);
  g_menu_item_set_action_and_target (removal, "order.remove", "x", self->id);
  g_menu_append_item (rest, removal);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (moves));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (rest));
  gtk_menu_button_set_menu_model (self->menu_button, G_MENU_MODEL (menu));
}

static void
add_keys (GtkWidgetClass *widget_class)
{
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Up, GDK_ALT_MASK, move_key, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Down, GDK_ALT_MASK, move_key, "i", 1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Delete, 0, delete_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Delete, 0, delete_key, NULL);
}

static void
purser_workload_model_row_class_init (PurserWorkloadModelRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  dropped_signal = g_signal_new ("dropped", PURSER_TYPE_WORKLOAD_MODEL_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_INT64);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-workload-model-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadModelRow, tag);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadModelRow, barred);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadModelRow, up_button);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadModelRow, down_button);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadModelRow, menu_button);
  gtk_widget_class_bind_template_callback (widget_class, up_cb);
  gtk_widget_class_bind_template_callback (widget_class, down_cb);
  add_keys (widget_class);
}

static void
purser_workload_model_row_init (PurserWorkloadModelRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_drag (self);
}

PurserWorkloadModelRow *
purser_workload_model_row_new (void)
{
  return g_object_new (PURSER_TYPE_WORKLOAD_MODEL_ROW, NULL);
}

gint64
purser_workload_model_row_get_id (PurserWorkloadModelRow *self)
{
  return self->id;
}

static const char *
tag_words (guint position,
           guint n)
{
  if (position == 0)
    return _("First choice");
  return position + 1 == n && n > 2 ? _("Last resort") : _("Fallback");
}

/**
 * purser_workload_model_row_show:
 * @self: the row
 * @org: the snapshot now in force
 * @workload: whose model it is
 * @model_id: the model
 * @position: its place, from 0
 * @n: how many there are
 */
void
purser_workload_model_row_show (PurserWorkloadModelRow *self,
                                const PurserOrg        *org,
                                const PurserWorkload   *workload,
                                gint64                  model_id,
                                guint                   position,
                                guint                   n)
{
  const PurserModel *model = purser_org_model (org, model_id);
  const char *title = model != NULL ? purser_model_title (model) : _("A removed model");
  g_autofree char *obstacle = model != NULL ? purser_policy_obstacle (org, workload, model, g_get_real_time ()) : NULL;
  g_autofree char *plain = model != NULL ? purser_model_about (org, model) : g_strdup (_("Calls skip it"));
  /* Translators: why the data terms forbid a model. */
  g_autofree char *about = obstacle != NULL ? g_strdup_printf (_("Not allowed: %s"), obstacle) : g_strdup (plain);
  g_autofree char *spoken = NULL;

  self->id = model_id;
  self->position = position;
  self->n = n;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), about);
  gtk_label_set_text (self->tag, tag_words (position, n));
  gtk_widget_set_visible (GTK_WIDGET (self->barred), obstacle != NULL);
  if (position == 0)
    gtk_widget_add_css_class (GTK_WIDGET (self->tag), "first");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->tag), "first");
  gtk_widget_set_sensitive (GTK_WIDGET (self->up_button), position > 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->down_button), position + 1 < n);
  make_menu (self);
  /* Translators: a row read aloud: "First choice: Claude Sonnet". */
  spoken = g_strdup_printf (_("%s: %s"), tag_words (position, n), title);
  purser_say_row (GTK_WIDGET (self), spoken, about);
  purser_say_verb (GTK_WIDGET (self->up_button), _("Move up"), title);
  purser_say_verb (GTK_WIDGET (self->down_button), _("Move down"), title);
  purser_say_verb (GTK_WIDGET (self->menu_button), _("More about this model"), title);
}

/**
 * purser_workload_model_row_set_narrow:
 * @self: the row
 * @narrow: the menu alone moves it
 */
void
purser_workload_model_row_set_narrow (PurserWorkloadModelRow *self,
                                      gboolean                narrow)
{
  gtk_widget_set_visible (GTK_WIDGET (self->up_button), !narrow);
  gtk_widget_set_visible (GTK_WIDGET (self->down_button), !narrow);
}
