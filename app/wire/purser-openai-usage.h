/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-event.h"

G_BEGIN_DECLS

/* Usage in OpenAI's shape; NULL if it tells no count at all. (transfer full) (nullable) */
PurserUsage *purser_openai_usage_read (JsonObject *usage);

G_END_DECLS
