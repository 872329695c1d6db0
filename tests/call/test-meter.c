/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-meter.h"
#include "purser-rules.h"
#include "purser-caller.h"

#include <string.h>

/* What becomes of a provider's counts: [input_total, uncached, read, write 5m, output, reasoning], -1 = not told. */
typedef struct
{
  const char *name;
  gint64 total, uncached, read, write, output, reasoning;
  gboolean exceeds, complete;
  gint64 kind[PURSER_N_TOKEN_KINDS]; /* -2 = some estimate above 0 */
  gboolean estimated, contradictory;
} Count;

static const Count counts[] = {
  { "all told", 100, 60, 30, 10, 20, 5, FALSE, TRUE, { 60, 30, 10, -1, -1, 15, 5 }, FALSE, FALSE },
  { "plain", 100, 100, -1, -1, 20, -1, FALSE, TRUE, { 100, -1, -1, -1, -1, 20, -1 }, FALSE, FALSE },
  { "only the sum", 100, -1, -1, -1, 20, -1, FALSE, TRUE, { 100, -1, -1, -1, -1, 20, -1 }, FALSE, FALSE },
  { "sum and cache", 100, -1, 30, -1, 20, -1, FALSE, TRUE, { 70, 30, -1, -1, -1, 20, -1 }, FALSE, FALSE },
  { "all from the cache", 100, 0, 100, -1, 20, -1, FALSE, TRUE, { 0, 100, -1, -1, -1, 20, -1 }, FALSE, FALSE },
  { "nothing told", -1, -1, -1, -1, -1, -1, FALSE, TRUE, { -2, -1, -1, -1, -1, 3, -1 }, TRUE, FALSE },
  { "zeros against the evidence", 0, 0, -1, -1, 0, -1, FALSE, TRUE, { -2, -1, -1, -1, -1, 3, -1 }, TRUE, FALSE },
  { "input left out", -1, -1, -1, -1, 20, -1, FALSE, TRUE, { -2, -1, -1, -1, -1, 20, -1 }, TRUE, FALSE },
  { "more cached than read", 7, -1, 163, -1, 20, -1, TRUE, TRUE, { 7, -1, -1, -1, -1, 20, -1 }, TRUE, TRUE },
  { "more reasoning than output", 100, 100, -1, -1, 10, 11, FALSE, TRUE, { 100, -1, -1, -1, -1, 0, 10 }, FALSE, TRUE },
  { "told, then cut", 100, 100, -1, -1, 20, -1, FALSE, FALSE, { 100, -1, -1, -1, -1, 20, -1 }, TRUE, FALSE },
  { "counts of the start, then cut",
    100,
    100,
    -1,
    -1,
    1,
    -1,
    FALSE,
    FALSE,
    { 100, -1, -1, -1, -1, 3, -1 },
    TRUE,
    FALSE },
};

static void
check_count (gconstpointer data)
{
  const Count *each = data;
  g_autoptr(PurserChat) chat = purser_chat_new_text (NULL, "What is the name of the river?");
  g_autoptr(PurserReply) reply = purser_reply_new ();
  g_autoptr(PurserUsage) usage = purser_usage_new ();
  PurserEvent event = { .type = PURSER_EVENT_TEXT, .text = "The Danube", .length = 10 };
  PurserMeter meter;
  purser_reply_add (reply, &event);
  usage->input_total = each->total;
  usage->input_uncached = each->uncached;
  usage->cache_read = each->read;
  usage->cache_write_5m = each->write;
  usage->output = each->output;
  usage->reasoning = each->reasoning;
  usage->cache_exceeds_prompt = each->exceeds;
  purser_meter_count (&meter, usage, chat, reply, each->complete);
  for (gsize kind = 0; kind < PURSER_N_TOKEN_KINDS; kind++)
    if (each->kind[kind] == -2)
      g_assert_cmpint (meter.tokens.kind[kind], ==, MAX (purser_chat_estimate_tokens (chat), 1));
    else
      g_assert_cmpint (meter.tokens.kind[kind], ==, each->kind[kind]);
  g_assert_cmpint (meter.estimated, ==, each->estimated);
  g_assert_cmpint (meter.contradictory, ==, each->contradictory);
}

static void
test_charge (void)
{
  PurserMeter meter = PURSER_METER_NOTHING_INIT;
  PurserPrice price = { .id = 4,
                        .currency = "EUR",
                        .contract_id = 6,
                        .list_pico = { 3000000, -1, -1, -1, -1, 15000000, 15000000, -1, -1, 5000000 },
                        .contract_pico = { 2700000, -1, -1, -1, -1, 13500000, 13500000, -1, -1, 5000000 } };
  PurserRate rate = { .id = 9, .from = "EUR", .to = "USD", .rate_nano = 1500000000 };
  meter.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = 1000;
  meter.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = 10;
  purser_meter_charge (&meter, &price, NULL, "EUR", 1000);
  g_assert_false (meter.unpriced);
  g_assert_cmpint (meter.reason, ==, PURSER_UNPRICED_NOT);
  g_assert_cmpint (meter.price_id, ==, 4);
  g_assert_cmpint (meter.contract_id, ==, 6);
  g_assert_cmpint (meter.rate_id, ==, 0);
  g_assert_cmpint (meter.list_nano, ==, 3000000 + 150000);
  g_assert_cmpint (meter.cost_nano, ==, 2700000 + 135000);
  g_assert_cmpint (meter.price_list_nano, ==, meter.list_nano);
  purser_meter_charge (&meter, &price, &rate, "USD", 1000);
  g_assert_cmpint (meter.rate_id, ==, 9);
  g_assert_cmpint (meter.price_cost_nano, ==, 2700000 + 135000);
  g_assert_cmpint (meter.cost_nano, ==, 4050000 + 202500);
  purser_meter_charge (&meter, &price, &rate, "EUR", 1000); /* a rate that is not needed is not used */
  g_assert_cmpint (meter.rate_id, ==, 0);
  g_assert_cmpint (meter.cost_nano, ==, 2700000 + 135000);
}

/* Unpriced is a state, not a zero; it names its reason, and the price there was. */
static void
test_unpriced (void)
{
  PurserPrice price = { .id = 4,
                        .currency = "EUR",
                        .contract_id = 6,
                        .list_pico = { 3000000, -1, -1, -1, -1, 15000000, 15000000, -1, -1, 5000000 },
                        .contract_pico = { 2700000, -1, -1, -1, -1, 13500000, 13500000, -1, -1, 5000000 } };
  static const struct
  {
    const char *currency, *tier;
    gboolean priced;
    gint64 uncached, cache_read, audio_in, tools;
    PurserUnpricedReason reason;
  } CASES[] = {
    { "EUR", "", TRUE, 1000, 0, 0, 0, PURSER_UNPRICED_NOT },
    { "EUR", "default", TRUE, 1000, 0, 0, 3, PURSER_UNPRICED_NOT },
    { "USD", "", TRUE, 1000, 0, 0, 0, PURSER_UNPRICED_RATE },
    { "EUR", "", FALSE, 1000, 0, 0, 0, PURSER_UNPRICED_NO_PRICE },
    { "EUR", "flex", TRUE, 1000, 0, 0, 0, PURSER_UNPRICED_MODE },
    { "EUR", "", TRUE, 1000, 1, 0, 0, PURSER_UNPRICED_KIND },
    { "EUR", "", TRUE, 1000, 0, 5, 0, PURSER_UNPRICED_KIND },
    { "EUR", "", TRUE, G_MAXINT64, 0, 0, 0, PURSER_UNPRICED_OVERFLOW },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      PurserMeter meter = PURSER_METER_NOTHING_INIT;
      gboolean unpriced = CASES[i].reason != PURSER_UNPRICED_NOT;
      meter.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = CASES[i].uncached;
      meter.tokens.kind[PURSER_TOKENS_CACHE_READ] = CASES[i].cache_read;
      meter.tokens.audio_in = CASES[i].audio_in;
      meter.tokens.server_tool_requests = CASES[i].tools;
      g_strlcpy (meter.tier, CASES[i].tier, sizeof meter.tier);
      purser_meter_charge (&meter, CASES[i].priced ? &price : NULL, NULL, CASES[i].currency, 1000);
      g_assert_cmpint (meter.reason, ==, CASES[i].reason);
      g_assert_cmpint (meter.unpriced, ==, unpriced);
      g_assert_cmpint (meter.price_id, ==, CASES[i].priced ? 4 : 0);
      g_assert_cmpint (meter.contract_id, ==, unpriced ? 0 : 6);
      g_assert_cmpint (meter.cost_nano, ==, unpriced ? 0 : 2700000 + 5000 * CASES[i].tools);
      g_assert_cmpint (meter.price_list_nano, ==, unpriced ? 0 : 3000000 + 5000 * CASES[i].tools);
    }
}

/* What the provider tells of how it served the request decides the band, from the usage to the charge. */
static void
test_conditions (void)
{
  PurserPrice price = { .id = 4, .currency = "EUR" };
  PurserPriceBand band = { .mode = "flex", .region = "us" };
  g_autoptr(PurserChat) chat = purser_chat_new_text (NULL, "Hello");
  g_autoptr(PurserUsage) usage = purser_usage_new ();
  PurserMeter meter;
  band.list_pico[PURSER_TOKENS_INPUT_UNCACHED] = band.contract_pico[PURSER_TOKENS_INPUT_UNCACHED] = 7000;
  price.bands = g_array_new (FALSE, FALSE, sizeof band);
  price.hour_nano = 3600000000;
  g_array_append_val (price.bands, band);
  usage->input_total = usage->input_uncached = 10;
  usage->output = 0;
  g_strlcpy (usage->tier, "flex", sizeof usage->tier);
  g_strlcpy (usage->region, "us", sizeof usage->region);
  purser_meter_count (&meter, usage, chat, NULL, TRUE);
  g_assert_cmpstr (meter.tier, ==, "flex");
  g_assert_cmpstr (meter.region, ==, "us");
  purser_meter_charge (&meter, &price, NULL, "EUR", 2000000);
  g_assert_cmpint (meter.cost_nano, ==, 70 + 2000000);
  g_strlcpy (meter.region, "eu", sizeof meter.region); /* flex is priced in the other region only */
  purser_meter_charge (&meter, &price, NULL, "EUR", 2000000);
  g_assert_cmpint (meter.reason, ==, PURSER_UNPRICED_MODE);
  g_array_unref (price.bands);
}

/* min (max_tokens, the model's cap, 16 K) */
static void
test_reserve (void)
{
  static const struct
  {
    gint64 asked, cap, counted;
  } limits[] = { { -1, -1, 16384 },     { 100, -1, 100 },     { 50000, -1, 16384 },
                 { 50000, 4000, 4000 }, { -1, 64000, 16384 }, { 100, 4000, 100 } };
  PurserPrice price = { .id = 1,
                        .currency = "EUR",
                        .list_pico = { 0, 0, 0, 0, 0, 1000000, 0 },
                        .contract_pico = { 0, 0, 0, 0, 0, 1000000, 0 } };
  g_autoptr(PurserOrg) org = purser_org_new ();
  g_strlcpy (org->currency, "EUR", sizeof org->currency);
  g_autoptr(PurserChat) chat = purser_chat_new_text (NULL, "Hello");
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      PurserModel model = { .max_output = limits[i].cap, .price = &price };
      chat->max_tokens = limits[i].asked;
      g_assert_cmpint (purser_meter_reserve (&model, chat, org, 5), ==, limits[i].counted * 1000);
    }
  PurserModel unpriced = { .max_output = 10 };
  g_assert_cmpint (purser_meter_reserve (&unpriced, chat, org, 5), ==, 0);
}

/* The dearest band, the longest time, the rate of that day, the price of that time. */
static void
test_reserve_dearest (void)
{
  g_autoptr(PurserOrg) org = purser_org_new ();
  g_autoptr(PurserChat) chat = purser_chat_new_text (NULL, "Hello");
  g_autoptr(PurserModel) model = g_new0 (PurserModel, 1);
  PurserPrice *price = purser_price_new (), *later = purser_price_new ();
  PurserPriceBand bands[] = { { .mode = "batch" }, { .mode = "priority" }, { .above = 200000 } };
  const gint64 pico[] = { 500000, 4000000, 2000000 };
  PurserRate *rate = g_new0 (PurserRate, 1);

  g_strlcpy (org->currency, "EUR", sizeof org->currency);
  g_strlcpy (price->currency, "USD", sizeof price->currency);
  g_strlcpy (later->currency, "EUR", sizeof later->currency);
  price->list_pico[PURSER_TOKENS_INPUT_UNCACHED] = price->contract_pico[PURSER_TOKENS_INPUT_UNCACHED] = 0;
  price->list_pico[PURSER_TOKENS_OUTPUT_VISIBLE] = price->contract_pico[PURSER_TOKENS_OUTPUT_VISIBLE] = 1000000;
  price->bands = g_array_new (FALSE, FALSE, sizeof *bands);
  for (guint i = 0; i < G_N_ELEMENTS (bands); i++)
    {
      bands[i].list_pico[PURSER_TOKENS_OUTPUT_VISIBLE] = bands[i].contract_pico[PURSER_TOKENS_OUTPUT_VISIBLE] = pico[i];
      g_array_append_val (price->bands, bands[i]);
    }
  later->valid_from = 1000;
  later->hour_nano = 6000;
  later->list_pico[PURSER_TOKENS_INPUT_UNCACHED] = later->contract_pico[PURSER_TOKENS_INPUT_UNCACHED] = 0;
  later->list_pico[PURSER_TOKENS_OUTPUT_VISIBLE] = later->contract_pico[PURSER_TOKENS_OUTPUT_VISIBLE] = 0;
  model->prices = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_price_free);
  g_ptr_array_add (model->prices, price);
  g_ptr_array_add (model->prices, later);
  model->price = price;
  chat->max_tokens = 100;
  g_assert_cmpint (purser_meter_reserve (model, chat, org, 999), ==, 0); /* no rate yet */
  *rate = (PurserRate) { .id = 1, .from = "USD", .to = "EUR", .valid_from = 500, .rate_nano = PURSER_NANO / 2 };
  g_ptr_array_add (org->rates, rate);
  g_assert_cmpint (purser_meter_reserve (model, chat, org, 499), ==, 0);
  g_assert_cmpint (purser_meter_reserve (model, chat, org, 999), ==, 200000);
  g_assert_cmpint (purser_meter_reserve (model, chat, org, 1000), ==, 1000); /* ten minutes */
}

static void
test_pause (void)
{
  const PurserRetryLimits limits = { .backoff_us = 500000, .backoff_max_us = 5000000, .retry_after_us = 20000000 };
  static const struct
  {
    PurserFaultClass class_;
    gint64 retry_after_ms;
    int should_retry;
    guint n;
    double spread;
    gint64 pause;
  } pauses[] = {
    { PURSER_FAULT_SERVER, -1, -1, 0, 0.5, 500000 },  { PURSER_FAULT_SERVER, -1, -1, 0, 0.0, 400000 },
    { PURSER_FAULT_SERVER, -1, -1, 0, 1.0, 600000 },  { PURSER_FAULT_SERVER, -1, -1, 1, 0.5, 1000000 },
    { PURSER_FAULT_SERVER, -1, -1, 3, 0.5, 4000000 }, { PURSER_FAULT_SERVER, -1, -1, 40, 0.5, 5000000 },
    { PURSER_FAULT_RATE, 3000, -1, 0, 0.5, 3000000 }, { PURSER_FAULT_RATE, 20000, -1, 0, 0.5, 20000000 },
    { PURSER_FAULT_RATE, 20001, -1, 0, 0.5, -1 },     { PURSER_FAULT_RATE, G_MAXINT64, -1, 0, 0.5, -1 },
    { PURSER_FAULT_RATE, -1, 0, 0, 0.5, -1 },         { PURSER_FAULT_KEY, 1000, 1, 0, 0.5, -1 },
    { PURSER_FAULT_REQUEST, -1, 1, 0, 0.5, -1 },      { PURSER_FAULT_CANCELLED, -1, -1, 0, 0.5, -1 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (pauses); i++)
    {
      PurserFault fault = { .class_ = pauses[i].class_,
                            .retry_after_ms = pauses[i].retry_after_ms,
                            .should_retry = pauses[i].should_retry };
      g_assert_cmpint (purser_retry_pause (&fault, &limits, pauses[i].n, pauses[i].spread), ==, pauses[i].pause);
    }
}

static void
test_ask_instead (void)
{
  static const struct
  {
    PurserFaultClass class_;
    int status;
    const char *code, *message;
    PurserAsk ask;
  } refusals[] = {
    { PURSER_FAULT_REQUEST, 400, NULL, "Unrecognized request argument supplied: stream_options", PURSER_ASK_PLAIN },
    { PURSER_FAULT_REQUEST, 422, NULL, "body.stream_options: Extra inputs are not permitted", PURSER_ASK_PLAIN },
    { PURSER_FAULT_REQUEST, 400, "unsupported_parameter",
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      PURSER_ASK_OTHER_MAX },
    { PURSER_FAULT_REQUEST, 400, NULL, "max_completion_tokens: unknown field", PURSER_ASK_OTHER_MAX },
    { PURSER_FAULT_REQUEST, 400, NULL, "max_tokens is too large: 100000. This model has at most 16384", 0 },
    { PURSER_FAULT_REQUEST, 400, NULL, "Unsupported image type", 0 },
    { PURSER_FAULT_KEY, 401, NULL, "unsupported stream_options", 0 },
    { PURSER_FAULT_REQUEST, 413, NULL, "unsupported stream_options", 0 },
    { PURSER_FAULT_REQUEST, 400, NULL, NULL, 0 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      PurserFault fault = { .class_ = refusals[i].class_,
                            .status = refusals[i].status,
                            .code = (char *) refusals[i].code,
                            .message = (char *) refusals[i].message };
      g_assert_cmpint (purser_fault_ask_instead (&fault), ==, refusals[i].ask);
    }
}

/* Each class has its sentence, with the name and what to do; the special ones before the general. */
static void
test_explain (void)
{
  static const struct
  {
    PurserFaultClass class_;
    int status;
    const char *message, *kind, *word, *not_word;
  } sentences[] = {
    { PURSER_FAULT_ADDRESS, 0, "There is no host of this name.", "openai", "no host of this name. Check", NULL },
    { PURSER_FAULT_ADDRESS, 0, "The connection was refused.", "ollama", "ollama serve", NULL },
    { PURSER_FAULT_TLS, 0, "No secure connection: its certificate is signed by an authority that is not trusted here.",
      "openai", "CA file", NULL },
    { PURSER_FAULT_TIMEOUT, 0, "No first words within 120 s.", "openai", "within 120 s. Try again", NULL },
    { PURSER_FAULT_CUT, 200, NULL, "openai", "broke off", NULL },
    { PURSER_FAULT_KEY, 401, "invalid", "openai", "refused the key", NULL },
    { PURSER_FAULT_MONEY, 402, NULL, "openai", "no credit left", NULL },
    { PURSER_FAULT_NO_MODEL, 404, "model gone", "openai", "Refresh its models", NULL },
    { PURSER_FAULT_NO_MODEL, 404, "model gone", "ollama", "ollama pull", "Refresh" },
    { PURSER_FAULT_NOT_FOUND, 404, NULL, "openai-compatible", "without “/chat/completions”", NULL },
    { PURSER_FAULT_NOT_FOUND, 404, NULL, "github-models", "30 July 2026", "/chat" },
    { PURSER_FAULT_GONE, 410, NULL, "github-models", "30 July 2026", NULL },
    { PURSER_FAULT_GONE, 410, NULL, "openai", "has ended", "July" },
    { PURSER_FAULT_NOT_FOUND, 307, "The server sends callers on to https://x.example.", "openai",
      "If you trust that address", NULL },
    { PURSER_FAULT_NOT_FOUND, 404, "Status 404: <html><body>", "openai", "a web page, not to a model service", NULL },
    { PURSER_FAULT_GARBAGE, 200, "Not a reply: <!DOCTYPE html>", "openai", "a web page, not to a model service", NULL },
    { PURSER_FAULT_GARBAGE, 200, "rubbish", "openai", "not a model’s reply. Check its address", "web page" },
    { PURSER_FAULT_RATE, 429, NULL, "openai", "fewer calls", NULL },
    { PURSER_FAULT_OVERLOADED, 529, NULL, "openai", "overloaded", NULL },
    { PURSER_FAULT_SERVER, 500, NULL, "openai", "(Status 500.)", NULL },
    { PURSER_FAULT_REQUEST, 400, "bad", "openai", "did not accept", NULL },
    { PURSER_FAULT_CONTEXT, 400, NULL, "openai", "longer than this model", NULL },
    { PURSER_FAULT_TOO_LARGE, 200, NULL, "openai", "smaller limit", NULL },
    { PURSER_FAULT_CANCELLED, 0, NULL, "openai", "Stopped", "Test" },
    { PURSER_FAULT_LOCAL, 0, "The keyring is locked.", "openai", "The keyring is locked.", NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    {
      g_autoptr(PurserFault) fault = purser_fault_new (sentences[i].class_, sentences[i].status, sentences[i].message);
      g_autofree char *words = purser_fault_explain (fault, "Test", purser_kind_get (sentences[i].kind));
      g_test_message ("%s", words);
      g_assert_nonnull (strstr (words, sentences[i].word));
      if (sentences[i].not_word != NULL)
        g_assert_null (strstr (words, sentences[i].not_word));
      g_assert_null (strchr (words, '%'));
      g_autofree char *unnamed = purser_fault_explain (fault, NULL, NULL);
      g_assert_cmpuint (strlen (unnamed), >, 3);
    }
}

/* No class may be without a rule and a sentence. */
static void
test_every_class (void)
{
  for (PurserFaultClass class_ = PURSER_FAULT_ADDRESS; class_ <= PURSER_FAULT_LOCAL; class_++)
    {
      PurserFault fault = { .class_ = class_, .retry_after_ms = -1, .should_retry = -1 };
      g_autofree char *words = purser_fault_explain (&fault, "Test", NULL);
      const PurserFaultRule *rule = purser_fault_rule (class_);
      g_assert_cmpuint (strlen (words), >, 3);
      g_assert_true (!rule->retry || rule->fall_back); /* what may be tried again may be tried elsewhere */
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree char *path = g_strconcat ("/meter/count/", counts[i].name, NULL);
      g_test_add_data_func (path, &counts[i], check_count);
    }
  g_test_add_func ("/meter/charge", test_charge);
  g_test_add_func ("/meter/unpriced", test_unpriced);
  g_test_add_func ("/meter/conditions", test_conditions);
  g_test_add_func ("/meter/reserve", test_reserve);
  g_test_add_func ("/meter/reserve-dearest", test_reserve_dearest);
  g_test_add_func ("/rules/pause", test_pause);
  g_test_add_func ("/rules/ask-instead", test_ask_instead);
  g_test_add_func ("/explain/sentences", test_explain);
  g_test_add_func ("/explain/every-class", test_every_class);
  return g_test_run ();
}
