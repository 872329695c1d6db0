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
  int              open, reused, clean, keys;
  int              closing;
};

typedef struct
{
  Hostile       *hostile;
  GInputStream  *in;
  GOutputStream *out;
  char          *tag, *faults, *rest;  /* (owned) of the path */
  char          *head, *body;          /* (owned) */
  const char    *dialect;
  gboolean       streamed;
} Request;

/* hostile-faults.c */
void     hostile_send_fault    (Request *request, const char *name);
gboolean hostile_send_document (Request *request); /* FALSE: it asks for none */

G_END_DECLS
