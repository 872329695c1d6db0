/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-control-private.h"

#include <glib/gi18n-lib.h>

enum
{
  /* Starting by D-Bus takes a tenth of a second; on a computer that is just coming up, some seconds. */
  START_MS = 30000,
  ANSWER_MS = 10000
};

typedef struct
{
  gboolean start;
  const char *interface, *method;
  GVariant *parameters; /* (owned) (nullable) */
  const GVariantType *answer;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;
  g_clear_pointer (&call->parameters, g_variant_unref);
  g_free (call);
}

static gboolean
is_absent (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER);
}

static void
return_error (GTask *task, GError *error)
{
  const Call *call = g_task_get_task_data (task);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, error);
  else if (is_absent (error) && !call->start)
    {
      g_task_return_pointer (task, NULL, NULL);
      g_error_free (error);
    }
  else
    {
      g_dbus_error_strip_remote_error (error);
      if (is_absent (error))
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s",
                                 _("This desktop does not know how to start the gateway, because it is not installed "
                                    "as a service. Run purser-gateway by hand."));
      else if (call->start)
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED,
                                 _("The gateway could not be started: %s. Run purser-gateway in a terminal to see "
                                    "why."),
                                 error->message);
      else
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, _("The gateway does not answer: %s"),
                                 error->message);
      g_error_free (error);
    }
}

static void
called_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  GVariant *answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  if (answer != NULL)
    g_task_return_pointer (task, answer, (GDestroyNotify) g_variant_unref);
  else
    return_error (task, error);
}

static void
bus_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  const Call *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(GDBusConnection) bus = g_bus_get_finish (result, &error);
  if (bus == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, error);
  else if (bus == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "%s",
                               _("There is no session bus here, so the gateway can be neither started nor asked. Run "
                                  "purser-gateway by hand."));
      g_error_free (error);
    }
  else
    /* The callback frees the task. */
    g_dbus_connection_call (bus, PURSER_CONTROL_NAME, PURSER_CONTROL_PATH, call->interface, call->method,
                            call->parameters, call->answer,
                            call->start ? G_DBUS_CALL_FLAGS_NONE : G_DBUS_CALL_FLAGS_NO_AUTO_START,
                            call->start ? START_MS : ANSWER_MS, g_task_get_cancellable (task), called_cb,
                            g_object_ref (task));
}

void
purser_control_call (GTask *task,
                     gboolean start,
                     const char *interface,
                     const char *method,
                     GVariant *parameters,
                     const GVariantType *answer)
{
  Call *call = g_new0 (Call, 1);
  call->start = start;
  call->interface = interface;
  call->method = method;
  call->parameters = parameters != NULL ? g_variant_ref_sink (parameters) : NULL;
  call->answer = answer;
  g_task_set_task_data (task, call, call_free);
  g_bus_get (G_BUS_TYPE_SESSION, g_task_get_cancellable (task), bus_cb, task);
}
