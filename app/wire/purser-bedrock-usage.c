/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-bedrock.h"

#include "purser-json.h"
#include "purser-reader.h"

/* Of the total of cache writes, what lives how long: details that contradict the total are not believed. */
static void
read_writes (PurserUsage *read, JsonObject *usage)
{
  gint64 total = purser_reader_count (usage, "cacheWriteInputTokens"), short_lived = 0, long_lived = 0;
  JsonArray *details = purser_json_array (usage, "cacheDetails");
  for (guint i = 0; details != NULL && i < MIN (json_array_get_length (details), 64); i++)
    {
      JsonObject *detail = purser_json_object (json_array_get_element (details, i));
      gint64 count = MAX (purser_reader_count (detail, "inputTokens"), 0);
      if (g_strcmp0 (purser_json_string (detail, "ttl"), "5m") == 0)
        short_lived += count;
      else if (g_strcmp0 (purser_json_string (detail, "ttl"), "1h") == 0)
        long_lived += count;
    }
  if (total < 0)
    total = short_lived + long_lived;
  if (short_lived + long_lived > total)
    short_lived = long_lived = 0;
  read->cache_write_5m = short_lived;
  read->cache_write_1h = long_lived;
  read->cache_write_other = total - short_lived - long_lived;
}

/* PROVIDERS §5.2: inputTokens excludes cache reads and writes, which are absent where nothing was cached. OBJECT: what
 * holds usage and, beside it, the service tier. */
void
purser_bedrock_read_usage (PurserReader *reader, JsonObject *object)
{
  JsonNode *node = purser_json_node (object, "usage");
  JsonObject *usage = purser_json_object (node);
  JsonNode *tier = purser_json_node (object, "serviceTier");
  const char *tier_type = purser_json_string (purser_json_object (tier), "type");
  if (usage == NULL)
    return;
  g_autoptr(PurserUsage) read = purser_usage_new ();
  read->input_uncached = purser_reader_count (usage, "inputTokens");
  read->output = purser_reader_count (usage, "outputTokens");
  if (read->input_uncached >= 0)
    {
      read->cache_read = MAX (purser_reader_count (usage, "cacheReadInputTokens"), 0);
      read_writes (read, usage);
      read->input_total = read->input_uncached + read->cache_read + purser_usage_cache_write (read);
    }
  if (tier_type != NULL)
    g_strlcpy (read->tier, tier_type, sizeof read->tier);
  read->raw = json_node_ref (node);
  purser_reader_usage (reader, read);
}
