/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-control-private.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

/* A private session bus with nobody on it, and this program's connection to it: as long as one is held, all share it. */
static GTestDBus *bus_daemon;
static GDBusConnection *bus_session;

static void
bus_up (void)
{
  bus_daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus_daemon);
  g_autoptr(GError) error = NULL;
  bus_session = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (bus_session, FALSE);
}

static void
bus_down (void)
{
  g_object_unref (bus_session);
  g_test_dbus_down (bus_daemon);
  g_object_unref (bus_daemon);
}

/* Another program on that bus. */
static GDBusConnection *
bus_stranger (void)
{
  g_autoptr(GError) error = NULL;
  GDBusConnection *bus = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (bus_daemon),
                                                                 G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                                     | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                                 NULL, NULL, &error);
  g_assert_no_error (error);
  return bus;
}

static void
bus_part (GDBusConnection *bus)
{
  g_dbus_connection_close_sync (bus, NULL, NULL);
  g_object_unref (bus);
}

static void
take_cb (GObject *source, GAsyncResult *result, gpointer slot)
{
  *(GAsyncResult **) slot = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **slot)
{
  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
  return g_steal_pointer (slot);
}

#define WAIT_UNTIL(condition) \
  while (!(condition))        \
  g_main_context_iteration (NULL, TRUE)

#pragma GCC diagnostic pop
