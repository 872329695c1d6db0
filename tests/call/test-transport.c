/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport-suite.h"

#include <libsoup/soup.h>

/* The libsoup transport against the hostile server: real sockets on loopback. */

static void
turn (void)
{
  /* It lives on the main context, which spin() turns for the server anyway. */
}

static void
plain_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GBytes) bytes = soup_session_send_and_read_finish (SOUP_SESSION (object), result, NULL);
  *(gboolean *) user_data = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

/* The control: libsoup as most use it, on a server that shuts kept connections, uses one again. */
static void
test_control (void)
{
  Hostile *hostile = hostile_new (NULL);
  g_autoptr(SoupSession) session = soup_session_new ();
  g_autofree char *address = hostile_address (hostile, "x", "keep", "openai-compatible");
  g_autofree char *url = g_strconcat (address, "/chat/completions", NULL);
  for (int i = 0; i < 3; i++)
    {
      g_autoptr(SoupMessage) message = soup_message_new ("POST", url);
      g_autoptr(GBytes) body = g_bytes_new_static ("{}", 2);
      gboolean done = FALSE;
      soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT);
      soup_message_set_request_body_from_bytes (message, "application/json", body);
      soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, plain_cb, &done);
      spin (is_true, &done, 10);
    }
  soup_session_abort (session);
  g_assert_cmpuint (hostile_reused (hostile), >, 0);
  spin (none_open, hostile, 10);
  hostile_free (hostile);
}

static void
add_own (void)
{
  suite_case ("control", test_control);
}

int
main (int argc, char **argv)
{
  static const Rig soup = { "soup", purser_soup_transport_new, turn, FALSE };
  return transport_run (argc, argv, &soup, add_own);
}
