/* SPDX-License-Identifier: GPL-3.0-or-later */
/* purser-soak-gateway SECONDS GATEWAY: 50 calls a second to the gateway that users run, in every caller's dialect, streamed and whole, to providers of every
 * dialect of which many misbehave; some callers leave. After each round all calls end: what the process then has must not grow after the
 * first, and at the end the ledger must hold every call, settled. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <spawn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drill.h"
#include "hostile.h"
#include "purser-db.h"
#include "purser-ledger.h"

enum
{
  PER_SECOND = 50,
  AT_ONCE = 200,
  ROUND_SECONDS = 60,
  LEAST_ROUNDS = 4,
  IDLE_MS = 2500,
  MOST_GROWTH = 20,      /* % */
  CACHE_KB = 16000,      /* of the connection that writes (purser-db.c): it keeps what it wrote until that much is there */
  MOST_DESCRIPTORS = 16, /* connections that libcurl keeps for a next call */
};
#define SECRET "purser-0123456789012345678901234567890123456789abc"

static const struct { const char *dialect, *kind, *model; } providers[] = {
  { "openai-chat", "openai-compatible", "m" }, { "anthropic", "anthropic", "m" },     { "ollama", "ollama", "m" },
  { "openai-responses", "openai", "gpt-5-pro" }, { "bedrock", "bedrock", "m" },
};
static const struct { const char *dialect, *path, *rest; } callers[] = {
  { "openai-chat", "/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}]" },
  { "openai-responses", "/v1/responses", "\"input\":\"Say hello.\"" },
  { "anthropic", "/v1/messages", "\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}]" },
  { "ollama", "/api/chat", "\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}]" },
  { "ollama-generate", "/api/generate", "\"prompt\":\"Say hello.\"" },
};
/* Each in half of a model's replies. ANSWERED: a caller gets its answer all the same, else it may break in the middle; ALONE: without a healthy model after it.
 * WEIGHT: of a hundred calls. */
static const struct { const char *fault; gboolean answered, alone; guint weight; } faults[] = {
  { "well", TRUE, TRUE, 55 },       { "trickle", TRUE, TRUE, 8 },     { "usage-none", TRUE, TRUE, 5 }, { "silent-start", TRUE, FALSE, 4 }, { "500", TRUE, FALSE, 4 },
  { "429-600", TRUE, FALSE, 4 },    { "cut-head", TRUE, FALSE, 4 },   { "garbage", TRUE, FALSE, 3 },   { "fault-first", TRUE, FALSE, 3 }, { "401", TRUE, FALSE, 3 },
  { "cut-token", FALSE, FALSE, 3 }, { "stalls", FALSE, FALSE, 2 },    { "fault-late", FALSE, FALSE, 2 },
};

#define N_PROVIDERS G_N_ELEMENTS (providers)

typedef struct
{
  char        *folder, *path; /* (owned) */
  Hostile     *hostile;
  guint        port;
  pid_t        pid;
  GThreadPool *pool;          /* (owned) */
  int          busy, most_busy;
  GMutex       lock;          /* of what follows */
  GArray      *ids;           /* (owned) of every call that was opened */
  guint        started, answered, broken, left, refused, wrong;
} Soak;

typedef struct { guint fault, provider, caller; gboolean streamed, leaves; } Order;

static guint passed, failed;

G_GNUC_PRINTF (2, 3) static void
check (gboolean holds, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *words = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  printf ("%s - %s\n", holds ? "ok" : "not ok", words);
  passed += holds;
  failed += !holds;
}

/* --- The organisation --- */

static gint64
put_model (Soak *soak, PurserDb *db, const char *name, guint i, const char *fault, GError **error)
{
  g_autofree char *there = g_strconcat ("drill-half-", fault, NULL), *address = hostile_address (soak->hostile, name, there, providers[i].kind);
  PurserProvider provider = { .kind = purser_kind_get (providers[i].kind), .name = (char *) name, .address = address, .key_env = (char *) "PURSER_TEST_KEY",
                              .multiplier_ppm = PURSER_PPM, .enabled = TRUE };
  PurserModel model = { .name = (char *) providers[i].model, .context_tokens = 8000, .max_output = 1000, .listed = TRUE };
  PurserPrice price = { .valid_from = 1, .currency = "EUR", .source = (char *) "test" };
  for (gsize kind = 0; kind < PURSER_N_TOKEN_KINDS; kind++)
    price.list_pico[kind] = price.contract_pico[kind] = 1000000;
  model.provider_id = purser_catalogue_put_provider (db, &provider, error);
  gint64 id = model.provider_id != 0 ? purser_catalogue_put_model (db, &model, error) : 0;
  return id != 0 && purser_catalogue_add_price (db, id, &price, error) != 0 ? id : 0;
}

static gboolean
put_workloads (Soak *soak, PurserDb *db, GError **error)
{
  gint64 healthy[N_PROVIDERS];
  for (guint i = 0; i < N_PROVIDERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("healthy-%s", providers[i].dialect);
      if ((healthy[i] = put_model (soak, db, name, i, "well", error)) == 0)
        return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (faults) * N_PROVIDERS; i++)
    {
      guint fault = i / N_PROVIDERS, provider = i % N_PROVIDERS;
      g_autofree char *name = g_strdup_printf ("%s-%s", faults[fault].fault, providers[provider].dialect), *workload_name = g_strdup_printf ("s%u", i);
      gint64 models[2] = { put_model (soak, db, name, provider, faults[fault].fault, error), healthy[(provider + 1) % N_PROVIDERS] };
      PurserWorkload workload = { .name = workload_name, .models = models, .n_models = faults[fault].alone ? 1 : 2 };
      if (g_str_equal (faults[fault].fault, "silent-start"))
        workload.first_content_ms = workload.silence_ms = 500;
      else if (g_str_equal (faults[fault].fault, "stalls"))
        workload.silence_ms = 500;
      if (models[0] == 0 || purser_catalogue_put_workload (db, &workload, error) == 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
make_job (PurserDb *db, gpointer data, GError **error)
{
  Soak *soak = data;
  PurserPrincipal anna = { .name = (char *) "Anna" };
  PurserGateway gateway = { .enabled = TRUE, .port = (int) soak->port, .address = (char *) "127.0.0.1", .durability = PURSER_SURVIVES_POWER, .metrics = TRUE };
  PurserBudget budget = { .scope = PURSER_SCOPE_ORGANISATION, .period = PURSER_BUDGET_MONTH, .cap_nano = G_GINT64_CONSTANT (1000000000000000), .at_limit = PURSER_AT_LIMIT_BLOCK };
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, SECRET, -1);
  gint64 principal = purser_catalogue_put_principal (db, &anna, error);
  return principal != 0 && put_workloads (soak, db, error) && purser_catalogue_add_access_key (db, principal, digest, "9abc", error) != 0
         && purser_catalogue_put_budget (db, &budget, error) != 0 && purser_catalogue_set_gateway (db, &gateway, error) && purser_catalogue_raise (db, error);
}

static PurserStore *
open_store (Soak *soak, PurserStoreFlags flags)
{
  g_autoptr(GError) error = NULL;
  PurserStore *store = purser_store_open (soak->path, flags, "Soak", "EUR", "Europe/Berlin", &error);
  if (store == NULL)
    g_error ("%s", error->message);
  return store;
}

/* --- Calls --- */

static int
connect_to (guint port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK), .sin_port = htons ((guint16) port) };
  struct timeval patience = { 60, 0 };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) == 0)
    return fd;
  close (fd);
  return -1;
}

static GString *
exchange (Soak *soak, const Order *order)
{
  GString *reply = g_string_new (NULL);
  g_autofree char *body = g_strdup_printf ("{\"model\":\"s%u\",\"stream\":%s,%s}", order->fault * (guint) N_PROVIDERS + order->provider, order->streamed ? "true" : "false", callers[order->caller].rest);
  g_autofree char *request = g_strdup_printf ("POST %s HTTP/1.0\r\nHost: 127.0.0.1:%u\r\nAuthorization: Bearer " SECRET "\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                                              callers[order->caller].path, soak->port, strlen (body), body);
  int fd = connect_to (soak->port);
  char buffer[8192];
  gsize length = strlen (request);
  if (fd >= 0 && send (fd, request, length, MSG_NOSIGNAL) == (gssize) length)
    for (gssize n; (n = recv (fd, buffer, sizeof buffer, 0)) > 0 && !(order->leaves && strstr (reply->str, "\r\n\r\n") != NULL);)
      g_string_append_len (reply, buffer, n);
  if (fd >= 0)
    close (fd);
  return reply;
}

static gint64
call_id (const char *head)
{
  g_autofree char *lower = g_ascii_strdown (head, -1);
  const char *found = strstr (lower, "\r\npurser-call-id:");
  return found != NULL ? g_ascii_strtoll (found + strlen ("\r\npurser-call-id:"), NULL, 10) : 0;
}

/* Which of the counters a reply counts in. */
static guint *
class_of (Soak *soak, const Order *order, const char *head, const char *body)
{
  gboolean good = strncmp (head, "HTTP/1.", 7) == 0 && strncmp (head + 8, " 200", 4) == 0;
  if (order->leaves)
    return &soak->left;
  if (!good)
    return *head == '\0' || faults[order->fault].answered ? &soak->wrong : &soak->refused;
  DrillHeard heard = drill_hear (callers[order->caller].dialect, order->streamed, body);
  gboolean clean = heard.terminal && !heard.error && !heard.strange && g_str_equal (heard.text->str, "Hello");
  gboolean broken = heard.error && !heard.terminal && !heard.strange && g_str_equal (heard.text->str, "Hel") && !faults[order->fault].answered;
  drill_heard_clear (&heard);
  return clean ? &soak->answered : broken ? &soak->broken : &soak->wrong;
}

static void
run_order (gpointer data, gpointer user_data)
{
  g_autofree Order *order = data;
  Soak *soak = user_data;
  g_autoptr(GString) reply = exchange (soak, order);
  char *end = strstr (reply->str, "\r\n\r\n");
  g_autofree char *head = g_strndup (reply->str, end != NULL ? (gsize) (end - reply->str) : 0);
  gint64 id = call_id (head);
  guint *counter = class_of (soak, order, head, end != NULL ? end + 4 : "");
  g_mutex_lock (&soak->lock);
  (*counter)++;
  if (id > 0)
    g_array_append_val (soak->ids, id);
  if (counter == &soak->wrong && soak->wrong <= 20)
    g_printerr ("wrong: %s by %s, %s %s: %s\n", faults[order->fault].fault, providers[order->provider].dialect, callers[order->caller].dialect,
                order->streamed ? "streamed" : "whole", reply->str);
  g_mutex_unlock (&soak->lock);
  g_atomic_int_add (&soak->busy, -1);
}

static guint
draw_fault (void)
{
  guint n = (guint) g_random_int_range (0, 100), i = 0;
  while (i + 1 < G_N_ELEMENTS (faults) && n >= faults[i].weight)
    n -= faults[i++].weight;
  return i;
}

static void
begin (Soak *soak)
{
  Order order = { draw_fault (), (guint) g_random_int_range (0, (gint32) N_PROVIDERS), (guint) g_random_int_range (0, (gint32) G_N_ELEMENTS (callers)),
                  g_random_boolean (), g_random_int_range (0, 20) == 0 };
  soak->started++;
  int busy = g_atomic_int_add (&soak->busy, 1) + 1;
  soak->most_busy = MAX (soak->most_busy, busy);
  g_thread_pool_push (soak->pool, g_memdup2 (&order, sizeof order), NULL);
}

/* --- What the gateway takes --- */

typedef struct
{
  gint64 resident_kb, own_kb;
  gint64 pages_kb; /* of the file, as far as they may be kept */
  guint  descriptors;
} Size;

static gint64
status_kb (const char *status, const char *name)
{
  const char *line = strstr (status, name);
  return line != NULL ? g_ascii_strtoll (line + strlen (name), NULL, 10) : -1;
}

static gint64
file_pages_kb (const Soak *soak)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *row = NULL;
  gint64 bytes = 0;
  if (sqlite3_open_v2 (soak->path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK
      && sqlite3_prepare_v2 (db, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", -1, &row, NULL) == SQLITE_OK
      && sqlite3_step (row) == SQLITE_ROW)
    bytes = sqlite3_column_int64 (row, 0);
  sqlite3_finalize (row);
  sqlite3_close (db);
  return MIN (bytes / 1024, CACHE_KB);
}

static Size
measure (Soak *soak)
{
  Size size = { -1, -1, file_pages_kb (soak), 0 };
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", (int) soak->pid), *fds = g_strdup_printf ("/proc/%d/fd", (int) soak->pid), *status = NULL;
  if (!g_file_get_contents (path, &status, NULL, NULL))
    return size;
  size.resident_kb = status_kb (status, "VmRSS:\t");
  size.own_kb = status_kb (status, "RssAnon:\t");
  g_autoptr(GDir) dir = g_dir_open (fds, 0, NULL);
  while (dir != NULL && g_dir_read_name (dir) != NULL)
    size.descriptors++;
  return size;
}

/* The misbehaving providers take their connections on this thread. */
static void
turn_until (gint64 time)
{
  do
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (500);
  while (g_get_monotonic_time () < time);
}

/* Calls for SECONDS, then none: what is left afterwards is what leaks. */
static Size
round_of (Soak *soak, double seconds)
{
  gint64 begun = g_get_monotonic_time (), end = begun + (gint64) (seconds * G_USEC_PER_SEC);
  guint n = 0;
  for (gint64 next = begun; next < end; next = begun + (gint64) n * G_USEC_PER_SEC / PER_SECOND)
    {
      turn_until (next);
      begin (soak);
      n++;
    }
  Size loaded = measure (soak);
  while (g_atomic_int_get (&soak->busy) > 0)
    turn_until (0);
  turn_until (g_get_monotonic_time () + IDLE_MS * 1000);
  Size idle = measure (soak);
  printf ("%6u calls, %.1f a second; under load %6.2f MB and %u descriptors; idle %6.2f MB, of it its own %5.2f MB with up to %5.2f MB of pages, and %u\n", soak->started, n / seconds,
          (double) loaded.resident_kb / 1024, loaded.descriptors, (double) idle.resident_kb / 1024, (double) idle.own_kb / 1024, (double) idle.pages_kb / 1024, idle.descriptors);
  fflush (stdout);
  return idle;
}

/* --- The whole --- */

extern char **environ;

static void
start_gateway (Soak *soak, const char *program)
{
  char *arguments[] = { (char *) program, (char *) "--org", soak->path, NULL };
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init (&actions);
  const char *log = g_getenv ("PURSER_SOAK_LOG"); /* a line for each call */
  posix_spawn_file_actions_addopen (&actions, STDERR_FILENO, log != NULL ? log : "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0600);
  int problem = posix_spawn (&soak->pid, program, &actions, NULL, arguments, environ), fd = -1;
  posix_spawn_file_actions_destroy (&actions);
  if (problem != 0)
    g_error ("%s: %s", program, g_strerror (problem));
  for (int i = 0; i < 2000 && (fd = connect_to (soak->port)) < 0; i++)
    g_usleep (5000);
  if (fd < 0)
    g_error ("the gateway does not listen");
  close (fd);
}

static void
set_up (Soak *soak, const char *program)
{
  g_autoptr(GError) error = NULL;
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind (fd, (struct sockaddr *) &address, length) != 0 || getsockname (fd, (struct sockaddr *) &address, &length) != 0)
    g_error ("no free port");
  close (fd);
  soak->port = ntohs (address.sin_port);
  soak->folder = g_dir_make_tmp ("purser-soak-XXXXXX", &error);
  g_assert_no_error (error);
  soak->path = g_build_filename (soak->folder, "soak.purser", NULL);
  soak->hostile = hostile_new (NULL);
  soak->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_mutex_init (&soak->lock);
  soak->pool = g_thread_pool_new (run_order, soak, AT_ONCE, FALSE, NULL);
  g_setenv ("PURSER_TEST_KEY", "good-key", TRUE);
  PurserStore *store = open_store (soak, PURSER_STORE_CREATE);
  if (!purser_store_write (store, TRUE, make_job, soak, &error))
    g_error ("%s", error->message);
  purser_store_close (store);
  g_object_unref (store);
  start_gateway (soak, program);
}

typedef struct { Soak *soak; gint64 calls, open, settled; } Rows;

static gboolean
rows_job (PurserDb *db, gpointer data, GError **error)
{
  Rows *rows = data;
  PurserStatement *row = purser_db_query (db, error, "SELECT COUNT (*), COALESCE (SUM (closed_at IS NULL OR outcome = 'interrupted'), 0) FROM call", "");
  if (!purser_statement_step (row, error))
    return FALSE;
  rows->calls = purser_statement_int (row, 0);
  rows->open = purser_statement_int (row, 1);
  for (guint i = 0; i < rows->soak->ids->len; i++)
    {
      row = purser_db_query (db, error, "SELECT 1 FROM call WHERE id = ? AND closed_at IS NOT NULL", "i", g_array_index (rows->soak->ids, gint64, i));
      rows->settled += purser_statement_step (row, error);
      if (purser_statement_failed (row))
        return FALSE;
    }
  return TRUE;
}

static void
judge_ledger (Soak *soak)
{
  g_autoptr(GError) error = NULL;
  Rows rows = { .soak = soak };
  PurserStore *store = open_store (soak, PURSER_STORE_OPEN);
  if (!purser_store_read (store, rows_job, &rows, &error))
    g_error ("%s", error->message);
  check (rows.calls == soak->ids->len && rows.settled == rows.calls && rows.open == 0,
         "%u calls were opened: %" G_GINT64_FORMAT " in the ledger, %" G_GINT64_FORMAT " settled, %" G_GINT64_FORMAT " open or interrupted", soak->ids->len, rows.calls, rows.settled, rows.open);
  g_autoptr(GPtrArray) findings = purser_store_verify (store, &error);
  for (guint i = 0; findings != NULL && i < findings->len; i++)
    g_printerr ("%s\n", (char *) g_ptr_array_index (findings, i));
  check (findings != NULL && findings->len == 0, "the file verifies");
  purser_store_close (store);
  g_object_unref (store);
}

static void
judge (Soak *soak, Size first, Size last)
{
  int status = -1;
  kill (soak->pid, SIGTERM);
  gboolean ended = waitpid (soak->pid, &status, 0) == soak->pid && WIFEXITED (status) && WEXITSTATUS (status) == 0;
  check (ended, "the gateway ends by itself when it is asked to (status %d)", status);
  check (soak->wrong == 0, "%u calls: %u answered, %u broken in the middle, %u refused, %u left by their callers, %u wrong", soak->started, soak->answered, soak->broken,
         soak->refused, soak->left, soak->wrong);
  check (soak->answered > 0 && soak->broken > 0 && soak->left > 0, "each of these ends was met; at most %d at once", soak->most_busy);
  check (last.descriptors <= first.descriptors + MOST_DESCRIPTORS, "descriptors: %u after the first round, %u after the last", first.descriptors, last.descriptors);
  gint64 pages = (last.pages_kb - first.pages_kb) * 11 / 10; /* each with its header */
  check ((last.own_kb - pages) * 100 <= first.own_kb * (100 + MOST_GROWTH), "memory of its own: %.2f MB after the first round, %.2f MB after the last, of the difference up to %.2f MB the ledger's pages",
         (double) first.own_kb / 1024, (double) last.own_kb / 1024, (double) pages / 1024);
  judge_ledger (soak);
}

static void
tear_down (Soak *soak)
{
  g_thread_pool_free (soak->pool, FALSE, TRUE);
  hostile_free (soak->hostile);
  g_array_unref (soak->ids);
  g_autoptr(GDir) dir = g_dir_open (soak->folder, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (soak->folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (soak->folder);
  g_free (soak->folder);
  g_free (soak->path);
}

int
main (int argc, char **argv)
{
  Soak soak = { 0 };
  double seconds = argc == 3 ? g_ascii_strtod (argv[1], NULL) : 0;
  if (seconds < LEAST_ROUNDS)
    {
      g_printerr ("usage: purser-soak-gateway SECONDS GATEWAY (at least %d)\n", LEAST_ROUNDS);
      return 2;
    }
  guint rounds = MAX (LEAST_ROUNDS, (guint) (seconds / ROUND_SECONDS));
  Size first = { 0 }, last = { 0 };
  set_up (&soak, argv[2]);
  for (guint i = 0; i < rounds; i++)
    {
      last = round_of (&soak, seconds / rounds);
      if (i == 0)
        first = last;
    }
  judge (&soak, first, last);
  tear_down (&soak);
  printf ("%u passed, %u failed\n", passed, failed);
  return failed != 0;
}
