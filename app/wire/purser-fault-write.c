/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-dialect.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json-wire.h"
#include "purser-reader.h"

/* What a caller is told of a fault, in its own dialect (PROVIDERS §8.5). A provider's trouble with our key, our money or
 * our model is not the caller's: it is told that the upstream failed. LOCAL faults carry a word of our own as code. */
typedef struct
{
  PurserFaultClass class_;
  const char *code;           /* (nullable): only faults with this code */
  int         openai_status;
  const char *openai_type, *openai_code; /* code NULL: the fault's own */
  int         anthropic_status;
  const char *anthropic_type;
  int         ollama_status;
  gboolean    never_retry;
} Row;

static const Row rows[] = {
  { PURSER_FAULT_LOCAL, "access_key", 401, "invalid_request_error", "invalid_api_key", 401, "authentication_error", 401, TRUE },
  { PURSER_FAULT_LOCAL, "budget", 429, "insufficient_quota", "insufficient_quota", 402, "billing_error", 402, TRUE },
  { PURSER_FAULT_LOCAL, "policy", 403, "invalid_request_error", "permission_denied", 403, "permission_error", 403, TRUE },
  { PURSER_FAULT_LOCAL, "unknown_model", 404, "invalid_request_error", "model_not_found", 404, "not_found_error", 404, TRUE },
  { PURSER_FAULT_LOCAL, "not_found", 404, "invalid_request_error", "not_found", 404, "not_found_error", 404, TRUE },
  { PURSER_FAULT_LOCAL, "unsupported_parameter", 400, "invalid_request_error", "unsupported_parameter", 400, "invalid_request_error", 400, TRUE },
  { PURSER_FAULT_LOCAL, "rate", 429, "rate_limit_error", "rate_limit_exceeded", 429, "rate_limit_error", 429, FALSE },
  { PURSER_FAULT_LOCAL, "too_large", 413, "invalid_request_error", "request_too_large", 413, "request_too_large", 413, TRUE },
  { PURSER_FAULT_LOCAL, "resting", 503, "server_error", "resting", 503, "overloaded_error", 503, FALSE },
  { PURSER_FAULT_LOCAL, NULL, 503, "server_error", "server_error", 503, "api_error", 503, FALSE },
  { PURSER_FAULT_RATE, NULL, 429, "rate_limit_error", "rate_limit_exceeded", 429, "rate_limit_error", 429, FALSE },
  { PURSER_FAULT_OVERLOADED, NULL, 503, "server_error", "overloaded", 529, "overloaded_error", 503, FALSE },
  { PURSER_FAULT_CONTEXT, NULL, 400, "invalid_request_error", "context_length_exceeded", 400, "invalid_request_error", 400, TRUE },
  { PURSER_FAULT_REQUEST, NULL, 0, "invalid_request_error", NULL, 0, "invalid_request_error", 0, TRUE },
  { PURSER_FAULT_TIMEOUT, NULL, 504, "server_error", "timeout", 504, "timeout_error", 504, FALSE },
  { PURSER_FAULT_CANCELLED, NULL, 499, "server_error", "cancelled", 499, "api_error", 499, FALSE },
  { PURSER_FAULT_NONE, NULL, 502, "server_error", "upstream_error", 502, "api_error", 502, FALSE },
};

static const Row *
row_of (const PurserFault *fault)
{
  gsize i = 0;
  while (i + 1 < G_N_ELEMENTS (rows)
         && (rows[i].class_ != fault->class_ || (rows[i].code != NULL && g_strcmp0 (rows[i].code, fault->code) != 0)))
    i++;
  return &rows[i];
}

typedef enum { FAMILY_OPENAI, FAMILY_ANTHROPIC, FAMILY_OLLAMA } Family;

static Family
family_of (const PurserDialect *dialect)
{
  return g_str_has_prefix (dialect->id, "ollama")      ? FAMILY_OLLAMA
         : g_str_equal (dialect->id, "anthropic") ? FAMILY_ANTHROPIC
                                                  : FAMILY_OPENAI;
}

/* The caller's own mistake keeps the status that its provider gave it: 400, 413 or 422. */
static int
status_of (const Row *row, Family family, const PurserFault *fault)
{
  int status = family == FAMILY_OPENAI      ? row->openai_status
               : family == FAMILY_ANTHROPIC ? row->anthropic_status
                                            : row->ollama_status;
  return status != 0 ? status : fault->status >= 400 && fault->status < 500 ? fault->status : 400;
}

/**
 * purser_dialect_error_object:
 *
 * Returns: (transfer full): what @fault reads as in an error reply of @dialect, or in its stream
 */
JsonObject *
purser_dialect_error_object (const PurserDialect *dialect, const PurserFault *fault, const char *request_id, int *status)
{
  const Row *row = row_of (fault);
  Family family = family_of (dialect);
  const char *type = family == FAMILY_ANTHROPIC ? row->anthropic_type : row->openai_type;
  int code = status_of (row, family, fault);
  if (status != NULL)
    *status = code;
  return dialect->write_error (fault, code, type, row->openai_code != NULL ? row->openai_code : fault->code, request_id);
}

/**
 * purser_dialect_write_error:
 * @dialect: the caller's
 * @request_id: (nullable): of the call, for dialects whose error names it
 *
 * Returns: (transfer full): the error reply
 */
PurserErrorReply *
purser_dialect_write_error (const PurserDialect *dialect, const PurserFault *fault, const char *request_id)
{
  PurserErrorReply *reply = g_new0 (PurserErrorReply, 1);
  g_autoptr(JsonNode) node =
      purser_json_new_object (purser_dialect_error_object (dialect, fault, request_id, &reply->status));
  char *text = purser_json_to_string (node, FALSE);
  reply->body = g_bytes_new_take (text, strlen (text));
  reply->retry_after_ms = fault->retry_after_ms;
  reply->should_retry = row_of (fault)->never_retry || fault->should_retry == 0 ? 0 : -1;
  return reply;
}

void
purser_error_reply_free (PurserErrorReply *reply)
{
  if (reply == NULL)
    return;
  g_bytes_unref (reply->body);
  g_free (reply);
}

/**
 * purser_fault_words:
 *
 * Returns: (transfer none): words for an error reply, never empty
 */
const char *
purser_fault_words (const PurserFault *fault)
{
  return fault->message != NULL && *fault->message != 0 ? fault->message : _("The model’s provider failed without saying why.");
}
