/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "control-bus.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

/* A Background portal, and a user's systemd: what a desktop would be asked, answered as a test wants it. */

typedef enum
{
  GRANT,
  REFUSE /* nothing is changed */,
  CANCEL /* the user closed the question */,
  SILENT,
  OLD_PATH /* a request by another path than can be computed */,
  FAIL
} Manner;

typedef struct
{
  GDBusConnection *bus;
  Manner manner;
  guint name, object, request;
  GVariant *options; /* (owned) (nullable) of the last request */
  char *parent; /* (owned) */
  guint closed;
} Portal;

static const char PORTAL_XML[] =
    "<node><interface name='org.freedesktop.portal.Background'><method name='RequestBackground'>"
    "<arg type='s' direction='in'/><arg type='a{sv}' direction='in'/><arg type='o' "
    "direction='out'/></method></interface></node>";
static const char REQUEST_XML[] =
    "<node><interface name='org.freedesktop.portal.Request'><method name='Close'/></interface></node>";

static void
stand_in_own (GDBusConnection *bus, const char *name)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) answer =
      g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                   "RequestName", g_variant_new ("(su)", name, 4), NULL, 0, -1, NULL, &error);
  g_assert_no_error (error);
}

static guint
stand_in_register (
    GDBusConnection *bus, const char *path, const char *xml, const GDBusInterfaceVTable *table, gpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, &error);
  g_assert_no_error (error);
  guint id = g_dbus_connection_register_object (bus, path, node->interfaces[0], table, data, NULL, &error);
  g_assert_no_error (error);
  return id;
}

static void
portal_close_cb (GDBusConnection *bus,
                 const char *sender,
                 const char *path,
                 const char *interface,
                 const char *method,
                 GVariant *parameters,
                 GDBusMethodInvocation *invocation,
                 gpointer data)
{
  ((Portal *) data)->closed++;
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
portal_respond (Portal *portal, const char *sender, const char *path, gboolean autostart)
{
  static const guint32 RESPONSES[] = { [GRANT] = 0, [REFUSE] = 0, [CANCEL] = 1, [OLD_PATH] = 0 };
  GVariantBuilder results;
  g_variant_builder_init (&results, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&results, "{sv}", "background", g_variant_new_boolean (portal->manner != REFUSE));
  g_variant_builder_add (&results, "{sv}", "autostart",
                         g_variant_new_boolean (portal->manner == REFUSE ? !autostart : autostart));
  g_dbus_connection_emit_signal (portal->bus, sender, path, "org.freedesktop.portal.Request", "Response",
                                 g_variant_new ("(ua{sv})", RESPONSES[portal->manner], &results), NULL);
}

static void
portal_cb (GDBusConnection *bus,
           const char *sender,
           const char *path,
           const char *interface,
           const char *method,
           GVariant *parameters,
           GDBusMethodInvocation *invocation,
           gpointer data)
{
  static const GDBusInterfaceVTable CLOSE = { portal_close_cb, NULL, NULL, { NULL } };
  Portal *portal = data;
  const char *token = NULL;
  gboolean autostart = FALSE;
  g_clear_pointer (&portal->options, g_variant_unref);
  g_clear_pointer (&portal->parent, g_free);
  g_variant_get (parameters, "(s@a{sv})", &portal->parent, &portal->options);
  g_assert_true (g_variant_lookup (portal->options, "handle_token", "&s", &token));
  g_variant_lookup (portal->options, "autostart", "b", &autostart);
  g_autofree char *who = g_strdelimit (g_strdup (sender + 1), ".", '_');
  g_autofree char *request = g_strdup_printf ("/org/freedesktop/portal/desktop/request/%s/%s%s", who,
                                              portal->manner == OLD_PATH ? "other" : "", token);
  if (portal->manner == FAIL)
    {
      g_dbus_method_invocation_return_dbus_error (invocation, "org.freedesktop.DBus.Error.UnknownMethod", "No backend");
      return;
    }
  if (portal->request != 0)
    g_dbus_connection_unregister_object (bus, portal->request);
  portal->request = stand_in_register (bus, request, REQUEST_XML, &CLOSE, portal);
  /* An answer that overtakes the method's own return must not be missed; one by another path can only come after it. */
  if (portal->manner != SILENT && portal->manner != OLD_PATH)
    portal_respond (portal, sender, request, autostart);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", request));
  if (portal->manner == OLD_PATH)
    {
      /* As those did: some time later. */
      g_autofree char *to = g_strdup (sender);
      g_dbus_connection_flush_sync (bus, NULL, NULL);
      for (guint i = 0; i < 20; i++)
        {
          g_usleep (10000);
          while (g_main_context_iteration (NULL, FALSE))
            ;
        }
      portal_respond (portal, to, request, autostart);
    }
}

static Portal *
portal_new (Manner manner)
{
  static const GDBusInterfaceVTable TABLE = { portal_cb, NULL, NULL, { NULL } };
  Portal *portal = g_new0 (Portal, 1);
  portal->manner = manner;
  portal->bus = bus_stranger ();
  portal->object = stand_in_register (portal->bus, "/org/freedesktop/portal/desktop", PORTAL_XML, &TABLE, portal);
  stand_in_own (portal->bus, "org.freedesktop.portal.Desktop");
  return portal;
}

static void
portal_free (Portal *portal)
{
  g_dbus_connection_unregister_object (portal->bus, portal->object);
  if (portal->request != 0)
    g_dbus_connection_unregister_object (portal->bus, portal->request);
  bus_part (portal->bus);
  g_clear_pointer (&portal->options, g_variant_unref);
  g_free (portal->parent);
  g_free (portal);
}

typedef struct
{
  GDBusConnection *bus;
  guint object;
  const char *state; /* of the unit; NULL: there is none */
  gboolean refuses;
  guint enabled, disabled, reloaded;
} Systemd;

static const char SYSTEMD_XML[] =
    "<node><interface name='org.freedesktop.systemd1.Manager'>"
    "<method name='GetUnitFileState'><arg type='s' direction='in'/><arg type='s' direction='out'/></method>"
    "<method name='EnableUnitFiles'><arg type='as' direction='in'/><arg type='b' direction='in'/><arg type='b' "
    "direction='in'/>"
    "<arg type='b' direction='out'/><arg type='a(sss)' direction='out'/></method>"
    "<method name='DisableUnitFiles'><arg type='as' direction='in'/><arg type='b' direction='in'/><arg type='a(sss)' "
    "direction='out'/></method>"
    "<method name='Reload'/></interface></node>";

static void
systemd_check_unit (GVariant *parameters)
{
  g_autoptr(GVariant) first = g_variant_get_child_value (parameters, 0);
  g_autofree const char **units =
      g_variant_is_of_type (first, G_VARIANT_TYPE_STRING_ARRAY) ? g_variant_get_strv (first, NULL) : NULL;
  const char *unit = units != NULL ? units[0] : g_variant_get_string (first, NULL);
  g_assert_cmpstr (unit, ==, "purser-gateway.service");
}

static void
systemd_cb (GDBusConnection *bus,
            const char *sender,
            const char *path,
            const char *interface,
            const char *method,
            GVariant *parameters,
            GDBusMethodInvocation *invocation,
            gpointer data)
{
  Systemd *systemd = data;
  if (g_str_equal (method, "Reload"))
    {
      systemd->reloaded++;
      g_dbus_method_invocation_return_value (invocation, NULL);
      return;
    }
  systemd_check_unit (parameters);
  if (g_str_equal (method, "GetUnitFileState") && systemd->state == NULL)
    g_dbus_method_invocation_return_dbus_error (invocation, "org.freedesktop.systemd1.NoSuchUnit",
                                                "Unit purser-gateway.service not found.");
  else if (g_str_equal (method, "GetUnitFileState"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(s)", systemd->state));
  else if (systemd->refuses)
    g_dbus_method_invocation_return_dbus_error (invocation, "org.freedesktop.DBus.Error.AccessDenied",
                                                "Read-only file system");
  else if (g_str_equal (method, "EnableUnitFiles"))
    {
      systemd->enabled++;
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(ba(sss))", TRUE, NULL));
    }
  else
    {
      systemd->disabled++;
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(a(sss))", NULL));
    }
}

static Systemd *
systemd_new (const char *state)
{
  static const GDBusInterfaceVTable TABLE = { systemd_cb, NULL, NULL, { NULL } };
  Systemd *systemd = g_new0 (Systemd, 1);
  systemd->state = state;
  systemd->bus = bus_stranger ();
  systemd->object = stand_in_register (systemd->bus, "/org/freedesktop/systemd1", SYSTEMD_XML, &TABLE, systemd);
  stand_in_own (systemd->bus, "org.freedesktop.systemd1");
  return systemd;
}

static void
systemd_free (Systemd *systemd)
{
  g_dbus_connection_unregister_object (systemd->bus, systemd->object);
  bus_part (systemd->bus);
  g_free (systemd);
}

#pragma GCC diagnostic pop
