/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The practice models: a small real HTTP server on loopback that speaks real dialects, for people who have no provider yet.
 * Plainly labelled: every model's name begins with "practice-". A provider with the address "practice:anthropic" or "practice:openai" or "practice:ollama"
 * is served by it: purser_practice_resolve() starts the server on first use (own thread) and turns the address into http://127.0.0.1:PORT/…
 * Environment: PURSER_PRACTICE_LOG=FILE appends one JSON line per request {time, model, dialect, status, input_tokens, output_tokens, cached_tokens, streamed, outcome}:
 * questions only, no model lists; input_tokens includes cached_tokens; outcome is "done", "cancelled" (the client left; output_tokens is what was written) or "error".
 * PURSER_PRACTICE_SPEED=FACTOR multiplies every wait, 0 = none, as purser_practice_set_speed(). */
typedef struct
{
  const char *name, *title;   /* "practice-careful", N_("Practice, careful") */
  const char *dialect;        /* "openai" | "anthropic" | "ollama": the path it is served under */
  const char *about;          /* N_() one line: how it behaves */
  const char *input_price, *output_price; /* per million tokens, in any currency: invented, and labelled so; NULL = free */
  gint64 context_tokens, max_output;
} PurserPracticeModel;
const PurserPracticeModel *purser_practice_models (guint *n); /* careful (slower, dearer, mostly right), quick (fast, cheap, more mistakes), flaky (fails with 529 two times of three), local (free, hasty like quick) */

/* ADDRESS as stored → the address to call; other addresses are returned as they are. Thread-safe. (transfer full) */
char *purser_practice_resolve (const char *address, GError **error);
/* In the foreground for scripts and tests: PORT 0 = any free; LOG nullable. */
typedef struct _PurserPracticeServer PurserPracticeServer;
PurserPracticeServer *purser_practice_server_new  (guint port, const char *log_file, GError **error); /* serves on the thread-default main context */
guint                 purser_practice_server_port (PurserPracticeServer *server);
void                  purser_practice_server_free (PurserPracticeServer *server);
void                  purser_practice_set_speed   (double factor); /* 1 = as shown; tests use 0 (no waiting) */

G_END_DECLS
