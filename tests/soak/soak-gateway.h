/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hostile.h"
#include "purser-db.h"

G_BEGIN_DECLS

/* The soak of the gateway: its organisation and its calls (soak-gateway-calls.c). */
typedef struct
{
  char        *folder, *path; /* (owned) */
  Hostile     *hostile;
  guint        port;
  pid_t        pid;
  GThreadPool *pool;          /* (owned) */
  int          busy, most_busy;
  GMutex       lock;          /* of what follows */
  GArray      *ids;           /* (owned) of every call that was opened */
  guint        started, answered, broken, left, refused, wrong;
} Soak;

enum { SOAK_AT_ONCE = 200 };

gboolean soak_make_job   (PurserDb *db, gpointer soak, GError **error); /* the organisation */
int      soak_connect    (guint port);                                  /* -1: nobody listens */
void     soak_begin      (Soak *soak);                                  /* one call, drawn by lot */
void     soak_run_order  (gpointer order, gpointer soak);               /* for the pool */

G_END_DECLS
