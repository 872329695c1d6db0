/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdint.h>

#include "raw-frames.h"

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A reply of one dialect, its events also with its frames, and without the short cut for usual events: the input's last three bytes say how it is asked for and where it is cut, the rest is the
 * body. */
static inline int
fuzz_reply (const char *dialect, const uint8_t *data, size_t size)
{
  static const char *const types[] = { NULL, "text/event-stream; charset=utf-8", "application/x-ndjson",
                                       "application/json" };
  if (size < 3)
    return 0;
  gsize length = size - 3;
  gsize cut = (data[length] | data[length + 1] << 8) % (length + 1);
  gboolean streamed = data[length + 2] & 1;
  const char *type = types[(data[length + 2] >> 1) & 3];
  g_autofree char *whole = event_log_read (dialect, streamed, type, data, length, 0, MAX (length, 1));
  g_autofree char *pieces = event_log_read (dialect, streamed, type, data, length, cut, (data[length + 2] >> 3) + 1);
  g_assert_cmpstr (whole, ==, pieces);
  g_assert_true (g_str_has_suffix (whole, "end\n") || strstr (whole, "error ") != NULL);
  raw_log_check (dialect, streamed, type, (const char *) data, length, cut, (data[length + 2] >> 3) + 1);
  return 0;
}

/* GLib's complaints count as crashes. */
int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  return 0;
}
