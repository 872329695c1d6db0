/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic.h"

#include <string.h>

#include "purser-json.h"
#include "purser-reader.h"

/* The total of cache writes, and of it what the breakdown says: a breakdown that contradicts the total is not believed.
 */
static void
read_writes (PurserUsage *read, JsonObject *usage)
{
  JsonObject *split = purser_json_member (usage, "cache_creation");
  gint64 total = purser_reader_count (usage, "cache_creation_input_tokens");
  gint64 short_lived = MAX (purser_reader_count (split, "ephemeral_5m_input_tokens"), 0);
  gint64 long_lived = MAX (purser_reader_count (split, "ephemeral_1h_input_tokens"), 0);
  if (total < 0)
    total = short_lived + long_lived;
  if (short_lived + long_lived > total)
    short_lived = long_lived = 0;
  read->cache_write_5m = short_lived;
  read->cache_write_1h = long_lived;
  read->cache_write_other = total - short_lived - long_lived;
}

/* Both change the price. A speed is told only where it is not the usual one. */
static void
read_terms (PurserUsage *read, JsonObject *usage)
{
  const char *tier = purser_json_string (usage, "service_tier"), *speed = purser_json_string (usage, "speed");
  const char *region = purser_json_string (usage, "inference_geo");
  if (speed != NULL && !g_str_equal (speed, "standard"))
    tier = speed;
  if (tier != NULL && strlen (tier) < sizeof read->tier)
    g_strlcpy (read->tier, tier, sizeof read->tier);
  if (region != NULL && !g_str_equal (region, "not_available") && strlen (region) < sizeof read->region)
    g_strlcpy (read->region, region, sizeof read->region);
}

/* PROVIDERS §5.2: input_tokens excludes cache reads and writes, which may be null or absent where nothing was cached.
 */
PurserUsage *
purser_anthropic_usage_read (JsonObject *usage)
{
  PurserUsage *read = purser_usage_new ();
  read->input_uncached = purser_reader_count (usage, "input_tokens");
  read->output = purser_reader_count (usage, "output_tokens");
  read->reasoning = purser_reader_count (purser_json_member (usage, "output_tokens_details"), "thinking_tokens");
  /* Searches are billed by the request; fetches, counted beside them, are not. */
  read->server_tool_requests =
      purser_reader_count (purser_json_member (usage, "server_tool_use"), "web_search_requests");
  read_terms (read, usage);
  if (read->input_uncached < 0)
    return read;
  read->cache_read = MAX (purser_reader_count (usage, "cache_read_input_tokens"), 0);
  read_writes (read, usage);
  read->input_total = read->input_uncached + read->cache_read + purser_usage_cache_write (read);
  return read;
}
