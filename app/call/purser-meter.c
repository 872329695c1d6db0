/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-meter.h"

#include <string.h>

#define BYTES_PER_TOKEN 4

static gsize
reply_length (const PurserReply *reply)
{
  gsize length = 0;
  for (guint i = 0; reply != NULL && i < reply->choices->len; i++)
    {
      const PurserReplyChoice *choice = g_ptr_array_index (reply->choices, i);
      length += choice->text->len + choice->thinking->len + choice->refusal->len;
      for (guint t = 0; t < choice->tools->len; t++)
        {
          const PurserReplyTool *tool = g_ptr_array_index (choice->tools, t);
          length += tool->arguments->len + (tool->name != NULL ? strlen (tool->name) : 0);
        }
    }
  return length;
}

static gint64
known (gint64 count)
{
  return MAX (count, 0);
}

/* PROVIDERS.md §5.2: a prompt smaller than its cached part is priced as it was told, as an estimate; the split is
 * unknown. */
static void
count_input (PurserMeter *meter, const PurserUsage *usage, const PurserChat *chat)
{
  gint64 *kind = meter->tokens.kind;
  if (usage->cache_exceeds_prompt && usage->input_total > 0)
    {
      kind[PURSER_TOKENS_INPUT_UNCACHED] = usage->input_total;
      meter->contradictory = meter->estimated = TRUE;
      return;
    }
  kind[PURSER_TOKENS_INPUT_UNCACHED] = usage->input_uncached;
  kind[PURSER_TOKENS_CACHE_READ] = usage->cache_read;
  kind[PURSER_TOKENS_CACHE_WRITE_5M] = usage->cache_write_5m;
  kind[PURSER_TOKENS_CACHE_WRITE_1H] = usage->cache_write_1h;
  kind[PURSER_TOKENS_CACHE_WRITE_OTHER] = usage->cache_write_other;
  gint64 cached = known (usage->cache_read) + known (usage->cache_write_5m) + known (usage->cache_write_1h)
                  + known (usage->cache_write_other);
  if (usage->input_uncached < 0 && usage->input_total >= cached && usage->input_total >= 0)
    kind[PURSER_TOKENS_INPUT_UNCACHED] = usage->input_total - cached;
  if (purser_tokens_input (&meter->tokens) > 0)
    return;
  kind[PURSER_TOKENS_INPUT_UNCACHED] = MAX (purser_chat_estimate_tokens (chat), 1);
  meter->estimated = TRUE;
}

static void
count_output (PurserMeter *meter, const PurserUsage *usage, const PurserReply *reply, gboolean complete)
{
  gint64 *kind = meter->tokens.kind;
  gint64 seen = (gint64) (reply_length (reply) + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN;
  gint64 output = usage->output;
  if (output < 0 || (output == 0 && seen > 0) || (!complete && output < seen))
    {
      output = seen;
      meter->estimated = TRUE;
    }
  meter->estimated |= !complete; /* what was told may be the count of the start */
  kind[PURSER_TOKENS_OUTPUT_VISIBLE] = output;
  if (usage->reasoning < 0)
    return;
  /* 11 reasoning tokens of 10 were seen: no kind may be negative, and the sum stays what was told. */
  meter->contradictory |= usage->reasoning > output;
  kind[PURSER_TOKENS_OUTPUT_REASONING] = MIN (usage->reasoning, output);
  kind[PURSER_TOKENS_OUTPUT_VISIBLE] = output - kind[PURSER_TOKENS_OUTPUT_REASONING];
}

/**
 * purser_meter_count:
 *
 * Fills the token counts and marks of @meter; see the header.
 */
void
purser_meter_count (
    PurserMeter *meter, const PurserUsage *usage, const PurserChat *chat, const PurserReply *reply, gboolean complete)
{
  g_autoptr(PurserUsage) none = usage == NULL ? purser_usage_new () : NULL;
  if (usage == NULL)
    usage = none;
  *meter = (PurserMeter) PURSER_METER_NOTHING_INIT;
  count_input (meter, usage, chat);
  count_output (meter, usage, reply, complete);
  meter->tokens.audio_in = usage->audio_in;
  meter->tokens.audio_out = usage->audio_out;
  meter->tokens.server_tool_requests = usage->server_tool_requests;
  g_strlcpy (meter->tier, usage->tier, sizeof meter->tier);
  g_strlcpy (meter->region, usage->region, sizeof meter->region);
}

/**
 * purser_meter_charge:
 *
 * Prices what @meter counted; see the header. An amount past 64 bits is unpriced too: never a wrapped number.
 */
void
purser_meter_charge (
    PurserMeter *meter, const PurserPrice *price, const PurserRate *rate, const char *currency, gint64 total_us)
{
  PurserCharge charge = { .reason = PURSER_UNPRICED_RATE };
  PurserConditions conditions = { meter->tier, meter->region, total_us };
  gboolean foreign = price != NULL && !g_str_equal (price->currency, currency);
  if (!foreign || rate != NULL)
    purser_charge_compute (&charge, price, foreign ? rate : NULL, &meter->tokens, &conditions);
  meter->reason = charge.reason;
  meter->unpriced = charge.reason != PURSER_UNPRICED_NOT;
  meter->price_id = price != NULL ? price->id : 0;
  meter->contract_id = meter->unpriced ? 0 : price->contract_id;
  meter->rate_id = foreign && !meter->unpriced ? rate->id : 0;
  meter->price_list_nano = charge.list_nano;
  meter->price_cost_nano = charge.contract_nano;
  meter->list_nano = charge.org_list_nano;
  meter->cost_nano = charge.org_contract_nano;
}

/* --- Reserving --- */

/* TOKENS at one band of PRICE, in the organisation's currency; 0 where the band prices them not. */
static gint64
charge_at (const PurserPrice *price, const PurserPriceBand *band, const PurserRate *rate, const PurserTokens *tokens)
{
  PurserPrice alone = { .hour_nano = price->hour_nano };
  PurserConditions conditions = { .total_us = PURSER_RESERVE_US };
  PurserCharge charge;
  memcpy (alone.list_pico, band != NULL ? band->list_pico : price->list_pico, sizeof alone.list_pico);
  memcpy (alone.contract_pico, band != NULL ? band->contract_pico : price->contract_pico, sizeof alone.contract_pico);
  purser_charge_compute (&charge, &alone, rate, tokens, &conditions);
  return charge.org_contract_nano;
}

#define MOST_CHOICES 128 /* that OpenAI makes at once */

gint64
purser_meter_reserve (const PurserModel *model, const PurserChat *chat, const PurserOrg *org, gint64 when)
{
  PurserTokens tokens = PURSER_TOKENS_UNKNOWN_INIT;
  const PurserPrice *price = purser_model_price_at (model, when);
  const PurserRate *rate = price != NULL ? purser_org_rate_at (org, price->currency, org->currency, when) : NULL;
  gint64 output = PURSER_RESERVE_TOKENS;
  if (price == NULL || (rate == NULL && !g_str_equal (price->currency, org->currency)))
    return 0;
  if (chat->max_tokens > 0)
    output = MIN (output, chat->max_tokens);
  if (model->max_output > 0)
    output = MIN (output, model->max_output);
  output = chat->embeddings ? 0 : output * CLAMP (chat->n, 1, MOST_CHOICES);
  tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = purser_chat_estimate_tokens (chat);
  tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = output;
  gint64 dearest = charge_at (price, NULL, rate, &tokens);
  for (guint i = 0; price->bands != NULL && i < price->bands->len; i++)
    dearest = MAX (dearest, charge_at (price, &g_array_index (price->bands, PurserPriceBand, i), rate, &tokens));
  return dearest;
}
