/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-dialect.h"

G_BEGIN_DECLS

/* One request of a caller, answered from a written-down reply of a provider: what the gateway does, without its money,
 * its store and its network. */

typedef struct
{
  const PurserDialect *caller;
  const char *folder; /* tests/: where the sources are */
  const char *api_version; /* (nullable) as the caller sent it */
  GRand *rand; /* where replies are cut */
  JsonObject *last; /* gets what was sent upstream: upstream, body, spliced, dropped; refused and words instead */
} PlayRequest;

typedef struct
{
  int status;
  const char *content_type; /* static */
  GPtrArray *pieces; /* (owned) (element-type GBytes) of the body */
  gint64 retry_after_ms; /* -1 = no header */
  int should_retry; /* x-should-retry: 0 false, -1 no header */
} PlayReply;

PlayReply *play_answer (const PlayRequest *request, GBytes *body); /* (transfer full) */
void play_reply_free (PlayReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlayReply, play_reply_free)

G_END_DECLS
