/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script.h"

#include <string.h>

#define START (1000 * G_USEC_PER_SEC)

/* --- Inputs --- */

static const char *
reply_header (const char *name, gpointer data)
{
  Script *script = data;
  if (g_str_equal (name, "retry-after"))
    return script->retry_after;
  if (g_str_equal (name, "x-should-retry"))
    return script->should_retry;
  if (g_str_equal (name, "content-type"))
    return script->content_type;
  if (g_str_equal (name, "location"))
    return script->location;
  return g_str_equal (name, "x-request-id") ? "req-1" : NULL;
}

Script *
script_new (PurserHealth *health)
{
  Script *script = g_new0 (Script, 1);
  script->health = health != NULL ? purser_health_ref (health) : purser_health_new ();
  script->random = g_rand_new_with_seed (7);
  script->engine = purser_engine_new (&purser_default_limits, script->health, script->random);
  script->now = START;
  script->timer = -1;
  script->question = PURSER_ACTION_DONE;
  script->next_id = 100;
  script->dialect = "openai-chat";
  script->emitted = g_string_new (NULL);
  script->raw = g_string_new (NULL);
  script->fed = g_string_new (NULL);
  return script;
}

void
script_free (Script *script)
{
  purser_engine_free (script->engine);
  purser_health_unref (script->health);
  g_rand_free (script->random);
  g_free (script->retry_after);
  g_free (script->should_retry);
  g_free (script->content_type);
  g_free (script->location);
  g_string_free (script->emitted, TRUE);
  g_string_free (script->raw, TRUE);
  g_string_free (script->fed, TRUE);
  g_free (script->headers);
  g_free (script->open_words);
  g_clear_pointer (&script->result, purser_call_result_unref);
  g_free (script);
}

/* What a caller sent: in which dialect, and what of it. */
static const struct { const char *word, *dialect, *body; } bodies[] = {
  { "chat", "openai-chat", "{\"model\":\"drafting\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello there\"}]}" },
  { "usage", "openai-chat", "{\"model\":\"drafting\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":[{\"role\":\"user\",\"content\":\"Hello there\"}]}" },
  { "broken", "openai-chat", "{\"model\":\"drafting\",\"stream\":true,\"messages\":[{\"role\":7}]}" },
  { "messages", "anthropic", "{\"model\":\"drafting\",\"max_tokens\":9,\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello there\"}]}" },
  { "ollama", "ollama", "{\"model\":\"drafting\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello there\"}]}" },
  { "thread", "anthropic", "{\"model\":\"drafting\",\"max_tokens\":9,\"thread\":{\"id\":\"t\"},\"messages\":[{\"role\":\"user\",\"content\":\"Hello there\"}]}" },
  { "raw", "ollama-generate", "{\"model\":\"drafting\",\"raw\":true,\"prompt\":\"Hello there\"}" },
};

static PurserChat *
chat_of (const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    if (g_str_equal (bodies[i].word, word))
      {
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) body = g_bytes_new_static (bodies[i].body, strlen (bodies[i].body));
        PurserChat *chat = purser_dialect_peek_request (purser_dialect_get (bodies[i].dialect), body, &error);
        g_assert_no_error (error);
        return chat;
      }
  PurserChat *chat = purser_chat_new_text (NULL, "Write one word, and nothing else, if you please.");
  chat->max_tokens = 1000;
  return chat;
}

static const char *
word_after (char **flags, const char *prefix)
{
  for (; *flags != NULL; flags++)
    if (g_str_has_prefix (*flags, prefix))
      return *flags + strlen (prefix);
  return "";
}

/* "start[:whole][:try][:model=R][:agent=N][:timeout=MS][:asks=BODY][:decoded][:headers]/ORGANISATION": BODY is passed through
 * where that can be, unless it is to be decoded. */
static void
feed_start (Script *script, const char *words)
{
  static const char *const headers[] = { "Anthropic-Version", "2026-10-21", "anthropic-beta", "some-thing", "Authorization", "Bearer stolen", "OpenAI-Beta", "a\r\nb: c", NULL };
  g_auto(GStrv) halves = g_strsplit (words, "/ ", 2);
  g_auto(GStrv) flags = g_strsplit (halves[0], ":", -1);
  g_autoptr(PurserOrg) org = script_org (halves[1] != NULL ? halves[1] : "");
  g_autoptr(PurserChat) chat = chat_of (word_after (flags, "asks="));
  PurserCallRequest request = { .workload = "drafting", .purpose = PURSER_PURPOSE_WORK, .stream = TRUE, .chat = chat };
  request.pass_through = chat->undecoded;
  request.dialect = chat->dialect;
  for (char **flag = flags; *flag != NULL; flag++)
    if (g_str_equal (*flag, "whole"))
      request.stream = FALSE;
    else if (g_str_equal (*flag, "try"))
      request.purpose = PURSER_PURPOSE_TRY;
    else if (g_str_equal (*flag, "decoded"))
      request.pass_through = FALSE;
    else if (g_str_equal (*flag, "headers"))
      request.extra_headers = headers;
    else if (g_str_equal (*flag, "known"))
      {
        request.access_key_id = 31;
        request.behalf = "Ann";
      }
    else if (g_str_equal (*flag, "direct"))
      request.workload = NULL;
    else if (g_str_has_prefix (*flag, "workload="))
      request.workload = *flag + 9;
    else if (g_str_has_prefix (*flag, "model="))
      request.model = *flag + 6;
    else if (g_str_has_prefix (*flag, "agent="))
      request.principal_id = g_ascii_strtoll (*flag + 6, NULL, 10);
    else if (g_str_has_prefix (*flag, "timeout="))
      request.first_content_timeout_ms = g_ascii_strtoll (*flag + 8, NULL, 10);
  purser_engine_start (script->engine, &request, org, SCRIPT_WALL, script->now);
}

static void
feed_answer (Script *script, PurserAnswer answer)
{
  gint64 id = answer == PURSER_ANSWER_DONE ? ++script->next_id : 0;
  if (answer == PURSER_ANSWER_DONE && script->question == PURSER_ACTION_OPEN)
    script->opens++;
  if (answer == PURSER_ANSWER_DONE
      && (script->question == PURSER_ACTION_OPEN || script->question == PURSER_ACTION_NEXT_ATTEMPT))
    script->attempts++;
  script->question = PURSER_ACTION_DONE;
  purser_engine_answer (script->engine, answer, 77, id, answer == PURSER_ANSWER_DONE ? NULL : "no room left",
                        script->now);
}

/* "status:NNN[:retry-after=S][:should-retry=false][:html][:location=URL]" */
static void
feed_status (Script *script, const char *words)
{
  g_auto(GStrv) flags = g_strsplit (words, ":", 6);
  int status = (int) g_ascii_strtoll (flags[0], NULL, 10);
  g_set_str (&script->retry_after, NULL);
  g_set_str (&script->should_retry, NULL);
  g_set_str (&script->location, NULL);
  g_set_str (&script->content_type, status != 200                             ? "application/json"
                                    : g_str_equal (script->dialect, "ollama") ? "application/x-ndjson"
                                                                              : "text/event-stream");
  for (char **flag = flags + 1; *flag != NULL; flag++)
    if (g_str_has_prefix (*flag, "retry-after="))
      g_set_str (&script->retry_after, *flag + 12);
    else if (g_str_has_prefix (*flag, "should-retry="))
      g_set_str (&script->should_retry, *flag + 13);
    else if (g_str_equal (*flag, "html"))
      g_set_str (&script->content_type, "text/html; charset=utf-8");
    else if (g_str_equal (*flag, "json"))
      g_set_str (&script->content_type, "application/json");
    else if (g_str_equal (*flag, "moved"))
      g_set_str (&script->location, "https://elsewhere.example/v1/chat?token=secret");
  purser_engine_headers (script->engine, status, reply_header, script, script->now);
}

static void
feed_bytes (Script *script, const char *what)
{
  g_autofree char *bytes = script_bytes (script->dialect, what);
  g_string_append (script->fed, bytes);
  purser_engine_bytes (script->engine, bytes, strlen (bytes), script->now);
}

static void
feed_reload (Script *script, const char *options)
{
  g_autoptr(PurserOrg) org = script_org (options);
  purser_engine_reloaded (script->engine, org, script->now);
}

static const struct { const char *word; PurserAnswer answer;
} answers[] = {
  { "done", PURSER_ANSWER_DONE },
  { "refused", PURSER_ANSWER_REFUSED },
  { "stale", PURSER_ANSWER_STALE },
  { "failed", PURSER_ANSWER_FAILED },
};
static const struct { const char *word; PurserFaultClass class_;
} faults[] = {
  { "error:address", PURSER_FAULT_ADDRESS },
  { "error:tls", PURSER_FAULT_TLS },
  { "error:cut", PURSER_FAULT_CUT },
  { "error:garbage", PURSER_FAULT_GARBAGE },
};

/* "+MS" before an input lets time pass; "timer" goes to the time that was asked for. */
void
script_feed (Script *script, const char *input)
{
  if (*input == '+')
    {
      char *rest;
      script->now += g_ascii_strtoll (input + 1, &rest, 10) * 1000;
      input = *rest == ' ' ? rest + 1 : rest;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    if (g_str_equal (input, answers[i].word))
      feed_answer (script, answers[i].answer);
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    if (g_str_equal (input, faults[i].word))
      purser_engine_error (script->engine, faults[i].class_, "words", script->now);
  if (g_str_has_prefix (input, "start"))
    feed_start (script, input);
  else if (g_str_has_prefix (input, "status:"))
    feed_status (script, input + 7);
  else if (g_str_has_prefix (input, "bytes:"))
    feed_bytes (script, input + 6);
  else if (g_str_has_prefix (input, "reload"))
    feed_reload (script, input + 6);
  else if (g_str_equal (input, "key"))
    purser_engine_key (script->engine, "sk-secret", NULL, script->now);
  else if (g_str_equal (input, "nokey"))
    purser_engine_key (script->engine, NULL, "The keyring is locked.", script->now);
  else if (g_str_equal (input, "connected"))
    purser_engine_connected (script->engine, script->now, 2000, script->now);
  else if (g_str_equal (input, "end"))
    purser_engine_end (script->engine, script->now);
  else if (g_str_equal (input, "cancel"))
    purser_engine_cancel (script->engine, script->now);
  else if (g_str_equal (input, "full") || g_str_equal (input, "flows"))
    purser_engine_hold (script->engine, g_str_equal (input, "full"), script->now);
  else if (g_str_equal (input, "timer"))
    {
      script->now = MAX (script->now, script->timer);
      purser_engine_timer (script->engine, script->now);
    }
}

/* --- Actions --- */

static const char *
model_word (gint64 model_id)
{
  static const char *const names[] = { "a", "b", "c" };
  return model_id >= 11 && model_id <= 13 ? names[model_id - 11] : "none";
}

static void
describe_row (GString *text, const PurserLedgerAttempt *row)
{
  g_string_append_printf (text, "%s", row->outcome);
  if (row->fault != NULL)
    g_string_append_printf (text, " %s", row->fault);
  if (row->may_be_billed)
    g_string_append (text, " billed?");
  if (row->estimated)
    g_string_append (text, " estimated");
  if (row->contradictory)
    g_string_append (text, " contradictory");
  if (row->unpriced)
    g_string_append (text, " unpriced");
}

static void
describe_wait (Script *script, GString *text, gint64 until)
{
  gint64 wait = until - script->now;
  script->timer = until;
  if (until < 0)
    return;
  if (wait >= 400000 && wait <= 600000)
    g_string_append (text, "pause ");
  else if (wait >= 800000 && wait <= 1200000)
    g_string_append (text, "pause*2 ");
  else
    g_string_append_printf (text, "wait(%" G_GINT64_FORMAT "s) ", wait / G_USEC_PER_SEC);
}

static void
note_event (Script *script, const PurserEvent *event)
{
  script->emits++;
  script->emits_after_error += script->errors > 0 || script->dones > 0;
  if (event->type == PURSER_EVENT_ERROR)
    script->errors++;
  if (event->type == PURSER_EVENT_TEXT)
    g_string_append (script->emitted, event->text);
  if (event->type == PURSER_EVENT_RAW)
    g_string_append_len (script->raw, event->text, event->length);
}

static void
describe_event (GString *text, const PurserEvent *event)
{
  if (event->type == PURSER_EVENT_TEXT)
    g_string_append_printf (text, "text(%s) ", event->text);
  else if (event->type == PURSER_EVENT_RAW)
    g_string_append (text, "RAW ");
  else if (event->type == PURSER_EVENT_FINISH)
    g_string_append (text, "FINISH ");
  else if (event->type == PURSER_EVENT_END)
    g_string_append (text, "END ");
  else if (event->type == PURSER_EVENT_ERROR)
    g_string_append_printf (text, "ERROR(%s) ", purser_fault_class_id (event->fault->class_));
}

static void
describe_skips (GString *text, const PurserSkip *skips, guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, " %s:%s", model_word (skips[i].model_id), purser_skip_reason_id (skips[i].reason));
}

static void
describe_open (Script *script, GString *text, const PurserLedgerOpen *open)
{
  g_string_append_printf (text, "open(%s%s", model_word (open->model_id), open->unpriced ? " unpriced" : "");
  describe_skips (text, open->skips, open->n_skips);
  g_string_append (text, ") ");
  g_free (script->open_words);
  script->open_words = g_strdup_printf ("%s %" G_GINT64_FORMAT " %s", open->dialect, open->access_key_id,
                                        open->behalf != NULL ? open->behalf : "-");
}

static void
describe_store (Script *script, GString *text, const PurserAction *action)
{
  script->question = action->type;
  if (action->type == PURSER_ACTION_OPEN)
    describe_open (script, text, &action->open);
  else if (action->type == PURSER_ACTION_NEXT_ATTEMPT)
    {
      g_string_append (text, "next(");
      describe_row (text, &action->attempt);
      g_string_append_printf (text, " → %s%s", model_word (action->model_id), action->attempt.unpriced_next ? " unpriced" : "");
      describe_skips (text, action->attempt.skips, action->attempt.n_skips);
      g_string_append (text, ") ");
    }
  else
    {
      g_string_append (text, "settle(");
      describe_row (text, &action->attempt);
      g_string_append_printf (text, "; %s by %s) ", action->settle.outcome, model_word (action->settle.model_id));
      script->settles++;
    }
  if (action->type != PURSER_ACTION_OPEN)
    {
      script->last = action->attempt;
      script->cost_nano += action->attempt.cost_nano;
    }
  else
    script->reserve_nano = action->open.reserve_nano;
}

static void
describe_send (Script *script, GString *text, const PurserHttpRequest *request)
{
  g_autofree char *url = purser_http_request_url (request);
  gboolean key = FALSE, secret = FALSE;
  const char *body = g_bytes_get_data (request->body, NULL);
  g_autoptr(GString) headers = g_string_new (NULL);
  for (char **header = request->headers; *header != NULL; header += 2)
    {
      g_string_append_printf (headers, "%s=%s ", header[0], header[1]);
      secret |= strstr (header[1], "sk-secret") != NULL;
      key |= secret;
    }
  gboolean anthropic = strstr (url, "api.example") != NULL, ollama = strstr (url, "11434") != NULL;
  script->dialect = anthropic ? "anthropic" : ollama ? "ollama" : "openai-chat";
  script->sends++;
  g_string_truncate (script->fed, 0);
  g_set_str (&script->headers, headers->str);
  g_string_append_printf (text, "send(%s%s%s) ",
                          anthropic ? "b"
                          : ollama  ? "c"
                                    : "a",
                          key ? " key" : "",
                          !anthropic && !ollama
                                  && g_strstr_len (body, (gssize) g_bytes_get_size (request->body), "stream_options")
                                         == NULL
                              ? " plain"
                              : "");
}

static void
describe_done (Script *script, GString *text, const PurserCallResult *result)
{
  script->dones++;
  script->question = PURSER_ACTION_DONE;
  script->result = purser_call_result_ref ((PurserCallResult *) result);
  g_string_append_printf (text, "done(%s%s%s) ",
                          result->fault != NULL ? purser_fault_class_id (result->fault->class_) : "ok",
                          result->model != NULL ? " " : "", result->model != NULL ? result->model : "");
}

static void
describe (Script *script, GString *text, const PurserAction *action)
{
  switch (action->type)
    {
    case PURSER_ACTION_OPEN:
    case PURSER_ACTION_NEXT_ATTEMPT:
    case PURSER_ACTION_SETTLE:
      describe_store (script, text, action);
      break;
    case PURSER_ACTION_WAIT_UNTIL:
      describe_wait (script, text, action->until_us);
      break;
    case PURSER_ACTION_SEND:
      describe_send (script, text, action->request);
      break;
    case PURSER_ACTION_EMIT:
      note_event (script, action->event);
      describe_event (text, action->event);
      break;
    case PURSER_ACTION_DONE:
      describe_done (script, text, action->result);
      break;
    default:
      if (action->type == PURSER_ACTION_KEY || action->type == PURSER_ACTION_RELOAD)
        script->question = action->type;
      g_string_append_printf (text, "%s ", purser_action_id (action->type));
    }
}

void
script_run_case (gconstpointer data)
{
  const ScriptCase *each = data;
  Script *script = script_new (NULL);
  for (const ScriptStep *step = each->steps; step->input != NULL; step++)
    {
      script_feed (script, step->input);
      g_autofree char *actions = script_take (script);
      if (!g_str_equal (actions, step->actions))
        g_test_message ("%s: after “%s” (step %d)", each->name, step->input, (int) (step - each->steps));
      g_assert_cmpstr (actions, ==, step->actions);
    }
  g_assert_cmpuint (script->emits_after_error, ==, 0);
  script_free (script);
}

char *
script_take (Script *script)
{
  g_autoptr(GString) text = g_string_new (NULL);
  for (PurserAction *action = purser_engine_next (script->engine); action != NULL;
       action = purser_engine_next (script->engine))
    {
      describe (script, text, action);
      purser_action_free (action);
    }
  return g_strdup (g_strstrip (text->str));
}
