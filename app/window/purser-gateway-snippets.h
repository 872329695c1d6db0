/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What to paste so that a client asks the gateway. Names and notes are here; the texts stand in ui/gateway-snippets.txt, one part a client. */
typedef struct
{
  const char *id;    /* of its part in the file: "claude-code" */
  const char *title; /* N_(): the client's name */
  const char *note;  /* N_(): where it goes */
  gboolean    keyless; /* it can send no key */
} PurserSnippet;

#define PURSER_SNIPPET_KEY "purser-your-key" /* stands where a key belongs that is not known any more */

guint                purser_snippets_n    (void);
const PurserSnippet *purser_snippets_get  (guint i);
/* As it is pasted. URL: "http://127.0.0.1:8377". (transfer full) */
char                *purser_snippet_text  (const PurserSnippet *snippet, const char *url, const char *workload, const char *key);

G_END_DECLS
