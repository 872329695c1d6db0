/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-route.h"

/* What is typed or pasted, and the base address it becomes; NULL: refused. */
static const struct
{
  const char *kind, *typed, *address;
} CASES[] = {
  /* OpenAI */
  { "openai", "https://api.openai.com/v1", "https://api.openai.com/v1" },
  { "openai", "https://api.openai.com/v1/", "https://api.openai.com/v1" },
  { "openai", "https://api.openai.com", "https://api.openai.com/v1" },
  { "openai", "api.openai.com", "https://api.openai.com/v1" },
  { "openai", "https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1" },
  { "openai", "https://api.openai.com/v1/chat/completions/", "https://api.openai.com/v1" },
  { "openai", "https://api.openai.com/chat/completions", "https://api.openai.com/v1" },
  { "openai", "https://api.openai.com/v1/responses", "https://api.openai.com/v1" },
  { "openai", "https://api.openai.com/v1/models", "https://api.openai.com/v1" },
  { "openai", "https://api.openai.com/v1/embeddings?a=b", "https://api.openai.com/v1" },
  { "openai", "HTTPS://API.OpenAI.com/v1", "https://api.openai.com/v1" },
  { "openai", "https://api.openai.com:443/v1", "https://api.openai.com/v1" },
  { "openai", "https://eu.api.openai.com", "https://eu.api.openai.com/v1" },
  { "openai", "  https://api.openai.com/v1 \n", "https://api.openai.com/v1" },
  { "openai", "\302\240https://api.openai.com/v1\342\200\211",
    "https://api.openai.com/v1" }, /* other kinds of space, as pasted */
  { "openai", "https:/api.openai.com/v1", "https://api.openai.com/v1" },
  { "openai", "//api.openai.com", "https://api.openai.com/v1" },
  /* Anthropic */
  { "anthropic", "https://api.anthropic.com", "https://api.anthropic.com" },
  { "anthropic", "https://api.anthropic.com/", "https://api.anthropic.com" },
  { "anthropic", "https://api.anthropic.com/v1", "https://api.anthropic.com" },
  { "anthropic", "https://api.anthropic.com/v1/messages", "https://api.anthropic.com" },
  { "anthropic", "https://api.anthropic.com/v1/messages?beta=true", "https://api.anthropic.com" },
  { "anthropic", "https://api.anthropic.com/v1/messages/count_tokens", "https://api.anthropic.com" },
  { "anthropic", "https://api.anthropic.com/v1/models#top", "https://api.anthropic.com" },
  { "anthropic", "https://gate.example.org/anthropic/v1/messages", "https://gate.example.org/anthropic" },
  /* Compatible servers keep their path */
  { "openai-compatible", "https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1" },
  { "openai-compatible", "https://openrouter.ai/api/v1/chat/completions", "https://openrouter.ai/api/v1" },
  { "openai-compatible", "localhost:8080", "http://localhost:8080" },
  { "openai-compatible", "localhost:8080/v1/", "http://localhost:8080/v1" },
  { "openai-compatible", "http://localhost:8080//v1//", "http://localhost:8080//v1" },
  { "openai-compatible", "127.0.0.1:1234/v1/chat/completions", "http://127.0.0.1:1234/v1" },
  { "openai-compatible", "http://[::1]:8000/v1", "http://[::1]:8000/v1" },
  { "openai-compatible", "[::1]:8000/v1", "http://[::1]:8000/v1" },
  { "openai-compatible", "::1", "http://[::1]" },
  { "openai-compatible", "[2001:db8::5]/v1", "https://[2001:db8::5]/v1" },
  { "openai-compatible", "example.org", "https://example.org" },
  { "openai-compatible", "https://b\303\274cher.example/v1", "https://xn--bcher-kva.example/v1" },
  { "openai-compatible", "https://example.org/a%20b/v1", "https://example.org/a%20b/v1" },
  /* Ollama */
  { "ollama", "http://localhost:11434", "http://localhost:11434" },
  { "ollama", "localhost:11434", "http://localhost:11434" },
  { "ollama", "http://localhost:11434/", "http://localhost:11434" },
  { "ollama", "http://localhost:11434/api", "http://localhost:11434" },
  { "ollama", "http://localhost:11434/api/chat", "http://localhost:11434" },
  { "ollama", "http://localhost:11434/api/generate", "http://localhost:11434" },
  { "ollama", "http://localhost:11434/api/tags", "http://localhost:11434" },
  { "ollama", "http://localhost:11434/v1", "http://localhost:11434" },
  { "ollama", "http://localhost:11434/v1/chat/completions", "http://localhost:11434" },
  { "ollama", "http://localhost:11434/v1/models", "http://localhost:11434" },
  { "ollama", "https://ollama.com", "https://ollama.com" },
  { "ollama", "https://ollama.com/api/chat", "https://ollama.com" },
  /* Azure and Bedrock */
  { "azure-openai", "https://acme.openai.azure.com", "https://acme.openai.azure.com/openai/v1" },
  { "azure-openai", "https://acme.openai.azure.com/openai/", "https://acme.openai.azure.com/openai/v1" },
  { "azure-openai", "https://acme.openai.azure.com/openai/v1/chat/completions",
    "https://acme.openai.azure.com/openai/v1" },
  { "azure-openai", "https://acme.openai.azure.com/openai/deployments/gpt/chat/completions",
    "https://acme.openai.azure.com/openai/v1" },
  { "azure-openai", "https://acme.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21",
    "https://acme.openai.azure.com?api-version=2024-10-21" },
  { "azure-openai", "https://acme.openai.azure.com/?x=1&api-version=2025-01-01-preview#y",
    "https://acme.openai.azure.com?api-version=2025-01-01-preview" },
  { "azure-openai", "https://acme.openai.azure.com/openai/v1/chat/completions?api-version=preview",
    "https://acme.openai.azure.com/openai/v1" },
  { "azure-openai", "https://acme.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview",
    "https://acme.services.ai.azure.com/models?api-version=2024-05-01-preview" },
  { "openai-compatible", "https://example.org/v1?api-version=1", "https://example.org/v1" },
  { "bedrock", "https://bedrock-runtime.eu-west-1.amazonaws.com/model/x/converse", "https://bedrock-runtime.eu-west-1.amazonaws.com" },
  { "azure-openai", "https://acme.services.ai.azure.com/openai/v1", "https://acme.services.ai.azure.com/openai/v1" },
  { "bedrock", "https://bedrock-mantle.eu-central-1.api.aws", "https://bedrock-mantle.eu-central-1.api.aws/openai/v1" },
  { "bedrock", "https://bedrock-mantle.eu-central-1.api.aws/openai/v1/chat/completions",
    "https://bedrock-mantle.eu-central-1.api.aws/openai/v1" },
  { "bedrock", "https://bedrock-mantle.eu-central-1.api.aws/v1", "https://bedrock-mantle.eu-central-1.api.aws/v1" },
  /* GitHub Models */
  { "github-models", "https://models.github.ai", "https://models.github.ai/inference" },
  { "github-models", "https://models.github.ai/inference/chat/completions", "https://models.github.ai/inference" },
  { "github-models", "https://models.github.ai/catalog/models", "https://models.github.ai/inference" },
  { "github-models", "https://models.github.ai/orgs/acme/inference/chat/completions",
    "https://models.github.ai/orgs/acme/inference" },
  /* Plain http only where it does not leave the house */
  { "openai-compatible", "http://192.168.1.7:8000/v1", "http://192.168.1.7:8000/v1" },
  { "openai-compatible", "http://10.1.2.3/v1", "http://10.1.2.3/v1" },
  { "openai-compatible", "http://172.16.0.1/v1", "http://172.16.0.1/v1" },
  { "openai-compatible", "http://100.64.3.4/v1", "http://100.64.3.4/v1" },
  { "openai-compatible", "http://169.254.1.1/v1", "http://169.254.1.1/v1" },
  { "openai-compatible", "http://[fd00::1]/v1", "http://[fd00::1]/v1" },
  { "openai-compatible", "http://[fe80::1]/v1", "http://[fe80::1]/v1" },
  { "openai-compatible", "http://gpu-box.local:8000/v1", "http://gpu-box.local:8000/v1" },
  { "openai-compatible", "http://gpu-box:8000/v1", "http://gpu-box:8000/v1" },
  { "openai-compatible", "http://gpu.corp.internal/v1", "http://gpu.corp.internal/v1" },
  { "openai-compatible", "http://localhost:80/v1", "http://localhost/v1" },
  { "openai-compatible", "192.168.1.7:8000/v1",
    "https://192.168.1.7:8000/v1" }, /* only loopback is guessed to be plain */
  { "openai-compatible", "http://example.org/v1", NULL },
  { "openai", "http://api.openai.com/v1", NULL },
  { "openai-compatible", "http://8.8.8.8/v1", NULL },
  { "openai-compatible", "http://172.32.0.1/v1", NULL },
  { "openai-compatible", "http://100.128.0.1/v1", NULL },
  { "openai-compatible", "http://[2001:db8::5]/v1", NULL },
  { "openai-compatible", "http://[::ffff:8.8.8.8]/v1", NULL },
  { "openai-compatible", "http://134744072/v1", NULL }, /* 8.8.8.8 in disguise */
  { "openai-compatible", "http://0x08080808/v1", NULL },
  { "openai-compatible", "http://127.1/v1", NULL },
  { "openai-compatible", "http://localhost.example.org/v1", NULL },
  { "openai-compatible", "http://evil.local.example.org/v1", NULL },
  /* No web address, or one that carries a secret */
  { "openai", "", NULL },
  { "openai", NULL, NULL },
  { "openai", "   ", NULL },
  { "openai", "https://", NULL },
  { "openai", "https:///v1", NULL },
  { "openai", "/v1/chat/completions", NULL },
  { "openai", "ftp://example.org", NULL },
  { "openai", "file:///etc/passwd", NULL },
  { "openai", "ws://example.org", NULL },
  { "openai", "https://user:secret@example.org/v1", NULL },
  { "openai", "user@example.org", NULL },
  { "openai", "https://sk-proj-abc@api.openai.com", NULL },
  { "openai", "https://api.openai.com\\@evil.example/v1", NULL },
  { "openai", "https://exa mple.org", NULL },
  { "openai", "https://example.org/v1\nHost: evil", NULL },
  { "openai", "https://example.org:0/v1", NULL },
  { "openai", "https://example.org:99999/v1", NULL },
  { "openai", "https://example.org:port/v1", NULL },
  { "openai", "https://exam..ple.org", NULL },
  { "openai", "https://.example.org", NULL },
  { "openai", "https://exa<b>mple.org", NULL },
  { "openai", "https://[::1/v1", NULL },
  { "openai", "https://example.org/%zz", NULL },
  { "openai", "\377\376", NULL },
};

static void
test_addresses (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autoptr(GError) error = NULL;
      const PurserKind *kind = purser_kind_get (CASES[i].kind);
      g_autofree char *address = purser_kind_normalise_address (kind, CASES[i].typed, &error);
      g_test_message ("%s: %s → %s", CASES[i].kind,
                      CASES[i].typed != NULL && g_utf8_validate (CASES[i].typed, -1, NULL) ? CASES[i].typed : "?",
                      address != NULL ? address : error->message);
      g_assert_cmpstr (address, ==, CASES[i].address);
      if (address == NULL)
        {
          g_assert_error (error, PURSER_ORG_ERROR, PURSER_ORG_ERROR_ADDRESS);
          g_assert_false (g_strrstr (error->message, "secret") != NULL
                          || g_strrstr (error->message, "sk-proj") != NULL); /* never repeated */
          continue;
        }
      g_assert_no_error (error);
      g_autofree char *again = purser_kind_normalise_address (kind, address, &error);
      g_assert_cmpstr (again, ==, address); /* nothing changes a second time */
    }
}

/* Every kind's own address is in the form that it would be brought to. */
static void
test_kinds (void)
{
  guint n = 0;
  for (const PurserKind *const *kinds = purser_kind_list (); *kinds != NULL; kinds++, n++)
    {
      const PurserKind *kind = *kinds;
      g_assert_true (purser_kind_get (kind->id) == kind);
      g_assert_true (kind->name != NULL && kind->hint != NULL && kind->dialect != NULL);
      if (*kind->address == '\0')
        continue;
      g_autofree char *address = purser_kind_normalise_address (kind, kind->address, NULL);
      g_assert_cmpstr (address, ==, kind->address);
      g_auto(PurserRoute) route = { NULL, NULL };
      g_assert_true (purser_kind_route (kind, kind->address, "m", PURSER_WANT_CHAT, FALSE, &route));
      g_autofree char *chat = purser_address_join (kind->address, route.path);
      g_autofree char *back = purser_kind_normalise_address (kind, chat, NULL); /* what people paste */
      g_assert_cmpstr (back, ==, kind->address);
    }
  g_assert_cmpuint (n, ==, 7);
  g_assert_null (purser_kind_get ("gemini"));
  g_assert_null (purser_kind_get (NULL));
  g_assert_cmpstr (purser_kind_get ("github-models")->retired_on, ==, "2026-07-30");
}

static void
test_routes (void)
{
  static const struct
  {
    const char *kind, *address, *model;
    PurserWant  want;
    gboolean    stream;
    const char *dialect, *url; /* NULL: not served */
  } ROUTES[] = {
    { "anthropic", "https://api.anthropic.com", "m", PURSER_WANT_CHAT, TRUE, "anthropic", "https://api.anthropic.com/v1/messages" },
    { "anthropic", "https://api.anthropic.com", NULL, PURSER_WANT_MODELS, FALSE, "anthropic", "https://api.anthropic.com/v1/models" },
    { "anthropic", "https://api.anthropic.com", "m", PURSER_WANT_EMBEDDINGS, FALSE, NULL, NULL },
    { "openai", "https://api.openai.com/v1", "m", PURSER_WANT_CHAT, TRUE, "openai-chat", "https://api.openai.com/v1/chat/completions" },
    { "openai", "https://api.openai.com/v1", "m", PURSER_WANT_RESPONSES, TRUE, "openai-responses", "https://api.openai.com/v1/responses" },
    { "openai", "https://api.openai.com/v1", "m", PURSER_WANT_EMBEDDINGS, FALSE, "openai-embeddings", "https://api.openai.com/v1/embeddings" },
    { "ollama", "http://localhost:11434", "m", PURSER_WANT_CHAT, TRUE, "ollama", "http://localhost:11434/api/chat" },
    { "ollama", "http://localhost:11434", NULL, PURSER_WANT_MODELS, FALSE, "ollama", "http://localhost:11434/api/tags" },
    { "ollama", "http://localhost:11434", "m", PURSER_WANT_RESPONSES, TRUE, NULL, NULL },
    { "github-models", "https://models.github.ai/inference", "m", PURSER_WANT_CHAT, TRUE, "openai-chat", "https://models.github.ai/inference/chat/completions" },
    { "github-models", "http://127.0.0.1:80", NULL, PURSER_WANT_MODELS, FALSE, "openai-chat", "http://127.0.0.1:80/catalog/models" },
    { "azure-openai", "https://a.openai.azure.com/openai/v1", "gpt", PURSER_WANT_RESPONSES, TRUE, "openai-responses", "https://a.openai.azure.com/openai/v1/responses" },
    { "azure-openai", "https://a.services.ai.azure.com/openai/v1", "claude-opus-5", PURSER_WANT_CHAT, TRUE, "anthropic", "https://a.services.ai.azure.com/anthropic/v1/messages" },
    { "azure-openai", "https://a.openai.azure.com?api-version=2024-10-21", "my gpt/4", PURSER_WANT_CHAT, TRUE, "openai-chat",
      "https://a.openai.azure.com/openai/deployments/my%20gpt%2F4/chat/completions?api-version=2024-10-21" },
    { "azure-openai", "https://a.openai.azure.com?api-version=2024-10-21", "gpt", PURSER_WANT_RESPONSES, TRUE, NULL, NULL },
    { "azure-openai", "https://a.services.ai.azure.com/models?api-version=2024-05-01-preview", "grok-3", PURSER_WANT_CHAT, TRUE, "openai-chat",
      "https://a.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview" },
    { "bedrock", "https://bedrock-mantle.us-east-1.api.aws/openai/v1", "openai.gpt-oss-120b", PURSER_WANT_CHAT, TRUE, "openai-chat", "https://bedrock-mantle.us-east-1.api.aws/openai/v1/chat/completions" },
    { "bedrock", "https://bedrock-mantle.us-east-1.api.aws/openai/v1", "anthropic.claude-opus-5", PURSER_WANT_CHAT, TRUE, "anthropic", "https://bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages" },
    { "bedrock", "https://bedrock-mantle.us-east-1.api.aws/openai/v1", NULL, PURSER_WANT_MODELS, FALSE, "openai-chat", "https://bedrock-mantle.us-east-1.api.aws/v1/models" },
    { "bedrock", "https://bedrock-runtime.us-east-1.amazonaws.com", "us.anthropic.claude-3-7-sonnet-20250219-v1:0", PURSER_WANT_CHAT, TRUE, "bedrock",
      "https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-3-7-sonnet-20250219-v1%3A0/converse-stream" },
    { "bedrock", "https://bedrock-runtime.us-east-1.amazonaws.com", "m", PURSER_WANT_CHAT, FALSE, "bedrock", "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse" },
    { "openai-compatible", "http://127.0.0.1:9/", "m", PURSER_WANT_CHAT, FALSE, "openai-chat", "http://127.0.0.1:9/chat/completions" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (ROUTES); i++)
    {
      g_auto(PurserRoute) route = { NULL, NULL };
      gboolean served = purser_kind_route (purser_kind_get (ROUTES[i].kind), ROUTES[i].address, ROUTES[i].model, ROUTES[i].want, ROUTES[i].stream, &route);
      g_autofree char *url = served ? purser_address_join (ROUTES[i].address, route.path) : NULL;
      g_assert_cmpstr (url, ==, ROUTES[i].url);
      g_assert_cmpstr (route.dialect, ==, ROUTES[i].dialect);
    }
  g_autofree char *both = purser_address_join ("https://h/x?a=1", "//y?b=2");
  g_assert_cmpstr (both, ==, "https://h/y?b=2&a=1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kind/addresses", test_addresses);
  g_test_add_func ("/kind/kinds", test_kinds);
  g_test_add_func ("/kind/routes", test_routes);
  return g_test_run ();
}
