/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drill.h"
#include "gateway-fixture.h"

#include <string.h>

/* The failure drill: every fault of drill/faults.txt × every dialect of a provider × every dialect of a caller, streamed and whole, alone and with a
 * healthy model after it; the reply and the rows as the tables say. Many calls run at once, each for a workload and a model of its own, so that no
 * breaker of one opens for another. PURSER_LONG: those that move many megabytes for every caller's dialect too. */

#define AT_ONCE 150
#define RUN_SECONDS 300   /* after which something hangs */
#define READ_NANO 1000    /* per token, as add_part() prices them */
#define WRITTEN_NANO 2000

static const struct { const char *dialect, *kind, *model; } providers[] = {
  { "openai-chat", "openai-compatible", "m" }, { "anthropic", "anthropic", "m" },     { "ollama", "ollama", "m" },
  { "openai-responses", "openai", "gpt-5-pro" }, { "bedrock", "bedrock", "m" },
};
static const char *const callers[] = { "openai-chat", "openai-responses", "anthropic", "ollama", "ollama-generate" };

#define N_PROVIDERS G_N_ELEMENTS (providers)
#define N_CALLERS G_N_ELEMENTS (callers)

typedef struct
{
  const DrillRow *row;
  guint    provider, caller;
  gboolean streamed, moved;
  char    *workload;             /* (owned) */
  Ask     *ask;                  /* (owned) (nullable) */
  gboolean fired, done;
  gint64   call_id;
  char    *reply, *attempts_told, *cost_told; /* (owned) what came; headers nullable */
  PurserCallRecord *record;      /* (owned) (nullable) */
} Shot;

typedef struct
{
  Gateway   *gateway;
  GPtrArray *rows, *shots;       /* (owned) */
  GPtrArray *faults;             /* (owned) their names, each once */
  gint64     healthy[N_PROVIDERS];
  guint      wrong;
} Drill;

/* --- The organisation --- */

static gint64
put_provider (Drill *drill, PurserDb *db, const char *name, guint i, const char *fault, GError **error)
{
  g_autofree char *there = g_strconcat ("drill-", fault, NULL);
  g_autofree char *address = g_str_equal (fault, "refused") ? g_strdup (g_str_equal (providers[i].kind, "bedrock") ? "http://bedrock-runtime.localhost:1" : "http://127.0.0.1:1")
                                                            : hostile_address (drill->gateway->base.hostile, name, there, providers[i].kind);
  PurserProvider provider = { .kind = purser_kind_get (providers[i].kind), .name = (char *) name, .address = address, .key_env = (char *) "PURSER_TEST_KEY",
                              .multiplier_ppm = PURSER_PPM, .enabled = TRUE };
  return purser_catalogue_put_provider (db, &provider, error);
}

static gint64
put_model (PurserDb *db, gint64 provider_id, const char *name, gint64 context, GError **error)
{
  PurserModel model = { .provider_id = provider_id, .name = (char *) name, .context_tokens = context, .max_output = 1000, .listed = TRUE };
  PurserPrice price = { .valid_from = 1, .currency = "EUR", .source = (char *) "test" };
  for (gsize kind = 0; kind < PURSER_N_TOKEN_KINDS; kind++)
    price.list_pico[kind] = price.contract_pico[kind] = 1000 * (gint64) (kind >= PURSER_TOKENS_OUTPUT_VISIBLE ? WRITTEN_NANO : READ_NANO);
  gint64 id = purser_catalogue_put_model (db, &model, error);
  return id != 0 && purser_catalogue_add_price (db, id, &price, error) != 0 ? id : 0;
}

static gboolean
put_shot (Drill *drill, PurserDb *db, Shot *shot, guint n, gint64 provider_id, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s-%u", providers[shot->provider].model, n);
  gint64 models[2] = { put_model (db, provider_id, name, 8000, error), drill->healthy[(shot->provider + 1) % N_PROVIDERS] };
  PurserWorkload workload = { .name = shot->workload, .models = models, .n_models = shot->moved ? 2 : 1,
                              .first_content_ms = shot->row->first_ms, .silence_ms = shot->row->silence_ms };
  return models[0] != 0 && purser_catalogue_put_workload (db, &workload, error) != 0;
}

static void
add_shots (Drill *drill, const char *fault, guint provider)
{
  for (guint i = 0; i < N_CALLERS * 4; i++)
    {
      Shot shot = { .provider = provider, .caller = i / 4, .streamed = (i & 1) != 0, .moved = (i & 2) != 0 };
      shot.row = drill_row (drill->rows, fault, providers[provider].dialect, shot.streamed);
      if (shot.row == NULL || (shot.row->few && g_getenv ("PURSER_LONG") == NULL && shot.caller != provider))
        continue;
      shot.workload = g_strdup_printf ("s%u", drill->shots->len);
      g_ptr_array_add (drill->shots, g_memdup2 (&shot, sizeof shot));
    }
}

static gboolean
prepare_job (PurserDb *db, gpointer data, GError **error)
{
  Drill *drill = data;
  for (guint i = 0; i < N_PROVIDERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("healthy-%s", providers[i].dialect);
      gint64 id = put_provider (drill, db, name, i, "other", error);
      g_autofree char *workload_name = g_strdup_printf ("w%u", i);
      if (id == 0 || (drill->healthy[i] = put_model (db, id, providers[i].model, 16000, error)) == 0)
        return FALSE;
      PurserWorkload workload = { .name = workload_name, .models = &drill->healthy[i], .n_models = 1 };
      if (purser_catalogue_put_workload (db, &workload, error) == 0)
        return FALSE;
    }
  for (guint f = 0; f < drill->faults->len; f++)
    for (guint i = 0; i < N_PROVIDERS; i++)
      {
        const char *fault = g_ptr_array_index (drill->faults, f);
        g_autofree char *name = g_strdup_printf ("%s-%s", fault, providers[i].dialect);
        gint64 id = put_provider (drill, db, name, i, fault, error);
        guint n = drill->shots->len;
        add_shots (drill, fault, i);
        for (; id != 0 && n < drill->shots->len; n++)
          if (!put_shot (drill, db, g_ptr_array_index (drill->shots, n), n, id, error))
            return FALSE;
        if (id == 0)
          return FALSE;
      }
  return TRUE;
}

/* --- Calls --- */

static void
fire (Drill *drill, Shot *shot)
{
  const char *caller = callers[shot->caller];
  g_autofree char *body = dialect_body (caller, shot->workload, shot->streamed);
  shot->ask = ask_start (drill->gateway, "POST", dialect_path (caller), NULL, body);
  shot->fired = TRUE;
}

/* "Hello", "Hel… timeout", "refused 504 timeout". */
static char *
describe_reply (Shot *shot, const Reply *reply)
{
  DrillHeard heard = drill_hear (callers[shot->caller], shot->streamed && reply->status == 200, reply->body);
  GString *words = g_string_new (NULL);
  if (heard.text->len > 1000)
    g_string_truncate (heard.text, 0);
  if (reply->status != 200)
    g_string_append_printf (words, "refused %d %s", reply->status, heard.word != NULL ? heard.word : "");
  else if (heard.error)
    g_string_append_printf (words, "%s… %s", heard.text->str, heard.word != NULL ? heard.word : "");
  else
    g_string_append (words, heard.text->str);
  if (heard.strange || !reply->whole || (reply->status == 200 && heard.terminal == heard.error))
    g_string_append_printf (words, " (%s%s%s)", heard.strange ? "strange " : "", reply->whole ? "" : "cut ", heard.terminal ? "ended" : "not ended");
  drill_heard_clear (&heard);
  return g_strchomp (g_string_free (words, FALSE));
}

static void
take (Shot *shot)
{
  Reply reply = ask_end (g_steal_pointer (&shot->ask));
  g_autofree char *id = reply_header (&reply, "purser-call-id");
  shot->call_id = id != NULL ? g_ascii_strtoll (id, NULL, 10) : 0;
  shot->attempts_told = reply_header (&reply, "purser-attempts");
  shot->cost_told = reply_header (&reply, "purser-cost");
  shot->reply = describe_reply (shot, &reply);
  shot->done = TRUE;
  reply_clear (&reply);
}

G_GNUC_NORETURN static void
fail_hanging (Drill *drill)
{
  for (guint i = 0; i < drill->shots->len; i++)
    {
      const Shot *shot = g_ptr_array_index (drill->shots, i);
      if (shot->fired && !shot->done)
        g_printerr ("hangs: %s %s ← %s, %s, %s, workload %s\n", shot->row->fault, callers[shot->caller], providers[shot->provider].dialect,
                    shot->streamed ? "streamed" : "whole", shot->moved ? "with a fallback" : "alone", shot->workload);
    }
  g_error ("calls do not end");
}

static void
run (Drill *drill)
{
  guint next = 0, first = 0, under_way = 0;
  gint64 limit = g_get_monotonic_time () + RUN_SECONDS * G_USEC_PER_SEC;
  while (first < drill->shots->len)
    {
      for (; next < drill->shots->len && under_way < AT_ONCE; next++, under_way++)
        fire (drill, g_ptr_array_index (drill->shots, next));
      for (guint i = first; i < next; i++)
        {
          Shot *shot = g_ptr_array_index (drill->shots, i);
          if (!shot->done && ask_done (shot->ask))
            {
              take (shot);
              under_way--;
            }
          first += i == first && shot->done;
        }
      g_main_context_iteration (NULL, FALSE);
      g_usleep (200);
      if (g_get_monotonic_time () > limit)
        fail_hanging (drill);
    }
}

/* --- What is expected --- */

/* The class of the last attempt, as replies.txt names it. */
static char *
last_class (const Shot *shot, const char *attempts)
{
  const char *last = strrchr (attempts, ' ');
  char *class_ = g_strdup (last != NULL ? last + 1 : attempts);
  class_[strcspn (class_, "?~")] = '\0';
  if (!g_str_equal (class_, "request"))
    return class_;
  g_free (class_);
  return g_strdup_printf ("request %s", shot->row->fault);
}

static char *
expected_reply (const Shot *shot, const DrillExpected *expected)
{
  gboolean broken = g_str_has_suffix (expected->reply, "…");
  if (!broken && !g_str_equal (expected->reply, "refused"))
    return g_strdup (expected->reply);
  g_autofree char *class_ = last_class (shot, expected->attempts);
  DrillRefusal refusal = drill_refusal (class_, callers[shot->caller]);
  char *words = broken ? g_strdup_printf ("%s %s", expected->reply, refusal.word) : g_strdup_printf ("refused %d %s", refusal.status, refusal.word);
  g_free (refusal.word);
  return g_strchomp (words);
}

/* --- What the ledger says --- */

static gboolean
look_job (PurserDb *db, gpointer data, GError **error)
{
  const Drill *drill = data;
  for (guint i = 0; i < drill->shots->len; i++)
    {
      Shot *shot = g_ptr_array_index (drill->shots, i);
      shot->record = shot->call_id > 0 ? purser_ledger_call (db, shot->call_id, NULL) : NULL;
    }
  return TRUE;
}

static char *
describe_attempts (const PurserCallRecord *record)
{
  GString *words = g_string_new (NULL);
  for (guint i = 0; i < record->attempts->len; i++)
    {
      const PurserAttemptRow *row = g_ptr_array_index (record->attempts, i);
      const char *how = row->outcome == NULL ? "open" : row->fault != NULL ? row->fault : row->outcome;
      g_string_append_printf (words, "%s%s%s%s%s", i > 0 ? " " : "", how, row->may_be_billed ? "?" : "", row->estimated ? "~" : "", row->unpriced ? "-" : "");
    }
  return g_string_free (words, FALSE);
}

/* "Say hello." is ten bytes and its message counts four tokens (purser-chat.c): 6 of four bytes each. */
#define ESTIMATED_READ 6

static gint64
told (const char *cell, gint64 actual)
{
  return g_str_equal (cell, "E") ? ESTIMATED_READ : g_str_equal (cell, "*") ? actual : g_ascii_strtoll (cell, NULL, 10);
}

/* The tokens as the table has them, and the price that follows. */
static gboolean
tokens_fit (const PurserCallRecord *record, const char *cell, char **is)
{
  gint64 read = -1, written = -1;
  for (guint i = 0; i < record->attempts->len; i++)
    {
      const PurserAttemptRow *row = g_ptr_array_index (record->attempts, i);
      read = row->input_tokens < 0 ? read : MAX (read, 0) + row->input_tokens;
      written = row->output_tokens < 0 ? written : MAX (written, 0) + row->output_tokens;
    }
  *is = read < 0 ? g_strdup ("n") : g_strdup_printf ("%" G_GINT64_FORMAT "+%" G_GINT64_FORMAT, read, written);
  if (g_str_equal (cell, "n") || read < 0)
    return g_str_equal (cell, *is) && record->call->cost_nano == 0;
  if (g_str_equal (cell, "*"))
    return TRUE;
  g_auto(GStrv) cells = g_strsplit (cell, "+", 2);
  return read == told (cells[0], read) && written == told (cells[1], written)
         && record->call->cost_nano == read * READ_NANO + written * WRITTEN_NANO;
}

/* What stands in the headers of a whole reply is what stands in the ledger. */
static gboolean
headers_fit (const Shot *shot, const PurserCallRecord *record)
{
  gint64 cost = record->call->cost_nano;
  g_autofree char *price = record->call->unpriced ? g_strdup ("unpriced")
                                                  : g_strdup_printf ("%" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT " EUR", cost / 1000000000, cost % 1000000000);
  gboolean whole = !shot->streamed && !g_str_has_prefix (shot->reply, "refused");
  gboolean known = whole || g_str_has_prefix (shot->reply, "refused");
  return (!whole || g_strcmp0 (shot->cost_told, price) == 0)
         && (!known || g_ascii_strtoll (shot->attempts_told, NULL, 10) == record->call->attempts);
}

static gboolean
row_fits (const Drill *drill, const Shot *shot, const PurserCallRecord *record, const char *attempts)
{
  const char *last = strrchr (attempts, ' '), *outcome = g_str_has_prefix (last != NULL ? last + 1 : attempts, "ok") ? "ok" : "failed";
  return g_str_equal (record->call->outcome, outcome) && record->call->principal_id == drill->gateway->principal_id
         && record->access_key_id == drill->gateway->access_key_id && record->streamed == shot->streamed
         && g_str_equal (record->dialect, callers[shot->caller]);
}

/* "*" in the table stands for any word, or none. */
static gboolean
reply_fits (const char *is, const char *should)
{
  if (g_str_has_suffix (should, " *"))
    return strncmp (is, should, strlen (should) - strlen (" *")) == 0;
  return g_str_equal (is, should);
}

static void
judge (Drill *drill, const Shot *shot)
{
  const DrillExpected *expected = shot->moved ? &shot->row->moved : &shot->row->alone;
  const PurserCallRecord *record = shot->record;
  g_autofree char *reply = expected_reply (shot, expected), *attempts = NULL, *tokens = NULL;
  attempts = record != NULL ? describe_attempts (record) : g_strdup ("no row");
  if (record != NULL && tokens_fit (record, expected->tokens, &tokens) && g_str_equal (attempts, expected->attempts)
      && reply_fits (shot->reply, reply) && row_fits (drill, shot, record, attempts) && headers_fit (shot, record))
    return;
  if (drill->wrong++ < 60 || g_getenv ("PURSER_DRILL_ALL") != NULL)
    g_test_message ("%s %s ← %s, %s, %s: is %s | %s | %s (%s, attempts %s, cost %s), should be %s | %s | %s", shot->row->fault, callers[shot->caller],
                        providers[shot->provider].dialect, shot->streamed ? "streamed" : "whole", shot->moved ? "with a fallback" : "alone", attempts,
                        tokens != NULL ? tokens : "-", shot->reply, record != NULL ? record->call->outcome : "", shot->attempts_told, shot->cost_told,
                        expected->attempts, expected->tokens, reply);
}

/* --- The drill --- */

static void
shot_free (gpointer data)
{
  Shot *shot = data;
  g_free (shot->workload);
  g_free (shot->reply);
  g_free (shot->attempts_told);
  g_free (shot->cost_told);
  g_clear_pointer (&shot->record, purser_call_record_free);
  g_free (shot);
}

static void
name_faults (Drill *drill)
{
  const char *only = g_getenv ("PURSER_DRILL"); /* one fault, for whoever looks for a cause */
  for (guint i = 0; i < drill->rows->len; i++)
    {
      const DrillRow *row = g_ptr_array_index (drill->rows, i);
      if ((only == NULL || g_str_equal (only, row->fault)) && !g_ptr_array_find_with_equal_func (drill->faults, row->fault, g_str_equal, NULL))
        g_ptr_array_add (drill->faults, row->fault);
    }
}

static gboolean
hostile_is_idle (gpointer hostile)
{
  return hostile_open (hostile) == 0;
}

static gboolean
count_job (PurserDb *db, gpointer data, GError **error)
{
  gint64 *counts = data;
  PurserStatement *row = purser_db_query (db, error, "SELECT COUNT (*), COALESCE (SUM (closed_at IS NULL), 0), (SELECT COUNT (*) FROM attempt WHERE outcome IS NULL) FROM call", "");
  if (!purser_statement_step (row, error))
    return FALSE;
  for (int i = 0; i < 3; i++)
    counts[i] = purser_statement_int (row, i);
  return TRUE;
}

/* One healthy call by each provider: whatever a first call opens for good is open then, and libcurl closes those of its connections that others had closed. */
static guint
settled_descriptors (Drill *drill)
{
  for (guint i = 0; i < N_PROVIDERS; i++)
    {
      g_autofree char *workload = g_strdup_printf ("w%u", i), *body = dialect_body ("openai-chat", workload, FALSE);
      Reply reply = ask (drill->gateway, "POST", dialect_path ("openai-chat"), NULL, body);
      g_assert_cmpint (reply.status, ==, 200);
      reply_clear (&reply);
    }
  g_assert_true (turn_until (nothing_runs, drill->gateway, 30));
  g_assert_true (turn_until (hostile_is_idle, drill->gateway->base.hostile, 60));
  return open_descriptors ();
}

/* Everybody has gone home. */
static void
assert_quiet (Drill *drill, guint descriptors)
{
  g_autoptr(GError) error = NULL;
  gint64 counts[3] = { -1, -1, -1 };
  guint now = settled_descriptors (drill);
  if (now > descriptors + N_PROVIDERS) /* a dead connection of each may still be kept for a while */
    g_test_fail_printf ("%u descriptors, and %u before", now, descriptors);
  purser_store_read (drill->gateway->base.store, count_job, counts, &error);
  g_assert_no_error (error);
  g_assert_cmpint (counts[0], ==, drill->shots->len + 2 * N_PROVIDERS);
  g_assert_cmpint (counts[1], ==, 0);
  g_assert_cmpint (counts[2], ==, 0);
  assert_consistent (&drill->gateway->base);
}

static void
test_drill (Gateway *g, gconstpointer data)
{
  Drill drill = { .gateway = g, .rows = drill_rows (), .shots = g_ptr_array_new_with_free_func (shot_free), .faults = g_ptr_array_new () };
  gint64 begun = g_get_monotonic_time ();
  name_faults (&drill);
  gateway_change (g, prepare_job, &drill);
  guint descriptors = settled_descriptors (&drill);
  run (&drill);
  g_assert_true (turn_until (nothing_runs, g, 30));
  purser_store_read (g->base.store, look_job, &drill, NULL);
  double took = (double) (g_get_monotonic_time () - begun) / G_USEC_PER_SEC;
  for (guint i = 0; i < drill.shots->len; i++)
    judge (&drill, g_ptr_array_index (drill.shots, i));
  g_test_message ("%u faults, %u calls in %.1f s, %u not as the tables say", drill.faults->len, drill.shots->len, took, drill.wrong);
  assert_quiet (&drill, descriptors);
  g_assert_cmpuint (drill.wrong, ==, 0);
  g_ptr_array_unref (drill.faults);
  g_ptr_array_unref (drill.shots);
  g_ptr_array_unref (drill.rows);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  GATEWAY_ADD ("/gateway/drill", test_drill);
  return g_test_run ();
}
