/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-control-private.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  gboolean on;
  char *parent_window; /* (owned) */
  char *words; /* (owned) (nullable) */
} Ask;

static int pretended = -1;
static guint patience_ms = 120000; /* the desktop may ask the user first */

static void
ask_free (gpointer data)
{
  Ask *ask = data;
  g_free (ask->parent_window);
  g_free (ask->words);
  g_free (ask);
}

void
purser_autostart_pretend (int sandboxed, guint answer_ms)
{
  pretended = sandboxed;
  patience_ms = answer_ms;
}

guint
purser_autostart_patience (void)
{
  return patience_ms;
}

static gboolean
is_sandboxed (void)
{
  return pretended >= 0 ? pretended : g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

void
purser_autostart_return (GTask *task, PurserAutostart way, const char *words)
{
  Ask *ask = g_task_get_task_data (task);
  ask->words = g_strdup (words);
  g_task_return_int (task, way);
  g_object_unref (task);
}

static void
bus_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  const Ask *ask = g_task_get_task_data (task);
  g_autoptr(GDBusConnection) bus = g_bus_get_finish (result, NULL);
  if (bus == NULL)
    purser_autostart_return (task, PURSER_AUTOSTART_NONE,
                             ask->on ? _("The gateway runs until you log out, because there is no session bus to ask "
                                          "for a start with the session.")
                                     : NULL);
  else if (is_sandboxed ())
    purser_autostart_portal (task, bus, ask->on, ask->parent_window);
  else
    purser_autostart_systemd (task, bus, ask->on);
}

/**
 * purser_autostart_set_async:
 * @on: whether the gateway is to start with the session
 * @parent_window: a portal's handle of the window that asks, "" for none
 *
 * Asks the desktop. Inside a Flatpak it may ask the user in turn, so an answer can take minutes.
 */
void
purser_autostart_set_async (
    gboolean on, const char *parent_window, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Ask *ask = g_new0 (Ask, 1);
  ask->on = on;
  ask->parent_window = g_strdup (parent_window != NULL ? parent_window : "");
  g_task_set_source_tag (task, purser_autostart_set_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, ask, ask_free);
  g_bus_get (G_BUS_TYPE_SESSION, cancellable, bus_cb, task);
}

/**
 * purser_autostart_set_finish:
 * @words: (out) (optional) (nullable): what the user should know, in a sentence
 *
 * Returns: which way starts (or no longer starts) the gateway
 */
PurserAutostart
purser_autostart_set_finish (GAsyncResult *result, char **words)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, purser_autostart_set_async), PURSER_AUTOSTART_NONE);
  Ask *ask = g_task_get_task_data (G_TASK (result));
  if (words != NULL)
    *words = g_steal_pointer (&ask->words);
  return (PurserAutostart) g_task_propagate_int (G_TASK (result), NULL);
}
