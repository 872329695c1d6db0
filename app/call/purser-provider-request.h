/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-org.h"
#include "purser-route.h"
#include "purser-transport.h"

G_BEGIN_DECLS

/* What every request to a provider carries: its kind's headers, its CA file, its key. */
gboolean purser_provider_wants_key (const PurserProvider *provider); /* one must be looked up before a request */
gboolean           purser_provider_is_local  (const PurserProvider *provider); /* on this very machine */
/* To the base address with PATH, with the headers of DIALECT (nullable). */
PurserHttpRequest *purser_provider_request (const PurserProvider *provider,
                                            const char *method,
                                            const char *path,
                                            const PurserDialect *dialect,
                                            const char *accept);
/* To where WANT is served for MODEL. NULL: not there. DIALECT (out): what is spoken there. */
PurserHttpRequest *purser_provider_post_request (const PurserProvider *provider,
                                                 const char *model,
                                                 PurserWant want,
                                                 gboolean stream,
                                                 const PurserDialect **dialect);
/* The model list, or its page AFTER that cursor (nullable). DIALECT (out) (optional): in which its errors read. */
PurserHttpRequest *purser_provider_models_request (const PurserProvider *provider, const char *after, const PurserDialect **dialect);
/* KEY nullable or empty: none. */
void               purser_http_request_add_key (PurserHttpRequest *request, PurserAuth auth, const char *key);

G_END_DECLS
