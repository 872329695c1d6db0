/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-kind.h"

G_BEGIN_DECLS

/* Which dialect a provider is spoken to in, and where: by its kind, its address (Azure's dated paths, Bedrock's two services), the model (Claude behind Azure and Bedrock) and
 * what is wanted. */
typedef enum { PURSER_WANT_CHAT, PURSER_WANT_RESPONSES /* a chat that only /responses takes */, PURSER_WANT_EMBEDDINGS, PURSER_WANT_MODELS /* the list: GET; `dialect` says how its errors read */ } PurserWant;
typedef struct
{
  const char *dialect; /* static */
  char       *path;    /* (owned) for purser_address_join() */
} PurserRoute;
gboolean purser_kind_route   (const PurserKind *kind, const char *address, const char *model, PurserWant want, gboolean stream, PurserRoute *route);
void     purser_route_clear  (PurserRoute *route);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PurserRoute, purser_route_clear)
char    *purser_address_join (const char *address, const char *path); /* (transfer full) */

gboolean purser_address_lists_nothing (const char *address);

G_END_DECLS
