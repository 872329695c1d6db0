/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-provider-check.h"

#include <glib/gi18n-lib.h>

#include "purser-format.h"

/* What each step is called before and after it. */
static const struct
{
  const char *waiting;
  const char *done;
  const char *failed;
} steps[PURSER_N_CHECK_STEPS] = {
  [PURSER_CHECK_ADDRESS] = { N_("Reach the address"), N_("Address reached"), N_("The address does not work") },
  [PURSER_CHECK_KEY] = { N_("Have the key accepted"), N_("Key accepted"), N_("The key was not accepted") },
  [PURSER_CHECK_MODELS] = { N_("Read the model list"), N_("Model list read"), N_("The model list cannot be read") },
  [PURSER_CHECK_REPLY] = { N_("Get one short reply"), N_("One short reply"), N_("No reply came") },
};

typedef struct
{
  AdwActionRow *row;
  GtkStack     *stack;  /* icon or spinner */
  GtkImage     *icon;
  GtkLabel     *value;
  PurserCheckState state;
} Step;

struct _PurserProviderCheck
{
  AdwBin               parent_instance;

  PurserSession       *session;     /* (owned) (nullable) */
  GCancellable        *cancellable; /* (owned) (nullable): the check on its way */
  gint64               provider_id;
  gboolean             second;      /* the models are stored only now: once more, for the reply */
  gboolean             kept;        /* the rows show a check made here, not only its stored result */
  Step                 steps[PURSER_N_CHECK_STEPS];
  gboolean             narrow;
  GtkBox              *box;
  AdwPreferencesGroup *group;
  GtkButton           *check_button;
};

G_DEFINE_FINAL_TYPE (PurserProviderCheck, purser_provider_check, ADW_TYPE_BIN)

static void start (PurserProviderCheck *self);

static const char *
step_title (guint            i,
            PurserCheckState state,
            gboolean         told)
{
  if (state == PURSER_CHECK_OK)
    return _(steps[i].done);
  if (state == PURSER_CHECK_FAILED)
    return _(steps[i].failed);
  if (state == PURSER_CHECK_SKIPPED && i == PURSER_CHECK_KEY && told)
    return _("No key needed"); /* else an earlier step failed */
  return _(steps[i].waiting);
}

static void
show_icon (Step *step)
{
  static const struct
  {
    const char *icon;
    const char *style;
    const char *word;
  } looks[] = {
    [PURSER_CHECK_WAITING] = { "content-loading-symbolic", "dimmed", N_("Not done yet") },
    [PURSER_CHECK_RUNNING] = { "content-loading-symbolic", "dimmed", N_("Under way") },
    [PURSER_CHECK_OK] = { "object-select-symbolic", "success", N_("Done") },
    [PURSER_CHECK_FAILED] = { "dialog-warning-symbolic", "warning", N_("Failed") },
    [PURSER_CHECK_SKIPPED] = { "list-remove-symbolic", "dimmed", N_("Left out") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (step->icon), looks[i].style);
  gtk_widget_add_css_class (GTK_WIDGET (step->icon), looks[step->state].style);
  gtk_image_set_from_icon_name (step->icon, looks[step->state].icon);
  gtk_accessible_update_property (GTK_ACCESSIBLE (step->icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _(looks[step->state].word), -1);
  gtk_stack_set_visible_child_name (step->stack, step->state == PURSER_CHECK_RUNNING ? "spinner" : "icon");
}

static void
show_step (PurserProviderCheck   *self,
           guint                  i,
           const PurserCheckLine *line)
{
  Step *step = &self->steps[i];
  g_autofree char *took = line->took_us >= 0 ? purser_format_duration (line->took_us) : g_strdup ("");
  gboolean told = line->words != NULL && *line->words != '\0';

  step->state = line->state;
  gtk_widget_set_visible (GTK_WIDGET (step->row), TRUE);
  show_icon (step);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (step->row), step_title (i, line->state, told));
  /* What a step found is short and stands at the end; what went wrong needs room and stands below. */
  told = told && !(line->state == PURSER_CHECK_SKIPPED && i == PURSER_CHECK_KEY); /* its title says it all */
  adw_action_row_set_subtitle (step->row, told && line->state != PURSER_CHECK_OK ? line->words : "");
  if (line->state == PURSER_CHECK_OK && told && i == PURSER_CHECK_MODELS)
    gtk_label_set_text (step->value, line->words);
  else
    gtk_label_set_text (step->value, line->state == PURSER_CHECK_OK ? took : "");
}

static void
clear_steps (PurserProviderCheck *self)
{
  const PurserCheckLine waiting = { PURSER_CHECK_WAITING, -1, NULL };

  for (guint i = 0; i < PURSER_N_CHECK_STEPS; i++)
    show_step (self, i, &waiting);
}

static void
step_cb (PurserCheckStep        step,
         const PurserCheckLine *line,
         gpointer               user_data)
{
  PurserProviderCheck *self = PURSER_PROVIDER_CHECK (user_data);

  /* The second look repeats what already stands there; only trouble, or the reply itself, is news. */
  if (self->second && step != PURSER_CHECK_REPLY && line->state != PURSER_CHECK_FAILED)
    return;
  show_step (self, step, line);
}

static void
say (PurserProviderCheck *self,
     const char          *title,
     const char          *words)
{
  g_autofree char *safe = g_markup_escape_text (title, -1);
  g_autofree char *safe_words = g_markup_escape_text (words, -1);

  adw_preferences_group_set_title (self->group, safe);
  adw_preferences_group_set_description (self->group, safe_words);
}

static const char *
find_problem (const PurserCheckReport *report)
{
  for (guint i = 0; i < PURSER_N_CHECK_STEPS; i++)
    if (report->line[i].state == PURSER_CHECK_FAILED)
      return report->line[i].words != NULL ? report->line[i].words : _(steps[i].failed);
  return NULL;
}

static void
say_report (PurserProviderCheck     *self,
            const PurserCheckReport *report)
{
  g_autofree char *took = NULL;
  g_autofree char *words = NULL;

  for (guint i = 0; i < PURSER_N_CHECK_STEPS; i++)
    if (report->line[i].state == PURSER_CHECK_FAILED)
      {
        say (self, _(steps[i].failed), _("Checked just now")); /* the step itself says why */
        return;
      }
  if (report->line[PURSER_CHECK_REPLY].state == PURSER_CHECK_OK)
    {
      took = purser_format_duration (report->line[PURSER_CHECK_REPLY].took_us);
      /* Translators: %s is a duration, "0.57 s". */
      words = g_strdup_printf (_("A short reply took %s, checked just now"), took);
      say (self, _("Connection works"), words);
    }
  else
    {
      say (self, _("Connection works"), _("Checked just now; no model was there to ask for a reply"));
    }
}

static void
set_busy (PurserProviderCheck *self,
          gboolean             busy)
{
  gtk_button_set_label (self->check_button, busy ? _("Stop") : _("Check connection"));
}

static void
announce (PurserProviderCheck *self)
{
  gtk_accessible_announce (GTK_ACCESSIBLE (self), adw_preferences_group_get_title (self->group),
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
finished (PurserProviderCheck *self)
{
  self->second = FALSE;
  g_clear_object (&self->cancellable);
  set_busy (self, FALSE);
  announce (self);
}

/* The models are in the catalogue now, so one of them can be asked. */
static void
models_stored_cb (GtkWidget           *origin,
                  const PurserOutcome *outcome,
                  const GError        *error,
                  gpointer             user_data)
{
  PurserProviderCheck *self = PURSER_PROVIDER_CHECK (origin);
  gboolean again = self->second && outcome != NULL && self->cancellable != NULL
                   && !g_cancellable_is_cancelled (self->cancellable);

  if (again)
    start (self);
  else
    finished (self);
}

static void
save_report (PurserProviderCheck     *self,
             const PurserCheckReport *report)
{
  const char *problem = find_problem (report);

  purser_session_run (self->session, GTK_WIDGET (self), purser_command_set_check (self->provider_id, problem), NULL,
                      NULL, NULL, NULL);
  if (report->models != NULL && !self->second)
    {
      self->second = problem == NULL && report->models->len > 0
                     && report->line[PURSER_CHECK_REPLY].state == PURSER_CHECK_SKIPPED;
      purser_session_run (self->session, GTK_WIDGET (self),
                          purser_command_set_models (self->provider_id, report->models), NULL, NULL, models_stored_cb,
                          NULL);
      return;
    }
  finished (self);
}

static void
check_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (PurserProviderCheck) self = PURSER_PROVIDER_CHECK (user_data);
  g_autoptr (GError) error = NULL;
  PurserCheckReport *report = purser_caller_check_finish (PURSER_CALLER (object), result, &error);

  if (self->session == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      if (self->session != NULL && self->cancellable != NULL)
        {
          clear_steps (self);
          say (self, _("Connection not checked"), _("The check was stopped"));
          finished (self);
        }
    }
  else if (report == NULL)
    {
      say (self, _("The check could not be made"), error->message);
      finished (self);
    }
  else
    {
      say_report (self, report);
      save_report (self, report);
    }
  g_clear_pointer (&report, purser_check_report_free);
}

static void
start (PurserProviderCheck *self)
{
  purser_caller_check_async (purser_session_get_caller (self->session), self->provider_id, NULL, step_cb, self,
                             self->cancellable, check_cb, g_object_ref (self));
}

static void
check_clicked_cb (PurserProviderCheck *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  else
    purser_provider_check_run (self);
}

static void
make_step (PurserProviderCheck *self,
           guint                i)
{
  Step *step = &self->steps[i];

  step->row = ADW_ACTION_ROW (adw_action_row_new ());
  step->stack = GTK_STACK (gtk_stack_new ());
  step->icon = GTK_IMAGE (gtk_image_new ());
  step->value = GTK_LABEL (gtk_label_new (NULL));
  gtk_stack_add_named (step->stack, GTK_WIDGET (step->icon), "icon");
  gtk_stack_add_named (step->stack, adw_spinner_new (), "spinner");
  gtk_widget_set_valign (GTK_WIDGET (step->stack), GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (GTK_WIDGET (step->stack), 16, 16);
  gtk_widget_add_css_class (GTK_WIDGET (step->value), "dimmed");
  gtk_widget_add_css_class (GTK_WIDGET (step->value), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (step->row), "purser-check-step");
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (step->row), FALSE);
  adw_action_row_add_prefix (step->row, GTK_WIDGET (step->stack));
  adw_action_row_add_suffix (step->row, GTK_WIDGET (step->value));
  adw_preferences_group_add (self->group, GTK_WIDGET (step->row));
}

static void
purser_provider_check_dispose (GObject *object)
{
  PurserProviderCheck *self = PURSER_PROVIDER_CHECK (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_provider_check_parent_class)->dispose (object);
}

static void
purser_provider_check_class_init (PurserProviderCheckClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_provider_check_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-provider-check.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserProviderCheck, box);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderCheck, group);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderCheck, check_button);
  gtk_widget_class_bind_template_callback (widget_class, check_clicked_cb);
}

static void
purser_provider_check_init (PurserProviderCheck *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < PURSER_N_CHECK_STEPS; i++)
    make_step (self, i);
  clear_steps (self);
}

/* A stored result knows what failed, not each step's time: the steps then say nothing they do not know. */
static void
show_stored (PurserProviderCheck  *self,
             const PurserProvider *provider)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  g_autofree char *when = NULL;
  g_autofree char *words = NULL;

  if (provider->checked_at == 0)
    {
      say (self, _("Connection not checked yet"), _("Four steps show whether it works, and if not, where it fails."));
      return;
    }
  when = purser_format_when (provider->checked_at, org->timezone);
  /* Translators: %s is "today at 14:32". */
  words = g_strdup_printf (_("Checked %s"), when);
  if (provider->check_result == NULL)
    {
      const PurserCheckLine fine = { PURSER_CHECK_OK, -1, NULL };
      const PurserCheckLine skipped = { PURSER_CHECK_SKIPPED, -1, _("No key needed") };
      gboolean keyless = provider->key_version == 0 && provider->key_env == NULL;

      for (guint i = 0; i < PURSER_N_CHECK_STEPS; i++)
        show_step (self, i, keyless && i == PURSER_CHECK_KEY ? &skipped : &fine);
      say (self, _("Connection works"), words);
    }
  else
    {
      g_autofree char *both = g_strdup_printf ("%s\n%s", provider->check_result, words);

      for (guint i = 0; i < PURSER_N_CHECK_STEPS; i++)
        gtk_widget_set_visible (GTK_WIDGET (self->steps[i].row), FALSE); /* which one failed is in the words */
      say (self, _("Connection does not work"), both);
    }
}

/**
 * purser_provider_check_show:
 * @self: the check
 * @session: the session
 * @provider: which provider
 *
 * Shows the result that is stored with @provider, unless a check made here stands there already.
 */
void
purser_provider_check_show (PurserProviderCheck  *self,
                            PurserSession        *session,
                            const PurserProvider *provider)
{
  g_set_object (&self->session, session);
  self->provider_id = provider->id;
  gtk_widget_set_sensitive (GTK_WIDGET (self->check_button), provider->kind->supported);
  if (self->cancellable == NULL && !self->kept)
    show_stored (self, provider);
}

/**
 * purser_provider_check_run:
 * @self: the check, which shows a provider
 *
 * Checks now. Does nothing while a check is on its way.
 */
void
purser_provider_check_run (PurserProviderCheck *self)
{
  if (self->cancellable != NULL || self->session == NULL)
    return;
  self->cancellable = g_cancellable_new ();
  self->kept = TRUE;
  clear_steps (self);
  say (self, _("Checking the connection"), _("The reply costs at most a few tokens."));
  set_busy (self, TRUE);
  start (self);
}

/**
 * purser_provider_check_running:
 * @self: the check
 *
 * Returns: whether a check is on its way
 */
gboolean
purser_provider_check_running (PurserProviderCheck *self)
{
  return self->cancellable != NULL;
}

/**
 * purser_provider_check_focus:
 * @self: the check
 *
 * Puts the focus on its button.
 */
void
purser_provider_check_focus (PurserProviderCheck *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->check_button));
}

/**
 * purser_provider_check_set_narrow:
 * @self: the check
 * @narrow: the button stands under the steps, so that the title has the line to itself
 */
void
purser_provider_check_set_narrow (PurserProviderCheck *self,
                                  gboolean             narrow)
{
  GtkWidget *button = GTK_WIDGET (self->check_button);

  if (self->narrow == narrow)
    return;
  self->narrow = narrow;
  g_object_ref (button);
  if (narrow)
    {
      adw_preferences_group_set_header_suffix (self->group, NULL);
      gtk_box_append (self->box, button);
    }
  else
    {
      gtk_box_remove (self->box, button);
      adw_preferences_group_set_header_suffix (self->group, button);
    }
  g_object_unref (button);
}
