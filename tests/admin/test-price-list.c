/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Price lists: foreign bytes become prices, or words that name the place; which entry speaks of which model; the list in the program. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "purser-json.h"
#include "purser-price-list.h"

static const char LIST[] =
    "{\"format\": 1, \"built\": \"2026-11-23\", \"unheard-of\": [1, 2],\n"
    " \"sources\": [{\"id\": \"s\", \"name\": \"First\", \"version\": \"1.2\", \"licence\": \"MIT\", \"date\": \"2026-09-23\"}, {\"id\": \"t\", \"name\": \"Second\", \"date\": \"2026-08-21\"}],\n"
    " \"providers\": [\n"
    "  {\"id\": \"acme\", \"name\": \"Acme\", \"kinds\": [\"openai\"], \"address\": \"https://api\\\\.acme\\\\.test(?:[:/]|$)\", \"models\": [\n"
    "    {\"id\": \"large\", \"title\": \"Acme Large\", \"match\": {\"or\": [{\"equals\": \"Large\"}, {\"regex\": \"^large-\\\\d{8}$\"}]},\n"
    "     \"context\": 200000, \"max_output\": 8192, \"tools\": true, \"vision\": false, \"retires\": \"2027-01-31\", \"replacement\": \"larger\",\n"
    "     \"prices\": [\n"
    "      {\"from\": null, \"currency\": \"USD\", \"source\": \"s\", \"bands\": [\n"
    "        {\"mode\": \"\", \"region\": \"\", \"above\": 0, \"input_uncached\": \"5\", \"cache_read\": \"0.5\", \"output_visible\": \"25\", \"output_reasoning\": \"25.000001\", \"server_tool\": \"0.01\"},\n"
    "        {\"mode\": \"batch\", \"region\": \"\", \"above\": 0, \"input_uncached\": \"2.5\", \"output_visible\": \"12.5\", \"source\": \"t\"},\n"
    "        {\"mode\": \"\", \"region\": \"us\", \"above\": 272000, \"input_uncached\": \"11\", \"output_visible\": \"27.5\"}]},\n"
    "      {\"from\": \"2026-03-13\", \"currency\": \"USD\", \"source\": \"s\", \"bands\": [{\"input_uncached\": \"4\", \"output_visible\": \"20\"}]}]},\n"
    "    {\"id\": \"any\", \"match\": {\"starts_with\": \"large\"}, \"prices\": []}]},\n"
    "  {\"id\": \"acme-eu\", \"name\": \"Acme in Europe\", \"kinds\": [], \"address\": \"https://eu\\\\.acme\\\\.test\", \"fallback\": [\"nobody\", \"acme\"], \"models\": [\n"
    "    {\"id\": \"small\", \"match\": {\"equals\": \"small\"}, \"prices\": [{\"from\": null, \"currency\": \"EUR\", \"source\": \"t\", \"bands\": [{\"input_uncached\": \"1\", \"output_visible\": \"2\"}]}]}]}],\n"
    " \"left_out\": [{\"what\": \"Prices by the page\", \"reason\": \"Only tokens are counted.\", \"count\": 3}, {\"what\": \"Plans\", \"reason\": \"No price.\"}]}\n";

static PurserPriceList *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  PurserPriceList *list = purser_price_list_parse ("list", text, strlen (text), &error);
  g_assert_no_error (error);
  return list;
}

static PurserListedPrice *
find_at (PurserPriceList *list, const char *kind, const char *address, const char *model)
{
  PurserProvider provider = { .kind = purser_kind_get (kind), .name = (char *) "P", .address = (char *) address };
  return purser_price_list_find (list, &provider, model);
}

static void
test_whole (void)
{
  g_autoptr (PurserPriceList) list = parse (LIST);
  g_autofree char *sources = purser_price_list_sources (list), *left_out = purser_price_list_left_out (list);
  g_assert_cmpstr (purser_price_list_built (list), ==, "2026-11-23");
  g_assert_cmpstr (sources, ==, "First, 1.2, MIT, 2026-09-23\nSecond, 2026-08-21");
  g_assert_cmpstr (left_out, ==, "Prices by the page (3): Only tokens are counted.\nPlans: No price.");
  g_assert_false (purser_price_list_is_table (list));

  g_autoptr (PurserListedPrice) large = find_at (list, "openai", "https://api.acme.test/v1", "large");
  g_assert_nonnull (large);
  g_assert_cmpstr (large->title, ==, "Acme Large");
  g_assert_cmpint (large->context_tokens, ==, 200000);
  g_assert_cmpint (large->max_output, ==, 8192);
  g_assert_cmpint (large->tools, ==, 1);
  g_assert_cmpint (large->vision, ==, 0);
  g_assert_cmpint (large->reasoning, ==, -1); /* not told is not a no */
  g_assert_cmpstr (large->retires_on, ==, "2027-01-31");
  g_assert_cmpstr (large->replacement, ==, "larger");
  g_assert_cmpuint (large->prices->len, ==, 2);

  const PurserPrice *first = g_ptr_array_index (large->prices, 0), *second = g_ptr_array_index (large->prices, 1);
  g_assert_cmpint (first->valid_from, ==, 0);
  g_assert_cmpint (second->valid_from, ==, G_GINT64_CONSTANT (1773360000) * G_USEC_PER_SEC); /* 2026-03-13T00:00Z */
  g_assert_cmpstr (first->currency, ==, "USD");
  g_assert_cmpstr (first->origin, ==, "catalogue");
  g_assert_cmpstr (first->source, ==, "s 1.2 (2026-09-23); t (2026-08-21)"); /* a band of another source names it too */
  g_assert_cmpstr (second->source, ==, "s 1.2 (2026-09-23)");
  g_assert_cmpint (first->list_pico[PURSER_TOKENS_INPUT_UNCACHED], ==, 5000000);
  g_assert_cmpint (first->list_pico[PURSER_TOKENS_OUTPUT_REASONING], ==, 25000001);
  g_assert_cmpint (first->list_pico[PURSER_TOKENS_CACHE_WRITE_5M], ==, -1); /* no price, never free */
  g_assert_cmpint (first->list_pico[PURSER_PRICED_SERVER_TOOL], ==, G_GINT64_CONSTANT (10000000000)); /* per request */
  g_assert_cmpmem (first->list_pico, sizeof first->list_pico, first->contract_pico, sizeof first->contract_pico);
  g_assert_cmpuint (first->bands->len, ==, 2);
  const PurserPriceBand *band = &g_array_index (first->bands, PurserPriceBand, 1);
  g_assert_cmpstr (band->region, ==, "us");
  g_assert_cmpint (band->above, ==, 272000);
  g_assert_cmpint (band->contract_pico[PURSER_TOKENS_INPUT_UNCACHED], ==, 11000000);

  g_assert_true (purser_listed_price_at (large, 0) == first);
  g_assert_true (purser_listed_price_at (large, second->valid_from - 1) == first);
  g_assert_true (purser_listed_price_at (large, second->valid_from) == second);
}

/* ------------------------------------------------------------------ what is wrong, and where */

typedef struct { const char *was, *becomes, *place, *words; } Wrong;

static const Wrong WRONG[] = {
  { "\"format\": 1", "\"format\": 2", "at the top", "form 2" },
  { "\"format\": 1,", "", "at the top", "no price list" },
  { "\"built\": \"2026-11-23\"", "\"built\": \"yesterday\"", "at the top", "“built” is “yesterday”" },
  { "\"built\": \"2026-11-23\"", "\"built\": \"2026-02-30\"", "at the top", "not a day" },
  { "\"id\": \"s\", ", "", "source 1", "“id” is missing" },
  { "\"name\": \"Second\"", "\"name\": 7", "source 2", "“name” is not a text" },
  { "\"id\": \"acme\", ", "", "provider 1", "“id” is missing" },
  { "\"id\": \"acme-eu\"", "\"id\": \"acme\"", "acme", "same “id”" },
  { "\"kinds\": [\"openai\"]", "\"kinds\": \"openai\"", "acme", "“kinds” is not a list" },
  { "\"kinds\": [\"openai\"]", "\"kinds\": [1]", "acme", "something else than texts" },
  { "\"address\": \"https://eu\\\\.acme\\\\.test\"", "\"address\": \"(\"", "acme-eu", "not a regular expression" },
  { "\"id\": \"large\", ", "", "acme", "“id” is missing" },
  { "\"match\": {\"starts_with\": \"large\"}, ", "", "acme/any", "“match” is missing" },
  { "{\"starts_with\": \"large\"}", "{\"looks_like\": \"large\"}", "acme/any", "none of: equals" },
  { "{\"starts_with\": \"large\"}", "{\"starts_with\": \"\"}", "acme/any", "has no text" },
  { "{\"starts_with\": \"large\"}", "{\"starts_with\": \"a\", \"equals\": \"b\"}", "acme/any", "and another one" },
  { "{\"starts_with\": \"large\"}", "{\"or\": []}", "acme/any", "has none" },
  { "{\"starts_with\": \"large\"}", "{\"regex\": \"(\"}", "acme/any", "not a regular expression" },
  { "{\"starts_with\": \"large\"}", "{\"or\":[{\"or\":[{\"or\":[{\"or\":[{\"or\":[{\"or\":[{\"or\":[{\"or\":[{\"or\":[{\"equals\":\"a\"}]}]}]}]}]}]}]}]}]}", "acme/any", "too deep" },
  { "\"context\": 200000", "\"context\": -5", "acme/large", "“context” is not a whole number" },
  { "\"context\": 200000", "\"context\": \"much\"", "acme/large", "“context” is not a whole number" },
  { "\"tools\": true", "\"tools\": \"yes\"", "acme/large", "neither true nor false" },
  { "\"retires\": \"2027-01-31\"", "\"retires\": \"soon\"", "acme/large", "“retires” is “soon”" },
  { "\"from\": \"2026-03-13\"", "\"from\": \"13.03.2026\"", "acme/large", "“from” is “13.03.2026”" },
  { "\"from\": \"2026-03-13\"", "\"from\": null", "acme/large, price from ever", "does not come after" },
  { "\"currency\": \"USD\"", "\"currency\": \"dollars\"", "acme/large, price from ever", "three capital letters" },
  { "\"source\": \"s\"", "\"source\": \"unknown\"", "acme/large, price from ever", "“unknown”, which is not among" },
  { "\"bands\": [{\"input_uncached\": \"4\", \"output_visible\": \"20\"}]", "\"bands\": []", "acme/large, price from 2026-03-13", "“bands” is empty" },
  { "\"bands\": [{\"input_uncached\": \"4\", \"output_visible\": \"20\"}]", "\"bands\": [7]", "acme/large, price from 2026-03-13", "entry 1 of “bands”" },
  { "\"above\": 0, \"input_uncached\": \"5\"", "\"above\": 5, \"input_uncached\": \"5\"", "acme/large, price from ever, band 1", "must be the ordinary one" },
  { "\"mode\": \"batch\"", "\"mode\": \"\"", "acme/large, price from ever, band 2", "only the first band" },
  { "\"region\": \"us\", \"above\": 272000", "\"region\": \"\", \"above\": 0, \"mode\": \"batch\"", "acme/large, price from ever, band 3", "same conditions" },
  { "\"mode\": \"batch\"", "\"mode\": \"a-name-that-is-far-too-long\"", "acme/large, price from ever, band 2", "short word" },
  { "\"region\": \"us\"", "\"region\": \"US East\"", "acme/large, price from ever, band 3", "short word" },
  { "\"input_uncached\": \"5\"", "\"input_uncached\": 5", "acme/large, price from ever, band 1", "“input_uncached” is not an amount" },
  { "\"input_uncached\": \"5\"", "\"input_uncached\": \"5,5\"", "acme/large, price from ever, band 1", "“input_uncached” is not an amount" },
  { "\"input_uncached\": \"5\"", "\"input_uncached\": \"-5\"", "acme/large, price from ever, band 1", "“input_uncached” is not an amount" },
  { "\"input_uncached\": \"5\"", "\"input_uncached\": \"5e3\"", "acme/large, price from ever, band 1", "“input_uncached” is not an amount" },
  { "\"input_uncached\": \"5\"", "\"input_uncached\": \"\"", "acme/large, price from ever, band 1", "“input_uncached” is not an amount" },
  { "\"cache_read\": \"0.5\"", "\"cache_read\": \"0.5000001\"", "acme/large, price from ever, band 1", "“cache_read” is not an amount" },
  { "\"output_visible\": \"27.5\"", "\"output_visible\": \"99999999999999999999\"", "acme/large, price from ever, band 3", "“output_visible” is not an amount" },
  { "\"server_tool\": \"0.01\"", "\"server_tool\": \"9999999999\"", "acme/large, price from ever, band 1", "too large" },
  { "\"title\": \"Acme Large\"", "\"title\": \"\\u001b[31mred\"", "acme/large", "control characters" },
  { "\"what\": \"Plans\", ", "", "left out, entry 2", "“what” is missing" },
  { "\"count\": 3", "\"count\": 3.5", "left out, entry 1", "“count” is not a whole number" },
};

static char *
replaced (const char *text, const char *was, const char *becomes)
{
  const char *at = strstr (text, was);
  g_assert_nonnull (at);
  return g_strdup_printf ("%.*s%s%s", (int) (at - text), text, becomes, at + strlen (was));
}

static void
assert_refused (const char *text, gsize length, const char *place, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserPriceList) list = purser_price_list_parse ("list", text, length, &error);
  g_assert_null (list);
  g_assert_nonnull (error);
  if (strstr (error->message, place) == NULL || strstr (error->message, words) == NULL || !g_str_has_prefix (error->message, "list"))
    g_error ("“%s” does not name “%s” and “%s”", error->message, place, words);
}

static void
test_wrong (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (WRONG); i++)
    {
      g_autofree char *text = replaced (LIST, WRONG[i].was, WRONG[i].becomes);
      assert_refused (text, strlen (text), WRONG[i].place, WRONG[i].words);
    }
  assert_refused ("{\"format\": 1, ", 14, "list", "JSON");
  /* Cut anywhere it is refused, never half read. */
  for (gsize length = 0; length < strlen (LIST) - 2; length++)
    {
      g_autoptr (PurserPriceList) list = purser_price_list_parse ("list", LIST, length, NULL);
      g_assert_null (list);
    }
}

static void
test_limits (void)
{
  gsize length = 16 * 1024 * 1024 + 1;
  g_autofree char *large = g_malloc (length);
  g_autoptr (GError) error = NULL;
  memset (large, ' ', length);
  assert_refused (large, length, "list", "16 MiB");
  g_autoptr (PurserPriceList) endless = purser_price_list_load ("/dev/zero", &error);
  g_assert_null (endless);
  g_assert_nonnull (strstr (error->message, "16 MiB"));
  g_clear_error (&error);
  g_autoptr (PurserPriceList) absent = purser_price_list_load ("/nonexistent/list.json", &error);
  g_assert_null (absent);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* ------------------------------------------------------------------ which entry */

static const struct { const char *rule, *model; gboolean fits; } RULES[] = {
  { "{\"equals\": \"Claude-X\"}", "claude-x", TRUE },
  { "{\"equals\": \"claude-x\"}", "CLAUDE-X", TRUE },
  { "{\"equals\": \"claude-x\"}", "claude-x-1", FALSE },
  { "{\"starts_with\": \"claude-x\"}", "claude-x-20260101", TRUE },
  { "{\"starts_with\": \"claude-x\"}", "eu.claude-x", FALSE },
  { "{\"ends_with\": \":Free\"}", "vendor/model:free", TRUE },
  { "{\"ends_with\": \":free\"}", "vendor/model:free-2", FALSE },
  { "{\"contains\": \"Mini\"}", "gpt-mini-2", TRUE },
  { "{\"contains\": \"mini\"}", "gpt-2", FALSE },
  { "{\"regex\": \"^gpt-\\\\d$\"}", "GPT-5", TRUE },
  { "{\"regex\": \"^gpt-\\\\d$\"}", "gpt-5x", FALSE },
  { "{\"regex\": \"5\"}", "gpt-5x", TRUE }, /* anywhere, as the lists' own readers do */
  { "{\"and\": [{\"starts_with\": \"gpt\"}, {\"ends_with\": \"x\"}]}", "gpt-5x", TRUE },
  { "{\"and\": [{\"starts_with\": \"gpt\"}, {\"ends_with\": \"x\"}]}", "gpt-5", FALSE },
  { "{\"or\": [{\"equals\": \"a\"}, {\"and\": [{\"contains\": \"b\"}, {\"contains\": \"c\"}]}]}", "xbxc", TRUE },
  { "{\"or\": [{\"equals\": \"a\"}, {\"and\": [{\"contains\": \"b\"}, {\"contains\": \"c\"}]}]}", "xb", FALSE },
  /* An expression that would try for years gives up, and does not fit. A list cannot lift that limit. */
  { "{\"regex\": \"^(a+)+$\"}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", FALSE },
  { "{\"regex\": \"(*LIMIT_MATCH=4000000000)^(a+)+$\"}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", FALSE },
};

static void
test_rules (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (RULES); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"format\": 1, \"built\": \"2026-11-23\", \"sources\": [], \"providers\": [{\"id\": \"p\", \"name\": \"P\", \"kinds\": [\"openai\"], "
                                               "\"models\": [{\"id\": \"m\", \"match\": %s}]}]}", RULES[i].rule);
      g_autoptr (PurserPriceList) list = parse (text);
      g_autoptr (PurserListedPrice) found = find_at (list, "openai", "https://example.org", RULES[i].model);
      if ((found != NULL) != RULES[i].fits)
        g_error ("%s and %s: %s", RULES[i].rule, RULES[i].model, found != NULL ? "fits" : "does not fit");
    }
}

static void
test_choice (void)
{
  g_autoptr (PurserPriceList) list = parse (LIST);
  static const struct { const char *kind, *address, *model, *title; guint prices; gboolean found; } CASES[] = {
    { "openai", "https://api.acme.test/v1", "large", "Acme Large", 2, TRUE },
    { "openai", "https://elsewhere.test", "LARGE-20260101", "Acme Large", 2, TRUE },       /* by kind, whatever the address */
    { "openai-compatible", "https://api.acme.test:8443/v1", "large", "Acme Large", 2, TRUE }, /* by address */
    { "openai-compatible", "https://api.acme.test.evil.org/", "large", NULL, 0, FALSE },   /* another host */
    { "openai-compatible", "https://evil.org/?https://api.acme.test/", "large", NULL, 0, FALSE },
    { "openai-compatible", "https://elsewhere.test", "large", NULL, 0, FALSE },
    { "openai", "https://api.acme.test/v1", "large-x", NULL, 0, TRUE },                    /* known, without a price: the second entry */
    { "openai", "https://api.acme.test/v1", "enormous", NULL, 0, FALSE },
    { "openai", "https://eu.acme.test/v1", "small", NULL, 1, TRUE },                       /* the address says more than the kind */
    { "openai", "https://eu.acme.test/v1", "large", "Acme Large", 2, TRUE },               /* and falls back */
    { "openai", "https://api.acme.test/v1", "small", NULL, 0, FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autoptr (PurserListedPrice) found = find_at (list, CASES[i].kind, CASES[i].address, CASES[i].model);
      if ((found != NULL) != CASES[i].found)
        g_error ("%s at %s: %s", CASES[i].model, CASES[i].address, found != NULL ? "found" : "not found");
      g_assert_cmpuint (found != NULL ? found->prices->len : 0, ==, CASES[i].prices);
      g_assert_cmpstr (found != NULL ? found->title : NULL, ==, CASES[i].title);
    }
  g_autoptr (PurserListedPrice) borrowed = find_at (list, "openai", "https://eu.acme.test/v1", "large");
  g_assert_cmpstr (((const PurserPrice *) g_ptr_array_index (borrowed->prices, 1))->source, ==, "s 1.2 (2026-09-23) (Acme)"); /* says whose price it is */
  PurserProvider practice = { .kind = purser_kind_get ("openai"), .name = (char *) "P", .address = (char *) "practice:openai", .practice = TRUE };
  g_assert_null (purser_price_list_find (list, &practice, "large"));
}

/* ------------------------------------------------------------------ tables */

static const PurserPrice *
row_price (PurserListedPrice *listed, guint index)
{
  g_assert_nonnull (listed);
  g_assert_cmpuint (listed->prices->len, >, index);
  return g_ptr_array_index (listed->prices, index);
}

static void
test_table (void)
{
  g_autoptr (PurserPriceList) list = parse ("\xef\xbb\xbf" "Output;Input;Model;From;Currency;Cache_Read;Cache_Write;Cache_Write_1h;Hour;Source;\r\n"
                                            "2,50;0,5;P/house;2026-03-01;EUR;0,05;0,6;1;;tender 7;\r\n"
                                            ";;;;;;;;;;\r\n"
                                            "3;1;P/house;2026-01-01;EUR;;;;;;\n"
                                            ";;\"own; \"\"box\"\"\";;;;;;1,25;;\n"
                                            "9;8;house;;;;;;;;");
  g_assert_true (purser_price_list_is_table (list));
  g_autoptr (PurserListedPrice) house = find_at (list, "openai", "https://example.org", "house");
  const PurserPrice *old = row_price (house, 0), *new = row_price (house, 1);
  g_assert_cmpuint (house->prices->len, ==, 2); /* the row that names the provider wins over the bare name */
  g_assert_cmpint (old->valid_from, <, new->valid_from);
  g_assert_cmpint (new->list_pico[PURSER_TOKENS_INPUT_UNCACHED], ==, 500000);
  g_assert_cmpint (new->list_pico[PURSER_TOKENS_OUTPUT_REASONING], ==, 2500000);
  g_assert_cmpint (new->list_pico[PURSER_TOKENS_CACHE_WRITE_OTHER], ==, 600000);
  g_assert_cmpint (new->list_pico[PURSER_TOKENS_CACHE_WRITE_1H], ==, 1000000);
  g_assert_cmpint (old->list_pico[PURSER_TOKENS_CACHE_READ], ==, -1);
  g_assert_cmpstr (new->source, ==, "tender 7");
  g_assert_cmpstr (old->source, ==, "list");
  g_assert_cmpstr (new->origin, ==, "admin");

  g_autoptr (PurserListedPrice) box = find_at (list, "openai", "https://example.org", "Own; \"box\"");
  g_assert_cmpint (row_price (box, 0)->hour_nano, ==, 1250000000);
  g_assert_cmpint (row_price (box, 0)->list_pico[PURSER_TOKENS_OUTPUT_VISIBLE], ==, 0); /* paid by the hour */

  PurserProvider other = { .kind = purser_kind_get ("ollama"), .name = (char *) "Other", .address = (char *) "http://localhost" };
  g_autoptr (PurserListedPrice) bare = purser_price_list_find (list, &other, "house");
  g_assert_cmpint (row_price (bare, 0)->list_pico[PURSER_TOKENS_INPUT_UNCACHED], ==, 8000000);
  g_autoptr (PurserOrg) nobody = purser_org_new ();
  g_autoptr (GPtrArray) unused = purser_price_list_unused (list, nobody);
  g_assert_cmpuint (unused->len, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (unused, 0), ==, "row 2: P/house");
}

static const struct { const char *text, *place, *words; } BAD_TABLES[] = {
  { "", "row 1", "no column “model”" },
  { "<html><body>404</body></html>", "row 1", "there is no column" },
  { "model,in,out\n", "row 1", "there is no column “in”" },
  { "input,output\n1,2\n", "row 1", "no column “model”" },
  { "model,input\nx,1\n", "row 1", "“input” and “output”" },
  { "model,input,output,input\n", "row 1", "“input” is there twice" },
  { "model,input,output\nx,1,2\ny,one,2\n", "row 3", "" },
  { "model,input,output\nx,1,2\n,1,2\n", "row 3", "the model is missing" },
  { "model,input,output\nx,1\n", "row 2", "needs both figures" },
  { "model,input,output\nx,1,5,2,5\n", "row 2", "more cells" }, /* decimal commas between commas */
  { "model,input,output,from\nx,1,2,01.03.2026\n", "row 2", "“01.03.2026” is not a day" },
  { "model,input,output,currency\nx,1,2,Euro\n", "row 2", "“Euro” is not a currency" },
  { "model,input,output\nx,1,2\nX,3,4\n", "row 3", "same day" },
  { "model,input,output\n\"x,1,2\n", "row 2", "never closed" },
  { "model,input,output\nx\xff,1,2\n", "row 2", "UTF-8" },
  { "model,input,output\nx,1,0.0000001\n", "row 2", "" },
  { "model;hour\nx;-1\n", "row 2", "" },
  { "model;hour\n\"x\ny\";1\n", "row 2", "control character" },
  { "model;hour\nx\x1b[31m;1\n", "row 2", "control character" },
};

static void
test_bad_tables (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (BAD_TABLES); i++)
    assert_refused (BAD_TABLES[i].text, strlen (BAD_TABLES[i].text), BAD_TABLES[i].place, BAD_TABLES[i].words);
  assert_refused ("model,input,output\nx\0y,1,2\n", 27, "row 2", "UTF-8");
  g_autofree char *wide = g_strnfill (5000, ',');
  g_autofree char *long_cell = g_strnfill (5000, 'x');
  assert_refused (wide, 5000, "row 1", "1000 cells");
  assert_refused (long_cell, 5000, "row 1", "longer than");
}

/* ------------------------------------------------------------------ the list in the program */

/* "12.5" → 12500000, by arithmetic on the text alone. */
static gint64
plain_pico (const char *text)
{
  gint64 value = 0;
  int decimals = -1;
  for (; *text != '\0'; text++)
    if (*text == '.')
      decimals = 0;
    else
      {
        value = value * 10 + (*text - '0');
        decimals += decimals >= 0;
      }
  for (int i = MAX (decimals, 0); i < 6; i++)
    value *= 10;
  return value;
}

static void
compare_figures (JsonObject *raw, const gint64 *pico, const char *where)
{
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    {
      const char *text = purser_json_string (raw, purser_priced_id (i));
      gint64 expected = text != NULL ? plain_pico (text) * (i == PURSER_PRICED_SERVER_TOOL ? 1000000 : 1) : -1;
      if (pico[i] != expected)
        g_error ("%s: %s is %" G_GINT64_FORMAT ", not %s", where, purser_priced_id (i), pico[i], text);
    }
}

/* Every figure of every entry, read a second time by other means. Entries are found by their own id where no earlier entry takes it. */
static void
test_shipped_wholly (void)
{
  g_autoptr (PurserPriceList) list = purser_price_list_shipped ();
  g_autoptr (GBytes) bytes = g_resources_lookup_data ("/io/github/purser_app/Purser/prices/snapshot.json", 0, NULL);
  g_autoptr (JsonNode) root = purser_json_parse (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL);
  JsonArray *providers = purser_json_array (purser_json_object (root), "providers");
  guint compared = 0, models_seen = 0;
  for (guint p = 0; p < json_array_get_length (providers); p++)
    {
      JsonObject *raw_provider = json_array_get_object_element (providers, p);
      JsonArray *models = purser_json_array (raw_provider, "models"), *kinds = purser_json_array (raw_provider, "kinds");
      for (guint m = 0; json_array_get_length (kinds) > 0 && m < json_array_get_length (models); m++)
        {
          JsonObject *raw = json_array_get_object_element (models, m);
          const char *id = purser_json_string (raw, "id");
          g_autoptr (PurserListedPrice) found = find_at (list, json_array_get_string_element (kinds, 0), "https://nowhere.invalid", id);
          JsonArray *prices = purser_json_array (raw, "prices");
          models_seen++;
          if (found == NULL || g_strcmp0 (found->title, purser_json_string (raw, "title")) != 0 || found->prices->len != json_array_get_length (prices))
            continue; /* an entry whose rules do not take its own id */
          for (guint v = 0; v < found->prices->len; v++)
            {
              const PurserPrice *price = g_ptr_array_index (found->prices, v);
              JsonArray *bands = purser_json_array (json_array_get_object_element (prices, v), "bands");
              g_assert_cmpuint (json_array_get_length (bands), ==, 1 + (price->bands != NULL ? price->bands->len : 0));
              compare_figures (json_array_get_object_element (bands, 0), price->list_pico, id);
              for (guint b = 1; b < json_array_get_length (bands); b++)
                compare_figures (json_array_get_object_element (bands, b), g_array_index (price->bands, PurserPriceBand, b - 1).list_pico, id);
              compared++;
            }
        }
    }
  g_test_message ("%u models, %u prices compared", models_seen, compared);
  g_assert_cmpuint (models_seen, >, 100);
  g_assert_cmpuint (compared, >, models_seen / 2);
}

static gint64
day (const char *iso)
{
  g_autofree char *text = g_strdup_printf ("%sT00:00:00Z", iso);
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);
  return g_date_time_to_unix (time) * G_USEC_PER_SEC;
}

static void
test_shipped_known (void)
{
  static const struct { const char *kind, *address, *model, *on; gint64 input, output, cache_read, write_5m, write_1h; } KNOWN[] = {
    { "anthropic", "https://api.anthropic.com", "claude-opus-4-6", "2026-11-01", 5000000, 25000000, 500000, 6250000, 10000000 },
    { "anthropic", "https://api.anthropic.com", "claude-opus-4-6", "2026-01-01", 5000000, 25000000, 500000, 6250000, 10000000 },
    { "openai", "https://api.openai.com/v1", "gpt-5.6-sol", "2026-08-20", 5000000, 30000000, 500000, -2, -2 },
    { "openai", "https://api.openai.com/v1", "gpt-5.6-sol", "2026-08-21", 4000000, 20000000, 400000, -2, -2 }, /* the vendor cut the price on that day */
  };
  g_autoptr (PurserPriceList) list = purser_price_list_shipped ();
  for (gsize i = 0; i < G_N_ELEMENTS (KNOWN); i++)
    {
      g_autoptr (PurserListedPrice) found = find_at (list, KNOWN[i].kind, KNOWN[i].address, KNOWN[i].model);
      g_assert_nonnull (found);
      const PurserPrice *price = purser_listed_price_at (found, day (KNOWN[i].on));
      g_assert_nonnull (price);
      g_assert_cmpstr (price->currency, ==, "USD");
      g_assert_cmpint (price->list_pico[PURSER_TOKENS_INPUT_UNCACHED], ==, KNOWN[i].input);
      g_assert_cmpint (price->list_pico[PURSER_TOKENS_OUTPUT_VISIBLE], ==, KNOWN[i].output);
      g_assert_cmpint (price->list_pico[PURSER_TOKENS_CACHE_READ], ==, KNOWN[i].cache_read);
      if (KNOWN[i].write_5m != -2)
        g_assert_cmpint (price->list_pico[PURSER_TOKENS_CACHE_WRITE_5M], ==, KNOWN[i].write_5m);
      if (KNOWN[i].write_1h != -2)
        g_assert_cmpint (price->list_pico[PURSER_TOKENS_CACHE_WRITE_1H], ==, KNOWN[i].write_1h);
    }
  /* Until 2026-03-13 an input above 200 000 tokens cost twice as much, all of it. */
  g_autoptr (PurserListedPrice) opus = find_at (list, "anthropic", "https://api.anthropic.com", "claude-opus-4-6");
  PurserPriceBand band;
  g_assert_true (purser_price_band (purser_listed_price_at (opus, day ("2026-03-12")), NULL, 200001, &band));
  g_assert_cmpint (band.list_pico[PURSER_TOKENS_INPUT_UNCACHED], ==, 10000000);
  g_assert_true (purser_price_band (purser_listed_price_at (opus, day ("2026-03-13")), NULL, 200001, &band));
  g_assert_cmpint (band.list_pico[PURSER_TOKENS_INPUT_UNCACHED], ==, 5000000);
  g_autofree char *sources = purser_price_list_sources (list), *left_out = purser_price_list_left_out (list);
  g_assert_nonnull (strstr (sources, "genai-prices"));
  g_assert_nonnull (strstr (left_out, "GitHub Models"));
  g_autoptr (PurserListedPrice) ended = find_at (list, "github-models", "https://models.github.ai/inference", "openai/gpt-4.1");
  g_assert_true (ended == NULL || ended->prices->len == 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/price-list/whole", test_whole);
  g_test_add_func ("/price-list/wrong", test_wrong);
  g_test_add_func ("/price-list/limits", test_limits);
  g_test_add_func ("/price-list/rules", test_rules);
  g_test_add_func ("/price-list/choice", test_choice);
  g_test_add_func ("/price-list/table", test_table);
  g_test_add_func ("/price-list/bad-tables", test_bad_tables);
  g_test_add_func ("/price-list/shipped-wholly", test_shipped_wholly);
  g_test_add_func ("/price-list/shipped-known", test_shipped_known);
  return g_test_run ();
}
