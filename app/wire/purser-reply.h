/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-chat.h"
#include "purser-event.h"

G_BEGIN_DECLS

/* Folds events into the whole reply. */
typedef struct { char *id, *name; GString *arguments; gboolean custom; } PurserReplyTool;
typedef struct _PurserReplyItem PurserReplyItem; /* private: a piece of the reply in the order in which it came */
typedef struct
{
  GString     *text, *thinking, *refusal;
  GPtrArray   *tools;        /* (element-type PurserReplyTool) */
  PurserFinish finish;
  char        *finish_raw;   /* (nullable) */
  GPtrArray   *items;        /* (element-type PurserReplyItem) */
} PurserReplyChoice;
typedef struct
{
  char        *id, *model;   /* (nullable) as the provider reported them */
  GPtrArray   *choices;      /* (element-type PurserReplyChoice) at least one after content */
  GPtrArray   *blocks;       /* (element-type utf8) names of BLOCK events */
  guint        signatures;
  PurserUsage *usage;        /* (nullable) */
  PurserFault *fault;        /* (nullable) */
  JsonNode    *error;        /* (nullable) the error object as it came */
  JsonObject  *meta;         /* META events by name */
  gboolean     ended;
  gboolean     ordered;      /* set before the first event: keep what came in its order, for purser_reply_message() */
} PurserReply;

PurserReply *purser_reply_new  (void);
void         purser_reply_add  (PurserReply *reply, const PurserEvent *event);
void         purser_reply_free (PurserReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserReply, purser_reply_free)
const char  *purser_reply_text (const PurserReply *reply); /* choice 0; "" if none */
/* A choice as the assistant's message, parts in the order in which they came, as it would stand in the next request's history. ORIGIN: dialect whose opaque state it carries. Needs
 * `ordered`. (transfer full) */
PurserMessage *purser_reply_message (const PurserReply *reply, guint choice, const char *origin);

/* One recorded exchange (the files of recorded/: request, response{status, headers, body|body_base64}, provider, api) → the JSON object that
 * `purserctl wire read` prints and EXPECT.json holds. CUT ≥ 0 feeds the body in two pieces cut there, -1 whole, PURSER_EXCHANGE_BYTES byte by byte.
 * Model lists become {"models": […]}, Ollama's show {"show": {…}}. (transfer full) */
#define PURSER_EXCHANGE_BYTES (-2)
JsonNode *purser_exchange_read (JsonObject *exchange, gssize cut, GError **error);
/* The reply of such an exchange, with its whole usage. (transfer full) (nullable): words in ERROR, also where it holds no reply */
PurserReply *purser_exchange_reply (JsonObject *exchange, GError **error);

G_END_DECLS
