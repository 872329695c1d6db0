/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-provider-request.h"

#include <gio/gio.h>
#include <string.h>

gboolean
purser_provider_wants_key (const PurserProvider *provider)
{
  gboolean stored = provider->key_version > 0 || provider->key_env != NULL;
  if (g_str_has_prefix (provider->address, "practice:"))
    return FALSE; /* whatever their kind usually wants */
  return stored || (provider->kind->auth != PURSER_AUTH_NONE && !provider->kind->key_optional);
}

gboolean
purser_provider_is_local (const PurserProvider *provider)
{
  g_autoptr(GUri) uri = g_uri_parse (provider->address, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  g_autoptr(GInetAddress) inet = host != NULL ? g_inet_address_new_from_string (host) : NULL;
  return inet != NULL ? g_inet_address_get_is_loopback (inet) : g_strcmp0 (host, "localhost") == 0;
}

/**
 * purser_provider_request:
 *
 * Returns: (transfer full): a request without body and key
 */
PurserHttpRequest *
purser_provider_request (const PurserProvider *provider,
                         const char *method,
                         const char *path,
                         const PurserDialect *dialect,
                         const char *accept)
{
  PurserHttpRequest *request = purser_http_request_new (method, provider->address, path);
  const char *const *header = dialect != NULL ? purser_dialect_headers (dialect) : NULL;
  gboolean github = g_str_equal (provider->kind->id, "github-models");
  request->ca_file = g_strdup (provider->ca_file);
  purser_http_request_add_header (request, "Accept", github ? "application/vnd.github+json" : accept);
  if (github)
    purser_http_request_add_header (request, "X-GitHub-Api-Version", "2022-11-28");
  for (; header != NULL && header[0] != NULL; header += 2)
    purser_http_request_add_header (request, header[0], header[1]);
  return request;
}

static const char *
accepts (const char *dialect, gboolean stream)
{
  return !stream                               ? "application/json"
         : g_str_equal (dialect, "ollama")  ? "application/x-ndjson"
         : g_str_equal (dialect, "bedrock") ? "application/vnd.amazon.eventstream"
                                            : "text/event-stream";
}

/**
 * purser_provider_post_request:
 *
 * Returns: (transfer full) (nullable): a request without body and key; NULL where the provider does not serve this
 */
PurserHttpRequest *
purser_provider_post_request (const PurserProvider *provider,
                              const char *model,
                              PurserWant want,
                              gboolean stream,
                              const PurserDialect **dialect)
{
  g_auto(PurserRoute) route = { NULL, NULL };
  if (!purser_kind_route (provider->kind, provider->address, model, want, stream, &route))
    return NULL;
  *dialect = purser_dialect_get (route.dialect);
  return purser_provider_request (provider, "POST", route.path, *dialect, accepts (route.dialect, stream));
}

/* Only Anthropic's list has pages that are asked for by size and cursor (PROVIDERS.md §2.1). */
PurserHttpRequest *
purser_provider_models_request (const PurserProvider *provider, const char *after, const PurserDialect **dialect)
{
  g_auto(PurserRoute) route = { NULL, NULL };
  g_autofree char *cursor = after != NULL ? g_uri_escape_string (after, NULL, FALSE) : NULL;
  if (!purser_kind_route (provider->kind, provider->address, NULL, PURSER_WANT_MODELS, FALSE, &route))
    return NULL;
  gboolean paged = g_strcmp0 (provider->kind->models_format, "anthropic") == 0;
  g_autofree char *path = g_strconcat (route.path, paged || cursor != NULL ? "?limit=1000" : "",
                                       cursor != NULL ? "&after_id=" : "", cursor, NULL);
  const PurserDialect *spoken = purser_dialect_get (route.dialect);
  if (dialect != NULL)
    *dialect = spoken;
  return purser_provider_request (provider, "GET", path, spoken, "application/json");
}

void
purser_http_request_add_key (PurserHttpRequest *request, PurserAuth auth, const char *key)
{
  /* A kind without keys may have one all the same, where somebody stored it. */
  static const struct { const char *header, *prefix; } forms[] = {
    [PURSER_AUTH_NONE] = { "Authorization", "Bearer " },
    [PURSER_AUTH_BEARER] = { "Authorization", "Bearer " },
    [PURSER_AUTH_X_API_KEY] = { "x-api-key", "" },
    [PURSER_AUTH_API_KEY] = { "api-key", "" },
  };
  if (key == NULL || *key == '\0')
    return;
  char *value = g_strconcat (forms[auth].prefix, key, NULL);
  purser_http_request_add_header (request, forms[auth].header, value);
  explicit_bzero (value, strlen (value));
  g_free (value);
}
