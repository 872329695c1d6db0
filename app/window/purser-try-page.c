/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-try-page.h"

#include <glib/gi18n-lib.h>

#include "purser-try-column.h"

struct _PurserTryPage
{
  AdwNavigationPage  parent_instance;

  PurserSession     *session; /* (owned) */
  GArray            *people;  /* (owned) (element-type gint64): principal of each choice, 0 = nobody named */
  GtkTextView       *prompt_view;
  GtkDropDown       *as_drop_down;
  GtkButton         *ask_button;
  PurserTryColumn   *one;
  PurserTryColumn   *two;
};

G_DEFINE_FINAL_TYPE (PurserTryPage, purser_try_page, ADW_TYPE_NAVIGATION_PAGE)

static char *
get_prompt (PurserTryPage *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->prompt_view);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
}

static gboolean
is_running (PurserTryPage *self)
{
  return purser_try_column_is_running (self->one) || purser_try_column_is_running (self->two);
}

/* One button, which asks or stops. */
static void
update_button (PurserTryPage *self)
{
  g_autofree char *prompt = get_prompt (self);
  gboolean running = is_running (self);

  gtk_button_set_label (self->ask_button, running ? _("_Stop") : _("_Ask"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->ask_button),
                            running || (*prompt != '\0' && purser_try_column_has_model (self->one)));
  if (running)
    gtk_widget_remove_css_class (GTK_WIDGET (self->ask_button), "suggested-action");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->ask_button), "suggested-action");
}

static void
ask (PurserTryPage *self)
{
  g_autofree char *prompt = get_prompt (self);
  guint i = gtk_drop_down_get_selected (self->as_drop_down);
  gint64 principal_id = i < self->people->len ? g_array_index (self->people, gint64, i) : 0;

  if (*prompt == '\0' || is_running (self))
    return;
  purser_try_column_run (self->one, prompt, principal_id);
  purser_try_column_run (self->two, prompt, principal_id);
  update_button (self);
}

static void
ask_action (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  ask (PURSER_TRY_PAGE (widget));
}

static void
button_cb (PurserTryPage *self)
{
  if (!is_running (self))
    {
      ask (self);
      return;
    }
  purser_try_column_stop (self->one);
  purser_try_column_stop (self->two);
}

static void
finished_cb (PurserTryPage *self)
{
  update_button (self);
  if (!is_running (self))
    gtk_accessible_announce (GTK_ACCESSIBLE (self), _("The reply is complete"),
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
shown_cb (PurserTryPage *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->prompt_view);
  GtkTextIter start, end;

  gtk_widget_grab_focus (GTK_WIDGET (self->prompt_view));
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_select_range (buffer, &start, &end); /* typing replaces the example */
}

static void
purser_try_page_dispose (GObject *object)
{
  PurserTryPage *self = PURSER_TRY_PAGE (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->people, g_array_unref);
  G_OBJECT_CLASS (purser_try_page_parent_class)->dispose (object);
}

static void
purser_try_page_class_init (PurserTryPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_try_page_dispose;
  g_type_ensure (PURSER_TYPE_TRY_COLUMN);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-try-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserTryPage, prompt_view);
  gtk_widget_class_bind_template_child (widget_class, PurserTryPage, as_drop_down);
  gtk_widget_class_bind_template_child (widget_class, PurserTryPage, ask_button);
  gtk_widget_class_bind_template_child (widget_class, PurserTryPage, one);
  gtk_widget_class_bind_template_child (widget_class, PurserTryPage, two);
  gtk_widget_class_bind_template_callback (widget_class, button_cb);
  gtk_widget_class_bind_template_callback (widget_class, finished_cb);
  gtk_widget_class_bind_template_callback (widget_class, shown_cb);
  gtk_widget_class_bind_template_callback (widget_class, update_button);
  gtk_widget_class_install_action (widget_class, "page.refresh", NULL, ask_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "page.refresh", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Enter, GDK_CONTROL_MASK, "page.refresh", NULL);
}

static void
purser_try_page_init (PurserTryPage *self)
{
  self->people = g_array_new (FALSE, FALSE, sizeof (gint64));
  gtk_widget_init_template (GTK_WIDGET (self));
}

static const char *
example_of (const PurserWorkload *workload)
{
  if (g_str_equal (workload->name, "drafting"))
    return _("Write a short, friendly reply to a customer whose parcel is two days late.");
  if (g_str_equal (workload->name, "summarization"))
    return _("Summarize in one sentence: The meeting moved from Tuesday to Thursday at 10, because the auditors "
             "arrive a day later. Anna books the room, and Jonas sends the figures by Wednesday noon.");
  if (g_str_equal (workload->name, "analysis"))
    return _("Sales were 120, 135 and 98 in three months. What is the average, and which month stands out?");
  return _("What can you do for us? Answer in one sentence.");
}

static void
fill_people (PurserTryPage   *self,
             const PurserOrg *org)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  gint64 nobody = 0;

  gtk_string_list_append (names, _("Nobody named"));
  g_array_append_val (self->people, nobody);
  for (guint i = 0; i < org->principals->len; i++)
    {
      const PurserPrincipal *principal = org->principals->pdata[i];

      gtk_string_list_append (names, principal->name);
      g_array_append_val (self->people, principal->id);
    }
  gtk_drop_down_set_model (self->as_drop_down, G_LIST_MODEL (names));
}

/**
 * purser_try_page_new:
 * @session: the session
 * @workload_id: what is tried
 *
 * Returns: (transfer floating): a page to push
 */
AdwNavigationPage *
purser_try_page_new (PurserSession *session,
                     gint64         workload_id)
{
  PurserTryPage *self = g_object_new (PURSER_TYPE_TRY_PAGE, NULL);
  g_autoptr (PurserOrg) org = purser_session_get_org (session);
  const PurserWorkload *workload = purser_org_workload (org, workload_id);
  g_autofree char *title = NULL;

  self->session = g_object_ref (session);
  /* Translators: %s is a workload's name. */
  title = g_strdup_printf (_("Try %s"), workload != NULL ? purser_workload_title (workload) : "");
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), title);
  fill_people (self, org);
  purser_try_column_set_choices (self->one, session, workload_id, TRUE);
  purser_try_column_set_choices (self->two, session, workload_id, FALSE);
  if (workload != NULL)
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->prompt_view), example_of (workload), -1);
  update_button (self);
  return ADW_NAVIGATION_PAGE (self);
}
