/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The disjoint kinds of tokens: no token is counted in two of them (DESIGN §4). */
typedef enum
{
  PURSER_TOKENS_INPUT_UNCACHED,
  PURSER_TOKENS_CACHE_READ,
  PURSER_TOKENS_CACHE_WRITE_5M,
  PURSER_TOKENS_CACHE_WRITE_1H,
  PURSER_TOKENS_CACHE_WRITE_OTHER,
  PURSER_TOKENS_OUTPUT_VISIBLE,
  PURSER_TOKENS_OUTPUT_REASONING,
  PURSER_N_TOKEN_KINDS
} PurserTokenKind;

#define PURSER_UNKNOWN ((gint64) -1) /* a count nobody told us; NULL in the database, never 0 */

typedef struct
{
  gint64 kind[PURSER_N_TOKEN_KINDS]; /* PURSER_UNKNOWN where not told */
  gint64 audio_in, audio_out, server_tool_requests;
} PurserTokens;

#define PURSER_TOKENS_UNKNOWN_INIT { { -1, -1, -1, -1, -1, -1, -1 }, -1, -1, -1 }

const char *purser_token_kind_id   (PurserTokenKind kind);    /* "input_uncached" …: column and JSON name */
gint64      purser_tokens_input    (const PurserTokens *t);   /* sum of the known input kinds; PURSER_UNKNOWN if none is known */
gint64      purser_tokens_output   (const PurserTokens *t);
gint64      purser_tokens_total    (const PurserTokens *t);   /* input + output of what is known; 0 if nothing is */

G_END_DECLS
