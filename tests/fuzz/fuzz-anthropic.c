/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-reply.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  return fuzz_reply ("anthropic", data, size);
}
