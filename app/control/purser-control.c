/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-control-private.h"

#define PROPERTIES "org.freedesktop.DBus.Properties"

struct _PurserControl
{
  GObject parent_instance;
  GDBusConnection *bus; /* (owned) (nullable) NULL until it is there */
  GCancellable *cancellable; /* (owned) everything in flight */
  GPtrArray *served; /* (owned) (element-type PurserServedState) */
  guint watch, subscription;
  gboolean running;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PurserControl, purser_control, G_TYPE_OBJECT)

static void
purser_control_dispose (GObject *object)
{
  PurserControl *self = PURSER_CONTROL (object);
  g_cancellable_cancel (self->cancellable);
  if (self->watch != 0)
    g_bus_unwatch_name (self->watch);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  self->watch = self->subscription = 0;
  g_clear_object (&self->bus);
  G_OBJECT_CLASS (purser_control_parent_class)->dispose (object);
}

static void
purser_control_finalize (GObject *object)
{
  PurserControl *self = PURSER_CONTROL (object);
  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->served);
  G_OBJECT_CLASS (purser_control_parent_class)->finalize (object);
}

static void
purser_control_class_init (PurserControlClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_control_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_control_finalize;
  /* Whether the gateway runs, or what it serves, is different now. */
  signals[CHANGED] =
      g_signal_new ("changed", PURSER_TYPE_CONTROL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
purser_control_init (PurserControl *self)
{
  self->cancellable = g_cancellable_new ();
  self->served = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_served_state_free);
}

static void
take (PurserControl *self, gboolean running, GPtrArray *served)
{
  if (!running && !self->running)
    {
      g_ptr_array_unref (served);
      return;
    }
  self->running = running;
  g_ptr_array_unref (self->served);
  self->served = served;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
take_variant (PurserControl *self, GVariant *served)
{
  if (g_variant_is_of_type (served, PURSER_CONTROL_SERVED_TYPE))
    take (self, TRUE, purser_control_served_from_variant (served));
}

static void
look_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  if (!purser_control_look_finish (PURSER_CONTROL (object), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_debug ("What the gateway serves could not be asked: %s", error->message);
}

static void
appeared_cb (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  PurserControl *self = user_data;
  purser_control_look_async (self, self->cancellable, look_cb, NULL);
}

static void
vanished_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  take (user_data, FALSE, g_ptr_array_new_with_free_func ((GDestroyNotify) purser_served_state_free));
}

static void
properties_cb (GDBusConnection *bus,
               const char *sender,
               const char *path,
               const char *interface,
               const char *signal,
               GVariant *parameters,
               gpointer user_data)
{
  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  g_autoptr(GVariant) changed = g_variant_get_child_value (parameters, 1);
  g_autoptr(GVariant) served = g_variant_lookup_value (changed, "Served", PURSER_CONTROL_SERVED_TYPE);
  if (served != NULL)
    take_variant (user_data, served);
}

static void
bus_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(PurserControl) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GDBusConnection) bus = g_bus_get_finish (result, &error);
  if (bus == NULL || g_cancellable_is_cancelled (self->cancellable))
    return; /* nobody to watch: whoever asks for something is told why */
  self->bus = g_steal_pointer (&bus);
  self->subscription =
      g_dbus_connection_signal_subscribe (self->bus, PURSER_CONTROL_NAME, PROPERTIES, "PropertiesChanged",
                                          PURSER_CONTROL_PATH, PURSER_CONTROL_INTERFACE, G_DBUS_SIGNAL_FLAGS_NONE,
                                          properties_cb, self, NULL);
  self->watch = g_bus_watch_name_on_connection (self->bus, PURSER_CONTROL_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                appeared_cb, vanished_cb, self, NULL);
}

/**
 * purser_control_new:
 *
 * Begins to watch for the gateway on the session bus; it is not started by that. What is known comes with "changed".
 *
 * Returns: (transfer full): the control; it works, and says that nothing runs, without a session bus too
 */
PurserControl *
purser_control_new (void)
{
  PurserControl *self = g_object_new (PURSER_TYPE_CONTROL, NULL);
  g_bus_get (G_BUS_TYPE_SESSION, self->cancellable, bus_cb, g_object_ref (self));
  return self;
}

gboolean
purser_control_is_running (PurserControl *self)
{
  g_return_val_if_fail (PURSER_IS_CONTROL (self), FALSE);
  return self->running;
}

GPtrArray *
purser_control_get_served (PurserControl *self)
{
  g_return_val_if_fail (PURSER_IS_CONTROL (self), NULL);
  return g_ptr_array_ref (self->served);
}

const PurserServedState *
purser_control_get_state (PurserControl *self, const char *file)
{
  g_return_val_if_fail (PURSER_IS_CONTROL (self), NULL);
  for (guint i = 0; i < self->served->len; i++)
    {
      const PurserServedState *state = g_ptr_array_index (self->served, i);
      if (g_strcmp0 (state->file, file) == 0)
        return state;
    }
  return NULL;
}

/* --- Asking --- */

static GTask *
new_task (
    PurserControl *self, GCancellable *cancellable, gpointer tag, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tag);
  return task;
}

/* NULL in ANSWER without an error: the gateway does not run. */
static gboolean
finish (GAsyncResult *result, GVariant **answer, GError **error)
{
  GError *local = NULL;
  *answer = g_task_propagate_pointer (G_TASK (result), &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}

/**
 * purser_control_look_async:
 *
 * Asks the gateway what it serves, without starting it. After this is_running() and get_served() are right, which just after
 * purser_control_new() they are not yet.
 */
void
purser_control_look_async (PurserControl *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (PURSER_IS_CONTROL (self));
  purser_control_call (new_task (self, cancellable, purser_control_look_async, callback, user_data), FALSE, PROPERTIES,
                       "Get", g_variant_new ("(ss)", PURSER_CONTROL_INTERFACE, "Served"), G_VARIANT_TYPE ("(v)"));
}

gboolean
purser_control_look_finish (PurserControl *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, purser_control_look_async), FALSE);
  g_autoptr(GVariant) answer = NULL;
  if (!finish (result, &answer, error))
    return FALSE;
  if (answer == NULL)
    {
      vanished_cb (NULL, NULL, self);
      return TRUE;
    }
  g_autoptr(GVariant) served = NULL;
  g_variant_get (answer, "(v)", &served);
  take_variant (self, served);
  return TRUE;
}

void
purser_control_refresh_async (PurserControl *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (PURSER_IS_CONTROL (self));
  purser_control_call (new_task (self, cancellable, purser_control_refresh_async, callback, user_data), TRUE,
                       PURSER_CONTROL_INTERFACE, "Refresh", NULL, NULL);
}

gboolean
purser_control_refresh_finish (PurserControl *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, purser_control_refresh_async), FALSE);
  g_autoptr(GVariant) answer = NULL;
  return finish (result, &answer, error);
}

void
purser_control_stop_async (
    PurserControl *self, gboolean drain, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (PURSER_IS_CONTROL (self));
  purser_control_call (new_task (self, cancellable, purser_control_stop_async, callback, user_data), FALSE,
                       PURSER_CONTROL_INTERFACE, "Stop", g_variant_new ("(b)", drain), NULL);
}

/* One that does not run is stopped already: that succeeds. */
gboolean
purser_control_stop_finish (PurserControl *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, purser_control_stop_async), FALSE);
  g_autoptr(GVariant) answer = NULL;
  return finish (result, &answer, error);
}

void
purser_control_calls_async (
    PurserControl *self, const char *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (PURSER_IS_CONTROL (self));
  g_autofree char *text = purser_control_escape_file (file);
  purser_control_call (new_task (self, cancellable, purser_control_calls_async, callback, user_data), FALSE,
                       PURSER_CONTROL_INTERFACE, "Calls", g_variant_new ("(s)", text),
                       G_VARIANT_TYPE ("(a(xxxxxsbsu))"));
}

GPtrArray *
purser_control_calls_finish (PurserControl *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, purser_control_calls_async), NULL);
  g_autoptr(GVariant) answer = NULL;
  if (!finish (result, &answer, error))
    return NULL;
  if (answer == NULL)
    return g_ptr_array_new_with_free_func ((GDestroyNotify) purser_live_call_free);
  g_autoptr(GVariant) rows = g_variant_get_child_value (answer, 0);
  return purser_control_calls_from_variant (rows);
}
