/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-practice-private.h"

#include <glib/gi18n-lib.h>

#define SCHEME         "practice:"
#define PREFERRED_PORT 8378

/* One server for each process, on its own thread. It listens before its address is told, and nothing that
 * somebody else serves is ever asked: where the preferred port is taken, by another Purser or by a stranger,
 * it takes another. */
static GMutex mutex;
static GCond  changed;
static enum { IDLE, STARTING, RUNNING } state;
static guint  running_port;
static char  *failure; /* (owned) (nullable): why the last start failed */

static PurserPracticeServer *
listen_somewhere (GError **error)
{
  g_autoptr(GError) local = NULL;
  const char *log_file = g_getenv ("PURSER_PRACTICE_LOG");
  PurserPracticeServer *server = purser_practice_server_new (PREFERRED_PORT, log_file, &local);
  if (server == NULL)
    server = purser_practice_server_new (0, log_file, error);
  return server;
}

static gpointer
serve (gpointer data)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  g_autoptr(GError) error = NULL;
  g_main_context_push_thread_default (context);
  PurserPracticeServer *server = listen_somewhere (&error);
  g_mutex_lock (&mutex);
  state = server != NULL ? RUNNING : IDLE;
  running_port = server != NULL ? purser_practice_server_port (server) : 0;
  g_free (failure);
  failure = error != NULL ? g_strdup (error->message) : NULL;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&mutex);
  while (server != NULL) /* as long as the process lives */
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  return NULL;
}

/* With the mutex held: whoever comes first starts it, all wait for it. */
static guint
ensure_running (GError **error)
{
  if (state == IDLE)
    {
      GThread *thread = g_thread_try_new ("practice", serve, NULL, error);
      if (thread == NULL)
        return 0;
      g_thread_unref (thread);
      state = STARTING;
    }
  while (state == STARTING)
    g_cond_wait (&changed, &mutex);
  if (state != RUNNING)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, failure);
  return running_port;
}

static const PracticeDialect *
dialect_named (const char *id)
{
  const PracticeDialect *dialect;
  for (guint i = 0; (dialect = practice_dialect_get (i)) != NULL; i++)
    if (g_str_equal (dialect->id, id))
      return dialect;
  return NULL;
}

/**
 * purser_practice_resolve:
 * @address: a provider's address as it is stored
 *
 * Turns "practice:anthropic" and its like into the address of this process's practice server, which the first call
 * starts. Any thread may call it.
 *
 * Returns: (transfer full) (nullable): the base address to call
 */
char *
purser_practice_resolve (const char *address, GError **error)
{
  if (!g_str_has_prefix (address, SCHEME))
    return g_strdup (address);
  const PracticeDialect *dialect = dialect_named (address + strlen (SCHEME));
  if (dialect == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _("There is no practice provider “%s”. Remove the provider and add the practice models again"),
                   address);
      return NULL;
    }
  g_mutex_lock (&mutex);
  guint port = ensure_running (error);
  g_mutex_unlock (&mutex);
  return port != 0 ? g_strdup_printf ("http://127.0.0.1:%u%s", port, dialect->base) : NULL;
}
