/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script.h"

#include <string.h>

#define START (1000 * G_USEC_PER_SEC)

/* --- The organisation --- */

static const struct { gint64 id; const char *name, *kind, *address, *model; gint64 key_version, context; } parts[] = {
  { 1, "a", "openai-compatible", "http://127.0.0.1:9/v1", "one", 0, 8000 },
  { 2, "b", "anthropic", "https://api.example", "two", 3, 200000 },
  { 3, "c", "ollama", "http://127.0.0.1:11434", "three", 0, PURSER_UNKNOWN },
};

static gboolean
has_word (const char *options, const char *word)
{
  g_auto(GStrv) words = g_strsplit (options, " ", -1);
  return g_strv_contains ((const char *const *) words, word);
}

static gint64
number_after (const char *options, const char *prefix, gint64 fallback)
{
  g_auto(GStrv) words = g_strsplit (options, " ", -1);
  for (char **word = words; *word != NULL; word++)
    if (g_str_has_prefix (*word, prefix))
      return g_ascii_strtoll (*word + strlen (prefix), NULL, 10);
  return fallback;
}

static PurserPrice *
price_new (gint64 id, gint64 input, gint64 output)
{
  PurserPrice *price = g_new0 (PurserPrice, 1);
  price->id = id;
  g_strlcpy (price->currency, "EUR", sizeof price->currency);
  for (gsize kind = 0; kind < PURSER_N_TOKEN_KINDS; kind++)
    price->list_pico[kind] = price->contract_pico[kind] = (kind >= PURSER_TOKENS_OUTPUT_VISIBLE ? output : input) * PURSER_PICO_PER_MILLION_UNIT;
  price->source = g_strdup ("test");
  return price;
}

static void
add_part (PurserOrg *org, gsize i, const char *options)
{
  g_autofree char *off = g_strconcat (parts[i].name, ":off", NULL), *removed = g_strconcat (parts[i].name, ":removed", NULL);
  g_autofree char *unpriced = g_strconcat (parts[i].name, ":unpriced", NULL), *context = g_strconcat (parts[i].name, ":context=", NULL);
  PurserProvider *provider = g_new0 (PurserProvider, 1);
  PurserModel *model = g_new0 (PurserModel, 1);
  provider->id = parts[i].id;
  provider->kind = purser_kind_get (parts[i].kind);
  provider->name = g_strdup (parts[i].name);
  provider->address = g_strdup (parts[i].address);
  provider->key_version = parts[i].key_version;
  provider->multiplier_ppm = PURSER_PPM;
  provider->enabled = !has_word (options, off);
  model->id = 10 + parts[i].id;
  model->provider_id = parts[i].id;
  model->name = g_strdup (parts[i].model);
  model->context_tokens = number_after (options, context, parts[i].context);
  model->max_output = 4000;
  model->listed = TRUE;
  model->price = has_word (options, unpriced) ? NULL : price_new (20 + parts[i].id, 1 << i, 10 << i);
  if (has_word (options, removed))
    purser_provider_free (provider);
  else
    g_ptr_array_add (org->providers, provider);
  g_ptr_array_add (org->models, model);
}

PurserOrg *
script_org (const char *options)
{
  PurserOrg *org = purser_org_new ();
  PurserWorkload *workload = g_new0 (PurserWorkload, 1);
  org->generation = number_after (options, "generation=", 1);
  org->name = g_strdup ("Test");
  g_strlcpy (org->currency, "EUR", sizeof org->currency);
  org->timezone = g_strdup ("UTC");
  workload->id = 5;
  workload->name = g_strdup ("drafting");
  workload->builtin = TRUE;
  workload->models = g_new0 (gint64, G_N_ELEMENTS (parts));
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *only = g_strconcat ("only:", parts[i].name, NULL);
      add_part (org, i, options);
      if (strstr (options, "only:") == NULL || has_word (options, only))
        workload->models[workload->n_models++] = 10 + parts[i].id;
    }
  if (has_word (options, "unassigned"))
    workload->n_models = 0;
  g_ptr_array_add (org->workloads, workload);
  return org;
}

/* --- Replies --- */

typedef struct { const char *what, *openai, *anthropic, *ollama; } Piece;

static const Piece pieces[] = {
  { "start", "data: {\"id\":\"x\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"}}]}\n\n",
    "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"x\",\"model\":\"m\",\"role\":\"assistant\",\"content\":[],\"usage\":{\"input_tokens\":100,\"output_tokens\":1}}}\n\n"
    "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
    "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":false}\n" },
  { "text", "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"}}]}\n\n",
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"%s\"}}\n\n",
    "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},\"done\":false}\n" },
  { "finish", "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
    "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":20}}\n\n", "" },
  { "usage", "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20,\"total_tokens\":120}}\n\n", "", "" },
  { "zero-usage", "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}}\n\n", "", "" },
  { "odd-usage", "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":20,\"total_tokens\":27,\"prompt_tokens_details\":{\"cached_tokens\":163}}}\n\n", "", "" },
  { "end", "data: [DONE]\n\n", "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
    "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":100,\"eval_count\":20}\n" },
  { "fault", "data: {\"error\":{\"message\":\"Overloaded\",\"type\":\"overloaded_error\"}}\n\n",
    "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n", "{\"error\":\"server busy, overloaded\"}\n" },
  { "whole", "{\"id\":\"x\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hello\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20,\"total_tokens\":120}}",
    "{\"id\":\"x\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[{\"type\":\"text\",\"text\":\"Hello\"}],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":100,\"output_tokens\":20}}",
    "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"Hello\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":100,\"eval_count\":20}" },
  { "words", "{\"error\":{\"message\":\"%s\",\"type\":\"error\"}}", "{\"type\":\"error\",\"error\":{\"type\":\"x\",\"message\":\"%s\"}}", "{\"error\":\"%s\"}" },
};

char *
script_bytes (const char *dialect, const char *what)
{
  g_auto(GStrv) parts_of = g_strsplit (what, "=", 2);
  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    if (g_str_equal (pieces[i].what, parts_of[0]))
      {
        const char *form = g_str_equal (dialect, "anthropic") ? pieces[i].anthropic : g_str_equal (dialect, "ollama") ? pieces[i].ollama : pieces[i].openai;
        return g_strdup_printf (form, parts_of[1] != NULL ? parts_of[1] : "Hello");
      }
  return g_strdup (what);
}

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
  g_clear_pointer (&script->result, purser_call_result_unref);
  g_free (script);
}

/* "start[:whole][:try][:model=R][:agent=N][:timeout=MS]/ORGANISATION" */
static void
feed_start (Script *script, const char *words)
{
  g_auto(GStrv) halves = g_strsplit (words, "/ ", 2);
  g_auto(GStrv) flags = g_strsplit (halves[0], ":", -1);
  g_autoptr(PurserOrg) org = script_org (halves[1] != NULL ? halves[1] : "");
  g_autoptr(PurserChat) chat = purser_chat_new_text (NULL, "Write one word, and nothing else, if you please.");
  PurserCallRequest request = { .workload = "drafting", .purpose = PURSER_PURPOSE_WORK, .stream = TRUE, .chat = chat };
  chat->max_tokens = 1000;
  for (char **flag = flags; *flag != NULL; flag++)
    if (g_str_equal (*flag, "whole"))
      request.stream = FALSE;
    else if (g_str_equal (*flag, "try"))
      request.purpose = PURSER_PURPOSE_TRY;
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
  purser_engine_start (script->engine, &request, org, script->now);
}

static void
feed_answer (Script *script, PurserAnswer answer)
{
  gint64 id = answer == PURSER_ANSWER_DONE ? ++script->next_id : 0;
  if (answer == PURSER_ANSWER_DONE && script->question == PURSER_ACTION_OPEN)
    script->opens++;
  if (answer == PURSER_ANSWER_DONE && (script->question == PURSER_ACTION_OPEN || script->question == PURSER_ACTION_NEXT_ATTEMPT))
    script->attempts++;
  script->question = PURSER_ACTION_DONE;
  purser_engine_answer (script->engine, answer, 77, id, answer == PURSER_ANSWER_DONE ? NULL : "no room left", script->now);
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
  g_set_str (&script->content_type, status != 200 ? "application/json" : g_str_equal (script->dialect, "ollama") ? "application/x-ndjson" : "text/event-stream");
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
  purser_engine_bytes (script->engine, bytes, strlen (bytes), script->now);
}

static void
feed_reload (Script *script, const char *options)
{
  g_autoptr(PurserOrg) org = script_org (options);
  purser_engine_reloaded (script->engine, org, script->now);
}

static const struct { const char *word; PurserAnswer answer; } answers[] = {
  { "done", PURSER_ANSWER_DONE }, { "refused", PURSER_ANSWER_REFUSED }, { "stale", PURSER_ANSWER_STALE }, { "failed", PURSER_ANSWER_FAILED },
};
static const struct { const char *word; PurserFaultClass class_; } faults[] = {
  { "error:address", PURSER_FAULT_ADDRESS }, { "error:tls", PURSER_FAULT_TLS }, { "error:cut", PURSER_FAULT_CUT }, { "error:garbage", PURSER_FAULT_GARBAGE },
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
}

static void
describe_event (GString *text, const PurserEvent *event)
{
  if (event->type == PURSER_EVENT_TEXT)
    g_string_append_printf (text, "text(%s) ", event->text);
  else if (event->type == PURSER_EVENT_FINISH)
    g_string_append (text, "FINISH ");
  else if (event->type == PURSER_EVENT_END)
    g_string_append (text, "END ");
  else if (event->type == PURSER_EVENT_ERROR)
    g_string_append_printf (text, "ERROR(%s) ", purser_fault_class_id (event->fault->class_));
}

static void
describe_store (Script *script, GString *text, const PurserAction *action)
{
  script->question = action->type;
  if (action->type == PURSER_ACTION_OPEN)
    g_string_append_printf (text, "open(%s) ", model_word (action->open.model_id));
  else if (action->type == PURSER_ACTION_NEXT_ATTEMPT)
    {
      g_string_append (text, "next(");
      describe_row (text, &action->attempt);
      g_string_append_printf (text, " → %s) ", model_word (action->model_id));
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
  for (char **header = request->headers; *header != NULL; header += 2)
    {
      secret |= strstr (header[1], "sk-secret") != NULL;
      key |= secret;
    }
  gboolean anthropic = strstr (url, "api.example") != NULL, ollama = strstr (url, "11434") != NULL;
  script->dialect = anthropic ? "anthropic" : ollama ? "ollama" : "openai-chat";
  script->sends++;
  g_string_append_printf (text, "send(%s%s%s) ", anthropic ? "b" : ollama ? "c" : "a", key ? " key" : "",
                          !anthropic && !ollama && g_strstr_len (body, (gssize) g_bytes_get_size (request->body), "stream_options") == NULL ? " plain" : "");
}

static void
describe_done (Script *script, GString *text, const PurserCallResult *result)
{
  script->dones++;
  script->question = PURSER_ACTION_DONE;
  script->result = purser_call_result_ref ((PurserCallResult *) result);
  g_string_append_printf (text, "done(%s%s%s) ", result->fault != NULL ? purser_fault_class_id (result->fault->class_) : "ok",
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

char *
script_take (Script *script)
{
  g_autoptr(GString) text = g_string_new (NULL);
  for (PurserAction *action = purser_engine_next (script->engine); action != NULL; action = purser_engine_next (script->engine))
    {
      describe (script, text, action);
      purser_action_free (action);
    }
  return g_strdup (g_strstrip (text->str));
}
