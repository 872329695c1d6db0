/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gateway's settings and the budgets as commands: what is kept, what is refused and in which words. */
#include "admin-fixture.h"

/* The settings as they stand, to be changed and sent; what is inside stays the snapshot's. */
typedef struct
{
  PurserOrg    *org; /* (owned) */
  PurserGateway gateway;
} Draft;

static void
draft_clear (Draft *draft)
{
  purser_org_unref (draft->org);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Draft, draft_clear)

static Draft
draft_now (Fixture *f)
{
  Draft draft = { .org = purser_store_get_org (f->store) };
  draft.gateway = draft.org->gateway;
  return draft;
}

static void
refuse_gateway (Fixture *f, PurserGateway gateway, const char *words)
{
  refused (f, purser_command_set_gateway (&gateway), words);
}

static char *
tls_file (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "call", "tls", name, NULL);
}

#define OFF "{\"on\":false,\"port\":8377,\"address\":\"127.0.0.1\",\"certificate\":null,\"private_key\":null,\"keyless_principal\":0,\"keyless_workloads\":[],\"durability\":\"answered\",\"metrics\":true}"
#define ON "{\"on\":true,\"port\":8377,\"address\":\"127.0.0.1\",\"certificate\":null,\"private_key\":null,\"keyless_principal\":0,\"keyless_workloads\":[],\"durability\":\"answered\",\"metrics\":true}"

static void
test_switch (Fixture *f, gconstpointer data)
{
  unchanged (f, purser_command_switch_gateway (FALSE));
  run (f, purser_command_switch_gateway (TRUE));
  audited (f, "gateway.switch", "gateway 1", OFF, ON);
  unchanged (f, purser_command_switch_gateway (TRUE));
  g_auto (Draft) draft = draft_now (f);
  g_assert_true (draft.gateway.enabled);
  g_assert_cmpint (draft.gateway.port, ==, 8377);
}

static void
test_place (Fixture *f, gconstpointer data)
{
  static const char *const LOOPBACK[] = { "127.0.0.1", "localhost", "::1", "[::1]", " 127.0.0.2 " };
  static const struct { const char *address, *words; } WRONG[] = {
    { "0.0.0.0", "other computers can call" }, { "192.168.1.20", "other computers can call" }, { "::", "other computers can call" },
    { "purser.example.org", "is not an address" }, { "", "is not an address" }, { "127.0.0.1:80", "is not an address" }, { "224.0.0.1", "is not an address" } };
  g_auto (Draft) draft = draft_now (f);
  PurserGateway g = draft.gateway;
  for (gsize i = 0; i < G_N_ELEMENTS (LOOPBACK); i++)
    {
      g.address = (char *) LOOPBACK[i];
      run (f, purser_command_set_gateway (&g));
    }
  g_auto (Draft) last = draft_now (f);
  g_assert_cmpstr (last.gateway.address, ==, "127.0.0.2"); /* trimmed */
  for (gsize i = 0; i < G_N_ELEMENTS (WRONG); i++)
    {
      g.address = (char *) WRONG[i].address;
      refuse_gateway (f, g, WRONG[i].words);
    }
  g = draft.gateway;
  for (gsize i = 0; i < 4; i++)
    {
      g.port = ((const int[]) { 0, 1023, 65536, -1 })[i];
      refuse_gateway (f, g, "from 1024 to 65535");
    }
  g.port = 1024;
  run (f, purser_command_set_gateway (&g));
  g.durability = PURSER_N_DURABILITIES;
  refuse_gateway (f, g, "process, answered or strict");
}

static void
test_certificate (Fixture *f, gconstpointer data)
{
  g_autofree char *server = tls_file ("server.pem"), *expired = tls_file ("expired.pem"), *ca = tls_file ("ca.pem"), *absent = tls_file ("absent.pem");
  g_autofree char *garbage = g_build_filename (f->folder, "garbage.pem", NULL);
  g_auto (Draft) draft = draft_now (f);
  PurserGateway g = draft.gateway;
  g_assert_true (g_file_set_contents (garbage, "-----BEGIN CERTIFICATE-----\nno\n", -1, NULL));
  g.address = (char *) "0.0.0.0";
  g.certificate = server;
  refuse_gateway (f, g, "give both files");
  g.private_key = absent;
  refuse_gateway (f, g, "is not there");
  g.private_key = (char *) "server.pem";
  refuse_gateway (f, g, "whole path");
  g.private_key = ca; /* a certificate without a key */
  refuse_gateway (f, g, "PEM files");
  g.private_key = garbage;
  refuse_gateway (f, g, "PEM files");
  g.certificate = f->folder;
  refuse_gateway (f, g, "is not there");
  g.certificate = g.private_key = expired;
  refuse_gateway (f, g, "ended on");
  g.certificate = g.private_key = server;
  run (f, purser_command_set_gateway (&g));
  g_auto (Draft) kept = draft_now (f);
  g_assert_cmpstr (kept.gateway.address, ==, "0.0.0.0");
  g_assert_cmpstr (kept.gateway.private_key, ==, server);
  /* The trail names the file; what is in it is nowhere. */
  g_autoptr (JsonArray) rows = audit_entries (f);
  g_autofree char *after = value_text (json_array_get_object_element (rows, 0), "after");
  g_assert_nonnull (strstr (after, "server.pem"));
  g_assert_null (strstr (after, "PRIVATE KEY"));

  g.keyless_principal_id = f->bot;
  g.keyless_workloads = &f->drafting;
  g.n_keyless_workloads = 1;
  refuse_gateway (f, g, "for this computer alone");
  g.keyless_principal_id = 0;

  /* Once chosen, a file that has gone stands in the way of nothing else. */
  g_autofree char *copy = g_build_filename (f->folder, "copy.pem", NULL), *pem = NULL;
  g_assert_true (g_file_get_contents (server, &pem, NULL, NULL) && g_file_set_contents (copy, pem, -1, NULL));
  g.certificate = g.private_key = copy;
  run (f, purser_command_set_gateway (&g));
  g_unlink (copy);
  g.metrics = FALSE;
  run (f, purser_command_set_gateway (&g));
  run (f, purser_command_switch_gateway (TRUE));
  g.address = (char *) "::";
  refuse_gateway (f, g, "copy.pem is not there");
  g.keyless_principal_id = f->bot;
  g.address = (char *) "127.0.0.1";
  g.certificate = g.private_key = (char *) ""; /* none */
  run (f, purser_command_set_gateway (&g));
  g_auto (Draft) plain = draft_now (f);
  g_assert_null (plain.gateway.certificate);
}

static void
make_keyless (Fixture *f, gint64 principal_id, gint64 *workloads, guint n)
{
  g_auto (Draft) draft = draft_now (f);
  draft.gateway.keyless_principal_id = principal_id;
  draft.gateway.keyless_workloads = workloads;
  draft.gateway.n_keyless_workloads = n;
  run (f, purser_command_set_gateway (&draft.gateway));
}

static void
test_keyless (Fixture *f, gconstpointer data)
{
  gint64 ghost = 999;
  g_auto (Draft) draft = draft_now (f);
  PurserGateway g = draft.gateway;
  g.keyless_principal_id = f->bot;
  refuse_gateway (f, g, "at least one workload");
  g.keyless_workloads = &ghost;
  g.n_keyless_workloads = 1;
  refuse_gateway (f, g, "workloads is no longer there");
  g.keyless_workloads = &f->drafting;
  g.keyless_principal_id = ghost;
  refuse_gateway (f, g, "no longer there");
  make_keyless (f, f->bot, &f->drafting, 1);
  make_keyless (f, 0, &f->drafting, 1); /* without someone to call as, nothing is kept */
  g_auto (Draft) off = draft_now (f);
  g_assert_cmpuint (off.gateway.n_keyless_workloads, ==, 0);
}

static void
test_keyless_goes (Fixture *f, gconstpointer data)
{
  gint64 own = run (f, purser_command_add_workload ("minutes", NULL)), both[] = { f->drafting, own };
  make_keyless (f, f->bot, both, 2);
  run (f, purser_command_remove_principal (f->lena)); /* someone else */
  run (f, purser_command_remove_workload (own));      /* one of two */
  g_auto (Draft) one = draft_now (f);
  g_assert_cmpint (one.gateway.keyless_principal_id, ==, f->bot);
  g_assert_cmpuint (one.gateway.n_keyless_workloads, ==, 1);
  g_assert_cmpint (one.gateway.keyless_workloads[0], ==, f->drafting);

  run (f, purser_command_remove_principal (f->bot));
  g_autoptr (JsonArray) rows = audit_entries (f);
  g_autofree char *after = value_text (json_array_get_object_element (rows, 0), "after");
  g_assert_cmpstr (after, ==, "{\"keyless_principal\":null}");
  g_auto (Draft) nobody = draft_now (f);
  g_assert_cmpint (nobody.gateway.keyless_principal_id, ==, 0);
  g_assert_cmpuint (nobody.gateway.n_keyless_workloads, ==, 0);
  run (f, purser_command_restore_principal (f->bot)); /* who comes back may not call without a key by that alone */
  run (f, purser_command_restore_workload (own));
  g_auto (Draft) back = draft_now (f);
  g_assert_cmpint (back.gateway.keyless_principal_id, ==, 0);

  make_keyless (f, f->bot, &own, 1);
  run (f, purser_command_remove_workload (own)); /* the only one */
  g_auto (Draft) none = draft_now (f);
  g_assert_cmpint (none.gateway.keyless_principal_id, ==, 0);
}

/* ------------------------------------------------------------------ budgets */

static PurserBudget
budget (PurserBudgetScope scope, gint64 scope_id, PurserBudgetPeriod period, gint64 days, gint64 cap)
{
  return (PurserBudget) { .scope = scope, .scope_id = scope_id, .period = period, .days = days, .cap_nano = cap * PURSER_NANO, .at_limit = PURSER_AT_LIMIT_BLOCK };
}

static void
refuse_budget (Fixture *f, PurserBudget b, const char *words)
{
  refused (f, purser_command_set_budget (&b), words);
}

static void
test_budget (Fixture *f, gconstpointer data)
{
  PurserBudget whole = budget (PURSER_SCOPE_ORGANISATION, 77, PURSER_BUDGET_MONTH, 9, 100), week = budget (PURSER_SCOPE_PRINCIPAL, f->lena, PURSER_BUDGET_ROLLING, 7, 10);
  gint64 id = run (f, purser_command_set_budget (&whole));
  audited (f, "budget.set", "budget 1", NULL, "{\"scope\":\"organisation\",\"scope_id\":0,\"period\":\"month\",\"cap\":\"100.00\",\"currency\":\"EUR\",\"at_limit\":\"block\"}");
  run (f, purser_command_set_budget (&week));
  audited (f, "budget.set", "budget 2", NULL, "{\"scope\":\"principal\",\"scope_id\":1,\"period\":\"rolling\",\"days\":7,\"cap\":\"10.00\",\"currency\":\"EUR\",\"at_limit\":\"block\"}");
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  g_assert_cmpuint (org->budgets->len, ==, 2);
  g_assert_cmpint (purser_org_budget (org, id)->days, ==, 0); /* a month has no number of days */

  /* Of one scope and kind of period there is one, and the words name it. */
  refuse_budget (f, whole, "number 1");
  refuse_budget (f, whole, "€100.00");
  refuse_budget (f, budget (PURSER_SCOPE_PRINCIPAL, f->lena, PURSER_BUDGET_ROLLING, 30, 5), "“Lena” has a budget for this period already");
  PurserBudget others = budget (PURSER_SCOPE_PRINCIPAL, f->bot, PURSER_BUDGET_ROLLING, 7, 10), quarter = budget (PURSER_SCOPE_ORGANISATION, 0, PURSER_BUDGET_QUARTER, 0, 250);
  run (f, purser_command_set_budget (&quarter));
  run (f, purser_command_set_budget (&others)); /* someone else's */

  PurserBudget change = { .id = id, .cap_nano = 120 * PURSER_NANO, .at_limit = PURSER_AT_LIMIT_NOTIFY };
  g_assert_cmpint (run (f, purser_command_set_budget (&change)), ==, id);
  audited (f, "budget.set", "budget 1", "{\"scope\":\"organisation\",\"scope_id\":0,\"period\":\"month\",\"cap\":\"100.00\",\"currency\":\"EUR\",\"at_limit\":\"block\"}",
           "{\"scope\":\"organisation\",\"scope_id\":0,\"period\":\"month\",\"cap\":\"120.00\",\"currency\":\"EUR\",\"at_limit\":\"notify\"}");
  unchanged (f, purser_command_set_budget (&change));
  run (f, purser_command_remove_budget (id));
  audited (f, "budget.remove", "budget 1", "{\"scope\":\"organisation\",\"scope_id\":0,\"period\":\"month\",\"cap\":\"120.00\",\"currency\":\"EUR\",\"at_limit\":\"notify\"}", NULL);
  refused (f, purser_command_remove_budget (id), "no longer there");
  refused (f, purser_command_set_budget (&change), "no longer there");
  g_assert_cmpint (run (f, purser_command_set_budget (&whole)), !=, id); /* its place is free again */
}

static void
test_budget_refused (Fixture *f, gconstpointer data)
{
  PurserBudget b = budget (PURSER_SCOPE_ORGANISATION, 0, PURSER_BUDGET_MONTH, 0, 1);
  b.at_limit = PURSER_N_AT_LIMIT;
  refuse_budget (f, b, "notify or block");
  refuse_budget (f, budget (PURSER_SCOPE_ORGANISATION, 0, PURSER_BUDGET_MONTH, 0, 0), "more than 0");
  refuse_budget (f, budget (PURSER_SCOPE_ORGANISATION, 0, PURSER_BUDGET_MONTH, 0, -1), "more than 0");
  refuse_budget (f, budget (PURSER_N_SCOPES, 0, PURSER_BUDGET_MONTH, 0, 1), "Say whose budget");
  refuse_budget (f, budget (PURSER_SCOPE_TEAM, 1, PURSER_N_BUDGET_PERIODS, 0, 1), "for which period");
  for (PurserBudgetScope scope = PURSER_SCOPE_TEAM; scope < PURSER_N_SCOPES; scope++)
    refuse_budget (f, budget (scope, 999, PURSER_BUDGET_MONTH, 0, 1), "no longer there");
  refuse_budget (f, budget (PURSER_SCOPE_ORGANISATION, 0, PURSER_BUDGET_ROLLING, 0, 1), "1 to 366");
  refuse_budget (f, budget (PURSER_SCOPE_ORGANISATION, 0, PURSER_BUDGET_ROLLING, 367, 1), "1 to 366");
}

/* Sample data brings no budget and no one who calls without a key, and takes along what was set on it. */
static void
test_sample_leaves_nothing (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "sample.purser", NULL);
  g_autoptr (PurserVault) vault = purser_vault_new ("test");
  Fixture sample = { .store = purser_store_open (path, PURSER_STORE_CREATE, "Sample", "EUR", "Europe/Berlin", NULL) };
  sample.admin = purser_admin_new (sample.store, vault, "ada");
  run (&sample, purser_command_load_sample ());
  g_autoptr (PurserOrg) org = purser_store_get_org (sample.store);
  gint64 drafting = purser_org_workload_named (org, "drafting")->id;
  make_keyless (&sample, ((const PurserPrincipal *) g_ptr_array_index (org->principals, 0))->id, &drafting, 1);
  PurserBudget b = budget (PURSER_SCOPE_WORKLOAD, drafting, PURSER_BUDGET_MONTH, 0, 5);
  run (&sample, purser_command_set_budget (&b));
  run (&sample, purser_command_remove_sample ());
  g_autoptr (PurserOrg) empty = purser_store_get_org (sample.store);
  g_assert_cmpuint (empty->budgets->len, ==, 0);
  g_assert_cmpint (empty->gateway.keyless_principal_id, ==, 0);
  g_object_unref (sample.admin);
  purser_store_close (sample.store);
  g_object_unref (sample.store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/gateway/switch", test_switch);
  ADD ("/gateway/place", test_place);
  ADD ("/gateway/certificate", test_certificate);
  ADD ("/gateway/keyless", test_keyless);
  ADD ("/gateway/keyless-goes", test_keyless_goes);
  ADD ("/gateway/budget", test_budget);
  ADD ("/gateway/budget-refused", test_budget_refused);
  ADD ("/gateway/sample-leaves-nothing", test_sample_leaves_nothing);
  return g_test_run ();
}
