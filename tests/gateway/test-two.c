/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway-fixture.h"

#include <arpa/inet.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "purser-ledger.h"

/* Two organisations on one plane, which have nothing to do with each other; one organisation on two planes, which has one budget. */

static void
assert_contains (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_test_fail_printf ("“%s” is not in: %s", part, text);
}

/* What the fixture serves on a plane of its own moves to PLANE. */
static void
move_to (Gateway *g, PurserPlane *plane)
{
  g_autoptr(GError) error = NULL;
  gateway_drop (g, TRUE);
  purser_plane_free (g->plane);
  g->plane = plane;
  g->served = purser_plane_serve (plane, g->base.store, g->base.vault, &error);
  g_assert_no_error (error);
}

typedef struct { Gateway a, b; } Two;

static void
two_set_up (Two *two, gconstpointer data)
{
  gateway_set_up (&two->a, data);
  gateway_set_up (&two->b, data);
  move_to (&two->b, two->a.plane);
  Part one = add_provider (&two->a.base, "one", "openai-compatible", "ok"), other = add_provider (&two->b.base, "other", "openai-compatible", "ok");
  assign (&two->a.base, one.model_id, 0);
  assign (&two->b.base, other.model_id, 0);
}

static void
two_tear_down (Two *two, gconstpointer data)
{
  if (two->b.served != NULL)
    gateway_drop (&two->b, FALSE);
  two->b.plane = NULL;
  gateway_tear_down (&two->b, data);
  gateway_tear_down (&two->a, data);
}

#define TWO_ADD(path, func) g_test_add (path, Two, NULL, two_set_up, func, two_tear_down)

static int
ask_status (Gateway *g, const char *secret, const char *words)
{
  g_autofree char *body = dialect_body ("openai-chat", "drafting", FALSE), *key = g_strdup_printf ("Authorization: Bearer %s\r\n", secret);
  Reply reply = ask (g, "POST", "/v1/chat/completions", key, body);
  int status = reply.status;
  if (words != NULL)
    assert_contains (reply.body, words);
  reply_clear (&reply);
  return status;
}

static guint
n_rows (Gateway *g)
{
  g_autoptr(GPtrArray) rows = ledger_rows (&g->base);
  return rows->len;
}

/* --- Two organisations --- */

typedef struct { gint64 principal_id; const char *secret; gint64 id; } Key;

static gboolean
key_job (PurserDb *db, gpointer data, GError **error)
{
  Key *key = data;
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, key->secret, -1);
  key->id = purser_catalogue_add_access_key (db, key->principal_id, digest, "abcd", error);
  return key->id != 0;
}

/* The port says whose file, and only there is a key looked up. */
static void
test_keys (Two *two, gconstpointer data)
{
  Key of_a = { two->a.principal_id, "purser-key-of-the-first", 0 }, of_b = { two->b.principal_id, "purser-key-of-the-second", 0 };
  gateway_change (&two->a, key_job, &of_a);
  gateway_change (&two->b, key_job, &of_b);
  g_assert_cmpint (ask_status (&two->a, of_a.secret, "ello"), ==, 200);
  g_assert_cmpint (ask_status (&two->b, of_a.secret, "not known here"), ==, 401);
  g_assert_cmpint (ask_status (&two->a, of_b.secret, "not known here"), ==, 401);
  g_assert_cmpint (ask_status (&two->b, of_b.secret, "ello"), ==, 200);
  g_assert_cmpuint (n_rows (&two->a), ==, 1);
  g_assert_cmpuint (n_rows (&two->b), ==, 1);
  g_assert_cmpuint (hostile_requests (two->a.base.hostile, "one"), ==, 1);
  g_assert_cmpuint (hostile_requests (two->b.base.hostile, "other"), ==, 1);
}

static void
execute (sqlite3 *db, const char *sql)
{
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}

static gboolean
is_free (gpointer data)
{
  Reply reply = ask (data, "GET", "/healthz", "", NULL);
  int status = reply.status;
  reply_clear (&reply);
  return status == 200;
}

/* The file of one is locked when its call is to be settled. */
static void
test_one_ledger (Two *two, gconstpointer data)
{
  Part slow = add_provider (&two->a.base, "slow", "openai-compatible", "slow,ok");
  sqlite3 *other = NULL;
  assign (&two->a.base, slow.model_id, 0);
  g_autofree char *body = dialect_body ("openai-chat", "drafting", TRUE);
  g_assert_cmpint (sqlite3_open (purser_store_get_path (two->a.base.store), &other), ==, SQLITE_OK);
  Ask *asking = ask_start (&two->a, "POST", "/v1/chat/completions", NULL, body);
  while (hostile_requests (two->a.base.hostile, "slow") == 0)
    g_main_context_iteration (NULL, FALSE);
  execute (other, "BEGIN IMMEDIATE");
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (ask_status (&two->b, two->b.secret, "ello"), ==, 200);
  Reply failed = ask_end (asking);
  assert_contains (failed.body, "could not be written into the ledger");
  reply_clear (&failed);
  g_assert_cmpint (ask_status (&two->a, two->a.secret, "cannot write its ledger"), ==, 503);
  g_assert_cmpint (ask_status (&two->b, two->b.secret, "ello"), ==, 200);
  execute (other, "ROLLBACK");
  sqlite3_close (other);
  g_assert_true (turn_until (is_free, &two->a, 20));
  g_assert_cmpint (ask_status (&two->a, two->a.secret, "ello"), ==, 200);
  g_assert_cmpuint (n_rows (&two->b), ==, 6);
  assert_consistent (&two->a.base);
  assert_consistent (&two->b.base);
}

static gboolean
is_refused (guint port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK), .sin_port = htons ((guint16) port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean refused = connect (fd, (struct sockaddr *) &address, sizeof address) != 0;
  close (fd);
  return refused;
}

static void
test_drop_one (Two *two, gconstpointer data)
{
  Part slow = add_provider (&two->a.base, "slow", "openai-compatible", "slow");
  assign (&two->a.base, slow.model_id, 0);
  g_autofree char *body = dialect_body ("openai-chat", "drafting", TRUE);
  for (int drain = 0; drain < 2; drain++)
    {
      g_autoptr(GError) error = NULL;
      Ask *asking = ask_start (&two->a, "POST", "/v1/chat/completions", NULL, body);
      while (hostile_requests (two->a.base.hostile, "slow") < (guint) drain + 1)
        g_main_context_iteration (NULL, FALSE);
      gateway_drop (&two->b, drain);
      g_assert_true (is_refused (two->b.port));
      Reply reply = ask_end (asking);
      assert_contains (reply.body, "[DONE]");
      reply_clear (&reply);
      two->b.served = purser_plane_serve (two->a.plane, two->b.base.store, two->b.base.vault, &error);
      g_assert_no_error (error);
      g_assert_cmpint (ask_status (&two->b, two->b.secret, "ello"), ==, 200);
    }
}

static void
gone_cb (gpointer gone)
{
  *(gboolean *) gone = TRUE;
}

static gboolean
is_gone (gpointer gone)
{
  return *(gboolean *) gone;
}

/* --- Settings --- */

static gboolean
nothing_job (PurserDb *db, gpointer data, GError **error)
{
  return TRUE; /* a new generation all the same */
}

/* Every call is answered, however often the generation rises between its steps. */
static void
test_settings (Two *two, gconstpointer data)
{
  Gateway *g = &two->a;
  Part spare = add_provider (&g->base, "spare", "anthropic", "ok");
  g_autoptr(PurserOrg) org = purser_store_get_org (g->base.store);
  gint64 first = purser_org_workload_named (org, "drafting")->models[0];
  g_autofree char *body = dialect_body ("openai-chat", "drafting", FALSE);
  Ask *asking[24];
  for (guint round = 0; round < 4; round++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (asking); i++)
        {
          asking[i] = ask_start (g, "POST", "/v1/chat/completions", NULL, body);
          if (i % 6 == 0)
            assign (&g->base, i % 12 == 0 ? spare.model_id : first, i % 12 == 0 ? first : spare.model_id);
        }
      gateway_change (g, nothing_job, NULL);
      for (guint i = 0; i < G_N_ELEMENTS (asking); i++)
        {
          Reply reply = ask_end (asking[i]);
          g_assert_cmpint (reply.status, ==, 200);
          reply_clear (&reply);
        }
    }
  g_assert_cmpuint (n_rows (g), ==, 4 * G_N_ELEMENTS (asking));
  assert_consistent (&g->base);
}

static gboolean
revoke_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_catalogue_revoke_access_key (db, ((Gateway *) data)->access_key_id, error);
}

static gboolean
remove_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_catalogue_remove_principal (db, ((Gateway *) data)->principal_id, TRUE, error);
}

static gboolean
keyless_job (PurserDb *db, gpointer data, GError **error)
{
  Gateway *g = data;
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  PurserGateway settings = org->gateway;
  gint64 drafting = purser_org_workload_named (org, "drafting")->id;
  settings.keyless_principal_id = g->principal_id;
  settings.keyless_workloads = &drafting;
  settings.n_keyless_workloads = 1;
  return purser_catalogue_set_gateway (db, &settings, error);
}

static gboolean
is_heard (gpointer fd)
{
  char byte;
  return recv (*(int *) fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) >= 0;
}

static void
assert_heard (int fd, const char *start)
{
  char words[4096] = { 0 };
  g_assert_true (turn_until (is_heard, &fd, 20));
  g_assert_cmpint (recv (fd, words, sizeof words - 1, 0), >, 0);
  if (!g_str_has_prefix (words, start))
    g_test_fail_printf ("not “%s” but: %s", start, words);
}

/* A head that was let in, and then CHANGE, and only then the body. */
static void
change_under_way (Gateway *g, const char *key, PurserStoreFunc change)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK), .sin_port = htons ((guint16) g->port) };
  g_autofree char *body = dialect_body ("openai-chat", "drafting", FALSE);
  g_autofree char *head = g_strdup_printf ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n%sExpect: 100-continue\r\nContent-Length: %zu\r\n\r\n", key, strlen (body));
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (send (fd, head, strlen (head), MSG_NOSIGNAL), ==, (gssize) strlen (head));
  assert_heard (fd, "HTTP/1.1 100 ");
  gateway_change (g, change, g);
  g_assert_cmpint (send (fd, body, strlen (body), MSG_NOSIGNAL), ==, (gssize) strlen (body));
  assert_heard (fd, "HTTP/1.1 401 ");
  close (fd);
  g_assert_true (turn_until (nothing_runs, g, 10));
  g_assert_cmpuint (n_rows (g), ==, 0);
}

/* Who held a head back while the key was good has no call afterwards. */
static void
test_revoked_under_way (Two *two, gconstpointer data)
{
  g_autofree char *key = g_strdup_printf ("Authorization: Bearer %s\r\n", two->a.secret);
  change_under_way (&two->a, key, revoke_job);
  gateway_change (&two->b, keyless_job, &two->b);
  change_under_way (&two->b, "", remove_job);
}

/* A process that is told to end at once still writes what its calls have come to. */
static void
test_plane_ends (Gateway *g, gconstpointer data)
{
  Part part = add_provider (&g->base, "up", "openai-compatible", "stalls");
  g_autofree char *body = dialect_body ("openai-chat", "drafting", TRUE);
  Ask *asking[8];
  gboolean gone = FALSE;
  assign (&g->base, part.model_id, 0);
  for (guint i = 0; i < G_N_ELEMENTS (asking); i++)
    asking[i] = ask_start (g, "POST", "/v1/chat/completions", NULL, body);
  while (hostile_requests (g->base.hostile, "up") < G_N_ELEMENTS (asking))
    g_main_context_iteration (NULL, FALSE);
  purser_plane_drop (g->served, TRUE, gone_cb, &gone);
  g->served = NULL;
  purser_plane_free (g_steal_pointer (&g->plane));
  for (guint i = 0; i < G_N_ELEMENTS (asking); i++)
    ask_leave (asking[i]);
  g_assert_true (turn_until (is_gone, &gone, 10));
  g_autoptr(GPtrArray) rows = ledger_rows (&g->base);
  g_assert_cmpuint (rows->len, ==, G_N_ELEMENTS (asking));
  for (guint i = 0; i < rows->len; i++)
    g_assert_cmpstr (((PurserCallRow *) g_ptr_array_index (rows, i))->outcome, ==, "cancelled");
  assert_consistent (&g->base);
}

/* --- One organisation on two planes --- */

#define CAP_NANO G_GINT64_CONSTANT (8000000)
#define CALLS    200

static gboolean
budget_job (PurserDb *db, gpointer data, GError **error)
{
  PurserBudget budget = { .scope = PURSER_SCOPE_ORGANISATION, .period = PURSER_BUDGET_MONTH, .cap_nano = CAP_NANO, .at_limit = PURSER_AT_LIMIT_BLOCK };
  return purser_catalogue_put_budget (db, &budget, error) != 0;
}

static gboolean
port_job (PurserDb *db, gpointer port, GError **error)
{
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  PurserGateway settings = org->gateway;
  settings.port = (int) *(guint *) port;
  return purser_catalogue_set_gateway (db, &settings, error);
}

static gboolean
state_job (PurserDb *db, gpointer data, GError **error)
{
  g_autoptr(GArray) states = purser_ledger_budgets (db, purser_db_now (db), error);
  g_assert_nonnull (states);
  g_assert_cmpuint (states->len, ==, 1);
  *(PurserBudgetState *) data = g_array_index (states, PurserBudgetState, 0);
  return TRUE;
}

static PurserBudgetState
budget_state (Gateway *g)
{
  g_autoptr(GError) error = NULL;
  PurserBudgetState state;
  purser_store_read (g->base.store, state_job, &state, &error);
  g_assert_no_error (error);
  g_assert_cmpint (state.spent_nano + state.reserved_nano, <=, CAP_NANO); /* at any moment */
  return state;
}

/* Of many calls at once, through two stores on one file, no more are made than the budget has room for. */
static void
test_one_budget (Gateway *g, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  Gateway second = *g;
  Part part = add_provider (&g->base, "up", "openai-compatible", "ok");
  Ask *asking[CALLS];
  guint good = 0, refused = 0;
  assign (&g->base, part.model_id, 0);
  gateway_change (g, budget_job, NULL);
  second.port = gateway_free_port ();
  gateway_change (g, port_job, &second.port);
  second.base.store = purser_store_open (purser_store_get_path (g->base.store), PURSER_STORE_OPEN | PURSER_STORE_NO_REAPER, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  second.plane = purser_plane_new (&error);
  second.served = purser_plane_serve (second.plane, second.base.store, g->base.vault, &error);
  g_assert_no_error (error);
  g_autofree char *body = dialect_body ("openai-chat", "drafting", FALSE);
  for (guint i = 0; i < CALLS; i++)
    asking[i] = ask_start (i % 2 == 0 ? g : &second, "POST", "/v1/chat/completions", NULL, body);
  for (guint i = 0; i < CALLS; i++)
    {
      Reply reply = ask_end (asking[i]);
      good += reply.status == 200;
      refused += reply.status != 200 && strstr (reply.body, "budget") != NULL;
      reply_clear (&reply);
      budget_state (i % 2 == 0 ? g : &second);
    }
  PurserBudgetState state = budget_state (g);
  g_test_message ("%u made, %u refused, %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " spent", good, refused, state.spent_nano, CAP_NANO);
  g_assert_cmpuint (good + refused, ==, CALLS);
  g_assert_cmpuint (good, >, 0);
  g_assert_cmpuint (refused, >, 0);
  g_assert_cmpuint (hostile_requests (g->base.hostile, "up"), ==, good);
  g_assert_cmpint (state.reserved_nano, ==, 0);
  g_assert_cmpint (state.spent_nano, ==, 140000 * (gint64) good); /* 100 tokens read, 20 written */
  assert_consistent (&g->base);
  gateway_drop (&second, TRUE);
  purser_plane_free (second.plane);
  purser_store_close (second.base.store);
  g_object_unref (second.base.store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TWO_ADD ("/two/keys", test_keys);
  TWO_ADD ("/two/one-ledger", test_one_ledger);
  TWO_ADD ("/two/drop-one", test_drop_one);
  TWO_ADD ("/two/settings", test_settings);
  TWO_ADD ("/two/revoked-under-way", test_revoked_under_way);
  GATEWAY_ADD ("/two/plane-ends", test_plane_ends);
  GATEWAY_ADD ("/two/one-budget", test_one_budget);
  return g_test_run ();
}
