/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-control-private.h"

#include <glib/gi18n-lib.h>

/* The user's systemd, on the session bus: is the unit installed? → enable or disable it → let it read its links anew. */

#define MANAGER      "org.freedesktop.systemd1"
#define MANAGER_PATH "/org/freedesktop/systemd1"
#define UNIT         "purser-gateway.service"

enum
{
  ANSWER_MS = 10000
};

typedef struct
{
  GTask *task; /* (owned) */
  GDBusConnection *bus; /* (owned) */
  gboolean on;
} Ask;

static void state_cb (GObject *object, GAsyncResult *result, gpointer user_data);
static void changed_cb (GObject *object, GAsyncResult *result, gpointer user_data);
static void reread_cb (GObject *object, GAsyncResult *result, gpointer user_data);

static void
call (Ask *ask, const char *method, GVariant *parameters, GAsyncReadyCallback callback)
{
  g_dbus_connection_call (ask->bus, MANAGER, MANAGER_PATH, MANAGER ".Manager", method, parameters, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, ANSWER_MS, g_task_get_cancellable (ask->task), callback,
                          ask);
}

static void
done (Ask *ask, PurserAutostart way, const char *words)
{
  purser_autostart_return (ask->task, way, words);
  g_object_unref (ask->bus);
  g_free (ask);
}

/* Switching off what cannot be switched on is done already. */
static void
done_without (Ask *ask, const char *words)
{
  gboolean silent = !ask->on || g_cancellable_is_cancelled (g_task_get_cancellable (ask->task));
  done (ask, PURSER_AUTOSTART_NONE, silent ? NULL : words);
}

void
purser_autostart_systemd (GTask *task, GDBusConnection *bus, gboolean on)
{
  Ask *ask = g_new0 (Ask, 1);
  ask->task = task;
  ask->bus = g_object_ref (bus);
  ask->on = on;
  call (ask, "GetUnitFileState", g_variant_new ("(s)", UNIT), state_cb);
}

static void
state_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Ask *ask = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  const char *state = "", *const units[] = { UNIT, NULL };

  if (answer == NULL)
    {
      gboolean absent = g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
                        || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER);
      done_without (ask, absent ? _("The gateway runs until you log out, because this desktop has no systemd that "
                                     "could start it with the session.")
                                : _("The gateway runs until you log out, because its systemd unit is not installed. "
                                     "Installing Purser as a package brings it along."));
      return;
    }
  if (g_variant_is_of_type (answer, G_VARIANT_TYPE ("(s)")))
    g_variant_get (answer, "(&s)", &state);
  if (g_str_has_prefix (state, "masked"))
    done_without (ask, _("The gateway runs until you log out, because its systemd unit is masked. To allow it: "
                          "systemctl --user unmask purser-gateway"));
  else if (ask->on)
    call (ask, "EnableUnitFiles", g_variant_new ("(^asbb)", units, FALSE, FALSE), changed_cb);
  else
    call (ask, "DisableUnitFiles", g_variant_new ("(^asb)", units, FALSE), changed_cb);
}

static void
changed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Ask *ask = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  if (answer != NULL)
    {
      call (ask, "Reload", NULL, reread_cb);
      return;
    }
  g_dbus_error_strip_remote_error (error);
  g_autofree char *words = g_strdup_printf (
      ask->on ? _("The gateway runs until you log out, because systemd did not allow it to start by itself: %s")
              : _("The gateway still starts when you log in, because systemd did not let go of it: %s"),
      error->message);
  done (ask, PURSER_AUTOSTART_NONE, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? NULL : words);
}

/* The links are made; a manager that does not read them now does so with the next session. */
static void
reread_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, NULL);
  done (user_data, PURSER_AUTOSTART_SYSTEMD, NULL);
}
