/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-responses.h"

#include <string.h>

#include "purser-json-wire.h"

/* What is read from the cache or written to it is part of what was read (PROVIDERS §5.2). Servers that say nothing of
 * caching charge all of it alike: their parts are 0. More cached than read leaves the rest unknown. */
static void
split_input (PurserUsage *usage)
{
  if (usage->input_total < 0)
    {
      usage->cache_read = usage->cache_write_5m = usage->cache_write_1h = usage->cache_write_other = -1;
      return;
    }
  gint64 cached = usage->cache_read + usage->cache_write_other;
  usage->cache_exceeds_prompt = cached > usage->input_total;
  usage->input_uncached = usage->cache_exceeds_prompt ? -1 : usage->input_total - cached;
}

static gint64
count_or_zero (JsonObject *object, const char *member)
{
  return MAX (purser_reader_count (object, member), 0);
}

PurserUsage *
purser_responses_usage_read (JsonObject *response)
{
  JsonObject *told = purser_json_member (response, "usage");
  JsonObject *input = purser_json_member (told, "input_tokens_details");
  JsonObject *output = purser_json_member (told, "output_tokens_details");
  JsonObject *search = purser_json_member (purser_json_member (response, "tool_usage"), "web_search");
  const char *tier = purser_json_string (response, "service_tier");
  g_autoptr(PurserUsage) usage = purser_usage_new ();
  usage->input_total = purser_reader_count (told, "input_tokens");
  usage->output = purser_reader_count (told, "output_tokens");
  if (usage->input_total < 0 && usage->output < 0)
    return NULL;
  usage->cache_read = count_or_zero (input, "cached_tokens");
  usage->cache_write_other = count_or_zero (input, "cache_write_tokens");
  usage->cache_write_5m = usage->cache_write_1h = 0;
  usage->reasoning = purser_reader_count (output, "reasoning_tokens");
  usage->audio_in = purser_reader_count (input, "audio_tokens");
  usage->audio_out = purser_reader_count (output, "audio_tokens");
  usage->server_tool_requests = purser_reader_count (search, "num_requests");
  split_input (usage);
  /* "auto" was asked for and is not yet decided. */
  if (tier != NULL && !g_str_equal (tier, "auto") && strlen (tier) < sizeof usage->tier)
    g_strlcpy (usage->tier, tier, sizeof usage->tier);
  usage->raw = json_node_init_object (json_node_alloc (), told);
  return g_steal_pointer (&usage);
}

static void
set_count (JsonObject *object, const char *member, gint64 count)
{
  json_object_set_int_member (object, member, MAX (count, 0));
}

/* The format has no word for "not known": what was not told is 0, as its own servers say it. */
JsonNode *
purser_responses_usage_write (const PurserUsage *usage)
{
  if (usage == NULL || (usage->input_total < 0 && usage->output < 0))
    return json_node_new (JSON_NODE_NULL);
  JsonObject *object = json_object_new (), *input = json_object_new (), *output = json_object_new ();
  gint64 written = purser_usage_cache_write (usage);
  set_count (object, "input_tokens", usage->input_total);
  set_count (input, "cached_tokens", usage->cache_read);
  if (written > 0)
    set_count (input, "cache_write_tokens", written);
  json_object_set_object_member (object, "input_tokens_details", input);
  set_count (object, "output_tokens", usage->output);
  set_count (output, "reasoning_tokens", usage->reasoning);
  json_object_set_object_member (object, "output_tokens_details", output);
  set_count (object, "total_tokens", MAX (usage->input_total, 0) + MAX (usage->output, 0));
  return purser_json_new_object (object);
}
