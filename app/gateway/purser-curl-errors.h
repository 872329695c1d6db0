/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <curl/curl.h>

#include "purser-event.h"

G_BEGIN_DECLS

/* How libcurl ended: CODE, what the handle knows more (EASY, TEXT), and what we saw ourselves. WORDS: (out) (transfer full); no key and no header is ever in them. */
typedef struct
{
  CURLcode    code;
  CURL       *easy;
  const char *text;      /* of CURLOPT_ERRORBUFFER */
  const char *ca_file;   /* (nullable) */
  gboolean    again;     /* it wanted to send the request a second time */
  gboolean    half_head; /* some of a reply's head came, and not all */
} PurserCurlFailure;

PurserFaultClass purser_curl_error_class (const PurserCurlFailure *failure, char **words);

G_END_DECLS
