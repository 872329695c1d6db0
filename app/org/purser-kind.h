/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How a provider wants its key. */
typedef enum
{
  PURSER_AUTH_NONE,      /* no key at all */
  PURSER_AUTH_BEARER,    /* Authorization: Bearer KEY */
  PURSER_AUTH_X_API_KEY, /* x-api-key: KEY */
  PURSER_AUTH_API_KEY,   /* api-key: KEY (Azure) */
} PurserAuth;

/* A kind of provider: one row of one table, so adding a kind is adding a row. All strings are static. */
typedef struct
{
  const char *id;          /* "anthropic" … as stored and typed; never translated */
  const char *name;        /* shown: a proper name, or a phrase marked N_() */
  const char *hint;        /* one translatable line for the tile: what it is */
  const char *address;     /* pre-filled base address, or "" where only the admin knows it */
  const char *dialect;     /* wire dialect spoken upstream: "anthropic", "openai-chat", "ollama", "bedrock" */
  PurserAuth  auth;
  gboolean    key_optional;   /* local and compatible servers may do without */
  const char *models_format;  /* "openai", "anthropic", "ollama", "github" */
  const char *key_prefix;     /* what keys usually start with, a hint when pasting; or NULL */
  gboolean    supported;      /* calls work in this version */
  const char *retired_on;     /* ISO date when its owner ended it, else NULL (GitHub Models: 2026-07-30) */
} PurserKind;

const PurserKind *purser_kind_get  (const char *id);          /* (nullable): no such kind */
const PurserKind *const *purser_kind_list (void);             /* NULL-terminated, in the order of the tiles */

/* Brings a typed or pasted address to the base form of KIND: trims, adds a missing scheme (http for loopback, else https),
 * drops a pasted "/chat/completions", "/v1/messages", "/api/chat", "/models" …, query (but Azure's api-version), fragment and trailing slash; adds the
 * kind's own "/v1" where it is missing for OpenAI itself. Refuses what is no http(s) address, carries a user or password, or is plain http to
 * a host that is neither loopback nor private, in words for the field.
 * Returns: (transfer full) (nullable) */
char *purser_kind_normalise_address (const PurserKind *kind, const char *typed, GError **error);

#define PURSER_ORG_ERROR (purser_org_error_quark ())
GQuark purser_org_error_quark (void);
typedef enum { PURSER_ORG_ERROR_ADDRESS, PURSER_ORG_ERROR_NAME, PURSER_ORG_ERROR_MONEY, PURSER_ORG_ERROR_OVERFLOW } PurserOrgError;

G_END_DECLS
