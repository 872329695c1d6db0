/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice-support.h"

#include <purser-dialect.h>
#include <purser-practice-private.h>
#include <purser-reply.h>

/* Each dialect whole and streamed, read by the product's own readers, against what the log says. */
typedef struct
{
  const char *id, *wire, *request, *body, *models, *first, *text, *input, *cached, *output;
} Dialect;
static const Dialect dialects[] = {
  { .id = "openai",
    .wire = "openai-chat",
    .request = "POST /openai/v1/chat/completions",
    .body = "{\"model\":\"practice-quick\",\"stream\":%s,\"stream_options\":{\"include_usage\":true},\"messages\":["
            "{\"role\":\"system\",\"content\":\"You are a helper.\"},{\"role\":\"user\",\"content\":%s}]}",
    .models = "GET /openai/v1/models",
    .first = "data/0/id",
    .text = "choices/0/message/content",
    .input = "usage/prompt_tokens",
    .cached = "usage/prompt_tokens_details/cached_tokens",
    .output = "usage/completion_tokens" },
  { .id = "anthropic",
    .wire = "anthropic",
    .request = "POST /anthropic/v1/messages",
    .body = "{\"model\":\"practice-careful\",\"stream\":%s,\"max_tokens\":300,\"system\":\"You are a helper.\","
            "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":%s}]}]}",
    .models = "GET /anthropic/v1/models",
    .first = "data/0/id",
    .text = "content/0/text",
    .input = "usage/input_tokens",
    .cached = "usage/cache_read_input_tokens",
    .output = "usage/output_tokens" },
  { .id = "ollama",
    .wire = "ollama",
    .request = "POST /ollama/api/chat",
    .body = "{\"model\":\"practice-local\",\"stream\":%s,\"messages\":["
            "{\"role\":\"system\",\"content\":\"You are a helper.\"},{\"role\":\"user\",\"content\":%s}]}",
    .models = "GET /ollama/api/tags",
    .first = "models/0/name",
    .text = "message/content",
    .input = "prompt_eval_count",
    .output = "eval_count" },
};

#define QUESTION                                                \
  "\"What is the total of all amounts? Answer with the number " \
  "alone.\\n\\nitem;amount\\npaper;128\\ntoner;342\\nÄpfel;30\""

static char *
body_of (const Dialect *dialect, gboolean stream)
{
  return g_strdup_printf (dialect->body, stream ? "true" : "false", QUESTION);
}

static void
test_whole (Fixture *fixture, gconstpointer data)
{
  const Dialect *dialect = data;
  g_autofree char *body = body_of (dialect, FALSE);
  g_autoptr(JsonNode) reply = ask_json (fixture, dialect->request, body, 200);
  g_assert_cmpstr (text_at (reply, dialect->text), ==, "500");
  g_assert_true (g_str_has_prefix (text_at (reply, "model"), "practice-"));
  g_assert_cmpint (int_at (reply, dialect->output), ==, practice_count_tokens ("500"));
  g_autoptr(JsonNode) log = last_log (fixture);
  g_assert_cmpstr (text_at (log, "dialect"), ==, dialect->id);
  g_assert_cmpstr (text_at (log, "model"), ==, text_at (reply, "model"));
  g_assert_cmpstr (text_at (log, "outcome"), ==, "done");
  g_assert_cmpint (int_at (log, "status"), ==, 200);
  g_assert_cmpint (int_at (log, "output_tokens"), ==, int_at (reply, dialect->output));
  g_assert_cmpint (int_at (log, "input_tokens"), ==, int_at (reply, dialect->input)); /* nothing cached here */
  g_assert_cmpint (int_at (log, "cached_tokens"), ==, 0);
}

static void
event_cb (const PurserEvent *event, gpointer reply)
{
  purser_reply_add (reply, event);
}

static PurserReply *
read_stream (Fixture *fixture, const Dialect *dialect, const char *body)
{
  guint status;
  g_autofree char *type = NULL, *text = ask (fixture, dialect->request, body, NULL, &status, &type);
  PurserReply *reply = purser_reply_new ();
  g_autoptr(PurserReader) reader = purser_reader_new (purser_dialect_get (dialect->wire), TRUE, type, event_cb, reply);
  g_assert_cmpuint (status, ==, 200);
  purser_reader_feed (reader, text, strlen (text));
  purser_reader_end (reader);
  g_assert_true (reply->ended);
  g_assert_null (reply->fault);
  return reply;
}

static void
test_streamed (Fixture *fixture, gconstpointer data)
{
  const Dialect *dialect = data;
  g_autofree char *body = body_of (dialect, TRUE);
  g_autoptr(PurserReply) reply = read_stream (fixture, dialect, body);
  PurserReplyChoice *choice = g_ptr_array_index (reply->choices, 0);
  g_assert_cmpstr (purser_reply_text (reply), ==, "500");
  g_assert_cmpint (choice->finish, ==, PURSER_FINISH_DONE);
  g_autoptr(JsonNode) log = last_log (fixture);
  g_assert_true (json_node_get_boolean (at (log, "streamed")));
  g_assert_cmpint (reply->usage->input_total, ==, int_at (log, "input_tokens"));
  g_assert_cmpint (reply->usage->output, ==, int_at (log, "output_tokens"));
}

/* Long text in many pieces: streamed and whole say the same, word for word, again and again. */
static void
test_same_text (Fixture *fixture, gconstpointer data)
{
  const Dialect *dialect = data;
  static const char letter[] =
      "\"Write an e-mail to the customer. Begin with a line \\\"Subject:\\\".\\n\\nFacts:\\nCustomer: Ms Ågren. Order "
      "17 is late. New date: 3 May — certain. Sender: Tom.\"";
  g_autofree char *stream = g_strdup_printf (dialect->body, "true", letter),
                  *whole = g_strdup_printf (dialect->body, "false", letter);
  g_autoptr(JsonNode) one = ask_json (fixture, dialect->request, whole, 200),
                       two = ask_json (fixture, dialect->request, whole, 200);
  g_autoptr(PurserReply) reply = read_stream (fixture, dialect, stream);
  g_assert_cmpstr (text_at (one, dialect->text), ==, text_at (two, dialect->text));
  g_assert_cmpstr (text_at (one, dialect->text), ==, purser_reply_text (reply));
  g_assert_nonnull (strstr (purser_reply_text (reply), "Ågren"));
  g_assert_cmpint (int_at (one, dialect->output), ==, practice_count_tokens (purser_reply_text (reply)));
}

static void
test_models (Fixture *fixture, gconstpointer data)
{
  const Dialect *dialect = data;
  guint n, found = 0;
  const PurserPracticeModel *models = purser_practice_models (&n);
  g_autoptr(JsonNode) list = ask_json (fixture, dialect->models, NULL, 200);
  for (guint i = 0; i < n; i++)
    {
      if (!g_str_equal (models[i].dialect, dialect->id))
        continue;
      g_autofree char *path = g_strdup_printf ("%.*s/%u/%s", (int) (strchr (dialect->first, '/') - dialect->first),
                                               dialect->first, found++, strrchr (dialect->first, '/') + 1);
      g_assert_cmpstr (text_at (list, path), ==, models[i].name);
      g_assert_true (g_str_has_prefix (models[i].name, "practice-"));
    }
  g_assert_cmpuint (found, >, 0);
  g_autofree char *text = purser_json_to_string (list, FALSE), *next = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) parsed = purser_models_parse (dialect->id, text, strlen (text), &next, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (parsed->len, ==, found);
  g_assert_null (next);
}

/* The product's own words for each dialect's errors. */
static void
test_errors (Fixture *fixture, gconstpointer data)
{
  const Dialect *dialect = data;
  static const struct
  {
    const char *body;
    guint status;
    PurserFaultClass class_;
  } rows[] = {
    { "{\"model\":\"claude-nothing\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", 404,
     PURSER_FAULT_NO_MODEL },
    { "{\"model\":", 400, PURSER_FAULT_REQUEST },
    { "[1,2]", 400, PURSER_FAULT_REQUEST },
    { "{}", 400, PURSER_FAULT_REQUEST },
    { "", 400, PURSER_FAULT_REQUEST },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint status;
      g_autofree char *type = NULL, *text = ask (fixture, dialect->request, rows[i].body, NULL, &status, &type);
      g_autoptr(PurserFault) fault =
          purser_dialect_read_error (purser_dialect_get (dialect->wire), status, type, text, strlen (text), NULL, NULL);
      g_assert_cmpuint (status, ==, rows[i].status);
      g_assert_cmpint (fault->class_, ==, rows[i].class_);
      g_assert_cmpstr (fault->message, !=, NULL);
      g_autoptr(JsonNode) log = last_log (fixture);
      g_assert_cmpint (int_at (log, "status"), ==, rows[i].status);
      g_assert_cmpstr (text_at (log, "outcome"), ==, "error");
      g_assert_cmpint (int_at (log, "input_tokens"), ==, 0);
    }
}

static void
test_too_long (Fixture *fixture, gconstpointer data)
{
  const Dialect *dialect = data;
  g_autofree char *long_text = g_strnfill (500000, 'x'), *quoted = g_strdup_printf ("\"%s\"", long_text),
                  *body = g_strdup_printf (dialect->body, "false", quoted);
  guint status;
  g_autofree char *type = NULL, *text = ask (fixture, dialect->request, body, NULL, &status, &type);
  g_assert_cmpuint (status, ==, 400);
  g_assert_nonnull (strstr (text, "too long"));
}

static void
test_anthropic_needs (Fixture *fixture, gconstpointer data)
{
  g_autoptr(JsonNode) no_limit =
      ask_json (fixture, "POST /anthropic/v1/messages",
                "{\"model\":\"practice-careful\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}", 400);
  g_assert_cmpstr (text_at (no_limit, "error/type"), ==, "invalid_request_error");
  g_assert_nonnull (strstr (text_at (no_limit, "error/message"), "max_tokens"));
  g_autoptr(JsonNode) no_messages =
      ask_json (fixture, "POST /anthropic/v1/messages",
                "{\"model\":\"practice-careful\",\"max_tokens\":5,\"messages\":[]}", 400);
  g_assert_nonnull (strstr (text_at (no_messages, "error/message"), "messages"));
}

static void
test_openai_usage_on_demand (Fixture *fixture, gconstpointer data)
{
  guint status;
  g_autofree char *text =
      ask (fixture, "POST /openai/v1/chat/completions",
           "{\"model\":\"practice-quick\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}",
           NULL, &status, NULL);
  g_assert_null (strstr (text, "prompt_tokens"));
  g_assert_true (g_str_has_suffix (text, "data: [DONE]\n\n"));
}

static void
test_ollama_rest (Fixture *fixture, gconstpointer data)
{
  g_autoptr(JsonNode) shown = ask_json (fixture, "POST /ollama/api/show", "{\"model\":\"practice-local\"}", 200);
  g_assert_cmpint (int_at (shown, "model_info/practice.context_length"), ==, 8192);
  g_autoptr(JsonNode) missing = ask_json (fixture, "POST /ollama/api/show", "{\"model\":\"llama\"}", 404);
  g_assert_cmpstr (text_at (missing, "error"), ==, "model 'llama' not found");
  g_autoptr(JsonNode) version = ask_json (fixture, "GET /ollama/api/version", NULL, 200);
  g_assert_nonnull (strstr (text_at (version, "version"), "practice"));
  guint status; /* it streams unless told not to */
  g_autofree char *text =
      ask (fixture, "POST /ollama/api/chat",
           "{\"model\":\"practice-local\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}", NULL, &status,
           NULL);
  g_assert_nonnull (strstr (text, "\"done\":false"));
}

static void
test_limits (Fixture *fixture, gconstpointer data)
{
  static const char question[] =
      "{\"model\":\"practice-quick\",\"max_tokens\":3,\"messages\":[{\"role\":\"user\",\"content\":\"Who are you?\"}]}";
  g_autoptr(JsonNode) cut = ask_json (fixture, "POST /openai/v1/chat/completions", question, 200);
  g_assert_cmpstr (text_at (cut, "choices/0/finish_reason"), ==, "length");
  g_assert_cmpint (int_at (cut, "usage/completion_tokens"), ==, 3);
  static const char stopped[] = "{\"model\":\"practice-careful\",\"max_tokens\":99,\"stop_sequences\":[\"zzz\",\" "
                                "model\"],\"messages\":[{\"role\":\"user\",\"content\":\"Who are you?\"}]}";
  g_autoptr(JsonNode) stop = ask_json (fixture, "POST /anthropic/v1/messages", stopped, 200);
  g_assert_cmpstr (text_at (stop, "stop_reason"), ==, "stop_sequence");
  g_assert_cmpstr (text_at (stop, "stop_sequence"), ==, " model");
  g_assert_cmpstr (text_at (stop, "content/0/text"), ==, "I am a practice");
}

#define TOOLS_OPENAI                                                                                              \
  "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"get_weather\",\"description\":\"Weather of a "      \
  "city\",\"parameters\":{\"type\":\"object\","                                                                   \
  "\"properties\":{\"city\":{\"type\":\"string\"},\"days\":{\"type\":\"integer\"},\"unit\":{\"type\":\"string\"," \
  "\"enum\":[\"celsius\",\"fahrenheit\"]}},\"required\":[\"city\"]}}}]"
#define TOOLS_ANTHROPIC                                                                                            \
  "\"tools\":[{\"name\":\"get_weather\",\"input_schema\":{\"type\":\"object\",\"properties\":{\"city\":{\"type\":" \
  "\"string\"},\"days\":{\"type\":\"integer\"}}}}]"

static void
test_tools (Fixture *fixture, gconstpointer data)
{
  g_autoptr(JsonNode) call =
      ask_json (fixture, "POST /anthropic/v1/messages",
                "{\"model\":\"practice-careful\",\"max_tokens\":99," TOOLS_ANTHROPIC
                ",\"messages\":[{\"role\":\"user\",\"content\":\"What will the weather be in Porto for 3 days?\"}]}",
                200);
  g_assert_cmpstr (text_at (call, "stop_reason"), ==, "tool_use");
  g_assert_cmpstr (text_at (call, "content/0/name"), ==, "get_weather");
  g_assert_cmpstr (text_at (call, "content/0/input/city"), ==, "Porto");
  g_assert_cmpint (int_at (call, "content/0/input/days"), ==, 3);
  g_autoptr(JsonNode) after = ask_json (fixture, "POST /anthropic/v1/messages",
                                         "{\"model\":\"practice-careful\",\"max_tokens\":99," TOOLS_ANTHROPIC
                                         ",\"messages\":[{\"role\":\"user\",\"content\":\"Weather in "
                                         "Porto?\"},{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":"
                                         "\"t\",\"name\":\"get_weather\",\"input\":{}}]},"
                                         "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":"
                                         "\"t\",\"content\":\"18 degrees\"}]}]}",
                                         200);
  g_assert_cmpstr (text_at (after, "stop_reason"), ==, "end_turn");
  g_assert_nonnull (strstr (text_at (after, "content/0/text"), "18 degrees"));
  g_autoptr(JsonNode) other = ask_json (fixture, "POST /anthropic/v1/messages",
                                         "{\"model\":\"practice-careful\",\"max_tokens\":99," TOOLS_ANTHROPIC
                                         ",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}",
                                         200);
  g_assert_cmpstr (text_at (other, "stop_reason"), ==, "end_turn");
}

static void
test_tools_streamed (Fixture *fixture, gconstpointer data)
{
  static const char *const bodies[] = {
    "{\"model\":\"practice-quick\",\"stream\":true,\"tool_choice\":\"required\"," TOOLS_OPENAI
    ",\"messages\":[{\"role\":\"user\",\"content\":\"The weather in Porto in fahrenheit\"}]}",
    "{\"model\":\"practice-careful\",\"stream\":true,\"max_tokens\":99," TOOLS_ANTHROPIC
    ",\"messages\":[{\"role\":\"user\",\"content\":\"The weather in Porto\"}]}",
  };
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr(PurserReply) reply = read_stream (fixture, &dialects[i], bodies[i]);
      PurserReplyChoice *choice = g_ptr_array_index (reply->choices, 0);
      g_assert_cmpint (choice->finish, ==, PURSER_FINISH_TOOLS);
      PurserReplyTool *tool = g_ptr_array_index (choice->tools, 0);
      g_assert_cmpstr (tool->name, ==, "get_weather");
      g_autoptr(JsonNode) arguments = purser_json_parse (tool->arguments->str, -1, NULL);
      g_assert_cmpstr (text_at (arguments, "city"), ==, "Porto");
      if (i == 0)
        g_assert_cmpstr (text_at (arguments, "unit"), ==, "fahrenheit");
    }
}

/* A long beginning that was read before is cached: inside the total for OpenAI, beside it for Anthropic. */
static void
test_cache (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GString) rules = g_string_new (NULL);
  for (int i = 0; i < 100; i++)
    g_string_append_printf (rules, "Rule %d holds. ", i);
  for (guint i = 0; i < 2; i++)
    {
      gint64 total = 0;
      for (int turn = 0; turn < 2; turn++)
        {
          g_autofree char *body =
              i == 0 ? g_strdup_printf ("{\"model\":\"practice-quick\",\"messages\":[{\"role\":\"system\",\"content\":"
                                        "\"%s\"},{\"role\":\"user\",\"content\":\"Question %d?\"}]}",
                                        rules->str, turn)
                     : g_strdup_printf ("{\"model\":\"practice-careful\",\"max_tokens\":9,\"system\":\"%s\","
                                        "\"messages\":[{\"role\":\"user\",\"content\":\"Question %d?\"}]}",
                                        rules->str, turn);
          g_autoptr(JsonNode) reply = ask_json (fixture, dialects[i].request, body, 200);
          gint64 input = int_at (reply, dialects[i].input), cached = int_at (reply, dialects[i].cached);
          g_autoptr(JsonNode) log = last_log (fixture);
          g_assert_cmpint (cached, ==, turn == 0 ? 0 : practice_count_tokens (rules->str) + 3);
          total = turn == 0 ? input : total;
          g_assert_cmpint (i == 0 ? input : input + cached, ==, total);
          g_assert_cmpint (int_at (log, "input_tokens"), ==, total);
          g_assert_cmpint (int_at (log, "cached_tokens"), ==, cached);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  static const struct
  {
    const char *name;
    void (*test) (Fixture *, gconstpointer);
  } each[] = {
    { "whole", test_whole },
    { "streamed", test_streamed },
    { "same-text", test_same_text },
    { "models", test_models },
    { "errors", test_errors },
    { "too-long", test_too_long },
  };
  for (guint i = 0; i < G_N_ELEMENTS (dialects); i++)
    for (guint j = 0; j < G_N_ELEMENTS (each); j++)
      {
        g_autofree char *path = g_strdup_printf ("/practice/%s/%s", dialects[i].id, each[j].name);
        g_test_add (path, Fixture, &dialects[i], fixture_up, each[j].test, fixture_down);
      }
  g_test_add ("/practice/anthropic/needs", Fixture, NULL, fixture_up, test_anthropic_needs, fixture_down);
  g_test_add ("/practice/openai/usage-on-demand", Fixture, NULL, fixture_up, test_openai_usage_on_demand, fixture_down);
  g_test_add ("/practice/ollama/rest", Fixture, NULL, fixture_up, test_ollama_rest, fixture_down);
  g_test_add ("/practice/limits", Fixture, NULL, fixture_up, test_limits, fixture_down);
  g_test_add ("/practice/tools", Fixture, NULL, fixture_up, test_tools, fixture_down);
  g_test_add ("/practice/tools-streamed", Fixture, NULL, fixture_up, test_tools_streamed, fixture_down);
  g_test_add ("/practice/cache", Fixture, NULL, fixture_up, test_cache, fixture_down);
  return g_test_run ();
}
