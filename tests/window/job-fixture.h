/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include <glib/gstdio.h>
#include "purser-practice.h"
#include "purser-session.h"

/* An organisation in a folder of its own, a session on it, and one page in a window. */
typedef struct
{
  char              *folder;
  char              *path;
  PurserStore       *store;
  PurserSession     *session;
  GtkWidget         *window;
  AdwNavigationView *view;
} Job;

static gboolean
job_late_cb (gpointer late)
{
  *(gboolean *) late = TRUE;
  return G_SOURCE_REMOVE;
}

/* Waits for a condition, never for a time: the time-out only ends a test that has failed. */
#define JOB_WAIT(condition)                                                  \
  G_STMT_START                                                               \
  {                                                                          \
    gboolean late_ = FALSE;                                                  \
    guint source_ = g_timeout_add_seconds (60, job_late_cb, &late_);         \
    while (!(condition) && !late_)                                           \
      g_main_context_iteration (NULL, TRUE);                                 \
    if (!late_)                                                              \
      g_source_remove (source_);                                             \
    g_assert_true (condition);                                               \
  }                                                                          \
  G_STMT_END

static inline void
job_set_up (Job *job)
{
  g_autoptr (GError) error = NULL;

  job->folder = g_dir_make_tmp ("purser-window-XXXXXX", &error);
  g_assert_no_error (error);
  job->path = g_build_filename (job->folder, "test.purser", NULL);
  job->store = purser_store_open (job->path, PURSER_STORE_CREATE, "Test", "EUR", "Europe/Berlin", &error);
  g_assert_no_error (error);
  job->session = purser_session_new (job->store);
  job->window = adw_window_new ();
  job->view = ADW_NAVIGATION_VIEW (adw_navigation_view_new ());
  gtk_window_set_default_size (GTK_WINDOW (job->window), 900, 700);
  adw_window_set_content (ADW_WINDOW (job->window), GTK_WIDGET (job->view));
}

static inline void
job_show (Job               *job,
          AdwNavigationPage *page)
{
  adw_navigation_view_push (job->view, page);
  gtk_window_present (GTK_WINDOW (job->window));
  JOB_WAIT (gtk_widget_get_mapped (GTK_WIDGET (page)));
}

static inline PurserOutcome *
job_do (Job           *job,
        PurserCommand *command)
{
  g_autoptr (GError) error = NULL;
  PurserOutcome *outcome = purser_admin_run (purser_session_get_admin (job->session), command, &error);

  g_assert_no_error (error);
  g_assert_nonnull (outcome);
  return outcome;
}

static inline void
job_just_do (Job           *job,
             PurserCommand *command)
{
  purser_outcome_free (job_do (job, command));
}

static inline gint64
job_workload (Job        *job,
              const char *name)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (job->session);
  const PurserWorkload *workload = purser_org_workload_named (org, name);

  g_assert_nonnull (workload);
  return workload->id;
}

/* The first model whose provider's name for it is NAME. */
static inline gint64
job_model (Job        *job,
           const char *name)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (job->session);

  for (guint i = 0; i < org->models->len; i++)
    {
      const PurserModel *model = org->models->pdata[i];

      if (g_str_equal (model->name, name))
        return model->id;
    }
  g_assert_not_reached ();
}

/* The first mapped widget below WIDGET of TYPE whose label, title or text is WORDS (NULL: any). */
static inline gpointer
job_find (GtkWidget  *widget,
          GType       type,
          const char *words)
{
  static const char *const names[] = { "label", "title", "text" };

  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && gtk_widget_get_mapped (widget))
    {
      if (words == NULL)
        return widget;
      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        {
          GParamSpec *property = g_object_class_find_property (G_OBJECT_GET_CLASS (widget), names[i]);
          g_autofree char *value = NULL;

          if (property == NULL || !G_IS_PARAM_SPEC_STRING (property))
            continue;
          g_object_get (widget, names[i], &value, NULL);
          if (g_strcmp0 (value, words) == 0)
            return widget;
        }
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      gpointer found = job_find (child, type, words);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static inline void
job_tear_down (Job *job)
{
  gtk_window_destroy (GTK_WINDOW (job->window));
  /* A call that was cancelled with its page still settles: then nothing is left that holds the session. */
  g_object_add_weak_pointer (G_OBJECT (job->session), (gpointer *) &job->session);
  g_object_unref (job->session);
  JOB_WAIT (job->session == NULL);
  purser_store_close (job->store);
  g_clear_object (&job->store);
  for (const char *const *suffix = (const char *const[]) { "", "-wal", "-shm", "-owners", NULL }; *suffix != NULL; suffix++)
    {
      g_autofree char *file = g_strconcat (job->path, *suffix, NULL);

      g_remove (file);
    }
  g_rmdir (job->folder);
  g_free (job->path);
  g_free (job->folder);
}

/* Tests with widgets need a display; without one they say so and are skipped. */
static inline gboolean
job_begin (int    *argc,
           char ***argv)
{
  g_test_init (argc, argv, NULL);
  g_setenv ("GTK_A11Y", "test", TRUE);
  g_setenv ("ADW_DISABLE_PORTAL", "1", TRUE);
  if (!gtk_init_check ())
    {
      g_print ("TAP version 14\n1..0 # SKIP there is no display\n");
      return FALSE;
    }
  adw_init ();
  purser_practice_set_speed (0);
  return TRUE;
}
