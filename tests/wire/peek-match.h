/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "purser-dialect.h"
#include "purser-json.h"

/* A request looked at from outside must say what the same request says when all of it is read. WHOLE nullable: it could not
 * be read. */
static inline void
peek_assert_match (const PurserDialect *dialect, GBytes *body, const PurserChat *whole)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserChat) peeked = purser_dialect_peek_request (dialect, body, &error);
  g_assert_true ((peeked != NULL) != (error != NULL));
  if (whole == NULL)
    return;
  if (whole->model == NULL || *whole->model == 0)
    {
      g_assert_null (peeked);
      return;
    }
  g_assert_no_error (error);
  g_assert_true (peeked->undecoded);
  g_assert_cmpstr (peeked->dialect, ==, whole->dialect);
  g_assert_true (peeked->raw == whole->raw);
  g_assert_cmpstr (peeked->model, ==, whole->model);
  g_assert_cmpint (peeked->stream, ==, whole->stream);
  g_assert_cmpint (peeked->include_usage, ==, whole->include_usage);
  g_assert_cmpint (peeked->max_tokens, ==, whole->max_tokens);
  g_assert_cmpstr (peeked->user, ==, whole->user);
  g_assert_cmpint (peeked->embeddings, ==, whole->embeddings);
  g_assert_cmpint (purser_chat_estimate_tokens (peeked), >, 0);
}
