/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-fault-words.h"

#include <string.h>

/* PROVIDERS §7: the codes and types that providers send, and what each means for us. Compared without regard to case.
 */
static const struct { const char *code; PurserFaultClass class_; } codes[] = {
  { "insufficient_quota", PURSER_FAULT_MONEY },              /* OpenAI, with 429 */
  { "billing_hard_limit_reached", PURSER_FAULT_MONEY },
  { "billing_not_active", PURSER_FAULT_MONEY },
  { "billing_error", PURSER_FAULT_MONEY },                   /* Anthropic 402 */
  { "enforced_spend_limit_reached", PURSER_FAULT_MONEY },    /* Anthropic details.error_code, with 429 */
  { "contract_spend_limit_reached", PURSER_FAULT_MONEY },
  { "ServiceQuotaExceededException", PURSER_FAULT_MONEY },   /* Bedrock, with 400: the account's quota, not the pace */
  { "insufficient_balance", PURSER_FAULT_MONEY },
  { "context_length_exceeded", PURSER_FAULT_CONTEXT },       /* OpenAI */
  { "exceed_context_size_error", PURSER_FAULT_CONTEXT },     /* llama.cpp */
  { "model_not_found", PURSER_FAULT_NO_MODEL },              /* OpenAI: 404 on chat, 400 on input_tokens */
  { "DeploymentNotFound", PURSER_FAULT_NO_MODEL },           /* Azure */
  { "unknown_model", PURSER_FAULT_NO_MODEL },                /* GitHub Models, Azure inference */
  { "model_not_available", PURSER_FAULT_NO_MODEL },
  { "model_decommissioned", PURSER_FAULT_NO_MODEL },         /* Groq */
  { "ResourceNotFoundException", PURSER_FAULT_NO_MODEL },    /* Bedrock: the address has nothing else that could be missing */
  { "invalid_api_key", PURSER_FAULT_KEY },
  { "authentication_error", PURSER_FAULT_KEY },
  { "permission_error", PURSER_FAULT_KEY },
  { "insufficient_permissions", PURSER_FAULT_KEY },
  { "organization_on_hold", PURSER_FAULT_KEY },
  { "AccessDeniedException", PURSER_FAULT_KEY },             /* Bedrock */
  { "UnrecognizedClientException", PURSER_FAULT_KEY },
  { "ExpiredTokenException", PURSER_FAULT_KEY },
  { "rate_limit_error", PURSER_FAULT_RATE },                 /* Anthropic */
  { "rate_limit_exceeded", PURSER_FAULT_RATE },              /* OpenAI */
  { "ramp_limit_exceeded", PURSER_FAULT_RATE },
  { "RateLimitReached", PURSER_FAULT_RATE },                 /* Azure */
  { "too_many_requests", PURSER_FAULT_RATE },
  { "ThrottlingException", PURSER_FAULT_RATE },
  { "ModelNotReadyException", PURSER_FAULT_RATE },
  { "overloaded_error", PURSER_FAULT_OVERLOADED },           /* Anthropic 529, also inside a stream */
  { "overloaded", PURSER_FAULT_OVERLOADED },
  { "engine_overloaded_error", PURSER_FAULT_OVERLOADED },
  { "service_unavailable", PURSER_FAULT_OVERLOADED },
  { "ServiceUnavailableException", PURSER_FAULT_OVERLOADED },
  { "unavailable_error", PURSER_FAULT_OVERLOADED },          /* llama.cpp while it loads a model */
  { "api_error", PURSER_FAULT_SERVER },
  { "server_error", PURSER_FAULT_SERVER },
  { "internal_error", PURSER_FAULT_SERVER },
  { "internal_server_error", PURSER_FAULT_SERVER },
  { "InternalServerException", PURSER_FAULT_SERVER },
  { "ModelErrorException", PURSER_FAULT_SERVER },
  { "ModelStreamErrorException", PURSER_FAULT_SERVER },      /* Bedrock, inside a stream */
  { "ModelTimeoutException", PURSER_FAULT_SERVER },
  { "timeout_error", PURSER_FAULT_SERVER },
  { "conflict_error", PURSER_FAULT_SERVER },
  { "invalid_request_error", PURSER_FAULT_REQUEST },
  { "request_too_large", PURSER_FAULT_REQUEST },
  { "content_filter", PURSER_FAULT_REQUEST },
  { "tool_use_failed", PURSER_FAULT_REQUEST },               /* Groq */
  { "invalid_prompt", PURSER_FAULT_REQUEST },
  { "ValidationException", PURSER_FAULT_REQUEST },
  { "BadRequestError", PURSER_FAULT_REQUEST },               /* vLLM */
};

PurserFaultClass
purser_fault_class_of_code (const char *code)
{
  for (gsize i = 0; code != NULL && i < G_N_ELEMENTS (codes); i++)
    if (g_ascii_strcasecmp (codes[i].code, code) == 0)
      return codes[i].class_;
  return PURSER_FAULT_NONE;
}

/* Meanings that some providers tell only in words. Both parts must occur; lower case. A word list for one meaning never
 * applies to a status that has its own: "request too large for the tokens per minute" of a 429 is a rate. */
static const struct
{
  const char *first, *second;
  PurserFaultClass class_;
} phrases[] = {
  { "prompt is too long", "", PURSER_FAULT_CONTEXT }, /* Anthropic */
  { "exceed context limit", "", PURSER_FAULT_CONTEXT }, /* Anthropic: input and max_tokens together */
  { "maximum context length", "", PURSER_FAULT_CONTEXT }, /* OpenAI, vLLM, OpenRouter */
  { "available context size", "", PURSER_FAULT_CONTEXT }, /* llama.cpp */
  { "context length", "exceed", PURSER_FAULT_CONTEXT },
  { "context window", "exceed", PURSER_FAULT_CONTEXT },
  { "exceeds the context", "", PURSER_FAULT_CONTEXT },
  { "input is too long", "", PURSER_FAULT_CONTEXT }, /* Bedrock */
  { "credit balance is too low", "", PURSER_FAULT_MONEY }, /* Anthropic, with 400 */
  { "api usage limits", "", PURSER_FAULT_MONEY }, /* Anthropic: own spend limit, with 400 */
  { "exceeded your current quota", "", PURSER_FAULT_MONEY },
  { "insufficient credits", "", PURSER_FAULT_MONEY }, /* OpenRouter */
  { "insufficient balance", "", PURSER_FAULT_MONEY }, /* DeepSeek */
  { "model", "not found", PURSER_FAULT_NO_MODEL }, /* Ollama */
  { "model", "does not exist", PURSER_FAULT_NO_MODEL }, /* OpenAI, vLLM */
  { "not a valid model", "", PURSER_FAULT_NO_MODEL }, /* OpenRouter, with 400 */
  { "no endpoints found", "", PURSER_FAULT_NO_MODEL }, /* OpenRouter */
  { "model identifier is invalid", "", PURSER_FAULT_NO_MODEL }, /* Bedrock, with 400 */
  { "server busy", "", PURSER_FAULT_OVERLOADED }, /* Ollama: queue full */
  { "overloaded", "", PURSER_FAULT_OVERLOADED },
};

static gboolean
applies (PurserFaultClass class_, int status)
{
  switch (class_)
    {
    case PURSER_FAULT_CONTEXT:
      return status == 0 || status == 400 || status == 413 || status == 422 || status == 500;
    case PURSER_FAULT_MONEY:
      return status == 0 || status == 400 || status == 403 || status == 429;
    case PURSER_FAULT_NO_MODEL:
      return status == 0 || status == 400 || status == 404 || status == 422;
    default:
      return status == 0 || status >= 500;
    }
}

PurserFaultClass
purser_fault_class_of_message (const char *message, int status)
{
  g_autofree char *words = message != NULL ? g_ascii_strdown (message, -1) : NULL;
  gboolean about_path = words != NULL && strstr (words, "url") != NULL; /* "the URL /v1/models was not found" */
  for (gsize i = 0; words != NULL && i < G_N_ELEMENTS (phrases); i++)
    if ((phrases[i].class_ != PURSER_FAULT_NO_MODEL || !about_path) && applies (phrases[i].class_, status)
        && strstr (words, phrases[i].first) != NULL && strstr (words, phrases[i].second) != NULL)
      return phrases[i].class_;
  /* Anthropic's 404 names a model as "model: claude-…" and has no other word for it. */
  if (words != NULL && status == 404 && g_str_has_prefix (words, "model:"))
    return PURSER_FAULT_NO_MODEL;
  return PURSER_FAULT_NONE;
}

/* PROVIDERS §7.2. A 405 means the path exists for other methods only: the address is wrong. */
static const struct
{
  int status;
  PurserFaultClass class_;
} statuses[] = {
  { 401, PURSER_FAULT_KEY },        { 402, PURSER_FAULT_MONEY },      { 403, PURSER_FAULT_KEY },
  { 404, PURSER_FAULT_NOT_FOUND },  { 405, PURSER_FAULT_NOT_FOUND },  { 407, PURSER_FAULT_ADDRESS },
  { 408, PURSER_FAULT_SERVER },     { 409, PURSER_FAULT_SERVER },     { 410, PURSER_FAULT_GONE },
  { 425, PURSER_FAULT_SERVER },     { 429, PURSER_FAULT_RATE },       { 499, PURSER_FAULT_SERVER },
  { 503, PURSER_FAULT_OVERLOADED }, { 529, PURSER_FAULT_OVERLOADED },
};

PurserFaultClass
purser_fault_class_of_status (int status)
{
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (statuses[i].status == status)
      return statuses[i].class_;
  if (status >= 500)
    return PURSER_FAULT_SERVER;
  if (status >= 400)
    return PURSER_FAULT_REQUEST;
  return status >= 300 ? PURSER_FAULT_GARBAGE : PURSER_FAULT_NONE;
}
