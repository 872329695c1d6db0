/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-control.h"
#include "purser-store.h"
#include "purser-vault.h"

G_BEGIN_DECLS

/* The data plane: one thread with its own loop, on which every listener, call and connection of the gateway lives. All functions here are the main thread's. */
typedef struct _PurserPlane  PurserPlane;
typedef struct _PurserServed PurserServed; /* one organisation on its listener */

PurserPlane  *purser_plane_new   (GError **error);
/* Cancels what still runs, waits until it is settled, and ends the thread. */
void          purser_plane_free  (PurserPlane *plane);

/* Starts to serve STORE (already open; a reference is taken) where its settings say (purser_store_get_org()->gateway). Keys come from VAULT. NULL and words: the port is taken, the certificate cannot be read … */
PurserServed *purser_plane_serve (PurserPlane *plane, PurserStore *store, PurserVault *vault, GError **error);
/* Takes no new calls at once. DRAIN: running ones may finish, at most for a minute; else they are cancelled. GONE is called on the main thread's context when the last one is settled; SERVED is freed by then. */
void          purser_plane_drop  (PurserServed *served, gboolean drain, void (*gone) (gpointer data), gpointer data);
const char   *purser_served_url  (PurserServed *served);  /* "http://127.0.0.1:8377" */
PurserStore  *purser_served_store (PurserServed *served);
void          purser_served_count (PurserServed *served, guint *running, guint64 *done);
GPtrArray    *purser_served_calls (PurserServed *served); /* (transfer full) (element-type PurserLiveCall) oldest first */

G_END_DECLS
