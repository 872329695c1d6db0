/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-event.h"

G_BEGIN_DECLS

/* Usage in the shape of Chat Completions; NULL if it tells no count at all. (transfer full) (nullable) */
PurserUsage *purser_openai_usage_read  (JsonObject *usage);
/* The other way, from any provider's: prompt_tokens holds cache reads and writes, reasoning is part of completion_tokens. (transfer full) */
JsonObject  *purser_openai_usage_write (const PurserUsage *usage);

G_END_DECLS
