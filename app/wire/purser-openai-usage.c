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
