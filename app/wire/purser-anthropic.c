/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic.h"

#include "purser-anthropic-decode.h"
#include "purser-anthropic-read.h"
#include "purser-anthropic-write.h"

/* What we ask ourselves keeps to this version: the newer one only takes less (PROVIDERS §4.7). */
static const char *const headers[] = { "anthropic-version", "2023-06-01", NULL };

const PurserDialect purser_dialect_anthropic = {
  .id = "anthropic",
  .framing = PURSER_FRAMING_SSE,
  .headers = headers,
  .encode = purser_anthropic_encode,
  .state_new = purser_anthropic_state_new,
  .state_free = purser_anthropic_state_free,
  .read_item = purser_anthropic_read_item,
  .read_quick = purser_anthropic_read_quick,
  .read_whole = purser_anthropic_read_whole,
  .complete = purser_anthropic_complete,
  .decode = purser_anthropic_decode,
  .write_new = purser_anthropic_write_new,
  .write_free = purser_anthropic_write_free,
  .write_event = purser_anthropic_write_event,
  .write_whole = purser_anthropic_write_whole,
  .write_error = purser_anthropic_write_error,
  .ping = "event: ping\ndata: {\"type\":\"ping\"}\n\n",
};
