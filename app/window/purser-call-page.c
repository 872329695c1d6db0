/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-call-page.h"

#include <glib/gi18n-lib.h>
#include "purser-call-words.h"
#include "purser-format.h"
#include "purser-layout.h"
#include "purser-shown.h"

struct _PurserCallPage
{
  AdwNavigationPage    parent_instance;

  PurserSession       *session;     /* (owned) */
  GCancellable        *cancellable; /* (owned): ends with the page */
  gint64               call_id;
  gboolean             loading;
  gboolean             closed;      /* the call is done: nothing changes but corrections */
  GPtrArray           *rows;        /* (element-type GtkWidget) not owned: in the groups */
  AdwWindowTitle      *window_title;
  GtkLabel            *finding;
  AdwPreferencesGroup *facts_group, *way_group, *use_group;
};

G_DEFINE_FINAL_TYPE (PurserCallPage, purser_call_page, ADW_TYPE_NAVIGATION_PAGE)

static void load (PurserCallPage *self);

/* --- rows --- */

static void
clear (PurserCallPage *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = g_ptr_array_index (self->rows, i);

      adw_preferences_group_remove (ADW_PREFERENCES_GROUP (gtk_widget_get_ancestor (row, ADW_TYPE_PREFERENCES_GROUP)), row);
    }
  g_ptr_array_set_size (self->rows, 0);
}

static GtkWidget *
add (PurserCallPage      *self,
     AdwPreferencesGroup *group,
     const char          *title,
     const char          *subtitle)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", title, "subtitle", subtitle != NULL ? subtitle : "", "subtitle-selectable", TRUE, NULL);

  adw_preferences_group_add (group, row);
  g_ptr_array_add (self->rows, row);
  return row;
}

/* What is known by a name and a value. */
static void
add_fact (PurserCallPage      *self,
          AdwPreferencesGroup *group,
          const char          *name,
          const char          *value)
{
  if (value != NULL && *value != '\0')
    gtk_widget_add_css_class (add (self, group, name, value), "property");
}

static char *
key_words (const PurserOrg *org,
           gint64           key_id)
{
  const PurserAccessKey *key = key_id != 0 ? purser_org_access_key (org, key_id) : NULL;

  if (key == NULL)
    return key_id != 0 ? g_strdup (_("One that is removed")) : NULL;
  return g_strdup_printf (_("Ends in %s"), key->hint);
}

static void
add_facts (PurserCallPage         *self,
           const PurserOrg        *org,
           const PurserCallRecord *record)
{
  const PurserCallRow *call = record->call;
  const PurserPrincipal *principal = purser_org_principal (org, call->principal_id);
  const PurserWorkload *workload = purser_org_workload (org, call->workload_id);
  g_autofree char *key = key_words (org, record->access_key_id);
  g_autofree char *moment = purser_format_when (call->opened_at, org->timezone);
  g_autofree char *when = purser_words_capital (moment);
  /* Translators: the protocol of a call, and whether the reply came piece by piece. */
  g_autofree char *how = g_strdup_printf (record->streamed ? _("%s, word by word") : _("%s, as a whole"), purser_dialect_words (record->dialect));

  add_fact (self, self->facts_group, _("Who"), principal != NULL ? principal->name : call->principal_id != 0 ? _("Somebody removed") : _("Nobody named"));
  add_fact (self, self->facts_group, _("For whom, as the tool says"), record->behalf);
  add_fact (self, self->facts_group, _("Workload"), workload != NULL ? purser_workload_title (workload) : call->workload_id != 0 ? _("A removed workload") : _("None: a model was asked for by its name"));
  add_fact (self, self->facts_group, _("Key"), key);
  add_fact (self, self->facts_group, _("How it was asked"), how);
  add_fact (self, self->facts_group, _("Begun"), when);
}

/* Tokens, cost and times of one attempt, or NULL. */
static char *
attempt_about (const PurserOrg        *org,
               const PurserAttemptRow *attempt)
{
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;
  g_autofree char *joined = NULL;

  if (attempt->first_text_us >= 0)
    {
      g_autofree char *first = purser_format_duration (attempt->first_text_us);

      g_strv_builder_take (parts, g_strdup_printf (_("first words after %s"), first));
    }
  if (attempt->input_tokens >= 0 || attempt->output_tokens >= 0)
    {
      g_autofree char *in = purser_format_count (attempt->input_tokens), *out = purser_format_count (attempt->output_tokens);

      g_strv_builder_take (parts, g_strdup_printf (attempt->estimated ? _("about %s tokens in, %s out") : _("%s tokens in, %s out"), in, out));
    }
  if (attempt->unpriced)
    g_strv_builder_add (parts, _("no price"));
  else if (attempt->cost_nano != 0)
    {
      g_autofree char *cost = purser_format_cost (org, attempt->cost_nano);

      g_strv_builder_take (parts, attempt->at_most ? g_strdup_printf (_("at most %s"), cost) : g_strdup (cost));
    }
  if (attempt->may_be_billed && g_strcmp0 (attempt->outcome, "ok") != 0)
    g_strv_builder_add (parts, _("the provider may charge it all the same"));
  all = g_strv_builder_end (parts);
  joined = g_strjoinv (" · ", all);
  return purser_words_capital (joined);
}

static void
add_way_row (PurserCallPage *self,
             const char     *icon,
             const char     *style,
             const char     *title,
             const char     *about)
{
  GtkWidget *row = add (self, self->way_group, title, about);
  GtkWidget *image = gtk_image_new_from_icon_name (icon);

  gtk_widget_add_css_class (image, style);
  g_object_set (image, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), image);
}

static void
add_skips (PurserCallPage         *self,
           const PurserOrg        *org,
           const PurserCallRecord *record,
           gint64                  before)
{
  for (guint i = 0; i < record->skips->len; i++)
    {
      const PurserSkipRow *skip = g_ptr_array_index (record->skips, i);
      g_autofree char *words = NULL;

      if (skip->before_attempt != before)
        continue;
      words = purser_skip_words (org, skip);
      add_way_row (self, "media-skip-forward-symbolic", "dimmed", words, NULL);
    }
}

static void
add_way (PurserCallPage         *self,
         const PurserOrg        *org,
         const PurserCallRecord *record)
{
  gint64 last = 0;

  for (guint i = 0; i < record->attempts->len; i++)
    {
      const PurserAttemptRow *attempt = g_ptr_array_index (record->attempts, i);
      gboolean ok = g_strcmp0 (attempt->outcome, "ok") == 0;
      g_autofree char *words = purser_attempt_words (org, attempt), *about = attempt_about (org, attempt);

      add_skips (self, org, record, attempt->number);
      add_way_row (self, ok ? "object-select-symbolic" : attempt->outcome == NULL ? "content-loading-symbolic" : "dialog-warning-symbolic",
                   ok ? "success" : attempt->outcome == NULL ? "dimmed" : "warning", words, about);
      last = attempt->number;
    }
  for (gint64 before = last + 1; before <= last + 2; before++) /* passed over when nobody was left */
    add_skips (self, org, record, before);
}

static void
add_use (PurserCallPage         *self,
         const PurserOrg        *org,
         const PurserCallRecord *record)
{
  const PurserCallRow *call = record->call;
  g_autofree char *in = call->input_tokens >= 0 ? purser_format_count (call->input_tokens) : NULL;
  g_autofree char *out = call->output_tokens >= 0 ? purser_format_count (call->output_tokens) : NULL;
  g_autofree char *cost = call->unpriced && call->cost_nano == 0 ? g_strdup (_("No price is known for it")) : purser_format_cost (org, call->cost_nano);
  g_autofree char *first = call->first_text_us >= 0 ? purser_format_duration (call->first_text_us) : NULL;
  g_autofree char *total = call->total_us >= 0 ? purser_format_duration (call->total_us) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->use_group), g_strcmp0 (call->outcome, "open") != 0);
  add_fact (self, self->use_group, _("Tokens in"), in);
  add_fact (self, self->use_group, _("Tokens out"), out);
  add_fact (self, self->use_group, call->estimated ? _("Cost, with estimated tokens") : _("Cost"), cost);
  add_fact (self, self->use_group, _("First words after"), first);
  add_fact (self, self->use_group, _("Complete after"), total);
}

static void
show (PurserCallPage         *self,
      const PurserCallRecord *record)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  g_autofree char *story = purser_call_story (org, record);
  const PurserPrincipal *principal = purser_org_principal (org, record->call->principal_id);

  clear (self);
  self->closed = g_strcmp0 (record->call->outcome, "open") != 0;
  adw_window_title_set_subtitle (self->window_title, principal != NULL ? principal->name : "");
  gtk_label_set_label (self->finding, story);
  add_facts (self, org, record);
  add_way (self, org, record);
  add_use (self, org, record);
}

/* --- reading --- */

typedef struct
{
  PurserCallPage   *self;   /* (owned) */
  gint64            call_id;
  PurserCallRecord *record; /* (owned) (nullable) */
} Read;

static void
read_free (Read *read)
{
  g_clear_pointer (&read->record, purser_call_record_free);
  g_object_unref (read->self);
  g_free (read);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Read, read_free)

static gboolean
read_record (PurserDb *db,
             gpointer  data,
             GError  **error)
{
  Read *read = data;

  return (read->record = purser_ledger_call (db, read->call_id, error)) != NULL;
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Read) read = user_data;
  g_autoptr (GError) error = NULL;

  read->self->loading = FALSE;
  if (read->self->session == NULL)
    return;
  if (purser_store_run_finish (PURSER_STORE (object), result, &error))
    show (read->self, read->record);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_label_set_label (read->self->finding, error->message);
}

static void
load (PurserCallPage *self)
{
  Read *read;

  if (self->session == NULL || self->loading)
    return;
  self->loading = TRUE;
  read = g_new0 (Read, 1);
  read->self = g_object_ref (self);
  read->call_id = self->call_id;
  purser_store_read_async (purser_session_get_store (self->session), read_record, read, NULL, self->cancellable, read_cb, read);
}

static void
ledger_changed_cb (PurserCallPage *self)
{
  if (!self->closed)
    load (self);
}

static void
refresh_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  load (PURSER_CALL_PAGE (widget));
}

static void
purser_call_page_dispose (GObject *object)
{
  PurserCallPage *self = PURSER_CALL_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_call_page_parent_class)->dispose (object);
}

static void
purser_call_page_finalize (GObject *object)
{
  PurserCallPage *self = PURSER_CALL_PAGE (object);

  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->rows);
  G_OBJECT_CLASS (purser_call_page_parent_class)->finalize (object);
}

static void
purser_call_page_class_init (PurserCallPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_call_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_call_page_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-call-page.ui");
  purser_layout_bind (widget_class);
  gtk_widget_class_bind_template_child (widget_class, PurserCallPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, PurserCallPage, finding);
  gtk_widget_class_bind_template_child (widget_class, PurserCallPage, facts_group);
  gtk_widget_class_bind_template_child (widget_class, PurserCallPage, way_group);
  gtk_widget_class_bind_template_child (widget_class, PurserCallPage, use_group);
  gtk_widget_class_install_action (widget_class, "page.refresh", NULL, refresh_action);
}

static void
purser_call_page_init (PurserCallPage *self)
{
  self->cancellable = g_cancellable_new ();
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_call_page_new:
 * @session: the session
 * @call_id: which call
 *
 * Returns: (transfer floating): a page to push
 */
AdwNavigationPage *
purser_call_page_new (PurserSession *session,
                      gint64         call_id)
{
  PurserCallPage *self = g_object_new (PURSER_TYPE_CALL_PAGE, NULL);

  self->session = g_object_ref (session);
  self->call_id = call_id;
  load (self);
  g_signal_connect_object (session, "ledger-changed", G_CALLBACK (ledger_changed_cb), self, G_CONNECT_SWAPPED);
  return ADW_NAVIGATION_PAGE (self);
}
