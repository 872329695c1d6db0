/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "purser-org.h"

static PurserOrg *
small_org (void)
{
  PurserOrg *org = purser_org_new ();
  for (gint64 id = 1; id <= 3; id++)
    {
      PurserProvider *provider = g_new0 (PurserProvider, 1);
      PurserModel *model = g_new0 (PurserModel, 1);
      PurserPrincipal *person = g_new0 (PurserPrincipal, 1);
      PurserTeam *team = g_new0 (PurserTeam, 1);
      provider->id = team->id = person->id = id;
      model->id = id * 10;
      model->provider_id = id;
      provider->name = g_strdup_printf ("P%d", (int) id);
      model->name = g_strdup_printf ("vendor/m%d", (int) id);
      person->name = g_strdup_printf ("Person %d", (int) id);
      team->name = g_strdup_printf ("Team %d", (int) id);
      g_ptr_array_add (org->providers, provider);
      g_ptr_array_add (org->models, model);
      g_ptr_array_add (org->principals, person);
      g_ptr_array_add (org->teams, team);
    }
  return org;
}

static void
test_lookups (void)
{
  g_autoptr(PurserOrg) org = small_org ();
  g_assert_cmpstr (purser_org_provider (org, 2)->name, ==, "P2");
  g_assert_cmpint (purser_org_provider_named (org, "P3")->id, ==, 3);
  g_assert_cmpint (purser_org_model (org, 20)->provider_id, ==, 2);
  g_assert_cmpint (purser_org_model_ref (org, "P2/vendor/m2")->id, ==, 20); /* only the first "/" divides */
  g_assert_cmpint (purser_org_principal_named (org, "Person 1")->id, ==, 1);
  g_assert_cmpint (purser_org_team_named (org, "Team 3")->id, ==, 3);
  g_autofree char *ref = purser_org_model_ref_of (org, purser_org_model (org, 30));
  g_assert_cmpstr (ref, ==, "P3/vendor/m3");
  static const char *const NOT_THERE[] = { "P1/vendor/m2", "P9/vendor/m1", "vendor/m1", "P1", "P1/", "/", "", NULL };
  for (guint i = 0; i < G_N_ELEMENTS (NOT_THERE); i++)
    g_assert_null (purser_org_model_ref (org, NOT_THERE[i]));
  g_assert_null (purser_org_provider (org, 0));
  g_assert_null (purser_org_provider_named (org, NULL));
  g_assert_null (purser_org_workload_named (org, "drafting"));
  PurserOrg *shared = purser_org_ref (org);
  g_assert_true (shared == org);
  purser_org_unref (shared);
  g_assert_cmpstr (org->providers->len == 3 ? "kept" : "lost", ==, "kept");
}

static void
test_titles (void)
{
  PurserWorkload builtin = { .name = (char *) "drafting", .builtin = TRUE },
                 own = { .name = (char *) "contract-review" };
  PurserWorkload titled = { .name = (char *) "drafting", .title = (char *) "Letters", .builtin = TRUE };
  PurserModel plain = { .name = (char *) "gpt-9" }, named = { .name = (char *) "gpt-9", .title = (char *) "GPT 9" };
  g_assert_cmpstr (purser_workload_title (&builtin), ==, "Drafting");
  g_assert_cmpstr (purser_workload_title (&own), ==, "contract-review");
  g_assert_cmpstr (purser_workload_title (&titled), ==, "Letters");
  g_assert_cmpstr (purser_model_title (&plain), ==, "gpt-9");
  g_assert_cmpstr (purser_model_title (&named), ==, "GPT 9");
}

static void
test_copies (void)
{
  PurserPrice *price = g_new0 (PurserPrice, 1);
  g_autoptr(PurserModel) model = g_new0 (PurserModel, 1);
  price->id = 5;
  price->source = g_strdup ("admin");
  model->name = g_strdup ("m");
  model->price = price;
  g_autoptr(PurserModel) copy = purser_model_copy (model);
  g_assert_true (copy->price != price && copy->name != model->name);
  g_assert_cmpstr (copy->price->source, ==, "admin");
  g_autoptr(PurserProvider) provider = g_new0 (PurserProvider, 1);
  provider->name = g_strdup ("p");
  g_autoptr(PurserProvider) other = purser_provider_copy (provider);
  g_assert_cmpstr (other->name, ==, "p");
  g_assert_null (other->ca_file);
  g_assert_null (purser_price_copy (NULL));
  purser_price_free (NULL);
  purser_provider_free (NULL);
}

static PurserPrice *
price_from (gint64 valid_from, gint64 pico)
{
  PurserPrice *price = purser_price_new ();
  price->valid_from = valid_from;
  if (pico >= 0)
    price->list_pico[0] = price->contract_pico[0] = pico;
  return price;
}

static gint64
pico_at (const PurserModel *model, gint64 time)
{
  const PurserPrice *price = purser_model_price_at (model, time);
  return price != NULL ? price->list_pico[0] : -1;
}

/* What is in force, what comes, and a stretch without any price in between. */
static void
test_price_at (void)
{
  g_autoptr(PurserModel) model = g_new0 (PurserModel, 1);
  g_assert_cmpint (pico_at (model, 5), ==, -1);
  model->prices = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_price_free);
  g_assert_cmpint (pico_at (model, 5), ==, -1);
  g_ptr_array_add (model->prices, price_from (100, 7));
  g_assert_cmpint (pico_at (model, 99), ==, -1); /* only announced */
  g_assert_cmpint (pico_at (model, 100), ==, 7);
  model->price = g_ptr_array_index (model->prices, 0);
  g_ptr_array_add (model->prices, price_from (200, 0)); /* free is a price */
  g_ptr_array_add (model->prices, price_from (300, -1));
  g_ptr_array_add (model->prices, price_from (400, 9));
  g_assert_cmpint (pico_at (model, 50), ==, 7); /* before what is known: the price in force */
  g_assert_cmpint (pico_at (model, 199), ==, 7);
  g_assert_cmpint (pico_at (model, 200), ==, 0);
  g_assert_cmpint (pico_at (model, 300), ==, -1);
  g_assert_cmpint (pico_at (model, G_MAXINT64), ==, 9);
  g_autoptr(PurserModel) copy = purser_model_copy (model);
  g_assert_true (copy->prices != model->prices && copy->price == g_ptr_array_index (copy->prices, 0));
  g_assert_cmpint (pico_at (copy, 250), ==, 0);
  PurserModel draft = { .price = model->price };
  g_assert_cmpint (pico_at (&draft, 5), ==, 7);
}

static void
test_contract_at (void)
{
  g_autoptr(PurserOrg) org = purser_org_new ();
  static const PurserContract CONTRACTS[] = {
    { 1, 1, 0, 0, { 0 }, NULL },     { 2, 1, 100, 200, { 0 }, NULL }, { 3, 1, 150, 300, { 0 }, NULL },
    { 4, 1, 150, 160, { 0 }, NULL }, { 5, 2, 0, 50, { 0 }, NULL },    { 6, 1, 400, 400, { 0 }, NULL },
  };
  static const struct
  {
    gint64 provider, time, contract;
  } CASES[] = { { 1, 0, 1 },   { 1, -1, 0 },  { 1, 99, 1 }, { 1, 100, 2 }, { 1, 149, 2 }, { 1, 150, 4 }, { 1, 160, 3 },
                { 1, 299, 3 }, { 1, 300, 1 }, { 2, 49, 5 }, { 2, 50, 0 },  { 3, 10, 0 },  { 1, 400, 1 } };
  for (guint i = 0; i < G_N_ELEMENTS (CONTRACTS); i++)
    g_ptr_array_add (org->contracts, purser_contract_copy (&CONTRACTS[i]));
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      const PurserContract *at = purser_org_contract_at (org, CASES[i].provider, CASES[i].time);
      g_assert_cmpint (at != NULL ? at->id : 0, ==, CASES[i].contract);
    }
}

static void
test_rate_at (void)
{
  g_autoptr(PurserOrg) org = purser_org_new ();
  static const PurserRate RATES[] = {
    { 1, "USD", "EUR", 100, 1, NULL },
    { 2, "USD", "EUR", 200, 2, NULL },
    { 3, "USD", "EUR", 200, 3, NULL },
    { 4, "GBP", "EUR", 0, 4, NULL },
  };
  static const struct
  {
    const char *from, *to;
    gint64 time, rate;
  } CASES[] = { { "USD", "EUR", 99, 0 },
                { "USD", "EUR", 100, 1 },
                { "USD", "EUR", 199, 1 },
                { "USD", "EUR", 200, 3 },
                { "EUR", "USD", 300, 0 } /* never the other way round */,
                { "GBP", "EUR", 0, 4 },
                { "EUR", "EUR", 300, 0 },
                { "GBP", "USD", 300, 0 } };
  for (guint i = 0; i < G_N_ELEMENTS (RATES); i++)
    g_ptr_array_add (org->rates, purser_rate_copy (&RATES[i]));
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      const PurserRate *at = purser_org_rate_at (org, CASES[i].from, CASES[i].to, CASES[i].time);
      g_assert_cmpint (at != NULL ? at->id : 0, ==, CASES[i].rate);
    }
}

static void
test_names (void)
{
  g_autofree char *hundred = g_strnfill (100, 'x'), *more = g_strnfill (101, 'x');
  static const char *const BAD[] = { "", " a", "a ", "a\nb", "a\tb", "\302\240a", "a\177b", "a\342\200\250b", "\377" };
  g_assert_true (purser_name_check ("Anna Müller-Lüdenscheidt (IT)", FALSE, NULL));
  g_assert_true (purser_name_check (hundred, FALSE, NULL));
  g_assert_false (purser_name_check (more, FALSE, NULL));
  g_assert_true (purser_name_check ("R/D", TRUE, NULL));
  g_assert_false (purser_name_check ("R/D", FALSE, NULL));
  g_assert_false (purser_name_check (NULL, TRUE, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (BAD); i++)
    {
      g_autoptr(GError) error = NULL;
      g_assert_false (purser_name_check (BAD[i], TRUE, &error));
      g_assert_error (error, PURSER_ORG_ERROR, PURSER_ORG_ERROR_NAME);
    }
}

static void
test_workload_names (void)
{
  static const char *const BAD[] = {
    "", NULL, "Drafting", "a b", "a_b", "a/b", "é", "0123456789012345678901234567890123456789012345678901234567890123x"
  };
  g_assert_true (purser_workload_name_check ("contract-review-2", NULL));
  g_assert_true (purser_workload_name_check ("0123456789012345678901234567890123456789012345678901234567890123", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (BAD); i++)
    g_assert_false (purser_workload_name_check (BAD[i], NULL));
}

static void
test_tokens (void)
{
  PurserTokens t = PURSER_TOKENS_UNKNOWN_INIT;
  g_assert_cmpint (purser_tokens_input (&t), ==, PURSER_UNKNOWN);
  g_assert_cmpint (purser_tokens_output (&t), ==, PURSER_UNKNOWN);
  g_assert_cmpint (purser_tokens_total (&t), ==, 0);
  t.kind[PURSER_TOKENS_INPUT_UNCACHED] = 0; /* told: none */
  g_assert_cmpint (purser_tokens_input (&t), ==, 0);
  t.kind[PURSER_TOKENS_CACHE_READ] = 5;
  t.kind[PURSER_TOKENS_CACHE_WRITE_OTHER] = 6;
  t.kind[PURSER_TOKENS_OUTPUT_REASONING] = 7;
  t.audio_in = 1000; /* apart from them */
  g_assert_cmpint (purser_tokens_input (&t), ==, 11);
  g_assert_cmpint (purser_tokens_output (&t), ==, 7);
  g_assert_cmpint (purser_tokens_total (&t), ==, 18);
  t.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = G_MAXINT64;
  g_assert_cmpint (purser_tokens_total (&t), ==, G_MAXINT64); /* no wrap */
  g_assert_cmpstr (purser_token_kind_id (PURSER_TOKENS_CACHE_WRITE_5M), ==, "cache_write_5m");
  for (PurserTokenKind kind = 0; kind < PURSER_N_TOKEN_KINDS; kind++)
    g_assert_nonnull (purser_token_kind_id (kind));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/org/lookups", test_lookups);
  g_test_add_func ("/org/titles", test_titles);
  g_test_add_func ("/org/copies", test_copies);
  g_test_add_func ("/org/price-at", test_price_at);
  g_test_add_func ("/org/contract-at", test_contract_at);
  g_test_add_func ("/org/rate-at", test_rate_at);
  g_test_add_func ("/org/names", test_names);
  g_test_add_func ("/org/workload-names", test_workload_names);
  g_test_add_func ("/org/tokens", test_tokens);
  return g_test_run ();
}
