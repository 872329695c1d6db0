/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-engine-private.h"

#include "config.h"
#include <glib/gi18n-lib.h>
#include "purser-provider-request.h"

/* What is wrong with the request itself is the caller's to mend; what we do not serve is said so. */
static PurserFault *
unreadable_fault (const GError *error)
{
  gboolean unsupported = g_error_matches (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_UNSUPPORTED);
  PurserFault *fault =
      purser_fault_new (unsupported ? PURSER_FAULT_LOCAL : PURSER_FAULT_REQUEST, 400, error->message);
  fault->code = g_strdup (unsupported ? "unsupported_parameter" : NULL);
  return fault;
}

gboolean
purser_engine_decode (PurserEngine *engine)
{
  g_autoptr(GError) error = NULL;
  PurserChat *whole = engine->unreadable == NULL ? purser_chat_decode (engine->chat, &error) : NULL;
  if (whole == NULL)
    {
      if (engine->unreadable == NULL)
        engine->unreadable = unreadable_fault (error);
      return FALSE;
    }
  purser_chat_unref (engine->chat);
  engine->chat = whole;
  return TRUE;
}

/* OpenAI takes some requests only at /responses, whatever the caller speaks (PROVIDERS §4.6); elsewhere there is no such
 * place. Who speaks Responses stays there where it is served. */
static PurserHttpRequest *
locate (PurserEngine *engine, const PurserProvider *provider, const PurserModel *model, const PurserDialect **dialect)
{
  gboolean speaks_it = g_strcmp0 (engine->chat->dialect, "openai-responses") == 0;
  PurserHttpRequest *request = NULL;
  if (engine->chat->embeddings)
    return purser_provider_post_request (provider, model->name, PURSER_WANT_EMBEDDINGS, FALSE, dialect);
  if (!speaks_it && purser_openai_must_read (model->name, engine->chat) && !purser_engine_decode (engine))
    return NULL;
  if (speaks_it || purser_openai_needs_responses (model->name, engine->chat))
    request = purser_provider_post_request (provider, model->name, PURSER_WANT_RESPONSES, engine->stream, dialect);
  if (request == NULL)
    request = purser_provider_post_request (provider, model->name, PURSER_WANT_CHAT, engine->stream, dialect);
  return request;
}

static gboolean
speaks_callers_dialect (PurserEngine *engine, const PurserAttempt *attempt)
{
  return g_strcmp0 (engine->chat->dialect, purser_dialect_id (attempt->dialect)) == 0;
}

/* Which version of their common dialect the caller speaks, it tells the provider as it told us. */
static void
take_headers (PurserEngine *engine, PurserAttempt *attempt)
{
  char **header = engine->extra_headers;
  for (; header != NULL && header[0] != NULL && speaks_callers_dialect (engine, attempt); header += 2)
    if (purser_header_goes_on (header[0], header[1]))
      purser_http_request_set_header (attempt->request, header[0], header[1]);
}

static const char *
version_of (const PurserHttpRequest *request)
{
  for (char **header = request->headers; header[0] != NULL; header += 2)
    if (g_ascii_strcasecmp (header[0], "anthropic-version") == 0)
      return header[1];
  return NULL;
}

static GBytes *
encode (PurserEngine *engine,
        const PurserProvider *provider,
        const PurserModel *model,
        PurserAttempt *attempt,
        GError **error)
{
  gboolean known = g_str_equal (provider->kind->id, "openai");
  PurserEncodeOptions options = {
    .model = model->name,
    .stream = engine->stream,
    .known_server = (attempt->ask & PURSER_ASK_OTHER_MAX) != 0 ? !known : known,
    .plain = (attempt->ask & PURSER_ASK_PLAIN) != 0,
    .default_max_tokens = model->max_output > 0 ? MIN (model->max_output, 8192) : -1,
    .context_tokens = model->context_tokens,
    .api_version = version_of (attempt->request),
  };
  gboolean own = engine->chat->raw != NULL && speaks_callers_dialect (engine, attempt)
                 && (attempt->ask == 0 || engine->chat->embeddings);
  /* The caller's own bytes, where it speaks the provider's dialect and nothing had to be asked for otherwise. */
  GBytes *spliced = own ? purser_dialect_splice_request (attempt->dialect, engine->chat->raw, &options, NULL) : NULL;
  attempt->raw = spliced != NULL && (engine->pass_through || engine->chat->embeddings);
  if (spliced != NULL)
    return spliced;
  return purser_engine_decode (engine) ? purser_dialect_encode_request (attempt->dialect, engine->chat, &options, error)
                                       : NULL;
}

/* Whether the plainest use of the model would have no price: asked before it is made, for budgets that want to know. */
static gboolean
is_unpriced (PurserEngine *engine, const PurserAttempt *attempt)
{
  PurserMeter meter = PURSER_METER_NOTHING_INIT;
  meter.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = 1;
  meter.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = engine->chat->embeddings ? 0 : 1;
  purser_meter_charge (&meter, attempt->price, attempt->rate, attempt->currency, G_USEC_PER_SEC);
  return meter.unpriced;
}

/* The whole call is charged as of its opening, and by the snapshot of then: a later one has let go of prices that ended meanwhile. */
static void
take_price (PurserEngine *engine, PurserAttempt *attempt, const PurserModel *model)
{
  const PurserModel *then = purser_org_model (engine->terms, model->id);
  attempt->price = purser_price_copy (purser_model_price_at (then != NULL ? then : model, engine->opened_at));
  if (attempt->price != NULL)
    attempt->rate = purser_rate_copy (
        purser_org_rate_at (engine->terms, attempt->price->currency, engine->org->currency, engine->opened_at));
  g_strlcpy (attempt->currency, engine->org->currency, sizeof attempt->currency);
  attempt->unpriced = is_unpriced (engine, attempt);
}

static PurserAttempt *
attempt_new (PurserEngine *engine, const PurserModel *model, const PurserProvider *provider)
{
  PurserAttempt *attempt = g_new0 (PurserAttempt, 1);
  attempt->model_id = model->id;
  attempt->context_tokens = model->context_tokens;
  attempt->ref = purser_org_model_ref_of (engine->org, model);
  attempt->key = (PurserHealthKey) { provider->id, provider->key_version, model->id };
  attempt->kind = provider->kind;
  attempt->key_env = g_strdup (provider->key_env);
  attempt->wants_key = purser_provider_wants_key (provider);
  attempt->local = g_str_equal (provider->kind->id, "ollama") && purser_provider_is_local (provider);
  attempt->meter = (PurserMeter) PURSER_METER_NOTHING_INIT;
  attempt->sent_at = attempt->started = attempt->connect_us = attempt->first = attempt->first_text = -1;
  attempt->last_delta = attempt->longest_pause = attempt->last_byte = attempt->end = -1;
  take_price (engine, attempt, model);
  return attempt;
}

/**
 * purser_engine_prepare:
 * @ask: how to ask, beside what was learned about this model before
 *
 * Makes an attempt with everything it takes from the snapshot, so that a later change cannot mix two configurations.
 *
 * Returns: (transfer full) (nullable): NULL and @error where the dialect cannot say the request; NULL alone where the
 * request itself turned out to be unreadable (`unreadable`)
 */
PurserAttempt *
purser_engine_prepare (PurserEngine *engine, gint64 model_id, PurserAsk ask, GError **error)
{
  const PurserModel *model = purser_org_model (engine->org, model_id);
  const PurserProvider *provider = purser_org_provider (engine->org, model->provider_id);
  g_autoptr(PurserAttempt) attempt = attempt_new (engine, model, provider);
  attempt->ask = ask | purser_health_ask (engine->health, &attempt->key);
  attempt->request = locate (engine, provider, model, &attempt->dialect);
  if (engine->unreadable != NULL)
    return NULL;
  if (attempt->request == NULL || attempt->dialect == NULL)
    {
      g_set_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_UNSUPPORTED,
                   engine->chat->embeddings ? _("%s serves no embeddings at this address") : _("%s serves no chats at this address"),
                   provider->name);
      return NULL;
    }
  take_headers (engine, attempt);
  attempt->request->body = encode (engine, provider, model, attempt, error);
  return attempt->request->body != NULL ? g_steal_pointer (&attempt) : NULL;
}
