/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-plane.h"

G_BEGIN_DECLS

/* The main thread's side of the gateway: which organisations are served. It opens their files, hands them to the data plane where their switch is on, follows their
 * settings, and takes them away again. It owns no plane and no bus. */
typedef struct _PurserSteward PurserSteward;

/* What it asks of the data plane: purser_steward_plane is the real one. */
typedef struct
{
  PurserServed *(*serve) (PurserPlane *plane, PurserStore *store, PurserVault *vault, GError **error);
  void (*drop) (PurserServed *served, gboolean drain, void (*gone) (gpointer data), gpointer data);
  const char *(*url) (PurserServed *served);
  void (*count) (PurserServed *served, guint *running, guint64 *done);
  GPtrArray *(*calls) (PurserServed *served);
} PurserStewardPlane;
extern const PurserStewardPlane purser_steward_plane;

typedef struct
{
  void (*changed) (gpointer data); /* what is served, or its figures; at most once a second for figures alone */
  /* Nothing is left to do: stopped and all gone; idle for long enough, where that ends it; or none of the named files could be served (STATUS 1). Called once. */
  void (*ended) (int status, gpointer data);
} PurserStewardNews;

/* FILES (nullable): serve these whatever their switch says; NULL: every organisation of purser_store_list_files() that is switched on. IDLE_SECONDS: end when nothing was served for so long; 0 = never. */
PurserSteward *purser_steward_new (PurserPlane *plane,
                                   const PurserStewardPlane *functions,
                                   const char *const *files,
                                   guint idle_seconds,
                                   const PurserStewardNews *news,
                                   gpointer data);
/* Looks again: new files, files switched on meanwhile, files that could not be opened or served. */
void purser_steward_refresh (PurserSteward *self);
/* Takes no more calls. DRAIN: running ones may finish; else, also after a first stop that drains, `ended` comes at once, and freeing the plane cancels them. */
void purser_steward_stop (PurserSteward *self, gboolean drain);
GPtrArray *purser_steward_served (PurserSteward *self); /* (transfer full) (element-type PurserServedState) */
GPtrArray *purser_steward_calls (PurserSteward *self,
                                 const char *file); /* (transfer full) (element-type PurserLiveCall) oldest first */
/* Closes the files. The plane must have been freed before. */
void purser_steward_free (PurserSteward *self);

/* --- What the gateway says: GLib's structured messages, one JSON object a line on stderr, or to the journal where stderr leads there; plain words on a terminal --- */
void purser_steward_log_start (void);
/* EVENT: a word for programs ("serving", "stopped" …). FILE, NAME, URL nullable. WORDS for people. Never content, never a key. */
void purser_steward_log (
    GLogLevelFlags level, const char *event, const char *file, const char *name, const char *url, const char *words);

G_END_DECLS
