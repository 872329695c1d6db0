/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-responses.h"

/* Only response.completed and its like end a reply; what a proxy puts after it is not looked at, and what it puts in its
 * place does not count: the usage would be missing. */
static gboolean
complete (PurserReader *reader, gpointer state, gboolean marked)
{
  return FALSE;
}

static const char *const splice_defaults[] = { "store", "false", NULL };

const PurserDialect purser_dialect_openai_responses = {
  .id = "openai-responses",
  .framing = PURSER_FRAMING_SSE,
  .headers = NULL,
  .encode = purser_responses_encode,
  .state_new = purser_responses_state_new,
  .state_free = purser_responses_state_free,
  .read_item = purser_responses_read_item,
  .read_quick = purser_responses_read_quick,
  .read_whole = purser_responses_read_whole,
  .complete = complete,
  .decode = purser_responses_decode,
  .write_new = purser_responses_write_new,
  .write_free = purser_responses_write_free,
  .write_event = purser_responses_write_event,
  .write_whole = purser_responses_write_whole,
  .write_error = purser_responses_write_error,
  .ping = ": keep-alive\n\n",
  .splice_defaults = splice_defaults,
};
