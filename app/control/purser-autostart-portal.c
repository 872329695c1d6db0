/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-control-private.h"

#include <glib/gi18n-lib.h>

/* The Background portal: listen for the answer, then ask, then wait for it. The answer comes as a signal of a request object whose
 * path both sides can compute, so that it cannot be missed. */

#define PORTAL      "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define REQUEST     "org.freedesktop.portal.Request"

enum
{
  CALL_MS = 25000
};

/* Held by whoever may still call back: the method call, the listener, the timer, the cancellable. The task is returned by the first
 * of them that knows how it ended. */
typedef struct
{
  GTask *task; /* (owned) (nullable) NULL once it is returned */
  GDBusConnection *bus; /* (owned) */
  char *path; /* (owned) of the request */
  GSource *cancel; /* (owned) (nullable) */
  guint subscription, timer;
  gboolean on;
} Ask;

static void
ask_clear (gpointer data)
{
  Ask *ask = data;
  g_object_unref (ask->bus);
  g_free (ask->path);
}

static void
ask_release (gpointer data)
{
  g_rc_box_release_full (data, ask_clear);
}

static void
done (Ask *ask, PurserAutostart way, const char *words)
{
  GTask *task = g_steal_pointer (&ask->task);
  if (task == NULL)
    return;
  g_rc_box_acquire (ask);
  if (ask->cancel != NULL)
    g_source_destroy (ask->cancel);
  g_clear_pointer (&ask->cancel, g_source_unref);
  g_clear_handle_id (&ask->timer, g_source_remove);
  if (ask->subscription != 0)
    g_dbus_connection_signal_unsubscribe (ask->bus, ask->subscription);
  ask->subscription = 0;
  purser_autostart_return (task, way, words);
  ask_release (ask);
}

static const char *
refusal (gboolean on)
{
  return on ? _("The gateway runs until you log out, because the desktop did not allow it to start by itself. To "
                 "allow it, look for Purser among the apps in the desktop's settings.")
            : _("The gateway may still start when you log in, because the desktop did not change that. To change it, "
                 "look for Purser among the apps in the desktop's settings.");
}

static const char *
silence (gboolean on)
{
  return on ? _("The gateway runs until you log out, because the desktop did not answer whether it may start by "
                 "itself. Switch it off and on again to ask once more.")
            : _("The gateway may still start when you log in, because the desktop did not answer.");
}

static void
response_cb (GDBusConnection *bus,
             const char *sender,
             const char *path,
             const char *interface,
             const char *signal,
             GVariant *parameters,
             gpointer user_data)
{
  Ask *ask = user_data;
  guint32 response = 2;
  gboolean autostart = FALSE;
  g_autoptr(GVariant) results = NULL;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    g_variant_get (parameters, "(u@a{sv})", &response, &results);
  if (results != NULL)
    g_variant_lookup (results, "autostart", "b", &autostart);
  if (response == 0 && !!autostart == !!ask->on)
    done (ask, PURSER_AUTOSTART_PORTAL, NULL);
  else
    done (ask, PURSER_AUTOSTART_NONE, refusal (ask->on));
}

static void
subscribe (Ask *ask, const char *path)
{
  g_set_str (&ask->path, path);
  if (ask->subscription != 0)
    g_dbus_connection_signal_unsubscribe (ask->bus, ask->subscription);
  ask->subscription =
      g_dbus_connection_signal_subscribe (ask->bus, PORTAL, REQUEST, "Response", path, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                          response_cb, g_rc_box_acquire (ask), ask_release);
}

/* The desktop need not keep a question open that nobody waits for. */
static void
close_request (Ask *ask)
{
  g_dbus_connection_call (ask->bus, PORTAL, ask->path, REQUEST, "Close", NULL, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          CALL_MS, NULL, NULL, NULL);
}

static gboolean
timer_cb (gpointer user_data)
{
  Ask *ask = user_data;
  ask->timer = 0;
  close_request (ask);
  done (ask, PURSER_AUTOSTART_NONE, silence (ask->on));
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  close_request (user_data);
  done (user_data, PURSER_AUTOSTART_NONE, NULL);
  return G_SOURCE_REMOVE;
}

static void
called_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Ask *ask = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  const char *path = NULL;

  if (answer != NULL)
    {
      g_variant_get (answer, "(&o)", &path);
      /* Portals before 0.9 named requests as they liked. */
      if (ask->task != NULL && !g_str_equal (path, ask->path))
        subscribe (ask, path);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
           || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    done (ask, PURSER_AUTOSTART_NONE, silence (ask->on));
  else
    done (ask, PURSER_AUTOSTART_NONE,
          ask->on ? _("The gateway runs until you log out, because this desktop has no way to let it start by itself "
                       "(no Background portal).")
                  : NULL);
  ask_release (ask);
}

static GVariant *
parameters (const Ask *ask, const char *parent_window, const char *token)
{
  static const char *const COMMAND[] = { "purser-gateway", "--idle=30", NULL };
  GVariantBuilder options;
  g_variant_builder_init_static (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add (&options, "{sv}", "reason",
                         g_variant_new_string (_("Your tools reach their models through Purser's gateway.")));
  g_variant_builder_add (&options, "{sv}", "autostart", g_variant_new_boolean (ask->on));
  g_variant_builder_add (&options, "{sv}", "commandline", g_variant_new_strv (COMMAND, -1));
  /* By D-Bus the desktop would start the application itself, which is the window. */
  g_variant_builder_add (&options, "{sv}", "dbus-activatable", g_variant_new_boolean (FALSE));
  return g_variant_new ("(sa{sv})", parent_window, &options);
}

static void
watch_cancellable (Ask *ask, GCancellable *cancellable)
{
  if (cancellable == NULL)
    return;
  ask->cancel = g_cancellable_source_new (cancellable);
  g_source_set_callback (ask->cancel, G_SOURCE_FUNC (cancelled_cb), g_rc_box_acquire (ask), ask_release);
  g_source_attach (ask->cancel, g_main_context_get_thread_default ());
}

void
purser_autostart_portal (GTask *task, GDBusConnection *bus, gboolean on, const char *parent_window)
{
  Ask *ask = g_rc_box_new0 (Ask);
  g_autofree char *token = g_strdup_printf ("purser%08x", g_random_int ()),
                  *sender = g_strdup (g_dbus_connection_get_unique_name (bus) + 1);
  g_autofree char *path = g_strdup_printf (PORTAL_PATH "/request/%s/%s", g_strdelimit (sender, ".", '_'), token);

  ask->task = task;
  ask->bus = g_object_ref (bus);
  ask->on = on;
  subscribe (ask, path);
  watch_cancellable (ask, g_task_get_cancellable (task));
  ask->timer = g_timeout_add_full (G_PRIORITY_DEFAULT, purser_autostart_patience (), timer_cb, g_rc_box_acquire (ask),
                                   ask_release);
  /* This reference is the call's. */
  g_dbus_connection_call (bus, PORTAL, PORTAL_PATH, "org.freedesktop.portal.Background", "RequestBackground",
                          parameters (ask, parent_window, token), G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE,
                          CALL_MS, NULL, called_cb, ask);
}
