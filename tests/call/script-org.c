/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script.h"

#include <string.h>

/* --- The organisation --- */

static const struct
{
  gint64 id;
  const char *name, *kind, *address, *model;
  gint64 key_version, context;
} parts[] = {
  { 1, "a", "openai-compatible", "http://127.0.0.1:9/v1", "one", 0, 8000 },
  { 2, "b", "anthropic", "https://api.example", "two", 3, 200000 },
  { 3, "c", "ollama", "http://127.0.0.1:11434", "three", 0, PURSER_UNKNOWN },
};

static gboolean
has_word (const char *options, const char *word)
{
  g_auto(GStrv) words = g_strsplit (options, " ", -1);
  return g_strv_contains ((const char *const *) words, word);
}

static gint64
number_after (const char *options, const char *prefix, gint64 fallback)
{
  g_auto(GStrv) words = g_strsplit (options, " ", -1);
  for (char **word = words; *word != NULL; word++)
    if (g_str_has_prefix (*word, prefix))
      return g_ascii_strtoll (*word + strlen (prefix), NULL, 10);
  return fallback;
}

static PurserPrice *
price_new (gint64 id, gint64 input, gint64 output)
{
  PurserPrice *price = purser_price_new ();
  price->id = id;
  g_strlcpy (price->currency, "EUR", sizeof price->currency);
  for (gsize kind = 0; kind < PURSER_N_TOKEN_KINDS; kind++)
    price->list_pico[kind] = price->contract_pico[kind] =
        (kind >= PURSER_TOKENS_OUTPUT_VISIBLE ? output : input) * PURSER_PICO_PER_MILLION_UNIT;
  price->source = g_strdup ("test");
  return price;
}

/* Ten times as much from TIME on. */
static void
announce (PurserModel *model, gint64 time, gint64 input)
{
  PurserPrice *later = price_new (model->price->id + 100, input, input * 10);
  later->valid_from = time;
  later->contract_id = 9;
  model->prices = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_price_free);
  g_ptr_array_add (model->prices, model->price);
  g_ptr_array_add (model->prices, later);
}

static void
add_rate (PurserOrg *org, gint64 time)
{
  PurserRate rate = { .id = 41, .from = "USD", .to = "EUR", .valid_from = time, .rate_nano = PURSER_NANO / 2 };
  g_ptr_array_add (org->rates, purser_rate_copy (&rate));
}

static void
add_part (PurserOrg *org, gsize i, const char *options)
{
  g_autofree char *off = g_strconcat (parts[i].name, ":off", NULL),
                  *removed = g_strconcat (parts[i].name, ":removed", NULL);
  g_autofree char *unpriced = g_strconcat (parts[i].name, ":unpriced", NULL),
                  *context = g_strconcat (parts[i].name, ":context=", NULL),
                  *usd = g_strconcat (parts[i].name, ":usd", NULL), *next = g_strconcat (parts[i].name, ":next=", NULL);
  PurserProvider *provider = g_new0 (PurserProvider, 1);
  PurserModel *model = g_new0 (PurserModel, 1);
  provider->id = parts[i].id;
  provider->kind = purser_kind_get (parts[i].kind);
  provider->name = g_strdup (parts[i].name);
  provider->address = g_strdup (parts[i].address);
  provider->key_version = parts[i].key_version;
  provider->multiplier_ppm = PURSER_PPM;
  provider->enabled = !has_word (options, off);
  model->id = 10 + parts[i].id;
  model->provider_id = parts[i].id;
  model->name = g_strdup (parts[i].model);
  model->context_tokens = number_after (options, context, parts[i].context);
  model->max_output = 4000;
  model->listed = TRUE;
  model->price = has_word (options, unpriced) ? NULL : price_new (20 + parts[i].id, 1 << i, 10 << i);
  if (model->price != NULL && has_word (options, usd))
    g_strlcpy (model->price->currency, "USD", sizeof model->price->currency);
  if (model->price != NULL && number_after (options, next, -1) >= 0)
    announce (model, SCRIPT_WALL + number_after (options, next, 0), 10 << i);
  if (has_word (options, removed))
    purser_provider_free (provider);
  else
    g_ptr_array_add (org->providers, provider);
  g_ptr_array_add (org->models, model);
}

static void
set_weights (PurserWorkload *workload, const char *options)
{
  const char *told = strstr (options, "weights=");
  workload->spread = has_word (options, "spread");
  if (told == NULL)
    return;
  g_auto(GStrv) words = g_strsplit_set (told + strlen ("weights="), ", ", -1);
  workload->weights = g_new0 (gint64, workload->n_models);
  for (guint i = 0; i < workload->n_models && words[i] != NULL; i++)
    workload->weights[i] = g_ascii_strtoll (words[i], NULL, 10);
}

static void
set_wishes (PurserOrg *org, PurserWorkload *workload, const char *options)
{
  workload->no_training = has_word (options, "private");
  workload->connect_ms = number_after (options, "connect=", 0);
  workload->first_content_ms = number_after (options, "first=", 0);
  workload->silence_ms = number_after (options, "silence=", 0);
  set_weights (workload, options);
  if (!has_word (options, "b:terms"))
    return;
  PurserTerms *terms = g_new0 (PurserTerms, 1);
  terms->id = terms->provider_id = 2;
  terms->retention_days = PURSER_UNKNOWN;
  terms->checked_on = g_strdup ("2026-01-01");
  g_ptr_array_add (org->terms, terms);
}

PurserOrg *
script_org (const char *options)
{
  PurserOrg *org = purser_org_new ();
  PurserWorkload *workload = g_new0 (PurserWorkload, 1);
  org->generation = number_after (options, "generation=", 1);
  org->name = g_strdup ("Test");
  g_strlcpy (org->currency, "EUR", sizeof org->currency);
  org->timezone = g_strdup ("UTC");
  workload->id = 5;
  workload->name = g_strdup ("drafting");
  workload->builtin = TRUE;
  workload->models = g_new0 (gint64, G_N_ELEMENTS (parts));
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *only = g_strconcat ("only:", parts[i].name, NULL);
      add_part (org, i, options);
      if (strstr (options, "only:") == NULL || has_word (options, only))
        workload->models[workload->n_models++] = 10 + parts[i].id;
    }
  set_wishes (org, workload, options);
  if (number_after (options, "rate=", -1) >= 0)
    add_rate (org, SCRIPT_WALL + number_after (options, "rate=", 0));
  if (has_word (options, "unassigned"))
    workload->n_models = 0;
  g_ptr_array_add (org->workloads, workload);
  return org;
}

/* --- Replies --- */

typedef struct
{
  const char *what, *openai, *anthropic, *ollama;
} Piece;

static const Piece pieces[] = {
  { "start", "data: {\"id\":\"x\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"}}]}\n\n",
    "event: message_start\ndata: "
    "{\"type\":\"message_start\",\"message\":{\"id\":\"x\",\"model\":\"m\",\"role\":\"assistant\",\"content\":[],"
    "\"usage\":{\"input_tokens\":100,\"output_tokens\":1}}}\n\n"
    "event: content_block_start\ndata: "
    "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
    "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":false}\n" },
  { "text", "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"}}]}\n\n",
    "event: content_block_delta\ndata: "
    "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"%s\"}}\n\n",
    "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},\"done\":false}\n" },
  { "finish", "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
    "event: message_delta\ndata: "
    "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":20}}\n\n",
    "" },
  { "usage",
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20,\"total_tokens\":120}}\n\n", "",
    "" },
  { "zero-usage",
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}}\n\n", "", "" },
  { "odd-usage",
    "data: "
    "{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":20,\"total_tokens\":27,\"prompt_tokens_"
    "details\":{\"cached_tokens\":163}}}\n\n",
    "", "" },
  { "end", "data: [DONE]\n\n", "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
    "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\","
    "\"prompt_eval_count\":100,\"eval_count\":20}\n" },
  { "fault", "data: {\"error\":{\"message\":\"Overloaded\",\"type\":\"overloaded_error\"}}\n\n",
    "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n",
    "{\"error\":\"server busy, overloaded\"}\n" },
  { "whole",
    "{\"id\":\"x\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hello\"}"
    ",\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20,\"total_tokens\":120}}",
    "{\"id\":\"x\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[{\"type\":\"text\","
    "\"text\":\"Hello\"}],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":100,\"output_tokens\":20}}",
    "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"Hello\"},\"done\":true,\"done_reason\":"
    "\"stop\",\"prompt_eval_count\":100,\"eval_count\":20}" },
  { "words", "{\"error\":{\"message\":\"%s\",\"type\":\"error\"}}",
    "{\"type\":\"error\",\"error\":{\"type\":\"x\",\"message\":\"%s\"}}", "{\"error\":\"%s\"}" },
};

char *
script_bytes (const char *dialect, const char *what)
{
  g_auto(GStrv) parts_of = g_strsplit (what, "=", 2);
  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    if (g_str_equal (pieces[i].what, parts_of[0]))
      {
        const char *form = g_str_equal (dialect, "anthropic") ? pieces[i].anthropic
                           : g_str_equal (dialect, "ollama")  ? pieces[i].ollama
                                                              : pieces[i].openai;
        return g_strdup_printf (form, parts_of[1] != NULL ? parts_of[1] : "Hello");
      }
  return g_strdup (what);
}
