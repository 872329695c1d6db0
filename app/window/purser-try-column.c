/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-try-column.h"

#include <glib/gi18n-lib.h>

#include "purser-format.h"
#include "purser-provider-words.h"
#include "purser-say.h"
#include "purser-shown.h"

#define MODEL_ASSIGNED 0 /* what stands for "as assigned" among the model ids */
#define MODEL_NONE (-1)

struct _PurserTryColumn
{
  AdwBin          parent_instance;

  PurserSession  *session;     /* (owned) (nullable) */
  GCancellable   *cancellable; /* (owned) (nullable): the call on its way */
  gint64          workload_id;
  gboolean        assigned;
  GArray         *ids;         /* (owned) (element-type gint64): model of each choice */
  GtkLabel       *caption;
  GtkDropDown    *drop_down;
  GtkStack       *stack;
  GtkLabel       *state_label;
  GtkTextView    *reply_view;
  GtkTextBuffer  *reply;       /* (unowned): the view's */
  GtkWidget      *problem_box;
  GtkLabel       *problem_label;
  GtkLabel       *remark_label;
  GtkWidget      *facts;
  GtkLabel       *first_label;
  GtkLabel       *total_label;
  GtkLabel       *tokens_label;
  GtkLabel       *cost_label;
  AdwSpinner     *spinner;
};

G_DEFINE_FINAL_TYPE (PurserTryColumn, purser_try_column, ADW_TYPE_BIN)

static guint finished_signal;

static gint64
chosen_id (PurserTryColumn *self)
{
  guint i = gtk_drop_down_get_selected (self->drop_down);

  return i < self->ids->len ? g_array_index (self->ids, gint64, i) : MODEL_NONE;
}

static void
say_problem (PurserTryColumn *self,
             const char      *words)
{
  gtk_label_set_text (self->problem_label, words != NULL ? words : "");
  gtk_widget_set_visible (self->problem_box, words != NULL);
}

static void
say_remark (PurserTryColumn *self,
            const char      *words)
{
  gtk_label_set_text (self->remark_label, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->remark_label), words != NULL);
}

static void
say_state (PurserTryColumn *self,
           const char      *words)
{
  gtk_label_set_text (self->state_label, words);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), self->cancellable != NULL);
}

static void
append_text (PurserTryColumn *self,
             const char      *text,
             gsize            length)
{
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (self->reply, &end);
  gtk_text_buffer_insert (self->reply, &end, text, length);
  gtk_stack_set_visible_child_name (self->stack, "reply");
}

static void
event_cb (const PurserEvent *event,
          gpointer           user_data)
{
  PurserTryColumn *self = PURSER_TRY_COLUMN (user_data);

  if (self->session == NULL || event->choice != 0)
    return;
  if (event->type == PURSER_EVENT_TEXT || event->type == PURSER_EVENT_REFUSAL)
    append_text (self, event->text, event->length);
  else if (event->type == PURSER_EVENT_THINKING && gtk_text_buffer_get_char_count (self->reply) == 0)
    say_state (self, _("Thinking…"));
}

static void
show_facts (PurserTryColumn        *self,
            const PurserOrg        *org,
            const PurserCallResult *result)
{
  g_autofree char *first = purser_format_duration (result->first_text_us);
  g_autofree char *total = purser_format_duration (result->total_us);
  g_autofree char *in = purser_format_count (purser_tokens_input (&result->tokens));
  g_autofree char *out = purser_format_count (purser_tokens_output (&result->tokens));
  g_autofree char *cost = result->unpriced ? g_strdup (_("price not known"))
                                           : purser_format_cost (org, result->cost_nano);
  g_autofree char *tokens = NULL;

  if (result->estimated)
    /* Translators: estimated counts of tokens read and written; keep the no-break spaces. */
    tokens = g_strdup_printf (_("about %s in, %s out"), in, out);
  else
    /* Translators: counts of tokens read and written; keep the no-break spaces. */
    tokens = g_strdup_printf (_("%s in, %s out"), in, out);
  gtk_label_set_text (self->first_label, first);
  gtk_label_set_text (self->total_label, total);
  gtk_label_set_text (self->tokens_label, tokens);
  gtk_label_set_text (self->cost_label, cost);
  gtk_widget_set_visible (self->facts, result->call_id != 0);
}

static const char *
title_of (const PurserOrg *org,
          const char      *ref)
{
  const PurserModel *model = ref != NULL ? purser_org_model_ref (org, ref) : NULL;

  return model != NULL ? purser_model_title (model) : ref;
}

/* Two replies stand side by side, perhaps of one model: by their names they are told apart. */
static void
name_reply (PurserTryColumn *self,
            const char      *title)
{
  g_autofree char *name = NULL;

  if (title == NULL)
    name = g_strdup (self->assigned ? _("First reply") : _("Second reply"));
  else
    /* Translators: %s is a model. */
    name = g_strdup_printf (self->assigned ? _("First reply, of %s") : _("Second reply, of %s"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->reply_view), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* Who answered in the end, where it was not the first that was asked. */
static void
show_way (PurserTryColumn        *self,
          const PurserOrg        *org,
          const PurserCallResult *result)
{
  const PurserCallAttempt *first = result->attempts != NULL && result->attempts->len > 0
                                     ? result->attempts->pdata[0] : NULL;
  g_autofree char *words = NULL;

  if (first != NULL && result->attempts->len > 1 && result->fault == NULL)
    {
      if (first->model_id == result->model_id)
        words = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Answered after %u failed attempt",
                                              "Answered after %u failed attempts", result->attempts->len - 1),
                                 result->attempts->len - 1);
      else
        /* Translators: both %s are models. */
        words = g_strdup_printf (_("%s answered, because %s could not"), title_of (org, result->model),
                                 title_of (org, first->model));
    }
  else if (result->model != NULL)
    /* Translators: %s is a model. */
    words = g_strdup_printf (_("%s answered"), title_of (org, result->model));
  say_remark (self, words);
}

static char *
explain (const PurserOrg        *org,
         const PurserCallResult *result)
{
  const PurserCallAttempt *last = result->attempts != NULL && result->attempts->len > 0
                                    ? result->attempts->pdata[result->attempts->len - 1] : NULL;
  const PurserModel *model = last != NULL ? purser_org_model (org, last->model_id) : NULL;
  const PurserProvider *provider = model != NULL ? purser_org_provider (org, model->provider_id) : NULL;

  return purser_fault_explain (result->fault, provider != NULL ? provider->name : NULL,
                               provider != NULL ? provider->kind : NULL);
}

static void
show_result (PurserTryColumn        *self,
             const PurserCallResult *result)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  g_autofree char *words = NULL;

  name_reply (self, title_of (org, result->model));
  if (gtk_text_buffer_get_char_count (self->reply) == 0 && result->reply != NULL)
    {
      const char *text = purser_reply_text (result->reply); /* a server that did not stream */

      if (*text != '\0')
        append_text (self, text, -1);
    }
  if (result->fault != NULL && result->fault->class_ == PURSER_FAULT_CANCELLED)
    say_remark (self, _("Stopped. What came until then was counted."));
  else if (result->fault != NULL)
    say_problem (self, words = explain (org, result));
  else
    show_way (self, org, result);
  show_facts (self, org, result);
  if (gtk_text_buffer_get_char_count (self->reply) == 0)
    {
      gtk_stack_set_visible_child_name (self->stack, "state");
      say_state (self, result->fault != NULL ? "" : _("The reply was empty."));
    }
}

static void
run_cb (GObject      *object,
        GAsyncResult *res,
        gpointer      user_data)
{
  g_autoptr (PurserTryColumn) self = PURSER_TRY_COLUMN (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserCallResult) result = purser_caller_run_finish (PURSER_CALLER (object), res, &error);

  if (self->session == NULL)
    return; /* the page is gone; the call was settled all the same */
  g_clear_object (&self->cancellable);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), FALSE);
  if (result != NULL)
    show_result (self, result);
  else
    {
      say_state (self, "");
      say_problem (self, error->message);
    }
  gtk_widget_set_sensitive (GTK_WIDGET (self->drop_down), TRUE);
  g_signal_emit (self, finished_signal, 0);
}

static void
chosen_cb (PurserTryColumn *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->stack), chosen_id (self) != MODEL_NONE);
  purser_say_drop_down (self->drop_down, gtk_label_get_text (self->caption));
}

static void
purser_try_column_dispose (GObject *object)
{
  PurserTryColumn *self = PURSER_TRY_COLUMN (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->ids, g_array_unref);
  G_OBJECT_CLASS (purser_try_column_parent_class)->dispose (object);
}

static void
purser_try_column_class_init (PurserTryColumnClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_try_column_dispose;
  finished_signal = g_signal_new ("finished", PURSER_TYPE_TRY_COLUMN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-try-column.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserTryColumn, caption);
  gtk_widget_class_bind_template_child (widget_class, PurserTryColumn, drop_down);
  gtk_widget_class_bind_template_child (widget_class, PurserTryColumn, stack);
  gtk_widget_class_bind_template_child (widget_class, PurserTryColumn, state_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTryColumn, reply_view);
  gtk_widget_class_bind_template_child (widget_class, PurserTryColumn, problem_box);
  gtk_widget_class_bind_template_child (widget_class, PurserTryColumn, problem_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTryColumn, remark_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTryColumn, facts);
  gtk_widget_class_bind_template_child (widget_class, PurserTryColumn, first_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTryColumn, total_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTryColumn, tokens_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTryColumn, cost_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTryColumn, spinner);
  gtk_widget_class_bind_template_callback (widget_class, chosen_cb);
}

static void
purser_try_column_init (PurserTryColumn *self)
{
  self->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gtk_widget_init_template (GTK_WIDGET (self));
  self->reply = gtk_text_view_get_buffer (self->reply_view);
}

static void
add_choice (PurserTryColumn *self,
            GtkStringList   *names,
            const char      *name,
            gint64           id)
{
  gtk_string_list_append (names, name);
  g_array_append_val (self->ids, id);
}

static void
add_special (PurserTryColumn      *self,
             GtkStringList        *names,
             const PurserWorkload *workload)
{
  if (!self->assigned)
    add_choice (self, names, _("No second model"), MODEL_NONE);
  else if (workload != NULL && workload->n_models > 0)
    add_choice (self, names, _("As assigned, with fallbacks"), MODEL_ASSIGNED);
}

static guint
begin_with (PurserTryColumn      *self,
            const PurserWorkload *workload)
{
  gint64 wish;

  if (self->assigned || workload == NULL || workload->n_models < 2)
    return 0;
  wish = workload->models[1];
  for (guint i = 0; i < self->ids->len; i++)
    if (g_array_index (self->ids, gint64, i) == wish)
      return i;
  return 0;
}

/**
 * purser_try_column_set_choices:
 * @self: the column
 * @session: the session
 * @workload_id: what is tried
 * @assigned: whether this is the first column, which may ask as callers do
 */
void
purser_try_column_set_choices (PurserTryColumn *self,
                               PurserSession   *session,
                               gint64           workload_id,
                               gboolean         assigned)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);
  const PurserWorkload *workload = purser_org_workload (org, workload_id);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  g_set_object (&self->session, session);
  self->workload_id = workload_id;
  self->assigned = assigned;
  gtk_label_set_label (self->caption, assigned ? _("First model") : _("Second model"));
  g_array_set_size (self->ids, 0);
  add_special (self, names, workload);
  for (guint i = 0; i < org->models->len; i++)
    {
      const PurserModel *model = org->models->pdata[i];
      const PurserProvider *provider = purser_org_provider (org, model->provider_id);
      g_autofree char *name = NULL;

      if (!purser_model_usable (org, model))
        continue;
      /* Translators: a model and its provider, "Claude Sonnet (Anthropic)". */
      name = g_strdup_printf (_("%s (%s)"), purser_model_title (model), provider->name);
      add_choice (self, names, name, model->id);
    }
  gtk_drop_down_set_model (self->drop_down, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->drop_down, begin_with (self, workload));
  chosen_cb (self);
}

gboolean
purser_try_column_has_model (PurserTryColumn *self)
{
  return chosen_id (self) != MODEL_NONE;
}

gboolean
purser_try_column_is_running (PurserTryColumn *self)
{
  return self->cancellable != NULL;
}

static void
clear (PurserTryColumn *self)
{
  gtk_text_buffer_set_text (self->reply, "", 0);
  say_problem (self, NULL);
  say_remark (self, NULL);
  gtk_widget_set_visible (self->facts, FALSE);
  gtk_stack_set_visible_child_name (self->stack, "state");
}

/**
 * purser_try_column_run:
 * @self: the column
 * @prompt: what to ask
 * @principal_id: whom it counts for, 0 = nobody named
 *
 * Asks. Does nothing where no model is chosen or one is being asked.
 */
void
purser_try_column_run (PurserTryColumn *self,
                       const char      *prompt,
                       gint64           principal_id)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const PurserWorkload *workload = purser_org_workload (org, self->workload_id);
  gint64 id = chosen_id (self);
  const PurserModel *model = id > 0 ? purser_org_model (org, id) : NULL;
  g_autofree char *ref = model != NULL ? purser_org_model_ref_of (org, model) : NULL;
  g_autoptr (PurserChat) chat = NULL;
  PurserCallRequest request = { .purpose = PURSER_PURPOSE_TRY, .stream = TRUE, .principal_id = principal_id };

  if (self->cancellable != NULL || id == MODEL_NONE || workload == NULL)
    return;
  chat = purser_chat_new_text (NULL, prompt);
  request.chat = chat;
  request.model = ref;
  request.workload = model == NULL ? workload->name : NULL; /* another model's answer is no traffic of the workload */
  self->cancellable = g_cancellable_new ();
  clear (self);
  name_reply (self, model != NULL ? purser_model_title (model) : NULL);
  say_state (self, _("Waiting for the first words…"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->drop_down), FALSE);
  purser_caller_run_async (purser_session_get_caller (self->session), &request, event_cb, self, self->cancellable,
                           run_cb, g_object_ref (self));
}

/**
 * purser_try_column_stop:
 * @self: the column
 *
 * Stops the call; what was seen until then is counted.
 */
void
purser_try_column_stop (PurserTryColumn *self)
{
  g_cancellable_cancel (self->cancellable);
}
