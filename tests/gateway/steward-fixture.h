/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib/gstdio.h>
#include <string.h>

#include "purser-db.h"
#include "purser-steward.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

/* The steward with a data plane that only takes notes. */

#define WAIT_UNTIL(condition) \
  while (!(condition))        \
  g_main_context_iteration (NULL, TRUE)

struct _PurserServed
{
  PurserStore *store; /* (owned) */
  char *url; /* (owned) */
  int port;
  void (*gone) (gpointer data);
  gpointer data;
};

static struct
{
  GPtrArray *served, *leaving; /* (element-type PurserServed) in the order they came */
  gboolean taken; /* every port is */
  gboolean hold; /* calls run until let_go() */
  guint running, drained, refused;
  guint64 done;
} plane;

static PurserServed *
fake_serve (PurserPlane *nothing, PurserStore *store, PurserVault *vault, GError **error)
{
  g_assert_true (PURSER_IS_VAULT (vault));
  g_autoptr(PurserOrg) org = purser_store_get_org (store);
  if (plane.taken)
    {
      plane.refused++;
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, "The port is taken by another program.");
      return NULL;
    }
  PurserServed *served = g_new0 (PurserServed, 1);
  served->store = g_object_ref (store);
  served->port = org->gateway.port;
  served->url = g_strdup_printf ("http://127.0.0.1:%d", served->port);
  g_ptr_array_add (plane.served, served);
  return served;
}

static gboolean
gone_cb (gpointer data)
{
  PurserServed *served = data;
  g_ptr_array_remove (plane.leaving, served);
  void (*gone) (gpointer) = served->gone;
  gpointer user_data = served->data;
  g_object_unref (served->store);
  g_free (served->url);
  g_free (served);
  gone (user_data);
  return G_SOURCE_REMOVE;
}

static void
let_go (void)
{
  plane.hold = FALSE;
  for (guint i = 0; i < plane.leaving->len; i++)
    g_idle_add (gone_cb, g_ptr_array_index (plane.leaving, i));
}

static void
fake_drop (PurserServed *served, gboolean drain, void (*gone) (gpointer data), gpointer data)
{
  g_assert_true (g_ptr_array_remove (plane.served, served));
  g_ptr_array_add (plane.leaving, served);
  plane.drained += drain;
  served->gone = gone;
  served->data = data;
  if (!plane.hold)
    g_idle_add (gone_cb, served);
}

static const char *
fake_url (PurserServed *served)
{
  return served->url;
}

static void
fake_count (PurserServed *served, guint *running, guint64 *done)
{
  *running = plane.running;
  *done = plane.done;
}

static GPtrArray *
fake_calls (PurserServed *served)
{
  GPtrArray *calls = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_live_call_free);
  PurserLiveCall *call = g_new0 (PurserLiveCall, 1);
  call->call_id = 7;
  g_ptr_array_add (calls, call);
  return calls;
}

static const PurserStewardPlane FAKE = { fake_serve, fake_drop, fake_url, fake_count, fake_calls };

/* --- Organisations --- */

typedef struct
{
  char *folder; /* (owned) $XDG_DATA_HOME/purser */
  PurserSteward *steward; /* (owned) (nullable) */
  guint changed;
  int status; /* -1 = not ended */
} Fixture;

static void
changed_cb (gpointer data)
{
  ((Fixture *) data)->changed++;
}

static void
ended_cb (int status, gpointer data)
{
  g_assert_cmpint (((Fixture *) data)->status, ==, -1);
  ((Fixture *) data)->status = status;
}

static Fixture *
fixture_new (void)
{
  Fixture *f = g_new0 (Fixture, 1);
  f->folder = purser_store_default_folder ();
  f->status = -1;
  g_assert_cmpint (g_mkdir_with_parents (f->folder, 0700), ==, 0);
  memset (&plane, 0, sizeof plane);
  plane.served = g_ptr_array_new ();
  plane.leaving = g_ptr_array_new ();
  return f;
}

static void
fixture_start (Fixture *f, const char *const *files, guint idle)
{
  static const PurserStewardNews NEWS = { changed_cb, ended_cb };
  f->steward = purser_steward_new (NULL, &FAKE, files, idle, &NEWS, f);
}

static void
fixture_stop (Fixture *f)
{
  if (f->status < 0)
    purser_steward_stop (f->steward, TRUE);
  WAIT_UNTIL (f->status >= 0);
  g_clear_pointer (&f->steward, purser_steward_free);
  f->status = -1;
}

static void
fixture_free (Fixture *f)
{
  if (f->steward != NULL)
    fixture_stop (f);
  g_assert_cmpuint (plane.served->len + plane.leaving->len, ==, 0);
  g_ptr_array_unref (plane.served);
  g_ptr_array_unref (plane.leaving);
  g_autoptr(GDir) dir = g_dir_open (f->folder, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);
      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_free (f->folder);
  g_free (f);
}

static char *
path_of (Fixture *f, const char *name)
{
  return g_strdup_printf ("%s/%s.purser", f->folder, name);
}

typedef struct
{
  gboolean enabled;
  int port;
} Settings;

static gboolean
settings_job (PurserDb *db, gpointer data, GError **error)
{
  const Settings *settings = data;
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  org->gateway.enabled = settings->enabled;
  org->gateway.port = settings->port;
  return purser_catalogue_set_gateway (db, &org->gateway, error) && purser_catalogue_raise (db, error);
}

/* As another program would: the file is opened, changed, closed. */
static void
set (Fixture *f, const char *name, gboolean enabled, int port)
{
  g_autofree char *path = path_of (f, name);
  g_autoptr(GError) error = NULL;
  gboolean fresh = !g_file_test (path, G_FILE_TEST_EXISTS);
  PurserStore *store =
      purser_store_open (path, fresh ? PURSER_STORE_CREATE : PURSER_STORE_OPEN, name, "EUR", "UTC", &error);
  g_assert_no_error (error);
  Settings settings = { enabled, port };
  purser_store_write (store, TRUE, settings_job, &settings, &error);
  g_assert_no_error (error);
  g_assert_finalize_object (store);
}

static PurserServedState *
state_of (Fixture *f, const char *name)
{
  g_autofree char *path = path_of (f, name);
  g_autoptr(GPtrArray) served = purser_steward_served (f->steward);
  guint i = 0;
  while (i < served->len && !g_str_equal (((PurserServedState *) g_ptr_array_index (served, i))->file, path))
    i++;
  return i < served->len ? g_ptr_array_steal_index (served, i) : NULL;
}

static int
port_at (guint i)
{
  return i < plane.served->len ? ((PurserServed *) g_ptr_array_index (plane.served, i))->port : 0;
}

#pragma GCC diagnostic pop
