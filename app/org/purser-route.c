/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-route.h"

#include <string.h>

/* Where each kind serves what, and in which dialect (PROVIDERS §2, §10). The first row that fits counts; "{model}" and
 * "{stream}" are filled in, "//" begins at the host. */
typedef struct
{
  const char *kind;
  PurserWant  want;
  const char *address; /* (nullable) only where the provider's address holds this */
  const char *model;   /* (nullable) only for models whose name holds this */
  const char *dialect;
  const char *path;
} Row;

#define DATED "?api-version="

static const Row rows[] = {
  { "anthropic", PURSER_WANT_MODELS, NULL, NULL, "anthropic", "/v1/models" },
  { "openai", PURSER_WANT_MODELS, NULL, NULL, "openai-chat", "/models" },
  { "ollama", PURSER_WANT_MODELS, NULL, NULL, "ollama", "/api/tags" },
  { "openai-compatible", PURSER_WANT_MODELS, NULL, NULL, "openai-chat", "/models" },
  { "azure-openai", PURSER_WANT_MODELS, "/models" DATED, NULL, "openai-chat", "/info" },
  { "azure-openai", PURSER_WANT_MODELS, DATED, NULL, "openai-chat", "/openai/models" },
  { "azure-openai", PURSER_WANT_MODELS, NULL, NULL, "openai-chat", "/models" },
  /* The runtime lists nothing: whatever it answers shows that it is there and takes the key. */
  { "bedrock", PURSER_WANT_MODELS, "://bedrock-runtime", NULL, "bedrock", "//models" },
  { "bedrock", PURSER_WANT_MODELS, NULL, NULL, "openai-chat", "//v1/models" },
  { "github-models", PURSER_WANT_MODELS, NULL, NULL, "openai-chat", "//catalog/models" },
  { "anthropic", PURSER_WANT_CHAT, NULL, NULL, "anthropic", "/v1/messages" },
  { "openai", PURSER_WANT_CHAT, NULL, NULL, "openai-chat", "/chat/completions" },
  { "openai", PURSER_WANT_RESPONSES, NULL, NULL, "openai-responses", "/responses" },
  { "openai", PURSER_WANT_EMBEDDINGS, NULL, NULL, "openai-embeddings", "/embeddings" },
  { "ollama", PURSER_WANT_CHAT, NULL, NULL, "ollama", "/api/chat" },
  { "ollama", PURSER_WANT_EMBEDDINGS, NULL, NULL, "ollama-embeddings", "/api/embed" },
  { "openai-compatible", PURSER_WANT_CHAT, NULL, NULL, "openai-chat", "/chat/completions" },
  { "openai-compatible", PURSER_WANT_EMBEDDINGS, NULL, NULL, "openai-embeddings", "/embeddings" },
  /* Foundry's own catalogue takes the model from the body; the dated paths of Azure OpenAI name the deployment. */
  { "azure-openai", PURSER_WANT_CHAT, "/models" DATED, NULL, "openai-chat", "/chat/completions" },
  { "azure-openai", PURSER_WANT_EMBEDDINGS, "/models" DATED, NULL, "openai-embeddings", "/embeddings" },
  { "azure-openai", PURSER_WANT_CHAT, DATED, NULL, "openai-chat", "/openai/deployments/{model}/chat/completions" },
  { "azure-openai", PURSER_WANT_EMBEDDINGS, DATED, NULL, "openai-embeddings", "/openai/deployments/{model}/embeddings" },
  { "azure-openai", PURSER_WANT_CHAT, "/openai/v1", "claude", "anthropic", "//anthropic/v1/messages" },
  { "azure-openai", PURSER_WANT_RESPONSES, "/openai/v1", NULL, "openai-responses", "/responses" },
  { "azure-openai", PURSER_WANT_CHAT, NULL, NULL, "openai-chat", "/chat/completions" },
  { "azure-openai", PURSER_WANT_EMBEDDINGS, NULL, NULL, "openai-embeddings", "/embeddings" },
  { "bedrock", PURSER_WANT_CHAT, "://bedrock-runtime", NULL, "bedrock", "//model/{model}/converse{stream}" },
  { "bedrock", PURSER_WANT_CHAT, NULL, "claude", "anthropic", "//anthropic/v1/messages" },
  { "bedrock", PURSER_WANT_RESPONSES, "://bedrock-mantle", NULL, "openai-responses", "/responses" },
  { "bedrock", PURSER_WANT_CHAT, NULL, NULL, "openai-chat", "/chat/completions" },
  { "github-models", PURSER_WANT_CHAT, NULL, NULL, "openai-chat", "/chat/completions" },
  { "github-models", PURSER_WANT_EMBEDDINGS, NULL, NULL, "openai-embeddings", "/embeddings" },
};

static gboolean
holds (const char *text, const char *needle)
{
  return needle == NULL || (text != NULL && strstr (text, needle) != NULL);
}

static char *
fill (const char *path, const char *model, gboolean stream)
{
  g_autoptr(GString) filled = g_string_new (path);
  g_autofree char *escaped = g_uri_escape_string (model != NULL ? model : "", NULL, FALSE);
  g_string_replace (filled, "{model}", escaped, 1);
  g_string_replace (filled, "{stream}", stream ? "-stream" : "", 1);
  return g_string_free_and_steal (g_steal_pointer (&filled));
}

/**
 * purser_kind_route:
 * @kind: of the provider
 * @address: its normalised address
 * @model: (nullable): the provider's name of the model; NULL for its list
 * @want: what is asked for
 * @stream: whether a stream is
 * @route: (out): where to and in which dialect; purser_route_clear() it
 *
 * Returns: FALSE where such a provider does not serve this
 */
gboolean
purser_kind_route (const PurserKind *kind,
                   const char *address,
                   const char *model,
                   PurserWant want,
                   gboolean stream,
                   PurserRoute *route)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].want == want && g_str_equal (rows[i].kind, kind->id) && holds (address, rows[i].address)
        && holds (model, rows[i].model))
      {
        *route = (PurserRoute) { rows[i].dialect, fill (rows[i].path, model, stream) };
        return TRUE;
      }
  *route = (PurserRoute) { NULL, NULL };
  return FALSE;
}

void
purser_route_clear (PurserRoute *route)
{
  g_clear_pointer (&route->path, g_free);
}

/**
 * purser_address_join:
 * @address: a base address, perhaps with a query (Azure's dated paths)
 * @path: what comes after it; "//…" begins at the host; perhaps with a query of its own
 *
 * Returns: (transfer full): the URL
 */
char *
purser_address_join (const char *address, const char *path)
{
  const char *query = strchr (address, '?');
  gsize length = query != NULL ? (gsize) (query - address) : strlen (address);
  if (g_str_has_prefix (path, "//"))
    {
      const char *host = strstr (address, "://");
      const char *root = host != NULL ? memchr (host + 3, '/', address + length - (host + 3)) : NULL;
      length = root != NULL ? (gsize) (root - address) : length;
      path++;
    }
  while (length > 0 && *path == '/' && address[length - 1] == '/')
    length--;
  gboolean both = query != NULL && strchr (path, '?') != NULL;
  return g_strdup_printf ("%.*s%s%s%s", (int) length, address, path, both ? "&" : "",
                          query == NULL ? "" : both ? query + 1 : query);
}

/**
 * purser_address_lists_nothing:
 *
 * Returns: whether the provider at @address is known to have no list of its models, so that they are added by name
 */
gboolean
purser_address_lists_nothing (const char *address)
{
  return strstr (address, "://bedrock-runtime") != NULL || strstr (address, "/models" DATED) != NULL;
}
