/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-price.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdio.h>

static char *as_name, *only_model, *system_text;
static gboolean stream;
static gint max_tokens = -1;
static const GOptionEntry ASK_OPTIONS[] = {
  { "as", 0, 0, G_OPTION_ARG_STRING, &as_name, N_("Count it for this person or agent"), "PRINCIPAL" },
  { "model", 0, 0, G_OPTION_ARG_STRING, &only_model, N_("Only this one of the workload's models"), "PROVIDER/MODEL" },
  { "system", 0, 0, G_OPTION_ARG_STRING, &system_text, N_("System text"), "TEXT" },
  { "max-tokens", 0, 0, G_OPTION_ARG_INT, &max_tokens, N_("Longest reply"), "N" },
  { "stream", 0, 0, G_OPTION_ARG_NONE, &stream, N_("Print the reply as it comes"), NULL },
  { NULL },
};

static void
print_event (const PurserEvent *event, gpointer user_data)
{
  if (event->type == PURSER_EVENT_TEXT && event->choice == 0)
    {
      fwrite (event->text, 1, event->length, stdout);
      fflush (stdout);
    }
}

static JsonArray *
attempts_json (const PurserCallResult *result)
{
  JsonArray *attempts = json_array_new ();
  for (guint i = 0; i < result->attempts->len; i++)
    {
      const PurserCallAttempt *attempt = g_ptr_array_index (result->attempts, i);
      JsonObject *row = json_object_new ();
      json_object_set_string_member (row, "model", attempt->model);
      purser_terminal_set_text (row, "fault", attempt->fault != NULL ? purser_fault_class_id (attempt->fault->class_) : NULL);
      purser_terminal_set_text (row, "message", attempt->fault != NULL ? attempt->fault->message : NULL);
      json_object_set_int_member (row, "status", attempt->fault != NULL ? attempt->fault->status : 200);
      json_array_add_object_element (attempts, row);
    }
  return attempts;
}

static void
set_count (JsonObject *object, const char *member, gint64 n)
{
  if (n >= 0)
    json_object_set_int_member (object, member, n);
  else
    json_object_set_null_member (object, member);
}

static JsonObject *
describe (const PurserCallResult *result)
{
  JsonObject *object = json_object_new ();
  JsonObject *tokens = json_object_new ();
  json_object_set_int_member (object, "call", result->call_id);
  purser_terminal_set_text (object, "model", result->model);
  purser_terminal_set_text (object, "provider_model", result->provider_model);
  json_object_set_string_member (object, "text", result->reply != NULL ? purser_reply_text (result->reply) : "");
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    set_count (tokens, purser_token_kind_id (i), result->tokens.kind[i]);
  json_object_set_object_member (object, "tokens", tokens);
  set_count (object, "input_tokens", purser_tokens_input (&result->tokens));
  set_count (object, "output_tokens", purser_tokens_output (&result->tokens));
  json_object_set_boolean_member (object, "estimated", result->estimated);
  json_object_set_boolean_member (object, "unpriced", result->unpriced);
  if (result->unpriced)
    json_object_set_null_member (object, "cost_nano");
  else
    json_object_set_int_member (object, "cost_nano", result->cost_nano);
  set_count (object, "first_words_us", result->first_text_us);
  set_count (object, "total_us", result->total_us);
  json_object_set_array_member (object, "attempts", attempts_json (result));
  return object;
}

static void
say_beneath (PurserTerminal *terminal, const PurserCallResult *result)
{
  g_autofree char *cost = result->unpriced ? g_strdup (_("unpriced")) : purser_money_format (result->cost_nano, terminal->org->currency);
  for (guint i = 0; i + 1 < result->attempts->len; i++)
    {
      const PurserCallAttempt *attempt = g_ptr_array_index (result->attempts, i);
      g_printerr (_("%s did not answer: %s\n"), attempt->model, attempt->fault != NULL && attempt->fault->message != NULL ? attempt->fault->message : "");
    }
  g_autofree char *counts = g_strdup_printf (_("%s · %" PRId64 " tokens in, %" PRId64 " out%s · %s"), result->model, purser_tokens_input (&result->tokens),
                                             purser_tokens_output (&result->tokens), result->estimated ? _(" (estimated)") : "", cost);
  if (result->first_text_us >= 0)
    g_printerr (_("%s · first words after %.2f s, whole reply %.2f s\n"), counts, result->first_text_us / 1e6, result->total_us / 1e6);
  else
    g_printerr (_("%s · whole reply after %.2f s\n"), counts, result->total_us / 1e6);
  if (result->unpriced)
    purser_terminal_say_why_unpriced (terminal, purser_org_model (terminal->org, result->model_id));
}

static int
print_result (PurserTerminal *terminal, const PurserCallResult *result, GError **error)
{
  static const PurserColumn NONE[] = { { NULL } };
  if (terminal->json)
    {
      JsonObject *object = describe (result);
      if (result->fault != NULL)
        {
          g_autofree char *words = purser_fault_explain (result->fault, NULL, NULL);
          json_object_set_string_member (object, "fault", purser_fault_class_id (result->fault->class_));
          json_object_set_string_member (object, "error", words);
        }
      purser_terminal_print_object (terminal, object, NONE);
      return result->fault == NULL ? PURSER_EXIT_DONE : PURSER_EXIT_FAILED;
    }
  if (result->fault != NULL)
    {
      const PurserModel *model = result->model_id != 0 ? purser_org_model (terminal->org, result->model_id) : NULL;
      const PurserProvider *provider = model != NULL ? purser_org_provider (terminal->org, model->provider_id) : NULL;
      g_autofree char *words = purser_fault_explain (result->fault, provider != NULL ? provider->name : NULL, provider != NULL ? provider->kind : NULL);
      return purser_terminal_refuse (error, "%s", words);
    }
  g_print ("%s\n", stream ? "" : purser_reply_text (result->reply));
  say_beneath (terminal, result);
  return PURSER_EXIT_DONE;
}

static int
ask (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserPrincipal *principal = as_name != NULL ? purser_terminal_principal (terminal, as_name, error) : NULL;
  if ((as_name != NULL && principal == NULL) || purser_terminal_workload (terminal, arguments[0], error) == NULL ||
      (only_model != NULL && purser_terminal_model (terminal, only_model, error) == NULL))
    return PURSER_EXIT_FAILED;
  g_autoptr (PurserChat) chat = purser_chat_new_text (system_text, arguments[1]);
  chat->max_tokens = max_tokens;
  PurserCallRequest request = { .workload = arguments[0], .model = only_model, .principal_id = principal != NULL ? principal->id : 0,
                                .purpose = PURSER_PURPOSE_WORK, .stream = stream, .chat = chat };
  g_autoptr (GAsyncResult) async = NULL;
  purser_caller_run_async (terminal->caller, &request, stream && !terminal->json ? print_event : NULL, NULL, NULL, purser_terminal_take_cb, &async);
  purser_terminal_wait (&async);
  g_autoptr (PurserCallResult) result = purser_caller_run_finish (terminal->caller, async, error);
  return result != NULL ? print_result (terminal, result, error) : PURSER_EXIT_FAILED;
}

const PurserVerb purser_verbs_ask[] = {
  { "ask", NULL, "WORKLOAD PROMPT [--as PRINCIPAL] [--stream]", 2, 2, N_("Ask a workload's model"), TRUE, ASK_OPTIONS, ask },
  { NULL },
};
