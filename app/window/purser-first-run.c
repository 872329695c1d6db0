/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-first-run.h"

#include <glib/gi18n-lib.h>
#include "purser-layout.h"
#include "purser-provider-tiles.h"

struct _PurserFirstRun
{
  AdwBin               parent_instance;

  PurserSession       *session; /* (owned) (nullable) */
  PurserStep           step;

  AdwWrapBox          *steps;
  GtkLabel            *title, *line;
  PurserProviderTiles *tiles;
  GtkButton           *next_button;
  GtkWidget           *sample_box;
  GtkWidget           *sample_button;
};

G_DEFINE_FINAL_TYPE (PurserFirstRun, purser_first_run, ADW_TYPE_BIN)

static const struct { const char *name, *title, *line, *button, *page;
} steps[PURSER_N_STEPS] = {
  { N_("Connect"), N_("Bring your first model"),
    N_("Choose where it runs. Your key stays in this computer’s keyring."), NULL, NULL },
  { N_("Assign"), N_("Give a workload its model"),
    N_("Your tools ask for a piece of work by its name. You decide which model does it, and which one steps in."),
    N_("_Choose a Model"), "workloads" },
  { N_("Try"), N_("Ask it something"), N_("One question is enough to see an answer, its tokens and its cost."),
    N_("_Try It"), "workloads" },
  { N_("See it counted"), N_("Every call is counted"),
    N_("Your first one is in the ledger, with who made it and what it cost."), N_("See the _Costs"), "costs" },
};

/**
 * purser_first_run_step:
 * @org: the configuration
 * @calls: how many calls were ever made for work
 *
 * Returns: the step to take next
 */
PurserStep
purser_first_run_step (const PurserOrg *org,
                       gint64           calls)
{
  gboolean connected = FALSE, assigned = FALSE;

  for (guint i = 0; i < org->providers->len; i++)
    connected |= ((const PurserProvider *) g_ptr_array_index (org->providers, i))->enabled;
  for (guint i = 0; i < org->workloads->len; i++)
    assigned |= ((const PurserWorkload *) g_ptr_array_index (org->workloads, i))->n_models > 0;
  if (calls > 0)
    return PURSER_STEP_COUNTED;
  return !connected ? PURSER_STEP_CONNECT : !assigned ? PURSER_STEP_ASSIGN : PURSER_STEP_TRY;
}

static GtkWidget *
make_chip (PurserFirstRun *self,
           PurserStep      step)
{
  GtkWidget *chip = g_object_new (GTK_TYPE_BOX, "spacing", 6, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST_ITEM, NULL);
  g_autofree char *number = g_strdup_printf ("%d", step + 1);
  gboolean done = step < self->step;
  g_autofree char *said = NULL;

  gtk_widget_add_css_class (chip, "purser-step");
  gtk_widget_add_css_class (chip, done ? "done" : step == self->step ? "now" : "ahead");
  gtk_box_append (GTK_BOX (chip),
                  done ? gtk_image_new_from_icon_name ("object-select-symbolic") : gtk_label_new (number));
  gtk_box_append (GTK_BOX (chip), gtk_label_new (_(steps[step].name)));
  said = g_strdup_printf (done                 ? _("Step %d, %s: done")
                          : step == self->step ? _("Step %d, %s: next")
                                               : _("Step %d, %s"),
                          step + 1, _(steps[step].name));
  gtk_accessible_update_property (GTK_ACCESSIBLE (chip), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
  return chip;
}

static char *
first_assigned (PurserFirstRun *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);

  for (guint i = 0; i < org->workloads->len; i++)
    {
      const PurserWorkload *workload = g_ptr_array_index (org->workloads, i);

      if (workload->n_models > 0)
        return g_strdup_printf ("try:%" G_GINT64_FORMAT, workload->id);
    }
  return NULL;
}

static void
next_cb (PurserFirstRun *self)
{
  g_autofree char *detail = self->step == PURSER_STEP_TRY ? first_assigned (self) : NULL;

  purser_window_go (GTK_WIDGET (self), steps[self->step].page, detail);
}

static void
practice_added_cb (GtkWidget           *origin,
                   const PurserOutcome *outcome,
                   const GError        *error,
                   gpointer             user_data)
{
  gtk_widget_set_sensitive (origin, TRUE);
}

static void
tile_chosen_cb (PurserFirstRun *self,
                const char     *kind,
                const char     *address)
{
  g_autofree char *detail = g_strdup_printf ("add:%s", kind);

  if (!g_str_equal (kind, "practice"))
    {
      purser_window_go (GTK_WIDGET (self), "providers", detail);
      return;
    }
  gtk_widget_set_sensitive (GTK_WIDGET (self->tiles), FALSE);
  purser_session_run (self->session, GTK_WIDGET (self->tiles), purser_command_add_practice (),
                      _("Practice models added. Nothing leaves this computer."), NULL, practice_added_cb, NULL);
}

static void
sample_loaded_cb (GtkWidget           *origin,
                  const PurserOutcome *outcome,
                  const GError        *error,
                  gpointer             user_data)
{
  gtk_widget_set_sensitive (origin, TRUE);
}

static void
sample_cb (PurserFirstRun *self)
{
  gtk_widget_set_sensitive (self->sample_button, FALSE);
  purser_session_run (self->session, self->sample_button, purser_command_load_sample (), _("Sample data added"), NULL,
                      sample_loaded_cb, NULL);
}

static void
purser_first_run_dispose (GObject *object)
{
  g_clear_object (&PURSER_FIRST_RUN (object)->session);
  G_OBJECT_CLASS (purser_first_run_parent_class)->dispose (object);
}

static void
purser_first_run_class_init (PurserFirstRunClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_first_run_dispose;
  g_type_ensure (PURSER_TYPE_PROVIDER_TILES);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-first-run.ui");
  purser_layout_bind (widget_class);
  gtk_widget_class_bind_template_child (widget_class, PurserFirstRun, steps);
  gtk_widget_class_bind_template_child (widget_class, PurserFirstRun, title);
  gtk_widget_class_bind_template_child (widget_class, PurserFirstRun, line);
  gtk_widget_class_bind_template_child (widget_class, PurserFirstRun, tiles);
  gtk_widget_class_bind_template_child (widget_class, PurserFirstRun, next_button);
  gtk_widget_class_bind_template_child (widget_class, PurserFirstRun, sample_box);
  gtk_widget_class_bind_template_child (widget_class, PurserFirstRun, sample_button);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
  gtk_widget_class_bind_template_callback (widget_class, tile_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, sample_cb);
}

static void
purser_first_run_init (PurserFirstRun *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
purser_first_run_set_session (PurserFirstRun *self,
                              PurserSession  *session)
{
  g_set_object (&self->session, session);
  purser_provider_tiles_set_session (self->tiles, session);
}

/**
 * purser_first_run_update:
 * @self: the guide
 * @calls: how many calls were ever made for work
 */
void
purser_first_run_update (PurserFirstRun *self,
                         gint64          calls)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  GtkWidget *child;

  self->step = purser_first_run_step (org, calls);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->steps))) != NULL)
    adw_wrap_box_remove (self->steps, child);
  for (PurserStep step = 0; step < PURSER_N_STEPS; step++)
    adw_wrap_box_append (self->steps, make_chip (self, step));
  gtk_label_set_label (self->title, _(steps[self->step].title));
  gtk_label_set_label (self->line, _(steps[self->step].line));
  gtk_widget_set_visible (GTK_WIDGET (self->tiles), self->step == PURSER_STEP_CONNECT);
  gtk_widget_set_visible (GTK_WIDGET (self->next_button), steps[self->step].button != NULL);
  if (steps[self->step].button != NULL)
    gtk_button_set_label (self->next_button, _(steps[self->step].button));
  gtk_widget_set_visible (self->sample_box, self->step == PURSER_STEP_CONNECT);
}
