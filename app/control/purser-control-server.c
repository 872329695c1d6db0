/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-control-private.h"

struct _PurserControlServer
{
  GDBusConnection *bus; /* (owned) */
  PurserControlHandlers handlers;
  void (*lost) (gpointer data);
  gpointer data;
  guint object, name; /* registrations */
  gboolean owned; /* at some time */
};

static void
answer_calls (PurserControlServer *server, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  const char *text;
  g_variant_get (parameters, "(&s)", &text);
  g_autofree char *file = purser_control_unescape_file (text);
  g_autoptr(GPtrArray) calls = server->handlers.calls (file, server->data);
  GVariant *rows = purser_control_calls_to_variant (calls);
  g_dbus_method_invocation_return_value (invocation, g_variant_new_tuple (&rows, 1));
}

static void
answer_refresh (PurserControlServer *server, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  server->handlers.refresh (server->data);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

/* The answer first: stopping may end the process before another word is sent. */
static void
answer_stop (PurserControlServer *server, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  gboolean drain;
  g_variant_get (parameters, "(b)", &drain);
  g_dbus_method_invocation_return_value (invocation, NULL);
  g_dbus_connection_flush_sync (server->bus, NULL, NULL);
  server->handlers.stop (drain, server->data);
}

static const struct
{
  const char *method;
  void (*answer) (PurserControlServer *server, GVariant *parameters, GDBusMethodInvocation *invocation);
} METHODS[] = { { "Calls", answer_calls }, { "Refresh", answer_refresh }, { "Stop", answer_stop } };

/* GDBus lets through only the methods of the interface, with its types. */
static void
method_cb (GDBusConnection *bus,
           const char *sender,
           const char *path,
           const char *interface,
           const char *method,
           GVariant *parameters,
           GDBusMethodInvocation *invocation,
           gpointer user_data)
{
  for (guint i = 0; i < G_N_ELEMENTS (METHODS); i++)
    if (g_str_equal (METHODS[i].method, method))
      METHODS[i].answer (user_data, parameters, invocation);
}

static GVariant *
served (PurserControlServer *server)
{
  g_autoptr(GPtrArray) rows = server->handlers.served (server->data);
  return purser_control_served_to_variant (rows);
}

static GVariant *
property_cb (GDBusConnection *bus,
             const char *sender,
             const char *path,
             const char *interface,
             const char *property,
             GError **error,
             gpointer user_data)
{
  return g_str_equal (property, "Served") ? served (user_data) : g_variant_new_string (PURSER_VERSION);
}

static void
acquired_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  ((PurserControlServer *) user_data)->owned = TRUE;
}

static void
lost_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  PurserControlServer *server = user_data;
  server->lost (server->data);
}

/**
 * purser_control_server_new:
 * @bus: the session bus
 * @handlers: what answers; copied. They are called on the caller's main context
 * @lost: called, more than once perhaps, when another gateway owns the name or the bus goes. It may free the server
 * @data: for all of them
 *
 * Puts the gateway on the bus. The object is there before the name, so whoever starts the gateway by its name finds it whole.
 *
 * Returns: (transfer full) (nullable): the server; %NULL where @bus is closed
 */
PurserControlServer *
purser_control_server_new (GDBusConnection *bus,
                           const PurserControlHandlers *handlers,
                           void (*lost) (gpointer data),
                           gpointer data)
{
  static const GDBusInterfaceVTable VTABLE = { method_cb, property_cb, NULL, { NULL } };
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);
  PurserControlServer *server = g_new0 (PurserControlServer, 1);
  server->bus = g_object_ref (bus);
  server->handlers = *handlers;
  server->lost = lost;
  server->data = data;
  server->object = g_dbus_connection_register_object (bus, PURSER_CONTROL_PATH, purser_control_interface (), &VTABLE,
                                                      server, NULL, NULL);
  if (server->object == 0)
    {
      purser_control_server_free (server);
      return NULL;
    }
  server->name = g_bus_own_name_on_connection (bus, PURSER_CONTROL_NAME, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE,
                                               acquired_cb, lost_cb, server, NULL);
  return server;
}

/**
 * purser_control_server_owned:
 *
 * Returns: whether the name was ever this process's: after `lost` it tells "another runs already" from "the bus went away"
 */
gboolean
purser_control_server_owned (PurserControlServer *server)
{
  return server->owned;
}

void
purser_control_server_changed (PurserControlServer *server)
{
  GVariantBuilder changed;
  g_variant_builder_init_static (&changed, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&changed, "{sv}", "Served", served (server));
  g_dbus_connection_emit_signal (server->bus, NULL, PURSER_CONTROL_PATH, "org.freedesktop.DBus.Properties",
                                 "PropertiesChanged",
                                 g_variant_new ("(sa{sv}as)", PURSER_CONTROL_INTERFACE, &changed, NULL), NULL);
}

void
purser_control_server_free (PurserControlServer *server)
{
  if (server == NULL)
    return;
  if (server->name != 0)
    g_bus_unown_name (server->name);
  if (server->object != 0)
    g_dbus_connection_unregister_object (server->bus, server->object);
  g_object_unref (server->bus);
  g_free (server);
}
