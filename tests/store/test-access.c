/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>

/* What the gateway admits by, and what it leaves in the ledger of who asked. */

static const char HEX[] = "00ff10e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b78";

static gint64 key_id;

static gboolean
key_body (PurserDb *db, Fixture *f, GError **error)
{
  gint64 workloads[] = { f->workloads[0], f->workloads[2], f->workloads[0] }, models[] = { f->models[1] };
  key_id = purser_catalogue_add_access_key (db, f->people[0], HEX, "1b78", error);
  PurserAccessKey key = {
    .id = key_id, .expires_at = 5000, .workloads = workloads, .n_workloads = 3, .models = models, .n_models = 1
  };
  g_autoptr(PurserOrg) before = purser_catalogue_load (db, error);
  g_assert_null (purser_org_access_key (before, key_id)->workloads);
  g_assert_true (purser_catalogue_set_access_key (db, &key, error));
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  const PurserAccessKey *got = purser_org_access_key (org, key_id);
  g_assert_cmpint (got->principal_id, ==, f->people[0]);
  g_assert_cmpint (got->expires_at, ==, 5000);
  g_assert_cmpuint (got->n_workloads, ==, 2);
  g_assert_cmpint (got->workloads[1], ==, f->workloads[2]);
  g_assert_cmpuint (got->n_models, ==, 1);
  g_assert_cmpint (got->models[0], ==, f->models[1]);
  g_assert_false (got->any_model);
  g_assert_cmpint (got->sha256[0], ==, 0);
  g_assert_cmpint (got->sha256[1], ==, 0xff);
  g_assert_cmpint (got->sha256[31], ==, 0x78);
  key = (PurserAccessKey) { .id = key_id, .any_model = TRUE };
  g_assert_true (purser_catalogue_set_access_key (db, &key, error));
  g_autoptr(PurserOrg) after = purser_catalogue_load (db, error);
  g_assert_true (purser_org_access_key (after, key_id)->any_model);
  g_assert_null (purser_org_access_key (after, key_id)->workloads);
  g_assert_null (purser_org_access_key (after, key_id)->models);
  key.id = 99;
  g_autoptr(GError) gone = NULL;
  g_assert_false (purser_catalogue_set_access_key (db, &key, &gone));
  g_assert_error (gone, PURSER_STORE_ERROR, PURSER_STORE_ERROR_NOT_FOUND);
  return TRUE;
}

static void
test_keys (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, key_body);
}

static gboolean
settings_body (PurserDb *db, Fixture *f, GError **error)
{
  char *regions[] = { (char *) "EU", (char *) "CH", NULL };
  gint64 weights[] = { 3, 0 };
  PurserWorkload w = { .id = f->workloads[1],
                       .name = (char *) "summarization",
                       .models = f->models,
                       .n_models = 2,
                       .weights = weights,
                       .spread = TRUE,
                       .connect_ms = 1,
                       .first_content_ms = 2,
                       .silence_ms = 3,
                       .drain = TRUE,
                       .no_training = TRUE,
                       .retention_limited = TRUE,
                       .regions = regions };
  g_assert_cmpint (purser_catalogue_put_workload (db, &w, error), ==, w.id);
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  const PurserWorkload *got = purser_org_workload (org, w.id);
  g_assert_true (got->spread && got->drain && got->no_training && got->retention_limited);
  g_assert_cmpint (got->connect_ms * 100 + got->first_content_ms * 10 + got->silence_ms, ==, 123);
  g_assert_cmpint (got->max_retention_days, ==, 0);
  g_assert_cmpint (got->weights[0], ==, 3);
  g_assert_cmpint (got->weights[1], ==, 0);
  g_assert_cmpuint (g_strv_length (got->regions), ==, 2);
  g_assert_cmpstr (got->regions[1], ==, "CH");
  g_assert_null (purser_org_workload (org, f->workloads[0])->regions);
  g_assert_false (purser_org_workload (org, f->workloads[0])->retention_limited);
  weights[1] = 1; /* only a weight changes */
  g_assert_cmpint (purser_catalogue_put_workload (db, &w, error), ==, w.id);
  g_autoptr(PurserOrg) other = purser_catalogue_load (db, error);
  g_assert_cmpint (purser_org_workload (other, w.id)->weights[1], ==, 1);
  w.weights = NULL;
  w.regions = NULL;
  w.max_retention_days = 30;
  g_assert_cmpint (purser_catalogue_put_workload (db, &w, error), ==, w.id);
  g_autoptr(PurserOrg) last = purser_catalogue_load (db, error);
  g_assert_null (purser_org_workload (last, w.id)->weights);
  g_assert_null (purser_org_workload (last, w.id)->regions);
  g_assert_cmpint (purser_org_workload (last, w.id)->max_retention_days, ==, 30);
  PurserPrincipal bo = { .id = f->people[1], .name = (char *) "Bo", .calls_per_minute = 60, .calls_at_once = 4 };
  PurserPrincipal new_one = { .name = (char *) "New", .calls_per_minute = 1, .calls_at_once = 2 };
  g_assert_cmpint (purser_catalogue_put_principal (db, &bo, error), ==, bo.id);
  gint64 id = purser_catalogue_put_principal (db, &new_one, error);
  g_autoptr(PurserOrg) people = purser_catalogue_load (db, error);
  g_assert_cmpint (purser_org_principal (people, bo.id)->calls_per_minute, ==, 60);
  g_assert_cmpint (purser_org_principal (people, bo.id)->calls_at_once, ==, 4);
  g_assert_cmpint (purser_org_principal (people, id)->calls_at_once, ==, 2);
  g_assert_cmpint (purser_org_principal (people, f->people[0])->calls_per_minute, ==, 0);
  return TRUE;
}

static void
test_settings (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, settings_body);
}

static gboolean
gateway_body (PurserDb *db, Fixture *f, GError **error)
{
  g_autoptr(PurserOrg) fresh = purser_catalogue_load (db, error);
  g_assert_false (fresh->gateway.enabled);
  g_assert_cmpint (fresh->gateway.port, ==, 8377);
  g_assert_cmpstr (fresh->gateway.address, ==, "127.0.0.1");
  g_assert_cmpint (fresh->gateway.durability, ==, PURSER_SURVIVES_POWER);
  g_assert_true (fresh->gateway.metrics);
  PurserGateway gateway = { .enabled = TRUE,
                            .port = 9000,
                            .address = (char *) "0.0.0.0",
                            .certificate = (char *) "/c.pem",
                            .private_key = (char *) "/k.pem",
                            .keyless_principal_id = f->people[2],
                            .keyless_workloads = f->workloads,
                            .n_keyless_workloads = 2,
                            .durability = PURSER_SURVIVES_STRICT };
  g_assert_true (purser_catalogue_set_gateway (db, &gateway, error));
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  g_assert_true (org->gateway.enabled && !org->gateway.metrics);
  g_assert_cmpint (org->gateway.port, ==, 9000);
  g_assert_cmpstr (org->gateway.address, ==, "0.0.0.0");
  g_assert_cmpstr (org->gateway.certificate, ==, "/c.pem");
  g_assert_cmpstr (org->gateway.private_key, ==, "/k.pem");
  g_assert_cmpint (org->gateway.keyless_principal_id, ==, f->people[2]);
  g_assert_cmpuint (org->gateway.n_keyless_workloads, ==, 2);
  g_assert_cmpint (org->gateway.keyless_workloads[1], ==, f->workloads[1]);
  g_assert_cmpint (org->gateway.durability, ==, PURSER_SURVIVES_STRICT);
  gateway = (PurserGateway) { .port = 8377, .address = (char *) "127.0.0.1", .metrics = TRUE };
  g_assert_true (purser_catalogue_set_gateway (db, &gateway, error));
  g_autoptr(PurserOrg) after = purser_catalogue_load (db, error);
  g_assert_null (after->gateway.certificate);
  g_assert_null (after->gateway.keyless_workloads);
  g_assert_cmpint (after->gateway.keyless_principal_id, ==, 0);
  return TRUE;
}

static void
test_gateway (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, gateway_body);
}

static gboolean
terms_body (PurserDb *db, Fixture *f, GError **error)
{
  char *regions[] = { (char *) "EU", NULL };
  PurserTerms terms = { .provider_id = 1, .trains = -1, .retention_days = PURSER_UNKNOWN };
  g_assert_cmpint (purser_catalogue_add_terms (db, &terms, error), ==, 1);
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  g_assert_cmpint (purser_org_terms (org, 1)->trains, ==, -1);
  g_assert_cmpint (purser_org_terms (org, 1)->retention_days, ==, PURSER_UNKNOWN);
  g_assert_null (purser_org_terms (org, 1)->regions);
  terms = (PurserTerms) { .provider_id = 1,
                          .trains = 0,
                          .retention_days = 0,
                          .regions = regions,
                          .document = (char *) "dpa.pdf",
                          .checked_on = (char *) "2026-11-01",
                          .expires_on = (char *) "2027-11-01" };
  g_assert_cmpint (purser_catalogue_add_terms (db, &terms, error), ==, 2);
  g_autoptr(PurserOrg) after = purser_catalogue_load (db, error);
  const PurserTerms *got = purser_org_terms (after, 1);
  g_assert_cmpuint (after->terms->len, ==, 1);
  g_assert_cmpint (got->id, ==, 2);
  g_assert_cmpint (got->trains, ==, 0);
  g_assert_cmpint (got->retention_days, ==, 0);
  g_assert_cmpstr (got->regions[0], ==, "EU");
  g_assert_cmpstr (got->document, ==, "dpa.pdf");
  g_assert_cmpstr (got->checked_on, ==, "2026-11-01");
  g_assert_cmpstr (got->expires_on, ==, "2027-11-01");
  g_assert_cmpint (got->created_at, >, 0);
  return TRUE;
}

static void
test_terms (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  g_autoptr(GError) error = NULL;
  fixture_run (f, terms_body);
  g_assert_false (fixture_sql (f->store, "DELETE FROM terms", &error));
  g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
}

/* --- In the ledger --- */

typedef struct
{
  gint64 id;
  PurserCallRecord *record;
} Ask;

static gboolean
record_job (PurserDb *db, gpointer data, GError **error)
{
  Ask *ask = data;
  ask->record = purser_ledger_call (db, ask->id, error);
  return ask->record != NULL;
}

static PurserCallRecord *
record_of (Fixture *f, gint64 call_id)
{
  g_autoptr(GError) error = NULL;
  Ask ask = { call_id, NULL };
  purser_store_read (f->store, record_job, &ask, &error);
  g_assert_no_error (error);
  return ask.record;
}

static gboolean
next_job (PurserDb *db, gpointer data, GError **error)
{
  FixtureCall *call = data;
  gint64 next = 0;
  if (!purser_ledger_next_attempt (db, &call->attempt, call->hop, &next, error))
    return FALSE;
  call->attempt.attempt_id = next;
  return TRUE;
}

static gboolean
add_key_body (PurserDb *db, Fixture *f, GError **error)
{
  key_id = purser_catalogue_add_access_key (db, f->people[0], HEX, "1b78", error);
  return key_id != 0;
}

static void
test_record (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, add_key_body);
  FixtureCall call = fixture_call (f, 0, 1, 0);
  const PurserSkip first[] = { { f->models[2], PURSER_SKIP_TERMS }, { f->models[1], PURSER_SKIP_RESTING } };
  const PurserSkip second[] = { { f->models[2], PURSER_SKIP_CONTEXT } };
  call.open.skips = first;
  call.open.n_skips = 2;
  call.open.access_key_id = key_id;
  call.open.behalf = "  Müller, Jörg ";
  call.open.dialect = "anthropic";
  call.open.streamed = TRUE;
  fixture_write (f->store, fixture_open_job, &call);
  g_autoptr(PurserCallRecord) open = record_of (f, call.settle.call_id);
  g_assert_cmpstr (open->call->outcome, ==, "open");
  g_assert_null (((PurserAttemptRow *) open->attempts->pdata[0])->outcome);
  call.attempt.outcome = "failed";
  call.attempt.fault = "overloaded";
  call.attempt.status = 529;
  call.attempt.may_be_billed = TRUE;
  call.attempt.skips = second;
  call.attempt.n_skips = 1;
  call.hop = f->models[1];
  fixture_write (f->store, next_job, &call);
  call.attempt.outcome = "ok";
  call.attempt.fault = NULL;
  call.attempt.status = 200;
  call.attempt.may_be_billed = FALSE;
  call.attempt.provider_model = "small-2026";
  call.settle.model_id = f->models[1];
  fixture_write (f->store, fixture_settle_job, &call);
  g_autoptr(PurserCallRecord) record = record_of (f, call.settle.call_id);
  g_assert_cmpstr (record->call->outcome, ==, "ok");
  g_assert_cmpint (record->call->attempts, ==, 2);
  g_assert_cmpint (record->call->cost_nano, ==, 5400);
  g_assert_cmpstr (record->dialect, ==, "anthropic");
  g_assert_true (record->streamed);
  g_assert_cmpint (record->access_key_id, ==, key_id);
  g_assert_cmpstr (record->behalf, ==, "Müller, Jörg");
  g_assert_cmpuint (record->attempts->len, ==, 2);
  const PurserAttemptRow *a = record->attempts->pdata[0], *b = record->attempts->pdata[1];
  g_assert_cmpint (a->number, ==, 1);
  g_assert_cmpint (a->model_id, ==, f->models[0]);
  g_assert_cmpstr (a->fault, ==, "overloaded");
  g_assert_cmpint (a->status, ==, 529);
  g_assert_true (a->may_be_billed && !a->at_most && !a->unpriced && !a->estimated);
  g_assert_cmpint (b->number, ==, 2);
  g_assert_cmpstr (b->outcome, ==, "ok");
  g_assert_cmpstr (b->provider_model, ==, "small-2026");
  g_assert_cmpint (b->input_tokens, ==, 100);
  g_assert_cmpint (b->output_tokens, ==, 10);
  g_assert_cmpint (b->first_text_us, ==, 30);
  g_assert_cmpint (b->total_us, ==, 40);
  g_assert_cmpint (b->cost_nano, ==, 2700);
  g_assert_cmpuint (record->skips->len, ==, 3);
  const PurserSkipRow *skip = record->skips->pdata[1], *last = record->skips->pdata[2];
  g_assert_cmpint (skip->before_attempt, ==, 1);
  g_assert_cmpint (skip->model_id, ==, f->models[1]);
  g_assert_cmpint (skip->reason, ==, PURSER_SKIP_RESTING);
  g_assert_cmpint (last->before_attempt, ==, 2);
  g_assert_cmpint (last->reason, ==, PURSER_SKIP_CONTEXT);
  Ask none = { 99, NULL };
  g_autoptr(GError) gone = NULL;
  g_assert_false (purser_store_read (f->store, record_job, &none, &gone));
  g_assert_error (gone, PURSER_STORE_ERROR, PURSER_STORE_ERROR_NOT_FOUND);
  fixture_assert_clean (f->store);
}

static gint64
behalf_of (Fixture *f, gint64 principal_id, const char *name)
{
  FixtureCall call = fixture_call (f, 0, 0, 0);
  call.open.principal_id = principal_id;
  call.open.behalf = name;
  fixture_make_call (f, &call);
  return fixture_number (f->store, "SELECT COALESCE (behalf_id, 0) FROM call ORDER BY id DESC LIMIT 1");
}

static gboolean
many_names_body (PurserDb *db, Fixture *f, GError **error)
{
  for (guint i = 0; i < 4999; i++)
    {
      g_autofree char *name = g_strdup_printf ("name %u", i);
      if (!purser_db_run (db, error, "INSERT INTO behalf (principal_id, created_at) VALUES (?, 1)", "i", f->people[2])
          || !purser_db_run (db, error, "INSERT INTO behalf_personal VALUES (?, ?, ?)", "iis", purser_db_last_id (db),
                             f->people[2], name))
        return FALSE;
    }
  return TRUE;
}

/* Names are kept under who says them, once each, and only so many. */
static void
test_behalf (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  g_autofree char *longest = g_strnfill (100, 'x'), *too_long = g_strnfill (101, 'x');
  gint64 one = behalf_of (f, f->people[0], "one"), two = behalf_of (f, f->people[0], "two");
  g_assert_true (one > 0 && two > 0 && one != two);
  g_assert_cmpint (behalf_of (f, f->people[0], " one\t"), ==, one);
  gint64 other = behalf_of (f, f->people[1], "one");
  g_assert_true (other != one && other != two);
  g_assert_cmpint (behalf_of (f, f->people[0], longest), >, 0);
  const char *const BAD[] = { NULL, "", "  ", too_long, "a\nb", "\xff\xfe", "bell\x07" };
  for (guint i = 0; i < G_N_ELEMENTS (BAD); i++)
    g_assert_cmpint (behalf_of (f, f->people[0], BAD[i]), ==, 0);
  g_assert_cmpint (behalf_of (f, 0, "nobody's"), ==, 0);
  fixture_run (f, many_names_body);
  gint64 last = behalf_of (f, f->people[2], "the last");
  g_assert_cmpint (last, >, 0);
  g_assert_cmpint (behalf_of (f, f->people[2], "one too many"), ==, 0);
  g_assert_cmpint (behalf_of (f, f->people[2], "one too many"), ==, 0);
  g_assert_cmpint (behalf_of (f, f->people[2], "the last"), ==, last);
  g_assert_cmpint (behalf_of (f, f->people[1], "another"), >, 0);
  fixture_assert_clean (f->store);
}

/* When a key was last used is told to the minute. */
static void
test_last_used (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, add_key_body);
  purser_store_set_clock (f->store, fixture_clock);
  const gint64 start = fixture_at ("2026-11-23T10:00:00Z");
  static const gint64 STEPS[][2] = { { 0, 0 }, { 59, 0 }, { 60, 60 }, { 100, 60 }, { 3600, 3600 } };
  for (guint i = 0; i < G_N_ELEMENTS (STEPS); i++)
    {
      fixture_time = start + STEPS[i][0] * G_USEC_PER_SEC;
      FixtureCall call = fixture_call (f, 0, 0, 0);
      call.open.access_key_id = key_id;
      fixture_make_call (f, &call);
      g_assert_cmpint (fixture_number (f->store, "SELECT last_used_at FROM access_key"), ==,
                       start + STEPS[i][1] * G_USEC_PER_SEC);
    }
}

/* What a call was opened with does not change, nor what was passed over. */
static void
test_append_only (void)
{
  static const char *const FORBIDDEN[] = {
    "UPDATE call SET access_key_id = NULL, closed_at = 1, outcome = 'ok'",
    "UPDATE call SET behalf_id = NULL, closed_at = 1, outcome = 'ok'",
    "UPDATE call_skip SET reason = 'off'",
    "DELETE FROM call_skip",
  };
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, add_key_body);
  FixtureCall call = fixture_call (f, 0, 0, 0);
  const PurserSkip skip = { f->models[2], PURSER_SKIP_TERMS };
  call.open.access_key_id = key_id;
  call.open.behalf = "someone";
  call.open.skips = &skip;
  call.open.n_skips = 1;
  fixture_write (f->store, fixture_open_job, &call);
  for (guint i = 0; i < G_N_ELEMENTS (FORBIDDEN); i++)
    {
      g_autoptr(GError) error = NULL;
      g_assert_false (fixture_sql (f->store, FORBIDDEN[i], &error));
      g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
    }
}

static gboolean
sample_body (PurserDb *db, Fixture *f, GError **error)
{
  FixtureCall call = fixture_call (f, 0, 0, 0);
  const PurserSkip skip = { f->models[2], PURSER_SKIP_OFF };
  call.open.access_key_id = key_id;
  call.open.behalf = "someone";
  call.open.skips = &skip;
  call.open.n_skips = 1;
  return purser_catalogue_set_sample (db, TRUE, error)
         && purser_ledger_insert_closed (db, purser_db_now (db), &call.open, &call.attempt, &call.settle, error);
}

static gboolean
no_sample_body (PurserDb *db, Fixture *f, GError **error)
{
  return purser_ledger_delete_sample (db, error);
}

/* An invented call is told like a real one, and goes with all its rows. */
static void
test_sample (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, add_key_body);
  fixture_run (f, sample_body);
  g_autoptr(PurserCallRecord) record = record_of (f, 1);
  g_assert_cmpint (record->access_key_id, ==, key_id);
  g_assert_cmpstr (record->behalf, ==, "someone");
  g_assert_cmpuint (record->skips->len, ==, 1);
  fixture_run (f, no_sample_body);
  g_assert_cmpint (fixture_number (f->store, "SELECT (SELECT COUNT (*) FROM call) + (SELECT COUNT (*) FROM call_skip)"),
                   ==, 0);
  fixture_assert_clean (f->store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/access/keys", test_keys);
  g_test_add_func ("/access/settings", test_settings);
  g_test_add_func ("/access/gateway", test_gateway);
  g_test_add_func ("/access/terms", test_terms);
  g_test_add_func ("/access/record", test_record);
  g_test_add_func ("/access/behalf", test_behalf);
  g_test_add_func ("/access/last-used", test_last_used);
  g_test_add_func ("/access/append-only", test_append_only);
  g_test_add_func ("/access/sample", test_sample);
  return g_test_run ();
}
