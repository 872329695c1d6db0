/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-engine.h"
#include "purser-place.h"
#include "purser-provider-request.h"

G_BEGIN_DECLS

/* For this room and its tests. */
struct _PurserCaller
{
  GObject          parent_instance;
  PurserStore     *store;      /* (owned) */
  PurserVault     *vault;      /* (owned) (nullable) */
  PurserTransport *transport;  /* (owned) */
  PurserHealth    *health;     /* (owned) shared by all callers of this store */
  GRand           *random;     /* (owned) */
  PurserLimits     limits;
  GQueue           unsettled;  /* (element-type PurserAction) settles that could not be written */
  GSource         *retry;      /* (owned) (nullable) tries them again */
  gboolean         retrying;
};

PurserLimits *purser_caller_get_limits (PurserCaller *self); /* to change them in a test */
gsize         purser_caller_count_unsettled (PurserCaller *self);

/* purser-caller-keep.c: the ledger fails closed. */
void     purser_caller_keep_settle    (PurserCaller *self, PurserAction *action /* (transfer full) */);
void     purser_caller_try_kept_async (PurserCaller *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean purser_caller_try_kept_finish (PurserCaller *self, GAsyncResult *result, GError **error);
void     purser_caller_drop_kept      (PurserCaller *self);

/* purser-caller-fetch.c: one small request that is no model call: lists, versions. Never metered, never retried. */
typedef struct
{
  int          status;       /* 0: no answer */
  char        *content_type; /* (owned) (nullable) */
  GByteArray  *body;         /* (owned) */
  PurserFault *fault;        /* (owned) (nullable) no answer, or not a 2xx of the protocol */
  gint64       took_us;
} PurserFetched;
void           purser_fetched_free        (PurserFetched *fetched);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserFetched, purser_fetched_free)
void purser_caller_fetch_async (PurserCaller *self,
                                PurserHttpRequest *request /* (transfer full) */,
                                const PurserDialect *dialect,
                                gint64 timeout_us,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
PurserFetched *purser_caller_fetch_finish (PurserCaller *self,
                                           GAsyncResult *result,
                                           GError **error); /* an error only when cancelled */

/* purser-caller-models.c: the list of one provider, all pages. FAULT (out) says why there is none. */
typedef struct
{
  GPtrArray   *models;  /* (owned) (nullable) (element-type PurserListedModel) */
  PurserFault *fault;   /* (owned) (nullable) */
  gint64       first_us; /* until the first page was there, -1 */
  int          status;
} PurserListing;
void           purser_listing_free        (PurserListing *listing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserListing, purser_listing_free)
/* KEY nullable. PROVIDER is copied. */
void purser_caller_list_async (PurserCaller *self,
                               const PurserProvider *provider,
                               const char *key,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
PurserListing *purser_caller_list_finish  (PurserCaller *self, GAsyncResult *result, GError **error);

G_END_DECLS
