/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-openai-chat.h"

static const char *const vendor_refuses[] = { "\"reasoning_content\"", "\"reasoning_details\"", "\"reasoning\"", NULL };

const PurserDialect purser_dialect_openai_chat = {
  .id = "openai-chat",
  .framing = PURSER_FRAMING_SSE,
  .headers = NULL,
  .encode = purser_openai_chat_encode,
  .state_new = purser_openai_chat_state_new,
  .state_free = purser_openai_chat_state_free,
  .read_item = purser_openai_chat_read_item,
  .read_quick = purser_openai_chat_read_quick,
  .read_whole_quick = purser_openai_chat_read_whole_quick,
  .read_whole = purser_openai_chat_read_whole,
  .complete = purser_openai_chat_complete,
  .decode = purser_openai_chat_decode,
  .write_new = purser_openai_chat_write_new,
  .write_free = purser_openai_chat_write_free,
  .write_event = purser_openai_chat_write_event,
  .write_whole = purser_openai_chat_write_whole,
  .write_error = purser_openai_chat_write_error,
  .ping = ": keep-alive\n\n",
  .vendor_refuses = vendor_refuses,
  .usage_switch = TRUE,
};
