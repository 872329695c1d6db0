/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* The sample organisation: invented people on the practice models, eleven weeks of calls. The same seed gives the same calls, so pictures
 * and tests can be compared; only the days move, as they end today. */
enum { SAMPLE_DAYS = 77, SAMPLE_SEED = 20261123 };

typedef struct
{
  const char *name;
  gboolean    agent;
  const char *team;     /* "" = none */
  const char *owner;    /* (nullable) of an agent */
  const char *workload;
  double      calls;    /* on a working day */
  gint64      input, output; /* tokens of a usual call */
} SamplePrincipal;

static const SamplePrincipal PEOPLE[] = {
  { "Lena Hartmann", FALSE, N_("Clients"), NULL, "drafting", 34, 9200, 1500 },
  { "Jonas Weber", FALSE, N_("Clients"), NULL, "analysis", 26, 12400, 1100 },
  { "Aylin Demir", FALSE, N_("Operations"), NULL, "summarization", 30, 11800, 620 },
  { "Tomasz Nowak", FALSE, N_("Operations"), NULL, "drafting", 17, 7600, 1250 },
  { "Marie Fontaine", FALSE, N_("Board"), NULL, "summarization", 9, 10100, 480 },
  { "Piet de Vries", FALSE, N_("Clients"), NULL, "analysis", 7, 8800, 900 },
  { "invoice-bot", TRUE, N_("Operations"), "Lena Hartmann", "analysis", 62, 5200, 310 },
  { "mail-sorter", TRUE, N_("Operations"), NULL, "summarization", 84, 2100, 120 },
};

typedef struct
{
  GRand            *rand;
  const PurserOrg  *org;
  PurserDb         *db;
  gint64            ids[G_N_ELEMENTS (PEOPLE)];
  const PurserModel *careful, *quick;
} Sample;

static gint64
add_team (PurserDb *db, const PurserOrg *org, GHashTable *teams, const char *name, GError **error)
{
  gint64 *known = g_hash_table_lookup (teams, name);
  if (known != NULL)
    return *known;
  /* Loaded a second time, its teams are still there. */
  const PurserTeam *team = purser_org_team_named (org, name);
  gint64 id = team != NULL ? team->id : purser_catalogue_put_team (db, 0, name, error);
  if (id != 0)
    g_hash_table_insert (teams, g_strdup (name), g_memdup2 (&id, sizeof id));
  return id;
}

static gint64
owner_id (Sample *s, const char *owner)
{
  for (guint i = 0; i < G_N_ELEMENTS (PEOPLE); i++)
    if (g_strcmp0 (PEOPLE[i].name, owner) == 0)
      return s->ids[i];
  return 0;
}

static gboolean
add_people (Sample *s, GError **error)
{
  g_autoptr (GHashTable) teams = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < G_N_ELEMENTS (PEOPLE); i++)
    {
      PurserPrincipal principal = { .name = (char *) PEOPLE[i].name, .agent = PEOPLE[i].agent };
      principal.team_id = add_team (s->db, s->org, teams, _(PEOPLE[i].team), error);
      principal.owner_id = PEOPLE[i].owner != NULL ? owner_id (s, PEOPLE[i].owner) : 0;
      s->ids[i] = principal.team_id != 0 ? purser_catalogue_put_principal (s->db, &principal, error) : 0;
      if (s->ids[i] == 0)
        return FALSE;
    }
  return TRUE;
}

static const PurserModel *
practice_model (const PurserOrg *org, const char *part)
{
  for (guint i = 0; i < org->models->len; i++)
    {
      const PurserModel *model = g_ptr_array_index (org->models, i);
      if (g_strrstr (model->name, part) != NULL)
        return model;
    }
  return g_ptr_array_index (org->models, 0);
}

/* A key for most of them. Nobody knows the secrets: the hashes are of random text. */
static gboolean
add_keys (Sample *s, GError **error)
{
  for (guint i = 0; i + 2 < G_N_ELEMENTS (PEOPLE); i++)
    {
      g_autofree char *secret = g_uuid_string_random ();
      g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, secret, -1);
      if (purser_catalogue_add_access_key (s->db, s->ids[(i + 2) % G_N_ELEMENTS (PEOPLE)], hash, hash + 60, error) == 0)
        return FALSE;
    }
  return TRUE;
}

/* The practice models need no network: their check is known to work. */
static gboolean
mark_checked (Sample *s, gint64 now, GError **error)
{
  for (guint i = 0; i < s->org->providers->len; i++)
    {
      g_autoptr (PurserProvider) provider = purser_provider_copy (g_ptr_array_index (s->org->providers, i));
      provider->checked_at = now;
      if (purser_catalogue_put_provider (s->db, provider, error) == 0)
        return FALSE;
    }
  return TRUE;
}

/* Drafting leans on the careful model, the rest on the quick one; the other stands behind each. */
static gboolean
assign (Sample *s, GError **error)
{
  static const char *const NAMES[] = { "drafting", "summarization", "analysis" };
  for (guint i = 0; i < G_N_ELEMENTS (NAMES); i++)
    {
      const PurserWorkload *workload = purser_org_workload_named (s->org, NAMES[i]);
      gint64 models[] = { i == 1 ? s->quick->id : s->careful->id, i == 1 ? s->careful->id : s->quick->id };
      PurserWorkload changed = *workload;
      changed.models = models;
      changed.weights = NULL;
      changed.n_models = s->careful != s->quick ? 2 : 1;
      if (purser_catalogue_put_workload (s->db, &changed, error) == 0)
        return FALSE;
    }
  return TRUE;
}

static double
about (Sample *s, double value, double spread)
{
  return value * exp (spread * (g_rand_double (s->rand) + g_rand_double (s->rand) + g_rand_double (s->rand) - 1.5));
}

static void
fill_attempt (Sample *s, const SamplePrincipal *who, const PurserModel *model, gint64 opened_at, PurserLedgerAttempt *attempt)
{
  static const PurserTokens UNKNOWN = PURSER_TOKENS_UNKNOWN_INIT;
  double words = model == s->quick ? 0.35 : 1.05; /* seconds to the first words */
  gint64 cached = g_rand_double (s->rand) < 0.3 ? (gint64) (0.6 * who->input) : 0;
  gint64 input = (gint64) about (s, who->input, 0.5);
  attempt->tokens = UNKNOWN;
  attempt->tokens.kind[PURSER_TOKENS_CACHE_READ] = MIN (cached, input);
  attempt->tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = input - MIN (cached, input);
  attempt->tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = (gint64) about (s, who->output, 0.6);
  attempt->provider_model = model->name;
  attempt->price_id = model->price != NULL ? model->price->id : 0;
  attempt->unpriced = purser_price_charge (model->price, &attempt->tokens, &attempt->list_nano, &attempt->cost_nano) != PURSER_CHARGE_PRICED;
  attempt->price_list_nano = attempt->list_nano;
  attempt->price_cost_nano = attempt->cost_nano;
  attempt->connect_us = (gint64) about (s, 9000, 0.5);
  attempt->first_text_us = attempt->first_us = (gint64) (1e6 * about (s, words, 0.5));
  attempt->total_us = attempt->first_us + (gint64) (attempt->tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] * about (s, 9000, 0.3));
  attempt->status = 200;
  attempt->outcome = "ok";
}

static gboolean
add_call (Sample *s, guint index, gint64 opened_at, GError **error)
{
  const SamplePrincipal *who = &PEOPLE[index];
  const PurserWorkload *workload = purser_org_workload_named (s->org, who->workload);
  gboolean moved = g_rand_double (s->rand) < 0.012; /* the first choice was down: the fallback answered */
  const PurserModel *first = g_str_equal (who->workload, "summarization") ? s->quick : s->careful;
  const PurserModel *model = moved ? (first == s->quick ? s->careful : s->quick) : first;
  PurserLedgerOpen open = { .principal_id = s->ids[index], .workload_id = workload->id, .purpose = PURSER_PURPOSE_WORK,
                            .streamed = !who->agent, .model_id = first->id, .dialect = "" };
  PurserLedgerAttempt attempt = { 0 };
  PurserLedgerSettle settle = { .outcome = "ok", .model_id = model->id, .finish = "stop" };

  fill_attempt (s, who, model, opened_at, &attempt);
  if (g_rand_double (s->rand) < 0.004)
    {
      attempt.outcome = settle.outcome = "failed";
      attempt.fault = "overloaded";
      attempt.status = 529;
      settle.model_id = 0;
      attempt.tokens = (PurserTokens) PURSER_TOKENS_UNKNOWN_INIT; /* a provider that turns a call away counts nothing */
      attempt.list_nano = attempt.cost_nano = attempt.price_list_nano = attempt.price_cost_nano = 0;
      settle.finish = NULL;
    }
  return purser_ledger_insert_closed (s->db, opened_at, &open, &attempt, &settle, error);
}

/* People work on weekdays between eight and six, agents day and night; invoice-bot had one bad Tuesday. */
static guint
calls_on (Sample *s, const SamplePrincipal *who, guint weekday, gint32 ago)
{
  double share = weekday < 6 ? 1.0 : who->agent ? 0.35 : 0.06;
  double growth = 1.0 - 0.004 * ago;
  double calls = about (s, who->calls * share * growth, 0.5);
  if (who->agent && g_str_equal (who->name, "invoice-bot") && weekday == 2 && ago < 8)
    calls *= 4.1;
  return (guint) floor (calls + g_rand_double (s->rand));
}

static gboolean
add_day (Sample *s, gint32 day, gint32 ago, gint64 now, GError **error)
{
  gint64 midnight = purser_day_start (s->org->timezone, day);
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc ((gint64) day * 86400);
  guint weekday = g_date_time_get_day_of_week (date);
  for (guint i = 0; i < G_N_ELEMENTS (PEOPLE); i++)
    for (guint n = calls_on (s, &PEOPLE[i], weekday, ago); n > 0; n--)
      {
        double hour = PEOPLE[i].agent ? 24 * g_rand_double (s->rand) : 8 + 10 * g_rand_double (s->rand);
        gint64 at = midnight + (gint64) (hour * 3600e6);
        if (at < now && !add_call (s, i, at, error))
          return FALSE;
      }
  return TRUE;
}

gboolean
purser_sample_fill (PurserDb *db, GError **error)
{
  gint64 first_id = 0;
  g_autoptr (PurserOrg) empty = purser_catalogue_load (db, error);
  if (empty == NULL || !purser_command_put_practice (db, empty, &first_id, error))
    return FALSE;
  g_autoptr (PurserOrg) org = purser_catalogue_load (db, error);
  if (org == NULL)
    return FALSE;
  g_autoptr (GRand) rand = g_rand_new_with_seed (SAMPLE_SEED);
  Sample s = { .rand = rand, .org = org, .db = db, .careful = practice_model (org, "careful"), .quick = practice_model (org, "quick") };
  gint64 now = purser_db_now (db);
  gint32 today = purser_day_of (org->timezone, now);
  if (!add_people (&s, error) || !add_keys (&s, error) || !mark_checked (&s, now, error) || !assign (&s, error))
    return FALSE;
  for (gint32 ago = SAMPLE_DAYS; ago >= 0; ago--)
    if (!add_day (&s, today - ago, ago, now, error))
      return FALSE;
  return purser_sample_add_trial (db, org, now - 5 * G_TIME_SPAN_DAY, error);
}
