/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hostile.h"
#include "script.h"

G_BEGIN_DECLS

struct _Hostile
{
  GSocketService  *service;      /* (owned) */
  GTlsCertificate *certificate;  /* (owned) (nullable) */
  guint            port;
  GMutex           lock;
  GHashTable      *requests;     /* (owned) tag → count */
  GHashTable      *seen;         /* (owned) tag → last request */
  int              open, idle, reused, clean, keys;
  gint64           written;      /* bytes, under the lock */
  int              closing;
};

typedef struct
{
  Hostile       *hostile;
  GInputStream  *in;
  GOutputStream *out;
  GSocket       *socket;               /* (nullable) behind both; not of https */
  char          *tag, *faults, *rest;  /* (owned) of the path */
  char          *head, *body;          /* (owned) */
  const char    *dialect;
  gboolean       streamed;
  gboolean       keep;                 /* another request may come on this connection */
} Request;

/* hostile-faults.c */
void     hostile_send_fault    (Request *request, const char *name);
gboolean hostile_send_document (Request *request); /* FALSE: it asks for none */

/* hostile-wire.c: what goes wrong with HTTP itself. FALSE: no fault of that name */
gboolean hostile_send_wire_fault (Request *request, const char *name);

/* hostile-speech.c, hostile-plans.c: the gateway's drill, in all dialects. WHAT is a piece of a reply, USAGE what it tells was used. */
void     hostile_say       (const char *dialect, const char *what, const char *usage, GByteArray *bytes);
void     hostile_send_plan (Request *request, const char *name);

G_END_DECLS
