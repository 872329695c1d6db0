/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-workload-order.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-workload-choose.h"
#include "purser-workload-model-row.h"

struct _PurserWorkloadOrder
{
  AdwBin               parent_instance;

  PurserSession       *session;   /* (owned) (nullable) */
  gint64               workload_id;
  GArray              *models;    /* (owned) (element-type gint64): as shown */
  gint64               follow;    /* the model that the focus follows to its new place, 0 = none */
  gboolean             narrow;
  AdwPreferencesGroup *group;
  GtkListBox          *list;
  AdwButtonRow        *add_row;
};

G_DEFINE_FINAL_TYPE (PurserWorkloadOrder, purser_workload_order, ADW_TYPE_BIN)

static void
assign (PurserWorkloadOrder *self,
        GArray              *order,
        const char          *done)
{
  purser_session_run (self->session, GTK_WIDGET (self),
                      purser_command_assign (self->workload_id, (const gint64 *) order->data, order->len), done,
                      purser_command_assign (self->workload_id, (const gint64 *) self->models->data, self->models->len),
                      NULL, NULL);
}

static int
index_of (PurserWorkloadOrder *self,
          gint64               model_id)
{
  for (guint i = 0; i < self->models->len; i++)
    if (g_array_index (self->models, gint64, i) == model_id)
      return i;
  return -1;
}

static void
move_to (PurserWorkloadOrder *self,
         gint64               model_id,
         int                  to)
{
  g_autoptr (GArray) order = g_array_copy (self->models);
  int from = index_of (self, model_id);

  if (from < 0 || to < 0 || to >= (int) order->len || from == to)
    return;
  g_array_remove_index (order, from);
  g_array_insert_val (order, to, model_id);
  self->follow = model_id;
  assign (self, order, to == 0 ? _("First choice changed") : _("Order changed"));
}

static void
move_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  PurserWorkloadOrder *self = PURSER_WORKLOAD_ORDER (widget);
  gint64 model_id;
  int steps;

  g_variant_get (parameter, "(xi)", &model_id, &steps);
  move_to (self, model_id, index_of (self, model_id) + steps);
}

static void
remove_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  PurserWorkloadOrder *self = PURSER_WORKLOAD_ORDER (widget);
  g_autoptr (GArray) order = g_array_copy (self->models);
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  gint64 model_id = g_variant_get_int64 (parameter);
  const PurserModel *model = purser_org_model (org, model_id);
  int at = index_of (self, model_id);
  g_autofree char *done = NULL;

  if (at < 0)
    return;
  g_array_remove_index (order, at);
  if (order->len > 0)
    self->follow = g_array_index (order, gint64, MIN (at, (int) order->len - 1));
  /* Translators: %s is a model. */
  done = g_strdup_printf (_("%s removed from this workload"),
                          model != NULL ? purser_model_title (model) : _("The model"));
  assign (self, order, done);
}

static void
dropped_cb (PurserWorkloadOrder    *self,
            gint64                  model_id,
            PurserWorkloadModelRow *row)
{
  move_to (self, model_id, index_of (self, purser_workload_model_row_get_id (row)));
}

static void
chosen_cb (PurserWorkloadOrder *self,
           gint64               model_id)
{
  g_autoptr (GArray) order = g_array_copy (self->models);

  g_array_append_val (order, model_id);
  self->follow = model_id;
  assign (self, order, order->len == 1 ? _("Model chosen") : _("Fallback added"));
}

static void
row_activated_cb (PurserWorkloadOrder *self,
                  GtkListBoxRow       *row)
{
  if (GTK_WIDGET (row) == GTK_WIDGET (self->add_row))
    purser_workload_order_add (self);
}

static void
purser_workload_order_dispose (GObject *object)
{
  PurserWorkloadOrder *self = PURSER_WORKLOAD_ORDER (object);

  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_workload_order_parent_class)->dispose (object);
}

static void
purser_workload_order_finalize (GObject *object)
{
  g_array_unref (PURSER_WORKLOAD_ORDER (object)->models);
  G_OBJECT_CLASS (purser_workload_order_parent_class)->finalize (object);
}

static void
purser_workload_order_class_init (PurserWorkloadOrderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_workload_order_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_workload_order_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-workload-order.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadOrder, group);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadOrder, list);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadOrder, add_row);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_install_action (widget_class, "order.move", "(xi)", move_action);
  gtk_widget_class_install_action (widget_class, "order.remove", "x", remove_action);
}

static void
purser_workload_order_init (PurserWorkloadOrder *self)
{
  self->models = g_array_new (FALSE, FALSE, sizeof (gint64));
  gtk_widget_init_template (GTK_WIDGET (self));
}

static PurserWorkloadModelRow *
row_at (PurserWorkloadOrder *self,
        guint                i)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, i);

  if (PURSER_IS_WORKLOAD_MODEL_ROW (row))
    return PURSER_WORKLOAD_MODEL_ROW (row);
  row = GTK_LIST_BOX_ROW (purser_workload_model_row_new ());
  purser_workload_model_row_set_narrow (PURSER_WORKLOAD_MODEL_ROW (row), self->narrow);
  g_signal_connect_object (row, "dropped", G_CALLBACK (dropped_cb), self, G_CONNECT_SWAPPED);
  gtk_list_box_insert (self->list, GTK_WIDGET (row), i);
  return PURSER_WORKLOAD_MODEL_ROW (row);
}

/**
 * purser_workload_order_show:
 * @self: the order
 * @session: the session
 * @org: the snapshot now in force
 * @workload: whose models
 */
void
purser_workload_order_show (PurserWorkloadOrder  *self,
                            PurserSession        *session,
                            const PurserOrg      *org,
                            const PurserWorkload *workload)
{
  GtkListBoxRow *extra;

  g_set_object (&self->session, session);
  self->workload_id = workload->id;
  g_array_set_size (self->models, 0);
  g_array_append_vals (self->models, workload->models, workload->n_models);
  for (guint i = 0; i < workload->n_models; i++)
    {
      PurserWorkloadModelRow *row = row_at (self, i);

      purser_workload_model_row_show (row, org, workload, workload->models[i], i, workload->n_models);
      if (workload->models[i] == self->follow)
        gtk_widget_grab_focus (GTK_WIDGET (row));
    }
  while (PURSER_IS_WORKLOAD_MODEL_ROW (extra = gtk_list_box_get_row_at_index (self->list, workload->n_models)))
    gtk_list_box_remove (self->list, GTK_WIDGET (extra));
  self->follow = 0;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->add_row),
                                 workload->n_models == 0 ? _("Choose a model") : _("Add a fallback"));
  adw_preferences_group_set_description (self->group,
                                         workload->n_models == 0
                                           ? _("Calls for this workload are refused until it has a model.")
                                           : workload->n_models == 1
                                               ? _("When it does not answer, the call fails: a fallback would take over.")
                                               : _("The first answers. When it cannot, the next one does."));
}

/**
 * purser_workload_order_set_note:
 * @self: the order
 * @words: (nullable): a remark beside the title: how often the first choice answered
 */
void
purser_workload_order_set_note (PurserWorkloadOrder *self,
                                const char          *words)
{
  GtkWidget *note = adw_preferences_group_get_header_suffix (self->group);

  gtk_label_set_text (GTK_LABEL (note), words != NULL ? words : "");
}

/**
 * purser_workload_order_set_narrow:
 * @self: the order
 * @narrow: the rows do without their buttons
 */
void
purser_workload_order_set_narrow (PurserWorkloadOrder *self,
                                  gboolean             narrow)
{
  GtkListBoxRow *row;

  self->narrow = narrow;
  for (guint i = 0; PURSER_IS_WORKLOAD_MODEL_ROW (row = gtk_list_box_get_row_at_index (self->list, i)); i++)
    purser_workload_model_row_set_narrow (PURSER_WORKLOAD_MODEL_ROW (row), narrow);
}

/**
 * purser_workload_order_add:
 * @self: the order
 *
 * Opens the choice of a model, which becomes the last resort (or the first choice, where there is none).
 */
void
purser_workload_order_add (PurserWorkloadOrder *self)
{
  PurserWorkloadChoose *dialog = purser_workload_choose_new (self->session,
                                                             self->models->len == 0 ? _("Choose a model")
                                                                                    : _("Add a fallback"),
                                                             (const gint64 *) self->models->data, self->models->len);

  g_signal_connect_object (dialog, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (self));
}
