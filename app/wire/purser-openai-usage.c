/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-openai-usage.h"

#include "purser-json.h"
#include "purser-reader.h"

static gint64
first_count (gint64 a, gint64 b, gint64 fallback)
{
  return a >= 0 ? a : b >= 0 ? b : fallback;
}

/* PROVIDERS §5.2: prompt_tokens holds everything the model read, cache reads and writes included. A server that says
 * nothing of caching charges the whole prompt alike, so its parts are 0, not unknown. Where more is cached than read
 * (Grok on Azure), the uncached part is unknown. */
static void
split_input (PurserUsage *read)
{
  if (read->input_total < 0)
    {
      read->cache_read = read->cache_write_5m = read->cache_write_1h = read->cache_write_other = -1;
      return;
    }
  gint64 cached = read->cache_read + read->cache_write_other;
  read->cache_exceeds_prompt = cached > read->input_total;
  read->input_uncached = read->cache_exceeds_prompt ? -1 : read->input_total - cached;
}

PurserUsage *
purser_openai_usage_read (JsonObject *usage)
{
  g_autoptr(PurserUsage) read = purser_usage_new ();
  JsonObject *input = purser_json_member (usage, "prompt_tokens_details");
  JsonObject *output = purser_json_member (usage, "completion_tokens_details");
  read->input_total =
      first_count (purser_reader_count (usage, "prompt_tokens"), purser_reader_count (usage, "input_tokens"), -1);
  read->output =
      first_count (purser_reader_count (usage, "completion_tokens"), purser_reader_count (usage, "output_tokens"), -1);
  if (read->input_total < 0 && read->output < 0)
    return NULL;
  read->cache_read = first_count (purser_reader_count (input, "cached_tokens"),
                                  purser_reader_count (usage, "prompt_cache_hit_tokens"), 0); /* DeepSeek */
  read->cache_write_other = first_count (purser_reader_count (input, "cache_write_tokens"), -1, 0);
  read->cache_write_5m = read->cache_write_1h = 0;
  read->reasoning = purser_reader_count (output, "reasoning_tokens");
  read->audio_in = purser_reader_count (input, "audio_tokens");
  read->audio_out = purser_reader_count (output, "audio_tokens");
  split_input (read);
  read->raw = json_node_init_object (json_node_alloc (), usage);
  return g_steal_pointer (&read);
}

static void
set_known (JsonObject *object, const char *member, gint64 count)
{
  if (count >= 0)
    json_object_set_int_member (object, member, count);
}

/* The sum of the parts where they are known; a contradictory reply's own total otherwise. */
static gint64
prompt_of (const PurserUsage *usage)
{
  gint64 writes = purser_usage_cache_write (usage);
  if (usage->input_uncached < 0)
    return MAX (usage->input_total, 0);
  return usage->input_uncached + MAX (usage->cache_read, 0) + MAX (writes, 0);
}

/**
 * purser_openai_usage_write:
 *
 * Usage as Chat Completions tells it (PROVIDERS §5.2). Its three totals are demanded by the format: an unknown one is 0.
 * Details that are unknown stay out, and so do cache writes where there were none: models before 5.6 know none.
 *
 * Returns: (transfer full): the usage object
 */
JsonObject *
purser_openai_usage_write (const PurserUsage *usage)
{
  JsonObject *object = json_object_new (), *input = json_object_new (), *output = json_object_new ();
  gint64 prompt = prompt_of (usage), completion = MAX (usage->output, 0), writes = purser_usage_cache_write (usage);
  json_object_set_int_member (object, "prompt_tokens", prompt);
  json_object_set_int_member (object, "completion_tokens", completion);
  json_object_set_int_member (object, "total_tokens", prompt + completion);
  set_known (input, "cached_tokens", usage->cache_read);
  set_known (input, "cache_write_tokens", writes > 0 ? writes : -1);
  set_known (input, "audio_tokens", usage->audio_in);
  set_known (output, "reasoning_tokens", usage->reasoning);
  set_known (output, "audio_tokens", usage->audio_out);
  json_object_set_object_member (object, "prompt_tokens_details", input);
  json_object_set_object_member (object, "completion_tokens_details", output);
  return object;
}
