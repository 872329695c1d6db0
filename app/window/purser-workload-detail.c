/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-workload-detail.h"

#include <glib/gi18n-lib.h>

#include "purser-try-page.h"
#include "purser-workload-calling.h"
#include "purser-workload-form.h"
#include "purser-workload-order.h"
#include "purser-workload-policy.h"
#include "purser-workload-words.h"

struct _PurserWorkloadDetail
{
  AdwNavigationPage    parent_instance;

  PurserSession       *session;     /* (owned) */
  GCancellable        *cancellable; /* (owned): ends with the page */
  gint64               workload_id;
  PurserWorkloadOrder *order;
  PurserWorkloadCalling *calling;
  PurserWorkloadPolicy *policy;
  AdwActionRow        *name_row;
  AdwPreferencesGroup *own_group;
};

G_DEFINE_FINAL_TYPE (PurserWorkloadDetail, purser_workload_detail, ADW_TYPE_NAVIGATION_PAGE)

static void
overview_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (PurserWorkloadDetail) self = PURSER_WORKLOAD_DETAIL (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserOverview) overview = purser_review_overview_finish (PURSER_STORE (object), result, &error);
  g_autofree char *words = NULL;

  if (overview == NULL || self->session == NULL)
    return; /* the remark stays away; the Overview says what is wrong with the file */
  words = purser_workload_state_words (purser_workload_state_of (overview, self->workload_id), NULL);
  purser_workload_order_set_note (self->order, words);
}

static void
read_state (PurserWorkloadDetail *self)
{
  purser_review_overview_async (purser_session_get_store (self->session), self->cancellable, overview_cb,
                                g_object_ref (self));
}

static void
try_action (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  PurserWorkloadDetail *self = PURSER_WORKLOAD_DETAIL (widget);

  purser_window_push (widget, purser_try_page_new (self->session, self->workload_id));
}

static void
test_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  const char *kind = g_str_has_suffix (action_name, "latency") ? "latency" : "quality";
  g_autofree char *detail = g_strdup_printf ("new:%s:%" G_GINT64_FORMAT, kind,
                                             PURSER_WORKLOAD_DETAIL (widget)->workload_id);

  purser_window_go (widget, "tests", detail);
}

static void
add_action (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  purser_workload_order_add (PURSER_WORKLOAD_DETAIL (widget)->order);
}

static void
rename_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  PurserWorkloadDetail *self = PURSER_WORKLOAD_DETAIL (widget);

  purser_workload_form_rename (widget, self->session, self->workload_id);
}

static void
remove_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  PurserWorkloadDetail *self = PURSER_WORKLOAD_DETAIL (widget);
  /* Translators: %s is a workload's name. */
  g_autofree char *done = g_strdup_printf (_("%s removed"), adw_navigation_page_get_title (ADW_NAVIGATION_PAGE (self)));

  purser_session_run (self->session, widget, purser_command_remove_workload (self->workload_id), done,
                      purser_command_restore_workload (self->workload_id), NULL, NULL);
}

static void
copy_cb (PurserWorkloadDetail *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), adw_action_row_get_subtitle (self->name_row));
  purser_window_toast (GTK_WIDGET (self), _("Name copied"));
}

static void
narrow_cb (PurserWorkloadDetail *self)
{
  purser_workload_order_set_narrow (self->order, TRUE);
}

static void
wide_cb (PurserWorkloadDetail *self)
{
  purser_workload_order_set_narrow (self->order, FALSE);
}

static void
pop_self (PurserWorkloadDetail *self)
{
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW);
  AdwNavigationPage *before;

  if (view == NULL)
    return;
  before = adw_navigation_view_get_previous_page (ADW_NAVIGATION_VIEW (view), ADW_NAVIGATION_PAGE (self));
  if (before != NULL)
    adw_navigation_view_pop_to_page (ADW_NAVIGATION_VIEW (view), before);
}

static void
show (PurserWorkloadDetail *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const PurserWorkload *workload = purser_org_workload (org, self->workload_id);

  if (workload == NULL)
    {
      pop_self (self);
      return;
    }
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), purser_workload_title (workload));
  purser_workload_order_show (self->order, self->session, org, workload);
  purser_workload_calling_show (self->calling, self->session, org, workload);
  purser_workload_policy_show (self->policy, self->session, org, workload);
  adw_action_row_set_subtitle (self->name_row, workload->name);
  gtk_widget_set_visible (GTK_WIDGET (self->own_group), !workload->builtin);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "workload.rename", !workload->builtin);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "workload.remove", !workload->builtin);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "workload.try", org->models->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "workload.test-latency", org->models->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "workload.test-quality", org->models->len > 0 && workload->builtin);
}

static void
purser_workload_detail_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (purser_workload_detail_parent_class)->map (widget);
  read_state (PURSER_WORKLOAD_DETAIL (widget));
}

static void
purser_workload_detail_dispose (GObject *object)
{
  PurserWorkloadDetail *self = PURSER_WORKLOAD_DETAIL (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_workload_detail_parent_class)->dispose (object);
}

static void
purser_workload_detail_class_init (PurserWorkloadDetailClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_workload_detail_dispose;
  widget_class->map = purser_workload_detail_map;
  g_type_ensure (PURSER_TYPE_WORKLOAD_ORDER);
  g_type_ensure (PURSER_TYPE_WORKLOAD_CALLING);
  g_type_ensure (PURSER_TYPE_WORKLOAD_POLICY);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-workload-detail.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadDetail, order);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadDetail, calling);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadDetail, policy);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadDetail, name_row);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadDetail, own_group);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, narrow_cb);
  gtk_widget_class_bind_template_callback (widget_class, wide_cb);
  gtk_widget_class_install_action (widget_class, "workload.try", NULL, try_action);
  gtk_widget_class_install_action (widget_class, "workload.test-quality", NULL, test_action);
  gtk_widget_class_install_action (widget_class, "workload.test-latency", NULL, test_action);
  gtk_widget_class_install_action (widget_class, "workload.rename", NULL, rename_action);
  gtk_widget_class_install_action (widget_class, "workload.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "page.new", NULL, add_action);
}

static void
purser_workload_detail_init (PurserWorkloadDetail *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_workload_detail_new:
 * @session: the session
 * @workload_id: which workload
 *
 * Returns: (transfer floating): a page to push
 */
AdwNavigationPage *
purser_workload_detail_new (PurserSession *session,
                            gint64         workload_id)
{
  PurserWorkloadDetail *self = g_object_new (PURSER_TYPE_WORKLOAD_DETAIL, NULL);

  self->session = g_object_ref (session);
  self->workload_id = workload_id;
  show (self);
  g_signal_connect_object (session, "org-changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "ledger-changed", G_CALLBACK (read_state), self, G_CONNECT_SWAPPED);
  return ADW_NAVIGATION_PAGE (self);
}
