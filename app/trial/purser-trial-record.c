/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-trial-record.h"

#include <string.h>

#include "purser-check.h"
#include "purser-json.h"

/* Below these a writing speed says nothing (SPEC-trials §3). */
#define SPEED_MIN_CHARS  100
#define SPEED_MIN_DELTAS 5

static char *
take_json (JsonObject *object)
{
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), object);
  json_object_unref (object);
  return purser_json_to_string (node, FALSE);
}

char *
purser_trial_setup_json (const PurserSuite *suite,
                         const char *const *models,
                         const char *const *titles,
                         guint repeats,
                         gint64 cap_nano,
                         const char *currency,
                         guint planned)
{
  JsonObject *setup = json_object_new ();
  JsonArray *list = json_array_new ();
  for (guint i = 0; models[i] != NULL; i++)
    {
      JsonObject *model = json_object_new ();
      json_object_set_string_member (model, "ref", models[i]);
      json_object_set_string_member (model, "title", titles[i]);
      json_array_add_object_element (list, model);
    }
  json_object_set_array_member (setup, "models", list);
  json_object_set_int_member (setup, "cases", planned);
  json_object_set_int_member (setup, "repeats", repeats);
  json_object_set_int_member (setup, "cap_nano", MAX (cap_nano, 0));
  json_object_set_string_member (setup, "currency", currency);
  json_object_set_double_member (setup, "temperature", suite->temperature);
  json_object_set_int_member (setup, "max_tokens", suite->max_tokens);
  json_object_set_double_member (setup, "margin", suite->margin);
  json_object_set_int_member (setup, "min_cases", suite->min_cases);
  json_object_set_int_member (setup, "checks", suite->n_checks);
  json_object_set_object_member (setup, "unchecked", purser_suite_unsupported (suite));
  JsonArray *unused = json_array_new ();
  for (char **name = suite->unused; name != NULL && *name != NULL; name++)
    json_array_add_string_element (unused, *name);
  json_object_set_array_member (setup, "unused", unused);
  return take_json (setup);
}

static void
set_seconds (JsonObject *detail, const char *name, gint64 us)
{
  if (us >= 0)
    json_object_set_double_member (detail, name, us / 1e6);
}

gint64
purser_trial_reply_us (const PurserCallResult *call)
{
  gint64 sum = 0;
  for (guint i = 0; call->attempts != NULL && i < call->attempts->len; i++)
    {
      const PurserCallAttempt *attempt = g_ptr_array_index (call->attempts, i);
      if (attempt->total_us < 0)
        return call->total_us;
      sum += attempt->total_us;
    }
  return MAX (sum, call->total_us);
}

void
purser_trial_measure (JsonObject *detail, const PurserCallResult *call)
{
  gint64 tokens = purser_tokens_output (&call->tokens), total = purser_trial_reply_us (call);
  glong characters = call->reply != NULL ? g_utf8_strlen (purser_reply_text (call->reply), -1) : 0;
  set_seconds (detail, "connect_s", call->connect_us);
  set_seconds (detail, "e2e_s", total);
  json_object_set_int_member (detail, "deltas", call->n_deltas);
  if (tokens > 0 && total > 0)
    json_object_set_double_member (detail, "tok_s", tokens * 1e6 / total);
  set_seconds (detail, "ttfc_s", call->first_us);
  set_seconds (detail, "ttfa_s", call->first_text_us);
  if (call->n_deltas < 2 || call->first_us < 0 || call->last_us <= call->first_us)
    return; /* what came in one piece, a word or all of it, has no pace */
  set_seconds (detail, "stall_s", call->longest_pause_us);
  if (tokens >= 2)
    json_object_set_double_member (detail, "tpot_s", (call->last_us - call->first_us) / 1e6 / (tokens - 1));
  gint64 writing = call->first_text_us >= 0 ? call->last_us - call->first_text_us : 0;
  if (characters >= SPEED_MIN_CHARS && call->n_deltas >= SPEED_MIN_DELTAS && writing > 0)
    json_object_set_double_member (detail, "char_s", characters * 1e6 / writing);
}

static void
describe_call (JsonObject *detail, const PurserCallResult *call, const PurserProvider *provider)
{
  if (call->provider_model != NULL)
    json_object_set_string_member (detail, "provider_model", call->provider_model);
  if (call->attempts != NULL && call->attempts->len > 1)
    json_object_set_int_member (detail, "attempts", call->attempts->len);
  /* A salted prompt shares at most the few tokens of a server's own template with the one before it: only a reply whose prompt mostly came
   * from the cache is of another kind. */
  if (2 * call->tokens.kind[PURSER_TOKENS_CACHE_READ] > purser_tokens_input (&call->tokens))
    json_object_set_boolean_member (detail, "cached", TRUE);
  if (call->estimated)
    json_object_set_boolean_member (detail, "estimated", TRUE);
  if (call->unpriced)
    json_object_set_boolean_member (detail, "unpriced", TRUE);
  if (call->fault != NULL)
    {
      g_autofree char *words = purser_fault_explain (call->fault, provider != NULL ? provider->name : NULL,
                                                     provider != NULL ? provider->kind : NULL);
      json_object_set_string_member (detail, "fault", purser_fault_class_id (call->fault->class_));
      json_object_set_string_member (detail, "reason", words);
    }
}

/* The text of an answer, no longer than LIMIT bytes, cut between characters. */
static char *
answer_of (const PurserCallResult *call, gsize limit)
{
  const char *text = call->reply != NULL ? purser_reply_text (call->reply) : "";
  const PurserReplyChoice *choice =
      call->reply != NULL && call->reply->choices->len > 0 ? g_ptr_array_index (call->reply->choices, 0) : NULL;
  if (text[0] == '\0' && choice != NULL && choice->refusal != NULL)
    text = choice->refusal->str;
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  gsize length = strlen (valid);
  if (length > limit)
    for (length = limit; (valid[length] & 0xc0) == 0x80;)
      length--;
  return g_strndup (valid, length);
}

static void
check_answer (PurserTrialResult *row, const PurserCase *item, const PurserCallResult *call, JsonObject *detail)
{
  g_autofree char *answer = answer_of (call, PURSER_TRIAL_MAX_CHECKED), *reason = NULL;
  JsonArray *checks = NULL;
  gboolean passed;
  row->score = purser_case_score (item, answer, &passed, &checks, &reason);
  row->outcome = g_strdup (row->score < 0 ? "skipped" : passed ? "passed" : "failed");
  json_object_set_array_member (detail, "checks", checks);
  if (reason != NULL)
    json_object_set_string_member (detail, "reason", reason);
}

static char *
case_id_of (const PurserTrialStep *step, gboolean latency, const PurserCase *item)
{
  if (step->warm_up)
    return g_strdup (PURSER_TRIAL_WARM_UP);
  return latency ? g_strdup_printf ("request-%03u", step->item + 1) : g_strdup (item->id);
}

PurserTrialResult *
purser_trial_result_of (const PurserSuite *suite,
                        const PurserTrialStep *step,
                        gboolean latency,
                        const PurserCallResult *call,
                        const PurserProvider *provider)
{
  const PurserCase *item = g_ptr_array_index (suite->cases, step->item % suite->cases->len);
  PurserTrialResult *row = g_new0 (PurserTrialResult, 1);
  JsonObject *detail = json_object_new ();
  row->call_id = call->call_id;
  row->position = (int) step->model;
  row->repeat = (int) step->repeat;
  row->case_id = case_id_of (step, latency, item);
  row->score = -1;
  row->input_tokens = purser_tokens_input (&call->tokens);
  row->output_tokens = purser_tokens_output (&call->tokens);
  row->cost_nano = call->unpriced ? -1 : call->cost_nano;
  row->first_text_us = call->fault == NULL ? call->first_text_us : -1;
  row->total_us = purser_trial_reply_us (call);
  json_object_set_string_member (detail, "title", item->title);
  if (item->group != NULL && !latency)
    json_object_set_string_member (detail, "group", item->group);
  describe_call (detail, call, provider);
  if (call->fault != NULL)
    row->outcome = g_strdup (call->fault->class_ == PURSER_FAULT_CANCELLED ? "skipped" : "error");
  else
    purser_trial_measure (detail, call);
  if (step->warm_up && call->fault == NULL)
    row->outcome = g_strdup ("skipped");
  else if (call->fault == NULL && latency)
    row->outcome = g_strdup ("passed");
  else if (call->fault == NULL)
    check_answer (row, item, call, detail);
  if (!latency && call->fault == NULL)
    row->answer = answer_of (call, PURSER_TRIAL_MAX_ANSWER);
  row->detail = take_json (detail);
  return row;
}
