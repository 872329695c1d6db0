/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-gateway-private.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG  1024
#define DRAIN_US (60 * G_USEC_PER_SEC)
#define HARD_US  (10 * G_USEC_PER_SEC) /* after which a call that was cancelled and still does not settle is left to the reaper */

/* --- The snapshot --- */

static guint
digest_hash (gconstpointer digest)
{
  guint value;
  memcpy (&value, digest, sizeof value);
  return value;
}

static gboolean
digest_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, 32) == 0;
}

/* Calls of those whose key was revoked end; calls that wait for this snapshot go on. */
static void
follow_org (PurserServed *served)
{
  for (GList *next, *at = served->relays.head; at != NULL; at = next)
    {
      next = at->next;
      if (!purser_gate_still_holds (served, purser_relay_identity (at->data)))
        purser_relay_cancel (at->data);
    }
  for (guint n = served->reloading.length; n > 0 && served->reloading.length > 0; n--)
    purser_relay_reloaded (g_queue_peek_head (&served->reloading));
}

void
purser_served_take_org (PurserServed *served, PurserOrg *org)
{
  if (served->org != NULL && org->generation == served->org->generation && org->loaded_at == served->org->loaded_at)
    {
      purser_org_unref (org);
      return;
    }
  gboolean first = served->org == NULL;
  PurserOrg *old = served->org;
  served->org = org;
  g_hash_table_remove_all (served->keys);
  for (guint i = 0; i < org->access_keys->len; i++)
    {
      PurserAccessKey *key = g_ptr_array_index (org->access_keys, i);
      g_hash_table_insert (served->keys, key->sha256, key);
    }
  g_clear_pointer (&old, purser_org_unref);
  if (!first)
    follow_org (served);
}

static void
new_org_cb (gpointer data)
{
  PurserServed *served = data;
  if (!served->closed)
    purser_served_take_org (served, purser_store_get_org (served->store));
  purser_served_unref (served);
}

/* The main thread. */
static void
changed_cb (PurserStore *store, gpointer data)
{
  PurserServed *served = data;
  purser_loop_post (served->plane->loop, new_org_cb, purser_served_ref (served));
}

/* --- Lifetime --- */

static void
secret_free (gpointer secret)
{
  purser_vault_key_free (secret);
}

PurserServed *
purser_served_ref (PurserServed *served)
{
  g_atomic_ref_count_inc (&served->refs);
  return served;
}

static gboolean
unref_objects (gpointer data)
{
  PurserServed *served = data;
  g_object_unref (served->store);
  g_object_unref (served->vault);
  purser_plane_unref (served->plane);
  g_free (served->url);
  g_free (served);
  return G_SOURCE_REMOVE;
}

void
purser_served_unref (PurserServed *served)
{
  if (!g_atomic_ref_count_dec (&served->refs))
    return;
  g_clear_pointer (&served->org, purser_org_unref);
  g_hash_table_unref (served->keys);
  g_hash_table_unref (served->secrets);
  g_hash_table_unref (served->tallies);
  purser_health_unref (served->health);
  purser_metrics_free (served->metrics);
  g_clear_pointer (&served->budgets, g_array_unref);
  g_clear_pointer (&served->kept_timer, purser_timer_free);
  g_clear_pointer (&served->closing_timer, purser_timer_free);
  g_queue_clear_full (&served->kept, (GDestroyNotify) purser_action_free);
  g_free (served->kept_words);
  purser_plane_run_on_main (served->plane, unref_objects, served);
}

static PurserServed *
served_new (PurserPlane *plane, PurserStore *store, PurserVault *vault)
{
  PurserServed *served = g_new0 (PurserServed, 1);
  g_atomic_ref_count_init (&served->refs);
  served->plane = purser_plane_ref (plane);
  served->link.data = served;
  served->store = g_object_ref (store);
  served->vault = g_object_ref (vault);
  served->keys = g_hash_table_new (digest_hash, digest_equal);
  served->secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, secret_free);
  served->tallies = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  served->health = purser_health_new ();
  served->metrics = purser_metrics_new ();
  served->since = purser_store_now (store);
  served->kept_words = g_strdup (_("The gateway is writing its ledger. Try again in a moment."));
  return served;
}

/* --- The port --- */

static int
bind_port (const PurserGateway *gateway, GError **error)
{
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string (
      g_str_equal (gateway->address, "localhost") ? "127.0.0.1" : gateway->address, (guint) gateway->port);
  struct sockaddr_storage native;
  int on = 1;
  if (address == NULL || !g_socket_address_to_native (address, &native, sizeof native, error))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("“%s” is no address that the gateway can listen on."), gateway->address);
      return -1;
    }
  int fd = socket (native.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0 && setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0
      && bind (fd, (struct sockaddr *) &native, (socklen_t) g_socket_address_get_native_size (address)) == 0 && listen (fd, BACKLOG) == 0)
    return fd;
  int problem = errno;
  if (fd >= 0)
    close (fd);
  if (problem == EADDRINUSE)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, _("Port %d is used by another program. Choose another port on the Gateway page, or end that program."), gateway->port);
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (problem), _("The gateway cannot listen at %s, port %d: %s"), gateway->address, gateway->port, g_strerror (problem));
  return -1;
}

typedef struct
{
  PurserServed *served;
  int           fd;
  char         *certificate, *private_key; /* (owned) (nullable) PEM */
  GError      **error;
  gboolean      ok;
} Start;

static void
start_cb (gpointer data)
{
  Start *start = data;
  purser_served_take_org (start->served, purser_store_get_org (start->served->store));
  start->ok = purser_listener_start (start->served, start->fd, start->certificate, start->private_key, start->error);
  if (start->ok)
    g_queue_push_tail_link (&start->served->plane->served, &start->served->link);
}

static gboolean
read_pem (const char *path, char **text, GError **error)
{
  g_autoptr(GError) problem = NULL;
  if (g_file_get_contents (path, text, NULL, &problem))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("“%s” cannot be read: %s"), path, problem->message);
  return FALSE;
}

static void
name_place (PurserServed *served, const PurserGateway *gateway)
{
  g_autoptr(GInetAddress) inet = g_inet_address_new_from_string (gateway->address);
  gboolean six = inet != NULL && g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6;
  served->tls = gateway->certificate != NULL;
  served->loopback = inet == NULL || g_inet_address_get_is_loopback (inet);
  served->url = g_strdup_printf ("%s://%s%s%s:%d", served->tls ? "https" : "http", six ? "[" : "", gateway->address, six ? "]" : "", gateway->port);
}

PurserServed *
purser_plane_serve (PurserPlane *plane, PurserStore *store, PurserVault *vault, GError **error)
{
  g_autoptr(PurserOrg) org = purser_store_get_org (store);
  const PurserGateway *gateway = &org->gateway;
  g_autofree char *certificate = NULL, *private_key = NULL;
  if (gateway->certificate != NULL
      && (!read_pem (gateway->certificate, &certificate, error) || !read_pem (gateway->private_key, &private_key, error)))
    return NULL;
  PurserServed *served = served_new (plane, store, vault);
  name_place (served, gateway);
  Start start = { .served = served, .fd = -1, .certificate = certificate, .private_key = private_key, .error = error };
  if (!served->loopback && !served->tls)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, _("%s is not this computer alone: keys and texts would cross the network in clear. Set a certificate first."), gateway->address);
  else
    start.fd = bind_port (gateway, error);
  if (start.fd >= 0)
    purser_plane_ask (plane, start_cb, &start);
  if (private_key != NULL)
    explicit_bzero (private_key, strlen (private_key));
  if (!start.ok)
    {
      purser_served_unref (served);
      return NULL;
    }
  served->changed = g_signal_connect (store, "changed", G_CALLBACK (changed_cb), served);
  return served;
}

/* --- The end --- */

static gboolean
gone_cb (gpointer data)
{
  PurserServed *served = data;
  void (*gone) (gpointer) = served->gone;
  gpointer gone_data = served->gone_data;
  purser_served_unref (served); /* the main thread's own */
  if (gone != NULL)
    gone (gone_data);
  return G_SOURCE_REMOVE;
}

/* No call runs, and none of those that ran waits to be written. */
static gboolean
is_idle (const PurserServed *served)
{
  return served->relays.length == 0 && served->kept.length == 0 && !served->kept_busy;
}

/* At the end of a turn: the HTTP server must not be stopped by one of its own callbacks. */
static void
close_cb (gpointer data)
{
  PurserServed *served = data;
  if (served->closed || !(served->given_up || is_idle (served)))
    return;
  served->closed = TRUE;
  g_queue_unlink (&served->plane->served, &served->link);
  g_clear_pointer (&served->closing_timer, purser_timer_free);
  g_clear_pointer (&served->kept_timer, purser_timer_free); /* here, since the last reference may go on another thread */
  purser_listener_stop (served);
  purser_plane_run_on_main (served->plane, gone_cb, served);
}

void
purser_served_check_end (PurserServed *served)
{
  if (served->closing && !served->closed && is_idle (served))
    purser_loop_later (served->plane->loop, close_cb, served);
}

static void
cancel_all (PurserServed *served)
{
  for (GList *next, *at = served->relays.head; at != NULL; at = next)
    {
      next = at->next;
      purser_relay_cancel (at->data);
    }
}

static void
hurry_cb (gpointer data)
{
  PurserServed *served = data;
  if (served->hurried)
    {
      served->given_up = TRUE;
      purser_loop_later (served->plane->loop, close_cb, served);
      return;
    }
  served->hurried = TRUE;
  purser_timer_set (served->closing_timer, g_get_monotonic_time () + HARD_US);
  purser_served_ref (served);
  cancel_all (served);
  purser_served_check_end (served);
  purser_served_unref (served);
}

static void
drop_cb (gpointer data)
{
  PurserServed *served = data;
  gboolean drain = served->drain;
  served->closing = TRUE;
  served->closing_timer = purser_timer_new (served->plane->loop, hurry_cb, served);
  if (drain)
    purser_timer_set (served->closing_timer, g_get_monotonic_time () + DRAIN_US);
  purser_served_ref (served);
  if (!drain)
    hurry_cb (served);
  else
    purser_served_check_end (served);
  purser_served_unref (served);
}

void
purser_plane_drop (PurserServed *served, gboolean drain, void (*gone) (gpointer data), gpointer data)
{
  g_clear_signal_handler (&served->changed, served->store);
  served->gone = gone;
  served->gone_data = data;
  served->drain = drain;
  purser_loop_post (served->plane->loop, drop_cb, served);
}

typedef struct { PurserPlane *plane; gboolean settled; } Ending;

static void
end_all_cb (gpointer data)
{
  Ending *ending = data;
  ending->settled = TRUE;
  for (GList *at = ending->plane->served.head; at != NULL; at = at->next)
    {
      PurserServed *served = at->data;
      gboolean hurried = served->hurried;
      served->hurried = TRUE;
      if (!hurried)
        cancel_all (served);
      ending->settled &= served->relays.length == 0 && !served->kept_busy;
    }
}

void
purser_served_end_all (PurserPlane *plane)
{
  Ending ending = { plane, FALSE };
  gint64 limit = g_get_monotonic_time () + HARD_US;
  purser_plane_ask (plane, end_all_cb, &ending);
  while (!ending.settled && g_get_monotonic_time () < limit)
    {
      g_usleep (1000);
      purser_plane_ask (plane, end_all_cb, &ending);
    }
}

/* --- What the main thread may know --- */

const char *
purser_served_url (PurserServed *served)
{
  return served->url;
}

PurserStore *
purser_served_store (PurserServed *served)
{
  return served->store;
}

typedef struct
{
  PurserServed *served;
  guint         running;
  guint64       done;
  GPtrArray    *calls; /* (nullable) */
} Question;

static void
count_cb (gpointer data)
{
  Question *question = data;
  question->running = question->served->relays.length;
  question->done = question->served->done;
  for (GList *at = question->served->relays.head; at != NULL && question->calls != NULL; at = at->next)
    g_ptr_array_add (question->calls, purser_relay_live (at->data));
}

void
purser_served_count (PurserServed *served, guint *running, guint64 *done)
{
  Question question = { .served = served };
  purser_plane_ask (served->plane, count_cb, &question);
  *running = question.running;
  *done = question.done;
}

GPtrArray *
purser_served_calls (PurserServed *served)
{
  Question question = { .served = served, .calls = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_live_call_free) };
  purser_plane_ask (served->plane, count_cb, &question);
  return question.calls;
}

/* --- How budgets stand, for the metrics: read after each look, so the next one is as new as the last --- */

typedef struct
{
  PurserServed *served; /* (owned) */
  GArray       *states; /* (owned) (nullable) */
} BudgetLook;

static void
budgets_take (gpointer data)
{
  BudgetLook *look = data;
  g_clear_pointer (&look->served->budgets, g_array_unref);
  look->served->budgets = look->states;
  look->served->looking = FALSE;
  purser_served_unref (look->served);
  g_free (look);
}

static gboolean
budgets_job (PurserDb *db, gpointer data, GError **error)
{
  BudgetLook *look = data;
  look->states = purser_ledger_budgets (db, purser_db_now (db), error);
  return look->states != NULL;
}

static void
budgets_read_cb (GObject *store, GAsyncResult *result, gpointer data)
{
  BudgetLook *look = data;
  purser_store_run_finish (PURSER_STORE (store), result, NULL);
  purser_loop_post (look->served->plane->loop, budgets_take, look);
}

static gboolean
budgets_look (gpointer data)
{
  BudgetLook *look = data;
  purser_store_read_async (look->served->store, budgets_job, look, NULL, NULL, budgets_read_cb, look);
  return G_SOURCE_REMOVE;
}

void
purser_served_refresh_budgets (PurserServed *served)
{
  if (served->looking || served->closed || served->org->budgets->len == 0)
    return;
  BudgetLook *look = g_new0 (BudgetLook, 1);
  look->served = purser_served_ref (served);
  served->looking = TRUE;
  purser_plane_run_on_main (served->plane, budgets_look, look);
}
