/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-dialect.h"

G_BEGIN_DECLS

/* The context that Ollama's POST /api/show tells, or -1: model_info's keys begin with the model's architecture. */
gint64 purser_ollama_show_context (JsonObject *show);

G_END_DECLS
