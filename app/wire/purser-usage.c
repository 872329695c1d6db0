/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-event.h"

/**
 * purser_usage_new:
 *
 * Returns: (transfer full): a record in which nothing is told
 */
PurserUsage *
purser_usage_new (void)
{
  PurserUsage *usage = g_new0 (PurserUsage, 1);
  *usage = (PurserUsage) { .input_total = -1,
                          .input_uncached = -1,
                          .cache_read = -1,
                          .cache_write_5m = -1,
                          .cache_write_1h = -1,
                          .cache_write_other = -1,
                          .output = -1,
                          .reasoning = -1,
                          .audio_in = -1,
                          .audio_out = -1,
                          .server_tool_requests = -1 };
  return usage;
}

PurserUsage *
purser_usage_copy (const PurserUsage *usage)
{
  if (usage == NULL)
    return NULL;
  PurserUsage *copy = g_memdup2 (usage, sizeof *usage);
  if (copy->raw != NULL)
    copy->raw = json_node_copy (copy->raw);
  return copy;
}

void
purser_usage_free (PurserUsage *usage)
{
  if (usage == NULL)
    return;
  g_clear_pointer (&usage->raw, json_node_unref);
  g_free (usage);
}

/**
 * purser_usage_cache_write:
 *
 * Returns: the sum of the write kinds that are known, or -1 if none is
 */
gint64
purser_usage_cache_write (const PurserUsage *usage)
{
  const gint64 kinds[] = { usage->cache_write_5m, usage->cache_write_1h, usage->cache_write_other };
  gint64 sum = -1;
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i] >= 0)
      sum = MAX (sum, 0) + kinds[i];
  return sum;
}
