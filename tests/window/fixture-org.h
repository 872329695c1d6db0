/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fixture-gtk.h"
#include "purser-session.h"

/* A real organisation in a folder of its own, with a real clock. */
typedef struct
{
  char          *folder;  /* (owned) */
  PurserSession *session; /* (owned) */
} TestOrg;

static inline void
test_org_open (TestOrg *org)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserStore) store = NULL;
  g_autofree char *path = NULL;

  org->folder = g_dir_make_tmp ("purser-window-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (org->folder, "test.purser", NULL);
  store = purser_store_open (path, PURSER_STORE_CREATE, "Hartmann & Partner", "EUR", "Europe/Berlin", &error);
  g_assert_no_error (error);
  org->session = purser_session_new (store);
}

static inline void
test_org_close (TestOrg *org)
{
  g_autoptr (GDir) dir = g_dir_open (org->folder, 0, NULL);
  const char *name;

  purser_store_close (purser_session_get_store (org->session));
  g_clear_object (&org->session);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (org->folder, name, NULL);

      g_remove (path);
    }
  g_rmdir (org->folder);
  g_clear_pointer (&org->folder, g_free);
}

/* Runs a command to its end; the new thing's id. */
static inline gint64
test_org_run (TestOrg       *org,
              PurserCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserOutcome) outcome = purser_admin_run (purser_session_get_admin (org->session), command, &error);

  g_assert_no_error (error);
  g_assert_nonnull (outcome);
  return outcome->id;
}
