/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "control-bus.h"

/* A gateway that only counts what it is asked. */
typedef struct
{
  GDBusConnection *bus;
  PurserControlServer *server;
  guint n_served, refreshed, stopped, drained, lost;
  char *asked; /* (owned) the file of the last Calls */
} Gateway;

static const char ODD_FILE[] =
    "/home/m\303\274ller/100%25/caf\351 \377.purser"; /* Latin-1 among UTF-8, and a percent sign */

static GPtrArray *
served (gpointer data)
{
  const Gateway *gateway = data;
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_served_state_free);
  for (guint i = 0; i < gateway->n_served; i++)
    {
      PurserServedState *state = g_new0 (PurserServedState, 1);
      state->file = i == 0 ? g_strdup ("/data/a.purser") : g_strdup (ODD_FILE);
      state->name = g_strdup ("Hartmann & Söhne");
      state->url = i == 0 ? g_strdup ("http://127.0.0.1:8377") : NULL;
      state->problem = i == 0 ? NULL : g_strdup ("The port is taken.");
      state->since = i == 0 ? G_GINT64_CONSTANT (1800000000000000) : 0;
      state->calls_running = 3;
      state->calls_done = G_MAXUINT64;
      g_ptr_array_add (rows, state);
    }
  return rows;
}

static GPtrArray *
calls (const char *file, gpointer data)
{
  Gateway *gateway = data;
  g_set_str (&gateway->asked, file);
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_live_call_free);
  PurserLiveCall *call = g_new0 (PurserLiveCall, 1);
  *call = (PurserLiveCall) { .call_id = G_MAXINT64,
                             .principal_id = 1,
                             .workload_id = 2,
                             .model_id = 3,
                             .started = 4,
                             .dialect = g_strdup ("anthropic"),
                             .streamed = TRUE,
                             .state = g_strdup ("answering"),
                             .attempts = 2 };
  g_ptr_array_add (rows, call);
  return rows;
}

static void
refresh (gpointer data)
{
  ((Gateway *) data)->refreshed++;
}

static void
stop (gboolean drain, gpointer data)
{
  ((Gateway *) data)->stopped++;
  ((Gateway *) data)->drained += drain;
}

static void
lost (gpointer data)
{
  ((Gateway *) data)->lost++;
}

static const PurserControlHandlers HANDLERS = { served, calls, refresh, stop };

static Gateway *
gateway_new (void)
{
  Gateway *gateway = g_new0 (Gateway, 1);
  gateway->n_served = 1;
  gateway->bus = bus_stranger ();
  gateway->server = purser_control_server_new (gateway->bus, &HANDLERS, lost, gateway);
  g_assert_nonnull (gateway->server);
  WAIT_UNTIL (purser_control_server_owned (gateway->server) || gateway->lost > 0);
  return gateway;
}

static void
gateway_free (Gateway *gateway)
{
  purser_control_server_free (gateway->server);
  bus_part (gateway->bus);
  g_free (gateway->asked);
  g_free (gateway);
}

static gboolean
look (PurserControl *control, GError **error)
{
  GAsyncResult *slot = NULL;
  purser_control_look_async (control, NULL, take_cb, &slot);
  g_autoptr(GAsyncResult) result = wait_for (&slot);
  return purser_control_look_finish (control, result, error);
}

static void
count_cb (PurserControl *control, gpointer n)
{
  (*(guint *) n)++;
}

static void
test_state (void)
{
  g_autoptr(PurserControl) control = purser_control_new ();
  g_autoptr(GError) error = NULL;
  guint changed = 0;
  g_signal_connect (control, "changed", G_CALLBACK (count_cb), &changed);
  g_assert_true (look (control, &error));
  g_assert_false (purser_control_is_running (control));
  g_assert_cmpuint (changed, ==, 0);

  Gateway *gateway = gateway_new ();
  WAIT_UNTIL (purser_control_is_running (control));
  g_assert_cmpuint (changed, >, 0);
  g_assert_null (purser_control_get_state (control, ODD_FILE));
  const PurserServedState *state = purser_control_get_state (control, "/data/a.purser");
  g_assert_nonnull (state);
  g_assert_cmpstr (state->name, ==, "Hartmann & Söhne");
  g_assert_cmpstr (state->url, ==, "http://127.0.0.1:8377");
  g_assert_null (state->problem);
  g_assert_cmpint (state->since, ==, G_GINT64_CONSTANT (1800000000000000));
  g_assert_cmpuint (state->calls_running, ==, 3);
  g_assert_cmpuint (state->calls_done, ==, G_MAXUINT64);

  gateway->n_served = 2;
  purser_control_server_changed (gateway->server);
  WAIT_UNTIL (purser_control_get_state (control, ODD_FILE) != NULL);
  state = purser_control_get_state (control, ODD_FILE);
  g_assert_null (state->url);
  g_assert_cmpstr (state->problem, ==, "The port is taken.");
  g_autoptr(GPtrArray) all = purser_control_get_served (control);
  g_assert_cmpuint (all->len, ==, 2);

  changed = 0;
  gateway_free (gateway);
  WAIT_UNTIL (!purser_control_is_running (control));
  g_assert_cmpuint (changed, ==, 1);
  g_assert_null (purser_control_get_state (control, ODD_FILE));
  g_assert_cmpuint (all->len, ==, 2); /* what was handed out stays */
}

/* Without waiting for the watch: one question, and the state is right. */
static void
test_look (void)
{
  Gateway *gateway = gateway_new ();
  g_autoptr(PurserControl) control = purser_control_new ();
  g_autoptr(GError) error = NULL;
  g_assert_true (look (control, &error));
  g_assert_true (purser_control_is_running (control));
  g_assert_nonnull (purser_control_get_state (control, "/data/a.purser"));
  gateway_free (gateway);
}

static void
test_asking (void)
{
  Gateway *gateway = gateway_new ();
  g_autoptr(PurserControl) control = purser_control_new ();
  g_autoptr(GError) error = NULL;
  GAsyncResult *slot = NULL;

  purser_control_refresh_async (control, NULL, take_cb, &slot);
  g_autoptr(GAsyncResult) refreshed = wait_for (&slot);
  g_assert_true (purser_control_refresh_finish (control, refreshed, &error));
  g_assert_cmpuint (gateway->refreshed, ==, 1);

  purser_control_calls_async (control, ODD_FILE, NULL, take_cb, &slot);
  g_autoptr(GAsyncResult) asked = wait_for (&slot);
  g_autoptr(GPtrArray) rows = purser_control_calls_finish (control, asked, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (gateway->asked, ==, ODD_FILE);
  g_assert_cmpuint (rows->len, ==, 1);
  const PurserLiveCall *call = g_ptr_array_index (rows, 0);
  g_assert_cmpint (call->call_id, ==, G_MAXINT64);
  g_assert_cmpint (call->principal_id * 1000 + call->workload_id * 100 + call->model_id * 10 + call->started, ==, 1234);
  g_assert_cmpstr (call->dialect, ==, "anthropic");
  g_assert_cmpstr (call->state, ==, "answering");
  g_assert_true (call->streamed);
  g_assert_cmpuint (call->attempts, ==, 2);

  for (guint drain = 0; drain < 2; drain++)
    {
      purser_control_stop_async (control, drain, NULL, take_cb, &slot);
      g_autoptr(GAsyncResult) stopped = wait_for (&slot);
      g_assert_true (purser_control_stop_finish (control, stopped, &error));
      g_assert_cmpuint (gateway->stopped, ==, 1 + drain);
      g_assert_cmpuint (gateway->drained, ==, drain);
    }
  gateway_free (gateway);
}

/* Nobody there, and nothing that could start it: only a refresh, which wants one, is refused, in words. */
static void
test_absent (void)
{
  g_autoptr(PurserControl) control = purser_control_new ();
  g_autoptr(GError) error = NULL;
  GAsyncResult *slot = NULL;

  purser_control_stop_async (control, TRUE, NULL, take_cb, &slot);
  g_autoptr(GAsyncResult) stopped = wait_for (&slot);
  g_assert_true (purser_control_stop_finish (control, stopped, &error));
  purser_control_calls_async (control, "/x", NULL, take_cb, &slot);
  g_autoptr(GAsyncResult) asked = wait_for (&slot);
  g_autoptr(GPtrArray) rows = purser_control_calls_finish (control, asked, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 0);
  purser_control_refresh_async (control, NULL, take_cb, &slot);
  g_autoptr(GAsyncResult) refreshed = wait_for (&slot);
  g_assert_false (purser_control_refresh_finish (control, refreshed, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "purser-gateway by hand"));
}

static void
test_cancel (void)
{
  g_autoptr(PurserControl) control = purser_control_new ();
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  GAsyncResult *slot = NULL;
  purser_control_refresh_async (control, cancellable, take_cb, &slot);
  g_cancellable_cancel (cancellable);
  g_autoptr(GAsyncResult) result = wait_for (&slot);
  g_assert_false (purser_control_refresh_finish (control, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_second (void)
{
  Gateway *first = gateway_new (), *second = gateway_new ();
  g_assert_cmpuint (first->lost, ==, 0);
  g_assert_cmpuint (second->lost, ==, 1);
  g_assert_false (purser_control_server_owned (second->server));
  gateway_free (second);
  /* The bus goes. */
  g_dbus_connection_set_exit_on_close (first->bus, FALSE);
  g_dbus_connection_close_sync (first->bus, NULL, NULL);
  WAIT_UNTIL (first->lost > 0);
  g_assert_true (purser_control_server_owned (first->server));
  gateway_free (first);
}

/* What is freed while questions are out is never called back. */
static void
test_dispose (void)
{
  PurserControl *control = purser_control_new ();
  g_object_unref (control);
  control = purser_control_new ();
  g_autoptr(GError) error = NULL;
  g_assert_true (look (control, &error));
  g_assert_finalize_object (control);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
no_bus (void)
{
  g_autoptr(PurserControl) control = purser_control_new ();
  g_autoptr(GError) error = NULL;
  g_assert_false (look (control, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
  g_assert_false (purser_control_is_running (control));
  g_printerr ("%s\n", error->message);
}

static void
test_no_bus (void)
{
  if (g_test_subprocess ())
    {
      no_bus ();
      return;
    }
  g_auto(GStrv) environment =
      g_environ_setenv (g_get_environ (), "DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus", TRUE);
  g_test_trap_subprocess_with_envp (NULL, (const char *const *) environment, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*There is no session bus here*");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/no-bus", test_no_bus);
  if (g_test_subprocess ())
    return g_test_run ();
  bus_up ();
  g_test_add_func ("/control/state", test_state);
  g_test_add_func ("/control/look", test_look);
  g_test_add_func ("/control/asking", test_asking);
  g_test_add_func ("/control/absent", test_absent);
  g_test_add_func ("/control/cancel", test_cancel);
  g_test_add_func ("/control/second", test_second);
  g_test_add_func ("/control/dispose", test_dispose);
  int code = g_test_run ();
  bus_down ();
  return code;
}
