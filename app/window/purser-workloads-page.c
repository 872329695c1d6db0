/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-workloads-page.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-format.h"
#include "purser-try-page.h"
#include "purser-workload-detail.h"
#include "purser-workload-form.h"
#include "purser-workload-row.h"
#include "purser-workload-words.h"

#define LOG_LOOKS_AT 500 /* newest calls that are searched for fallbacks */
#define LOG_SHOWS 5      /* rows of the log */

struct _PurserWorkloadsPage
{
  AdwNavigationPage    parent_instance;

  PurserSession       *session;     /* (owned) */
  GCancellable        *cancellable; /* (owned): ends with the page */
  PurserOverview      *overview;    /* (owned) (nullable): not read yet */
  gboolean             reading;
  gboolean             stale;       /* calls were counted while we read */
  gboolean             narrow;
  GtkLabel            *finding;
  GtkLabel            *remark;
  GtkListBox          *list;
  AdwPreferencesGroup *log_group;
  GtkListBox          *log_list;
};

static void show_detail (PurserPage *page, const char *detail);

static void
page_iface_init (PurserPageInterface *iface)
{
  iface->show_detail = show_detail;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (PurserWorkloadsPage, purser_workloads_page, ADW_TYPE_NAVIGATION_PAGE,
                               G_IMPLEMENT_INTERFACE (PURSER_TYPE_PAGE, page_iface_init))

static void read_numbers (PurserWorkloadsPage *self);

static void
open_workload (PurserWorkloadsPage *self,
               gint64               id)
{
  purser_window_push (GTK_WIDGET (self), purser_workload_detail_new (self->session, id));
}

static void
row_activated_cb (PurserWorkloadsPage *self,
                  PurserWorkloadRow   *row)
{
  open_workload (self, purser_workload_row_get_id (row));
}

static void
show_detail (PurserPage *page,
             const char *detail)
{
  PurserWorkloadsPage *self = PURSER_WORKLOADS_PAGE (page);
  gboolean try = g_str_has_prefix (detail, "try:");
  gint64 id;

  if (!g_ascii_string_to_signed (try ? detail + strlen ("try:") : detail, 10, 1, G_MAXINT64, &id, NULL))
    return;
  open_workload (self, id);
  if (try)
    purser_window_push (GTK_WIDGET (self), purser_try_page_new (self->session, id));
}

static void
new_action (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  purser_workload_form_add (widget, PURSER_WORKLOADS_PAGE (widget)->session);
}

/* --- the finding --- */

static char *
find_unassigned (const PurserOrg *org,
                 guint           *n)
{
  const PurserWorkload *first = NULL;

  *n = 0;
  for (guint i = 0; i < org->workloads->len; i++)
    {
      const PurserWorkload *workload = org->workloads->pdata[i];

      if (workload->n_models == 0 && (*n)++ == 0)
        first = workload;
    }
  if (*n == 0)
    return NULL;
  if (*n == org->workloads->len)
    return g_strdup (_("No work has a model yet"));
  if (*n == 1)
    /* Translators: %s is a workload's name. */
    return g_strdup_printf (_("%s has no model yet"), purser_workload_title (first));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u workload has no model yet",
                                       "%u workloads have no model yet", *n), *n);
}

static char *
find_trouble (PurserWorkloadsPage *self,
              const PurserOrg     *org,
              gint64              *calls,
              gint64              *moved)
{
  char *found = NULL;

  *calls = *moved = 0;
  for (guint i = 0; i < org->workloads->len; i++)
    {
      const PurserWorkload *workload = org->workloads->pdata[i];
      const PurserWorkloadState *state = purser_workload_state_of (self->overview, workload->id);
      PurserWorkloadMood mood;

      g_free (purser_workload_state_words (state, &mood));
      *calls += state != NULL ? state->calls_24h : 0;
      *moved += state != NULL ? state->calls_24h - state->first_choice_24h - state->failed_24h : 0;
      if (mood != PURSER_WORKLOAD_TROUBLE || found != NULL)
        continue;
      if (state->failed_24h > 0)
        /* Translators: %s is a workload's name. */
        found = g_strdup_printf (_("%s had failed calls"), purser_workload_title (workload));
      else
        /* Translators: %s is a workload's name. */
        found = g_strdup_printf (_("%s often needs its fallback"), purser_workload_title (workload));
    }
  return found;
}

static void
say_finding (PurserWorkloadsPage *self,
             const PurserOrg     *org)
{
  guint n_unassigned;
  gint64 calls, moved;
  g_autofree char *unassigned = find_unassigned (org, &n_unassigned);
  g_autofree char *trouble = find_trouble (self, org, &calls, &moved);
  g_autofree char *remark = NULL, *few = NULL;

  if (n_unassigned > 0)
    remark = g_strdup (_("Choose a model; calls for it are refused until then."));
  else if (calls == 0)
    remark = g_strdup (_("No calls in the last 24 hours."));
  else
    remark = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%'d call in the last 24 hours.",
                                           "%'d calls in the last 24 hours.", calls), (int) calls);
  if (unassigned != NULL)
    gtk_label_set_text (self->finding, unassigned);
  else if (trouble != NULL)
    gtk_label_set_text (self->finding, trouble);
  else if (moved > 0)
    {
      few = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "A fallback answered %d call", "Fallbacks answered %d calls", moved), (int) moved);
      gtk_label_set_text (self->finding, few);
    }
  else if (calls > 0)
    gtk_label_set_text (self->finding, _("Every workload runs on its first choice"));
  else
    gtk_label_set_text (self->finding, _("Every workload has a model"));
  gtk_label_set_text (self->remark, remark);
}

/* --- the list --- */

static void
fill_list (PurserWorkloadsPage *self,
           const PurserOrg     *org)
{
  GtkListBoxRow *row;
  guint i = 0;

  while ((row = gtk_list_box_get_row_at_index (self->list, i)) != NULL)
    {
      const PurserWorkload *workload = i < org->workloads->len ? org->workloads->pdata[i] : NULL;

      if (workload == NULL || purser_workload_row_get_id (PURSER_WORKLOAD_ROW (row)) != workload->id)
        {
          gtk_list_box_remove (self->list, GTK_WIDGET (row));
          continue;
        }
      purser_workload_row_show (PURSER_WORKLOAD_ROW (row), org, workload, self->overview);
      i++;
    }
  for (; i < org->workloads->len; i++)
    {
      PurserWorkloadRow *added = purser_workload_row_new ();

      purser_workload_row_show (added, org, org->workloads->pdata[i], self->overview);
      purser_workload_row_set_narrow (added, self->narrow);
      gtk_list_box_append (self->list, GTK_WIDGET (added));
    }
}

static void
show (PurserWorkloadsPage *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);

  fill_list (self, org);
  say_finding (self, org);
}

/* --- when a fallback answered --- */

typedef struct
{
  PurserWorkloadsPage *self; /* (owned) */
  GPtrArray           *rows; /* (owned) (nullable) (element-type PurserCallRow) */
} LogJob;

static gboolean
read_log (PurserDb  *db,
          gpointer   data,
          GError   **error)
{
  LogJob *job = data;

  job->rows = purser_ledger_recent (db, 0, LOG_LOOKS_AT, error);
  return job->rows != NULL;
}

static void
log_job_free (LogJob *job)
{
  g_clear_pointer (&job->rows, g_ptr_array_unref);
  g_clear_object (&job->self);
  g_free (job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LogJob, log_job_free)

/* The calls of one workload that one fallback answered. */
typedef struct
{
  gint64 workload_id, model_id;
  gint64 last_at;
  int    calls;
} LogLine;

/* Newest first, so that a line's time is its first call's. */
static GArray *
collect_log (const GPtrArray *rows,
             gint64           since)
{
  GArray *lines = g_array_new (FALSE, TRUE, sizeof (LogLine));

  for (guint i = 0; i < rows->len; i++)
    {
      const PurserCallRow *call = rows->pdata[i];
      LogLine *line = NULL;

      if (call->attempts < 2 || call->opened_at < since || call->model_id == 0 || call->purpose == PURSER_PURPOSE_TEST
          || !g_str_equal (call->outcome, "ok"))
        continue;
      for (guint k = 0; k < lines->len && line == NULL; k++)
        if (g_array_index (lines, LogLine, k).workload_id == call->workload_id
            && g_array_index (lines, LogLine, k).model_id == call->model_id)
          line = &g_array_index (lines, LogLine, k);
      if (line == NULL)
        {
          g_array_set_size (lines, lines->len + 1);
          line = &g_array_index (lines, LogLine, lines->len - 1);
          *line = (LogLine) { call->workload_id, call->model_id, call->opened_at, 0 };
        }
      line->calls++;
    }
  return lines;
}

static GtkWidget *
make_log_row (const PurserOrg *org,
              const LogLine   *line)
{
  const PurserWorkload *workload = purser_org_workload (org, line->workload_id);
  const PurserModel *model = purser_org_model (org, line->model_id);
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *when = purser_format_when (line->last_at, org->timezone);
  g_autofree char *words = NULL;
  g_autofree char *calls = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d call", "%d calls", line->calls),
                                            line->calls);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 workload != NULL ? purser_workload_title (workload) : _("A removed workload"));
  /* Translators: a model, then a moment: "Mistral Small answered after a failed attempt, last today at 14:05". */
  words = g_strdup_printf (_("%s answered after a failed attempt, last %s"),
                           model != NULL ? purser_model_title (model) : _("A removed model"), when);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_label_new (calls));
  return row;
}

static void
log_cb (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (LogJob) job = user_data;
  PurserWorkloadsPage *self = job->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserOrg) org = NULL;
  g_autoptr (GArray) lines = NULL;

  if (!purser_store_run_finish (PURSER_STORE (object), result, &error) || self->session == NULL)
    return;
  org = purser_session_get_org (self->session);
  lines = collect_log (job->rows, purser_store_now (PURSER_STORE (object)) - G_TIME_SPAN_DAY);
  gtk_list_box_remove_all (self->log_list);
  for (guint i = 0; i < MIN (lines->len, LOG_SHOWS); i++)
    gtk_list_box_append (self->log_list, make_log_row (org, &g_array_index (lines, LogLine, i)));
  gtk_widget_set_visible (GTK_WIDGET (self->log_group), lines->len > 0);
}

static void
overview_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (PurserWorkloadsPage) self = PURSER_WORKLOADS_PAGE (user_data);
  g_autoptr (GError) error = NULL;
  PurserOverview *overview = purser_review_overview_finish (PURSER_STORE (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->session == NULL)
    {
      g_clear_pointer (&overview, purser_overview_free);
      return;
    }
  self->reading = FALSE;
  if (overview == NULL)
    {
      g_warning ("Cannot read the last 24 hours: %s", error->message);
      return;
    }
  g_clear_pointer (&self->overview, purser_overview_free);
  self->overview = overview;
  show (self);
  if (self->stale)
    read_numbers (self);
}

static void
read_numbers (PurserWorkloadsPage *self)
{
  PurserStore *store = purser_session_get_store (self->session);
  LogJob *job;

  if (self->reading)
    {
      self->stale = TRUE;
      return;
    }
  self->reading = TRUE;
  self->stale = FALSE;
  purser_review_overview_async (store, self->cancellable, overview_cb, g_object_ref (self));
  job = g_new0 (LogJob, 1);
  job->self = g_object_ref (self);
  purser_store_read_async (store, read_log, job, NULL, self->cancellable, log_cb, job);
}

static void
ledger_changed_cb (PurserWorkloadsPage *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    read_numbers (self);
}

static void
set_narrow (PurserWorkloadsPage *self,
            gboolean             narrow)
{
  GtkListBoxRow *row;

  self->narrow = narrow;
  for (guint i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    purser_workload_row_set_narrow (PURSER_WORKLOAD_ROW (row), narrow);
}

static void
narrow_cb (PurserWorkloadsPage *self)
{
  set_narrow (self, TRUE);
}

static void
wide_cb (PurserWorkloadsPage *self)
{
  set_narrow (self, FALSE);
}

static void
purser_workloads_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (purser_workloads_page_parent_class)->map (widget);
  read_numbers (PURSER_WORKLOADS_PAGE (widget));
}

static void
purser_workloads_page_dispose (GObject *object)
{
  PurserWorkloadsPage *self = PURSER_WORKLOADS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->overview, purser_overview_free);
  G_OBJECT_CLASS (purser_workloads_page_parent_class)->dispose (object);
}

static void
purser_workloads_page_class_init (PurserWorkloadsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_workloads_page_dispose;
  widget_class->map = purser_workloads_page_map;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-workloads-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadsPage, finding);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadsPage, remark);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadsPage, list);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadsPage, log_group);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadsPage, log_list);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, narrow_cb);
  gtk_widget_class_bind_template_callback (widget_class, wide_cb);
  gtk_widget_class_install_action (widget_class, "page.new", NULL, new_action);
}

static void
purser_workloads_page_init (PurserWorkloadsPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_workloads_page_new:
 * @session: the session
 *
 * Returns: (transfer floating): the page
 */
AdwNavigationPage *
purser_workloads_page_new (PurserSession *session)
{
  PurserWorkloadsPage *self = g_object_new (PURSER_TYPE_WORKLOADS_PAGE, NULL);

  self->session = g_object_ref (session);
  show (self);
  g_signal_connect_object (session, "org-changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "ledger-changed", G_CALLBACK (ledger_changed_cb), self, G_CONNECT_SWAPPED);
  return ADW_NAVIGATION_PAGE (self);
}
