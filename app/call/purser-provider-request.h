/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-org.h"
#include "purser-transport.h"

G_BEGIN_DECLS

/* What every request to a provider carries: its kind's headers, its CA file, its key. */
gboolean purser_provider_wants_key (const PurserProvider *provider); /* one must be looked up before a request */
gboolean           purser_provider_is_local  (const PurserProvider *provider); /* on this very machine */
/* To the base address with PATH; purser_provider_chat_request() to where chats go. */
PurserHttpRequest *purser_provider_request (const PurserProvider *provider,
                                            const char *method,
                                            const char *path,
                                            const char *accept);
PurserHttpRequest *purser_provider_chat_request (const PurserProvider *provider, const char *accept);
/* The model list, or its page AFTER that cursor (nullable). */
PurserHttpRequest *purser_provider_models_request (const PurserProvider *provider, const char *after);
/* KEY nullable or empty: none. */
void               purser_http_request_add_key (PurserHttpRequest *request, PurserAuth auth, const char *key);

G_END_DECLS
