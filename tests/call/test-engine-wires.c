/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a request goes and in which dialect: by the provider's kind and address, the model, and what the request asks for; and that a caller's own bytes go on untouched where both sides speak alike. */
#include <string.h>

#include "purser-engine.h"
#include "purser-json.h"

typedef struct { const char *kind, *address, *model; } Place;

static PurserOrg *
org_with (const Place *place)
{
  PurserOrg *org = purser_org_new ();
  PurserProvider *provider = g_new0 (PurserProvider, 1);
  PurserModel *model = g_new0 (PurserModel, 1);
  provider->id = 1;
  provider->kind = purser_kind_get (place->kind);
  provider->name = g_strdup ("p");
  provider->address = g_strdup (place->address);
  provider->multiplier_ppm = PURSER_PPM;
  provider->enabled = TRUE;
  model->id = 7;
  model->provider_id = 1;
  model->name = g_strdup (place->model);
  model->context_tokens = model->max_output = PURSER_UNKNOWN;
  model->listed = TRUE;
  g_ptr_array_add (org->providers, provider);
  g_ptr_array_add (org->models, model);
  g_strlcpy (org->currency, "EUR", sizeof org->currency);
  org->name = g_strdup ("o");
  org->timezone = g_strdup ("UTC");
  org->generation = 1;
  return org;
}

typedef struct
{
  PurserHealth *health;
  GRand        *random;
  PurserEngine *engine;
  PurserHttpRequest *sent; /* (owned) (nullable) */
  GString      *tools;     /* names of tools as the caller hears them */
  PurserCallResult *result;
  PurserLedgerAttempt row;
} Drive;

/* Answers every question of the engine with yes, until it waits for the network or is done. */
static void
drive (Drive *d, gint64 now)
{
  PurserAction *action;
  while ((action = purser_engine_next (d->engine)) != NULL)
    {
      if (action->type == PURSER_ACTION_OPEN || action->type == PURSER_ACTION_SETTLE)
        {
          if (action->type == PURSER_ACTION_SETTLE)
            d->row = action->attempt;
          purser_engine_answer (d->engine, PURSER_ANSWER_DONE, 1, 1, NULL, now);
        }
      else if (action->type == PURSER_ACTION_KEY)
        purser_engine_key (d->engine, "secret", NULL, now);
      else if (action->type == PURSER_ACTION_SEND)
        d->sent = g_steal_pointer (&action->request);
      else if (action->type == PURSER_ACTION_EMIT && action->event->type == PURSER_EVENT_TOOL_START)
        g_string_append (d->tools, action->event->name);
      else if (action->type == PURSER_ACTION_DONE)
        d->result = purser_call_result_ref (action->result);
      purser_action_free (action);
    }
}

static void
begin (Drive *d, const Place *place, PurserChat *chat, gboolean stream)
{
  g_autofree char *ref = g_strconcat ("p/", place->model, NULL);
  PurserCallRequest request = { .model = ref, .purpose = PURSER_PURPOSE_WORK, .stream = stream, .chat = chat };
  g_autoptr(PurserOrg) org = org_with (place);
  *d = (Drive) { purser_health_new (), g_rand_new_with_seed (1) };
  d->tools = g_string_new (NULL);
  d->engine = purser_engine_new (&purser_default_limits, d->health, d->random);
  purser_engine_start (d->engine, &request, org, 1800000000000000, 0);
  drive (d, 1);
}

static void
end (Drive *d)
{
  g_clear_pointer (&d->sent, purser_http_request_free);
  g_clear_pointer (&d->result, purser_call_result_unref);
  purser_engine_free (d->engine);
  purser_health_unref (d->health);
  g_rand_free (d->random);
  g_string_free (d->tools, TRUE);
}

static const char *
header_of (const PurserHttpRequest *request, const char *name)
{
  for (char **header = request->headers; header[0] != NULL; header += 2)
    if (g_ascii_strcasecmp (header[0], name) == 0)
      return header[1];
  return NULL;
}

static PurserChat *
chat_with (gboolean tools, const char *effort)
{
  PurserChat *chat = purser_chat_new_text ("Be brief.", "Hello?");
  chat->effort = g_strdup (effort);
  if (!tools)
    return chat;
  PurserTool *tool = g_new0 (PurserTool, 1);
  tool->name = g_strdup ("mcp.weather/of-a-city-whose-name-is-far-longer-than-any-name-of-a-tool-may-be-at-openai");
  g_ptr_array_add (chat->tools, tool);
  return chat;
}

static void
test_places (void)
{
  static const struct { Place place; gboolean tools; const char *effort; gboolean stream; const char *url, *member, *header, *value; } rows[] = {
    { { "openai", "https://api.openai.com/v1", "gpt-5.6-sol" }, FALSE, NULL, TRUE, "https://api.openai.com/v1/chat/completions", "messages", "Accept", "text/event-stream" },
    { { "openai", "https://api.openai.com/v1", "gpt-5.6-sol" }, TRUE, NULL, TRUE, "https://api.openai.com/v1/responses", "input", "Authorization", "Bearer secret" },
    { { "openai", "https://api.openai.com/v1", "gpt-5.6-sol" }, TRUE, "none", TRUE, "https://api.openai.com/v1/chat/completions", "messages", NULL, NULL },
    { { "openai", "https://api.openai.com/v1", "gpt-5.4" }, TRUE, "high", FALSE, "https://api.openai.com/v1/responses", "input", "Accept", "application/json" },
    { { "openai", "https://api.openai.com/v1", "gpt-4.1" }, TRUE, NULL, TRUE, "https://api.openai.com/v1/chat/completions", "messages", NULL, NULL },
    { { "openai", "https://api.openai.com/v1", "gpt-5-codex" }, FALSE, NULL, TRUE, "https://api.openai.com/v1/responses", "input", NULL, NULL },
    { { "openai-compatible", "https://openrouter.ai/api/v1", "gpt-5.6-sol" }, TRUE, NULL, TRUE, "https://openrouter.ai/api/v1/chat/completions", "messages", NULL, NULL },
    { { "azure-openai", "https://a.openai.azure.com/openai/v1", "gpt-5.6-sol" }, TRUE, NULL, TRUE, "https://a.openai.azure.com/openai/v1/responses", "input", "api-key", "secret" },
    { { "azure-openai", "https://a.openai.azure.com?api-version=2024-10-21", "gpt-5.6-sol" }, FALSE, NULL, TRUE,
      "https://a.openai.azure.com/openai/deployments/gpt-5.6-sol/chat/completions?api-version=2024-10-21", "messages", "api-key", "secret" },
    { { "bedrock", "https://bedrock-mantle.us-east-1.api.aws/openai/v1", "openai.gpt-5.6-sol" }, TRUE, NULL, TRUE, "https://bedrock-mantle.us-east-1.api.aws/openai/v1/responses", "input", NULL, NULL },
    { { "bedrock", "https://bedrock-mantle.us-east-1.api.aws/openai/v1", "anthropic.claude-opus-5" }, TRUE, NULL, TRUE, "https://bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages", "messages",
      "anthropic-version", "2023-06-01" },
    { { "bedrock", "https://bedrock-runtime.us-east-1.amazonaws.com", "amazon.nova-pro-v1:0" }, TRUE, NULL, TRUE,
      "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-pro-v1%3A0/converse-stream", "messages", "Accept", "application/vnd.amazon.eventstream" },
    { { "anthropic", "https://api.anthropic.com", "claude-opus-5" }, TRUE, NULL, TRUE, "https://api.anthropic.com/v1/messages", "messages", "x-api-key", "secret" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Drive d;
      g_autoptr(PurserChat) chat = chat_with (rows[i].tools, rows[i].effort);
      begin (&d, &rows[i].place, chat, rows[i].stream);
      if (d.sent == NULL)
        g_error ("%s: nothing was sent: %s", rows[i].url, d.result != NULL ? d.result->fault->message : "?");
      g_autofree char *url = purser_http_request_url (d.sent);
      g_autoptr(JsonNode) body = purser_json_parse (g_bytes_get_data (d.sent->body, NULL), g_bytes_get_size (d.sent->body), NULL);
      g_assert_cmpstr (url, ==, rows[i].url);
      g_assert_nonnull (purser_json_array (purser_json_object (body), rows[i].member));
      if (rows[i].header != NULL)
        g_assert_cmpstr (header_of (d.sent, rows[i].header), ==, rows[i].value);
      end (&d);
    }
}

static const char *
no_header (const char *name, gpointer data)
{
  return g_ascii_strcasecmp (name, "content-type") == 0 ? data : NULL;
}

static void
reply (Drive *d, const char *content_type, const char *bytes)
{
  purser_engine_connected (d->engine, 2, 1, 2);
  purser_engine_headers (d->engine, 200, no_header, (gpointer) content_type, 3);
  purser_engine_bytes (d->engine, bytes, strlen (bytes), 4);
  drive (d, 4);
  purser_engine_end (d->engine, 5);
  drive (d, 5);
}

/* The caller hears its own name of the tool, however it had to be spelt for the provider. */
static void
test_tool_names (void)
{
  static const Place place = { "openai", "https://api.openai.com/v1", "gpt-4.1" };
  Drive d;
  g_autoptr(PurserChat) chat = chat_with (TRUE, NULL);
  const PurserTool *tool = g_ptr_array_index (chat->tools, 0);
  g_autofree char *fitted = purser_tool_name_fit (tool->name, 64);
  begin (&d, &place, chat, FALSE);
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (d.sent->body, NULL), g_bytes_get_size (d.sent->body), fitted));
  g_assert_null (g_strstr_len (g_bytes_get_data (d.sent->body, NULL), g_bytes_get_size (d.sent->body), tool->name));
  g_autofree char *body = g_strdup_printf ("{\"id\":\"c\",\"model\":\"gpt-4.1\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"call_1\",\"type\":"
                                           "\"function\",\"function\":{\"name\":\"%s\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}", fitted);
  reply (&d, "application/json", body);
  g_assert_cmpstr (d.tools->str, ==, tool->name);
  g_assert_nonnull (d.result);
  g_assert_null (d.result->fault);
  end (&d);
}

static void
test_passes_bytes (void)
{
  static const Place anthropic = { "anthropic", "https://api.anthropic.com", "claude-opus-5" };
  static const char asked[] = "{ \"unheard_of\": [1, 2.50], \"max_tokens\":5,\"model\":\"drafting\", \"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}] }";
  static const char wanted[] = "{ \"unheard_of\": [1, 2.50], \"max_tokens\":5,\"model\":\"claude-opus-5\", \"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}] }";
  Drive d;
  g_autoptr(GBytes) body = g_bytes_new_static (asked, strlen (asked));
  g_autoptr(PurserChat) chat = purser_dialect_decode_request (purser_dialect_get ("anthropic"), body, NULL);
  g_assert_nonnull (chat);
  begin (&d, &anthropic, chat, FALSE);
  g_assert_cmpmem (g_bytes_get_data (d.sent->body, NULL), g_bytes_get_size (d.sent->body), wanted, strlen (wanted));
  end (&d);
}

/* A request is read no further than the place it goes to demands; and who speaks Responses stays there where it is served. */
static void
test_peeked (void)
{
  static const struct { const char *dialect, *model, *body, *url; gboolean read; } rows[] = {
    { "openai-chat", "gpt-4.1", "{\"model\":\"w\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]}",
      "https://api.openai.com/v1/chat/completions", FALSE },
    { "openai-chat", "gpt-5.6-sol", "{\"model\":\"w\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}", "https://api.openai.com/v1/chat/completions", FALSE },
    { "openai-chat", "gpt-5.6-sol", "{\"model\":\"w\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]}",
      "https://api.openai.com/v1/responses", TRUE },
    { "openai-chat", "gpt-5.6-sol", "{\"model\":\"w\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"reasoning_effort\":\"none\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]}",
      "https://api.openai.com/v1/chat/completions", TRUE },
    { "openai-responses", "gpt-4.1", "{\"model\":\"w\",\"input\":\"Hi\"}", "https://api.openai.com/v1/responses", FALSE },
    { "anthropic", "gpt-4.1", "{\"model\":\"w\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}", "https://api.openai.com/v1/chat/completions", TRUE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Place place = { "openai", "https://api.openai.com/v1", rows[i].model };
      Drive d;
      g_autoptr(GBytes) body = g_bytes_new_static (rows[i].body, strlen (rows[i].body));
      g_autoptr(PurserChat) chat = purser_dialect_peek_request (purser_dialect_get (rows[i].dialect), body, NULL);
      begin (&d, &place, chat, FALSE);
      g_autofree char *url = purser_http_request_url (d.sent);
      g_assert_cmpstr (url, ==, rows[i].url);
      g_assert_cmpint (!purser_engine_get_chat (d.engine)->undecoded, ==, rows[i].read);
      end (&d);
    }
}

static void
test_embeddings (void)
{
  static const Place openai = { "openai", "https://api.openai.com/v1", "text-embedding-3-small" }, ollama = { "ollama", "http://127.0.0.1:11434", "all-minilm" };
  static const char asked[] = "{\"model\":\"search\",\"input\":[\"one\",\"two\"]}";
  static const char answer[] = "{\"object\":\"list\",\"data\":[{\"embedding\":[0.25]}],\"model\":\"text-embedding-3-small\",\"usage\":{\"prompt_tokens\":4,\"total_tokens\":4}}";
  Drive d;
  g_autoptr(GBytes) body = g_bytes_new_static (asked, strlen (asked));
  g_autoptr(PurserChat) chat = purser_dialect_decode_request (purser_dialect_get ("openai-embeddings"), body, NULL);
  begin (&d, &openai, chat, FALSE);
  g_autofree char *url = purser_http_request_url (d.sent);
  g_assert_cmpstr (url, ==, "https://api.openai.com/v1/embeddings");
  reply (&d, "application/json", answer);
  g_assert_nonnull (d.result);
  g_assert_null (d.result->fault);
  g_assert_cmpmem (g_bytes_get_data (d.result->body, NULL), g_bytes_get_size (d.result->body), answer, strlen (answer));
  g_assert_cmpint (d.row.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED], ==, 4);
  g_assert_cmpint (d.row.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE], ==, 0);
  g_assert_false (d.row.estimated);
  end (&d);
  /* The other format is not made up. */
  begin (&d, &ollama, chat, FALSE);
  g_assert_null (d.sent);
  g_assert_cmpint (d.result->fault->class_, ==, PURSER_FAULT_LOCAL);
  end (&d);
  /* Counts that are left out are estimated, and marked. */
  begin (&d, &openai, chat, FALSE);
  reply (&d, "application/json", "{\"data\":[]}");
  g_assert_true (d.row.estimated);
  g_assert_cmpint (d.row.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED], ==, strlen (asked) / 4);
  end (&d);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/wires/places", test_places);
  g_test_add_func ("/engine/wires/tool-names", test_tool_names);
  g_test_add_func ("/engine/wires/passes-bytes", test_passes_bytes);
  g_test_add_func ("/engine/wires/peeked", test_peeked);
  g_test_add_func ("/engine/wires/embeddings", test_embeddings);
  return g_test_run ();
}
