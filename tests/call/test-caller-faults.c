/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "caller-fixture.h"

#include <string.h>

/* Outcomes and rows of a provider that misbehaves. */

/* --- Each fault, in each dialect, streamed and whole --- */

#define STREAMED 1
#define WHOLE    2
#define BOTH     3

typedef struct
{
  const char      *faults;
  int              ways;
  const char      *only;      /* (nullable) kind */
  PurserFaultClass class_;
  guint            attempts;
  const char      *text;      /* emitted */
  gboolean         estimated;
  gboolean
      started; /* Anthropic tells the input at the start, so an attempt that got so far has counts, estimated ones */
} Outcome;

static const Outcome outcomes[] = {
  { "ok", BOTH, NULL, PURSER_FAULT_NONE, 1, "Hello", FALSE },
  { "slow", STREAMED, NULL, PURSER_FAULT_NONE, 1, "Hello", FALSE },
  { "whole", STREAMED, NULL, PURSER_FAULT_NONE, 1, "Hello", FALSE },
  { "silent", BOTH, NULL, PURSER_FAULT_TIMEOUT, 1, "", FALSE },
  { "silent-start", STREAMED, NULL, PURSER_FAULT_TIMEOUT, 1, "", FALSE, TRUE },
  { "stalls", STREAMED, NULL, PURSER_FAULT_TIMEOUT, 1, "Hel", TRUE },
  { "cut-headers", BOTH, NULL, PURSER_FAULT_CUT, 2, "", FALSE },
  { "cut-headers,ok", BOTH, NULL, PURSER_FAULT_NONE, 2, "Hello", FALSE },
  { "cut-start", STREAMED, NULL, PURSER_FAULT_CUT, 2, "", FALSE, TRUE },
  { "cut", STREAMED, NULL, PURSER_FAULT_CUT, 1, "Hel", TRUE },
  { "cut", WHOLE, NULL, PURSER_FAULT_CUT, 2, "", FALSE },
  { "no-end", STREAMED, NULL, PURSER_FAULT_CUT, 1, "Hel", TRUE },
  { "inside", STREAMED, NULL, PURSER_FAULT_OVERLOADED, 2, "", FALSE, TRUE },
  { "inside,ok", STREAMED, NULL, PURSER_FAULT_NONE, 2, "Hello", FALSE, TRUE },
  { "inside-late", STREAMED, NULL, PURSER_FAULT_OVERLOADED, 1, "Hel", TRUE },
  { "429", BOTH, NULL, PURSER_FAULT_RATE, 2, "", FALSE },
  { "429-1,ok", STREAMED, "openai-compatible", PURSER_FAULT_NONE, 2, "Hello", FALSE },
  { "429-600", BOTH, NULL, PURSER_FAULT_RATE, 1, "", FALSE },
  { "529", BOTH, NULL, PURSER_FAULT_OVERLOADED, 2, "", FALSE },
  { "500,ok", BOTH, NULL, PURSER_FAULT_NONE, 2, "Hello", FALSE },
  { "empty-500", BOTH, NULL, PURSER_FAULT_SERVER, 2, "", FALSE },
  { "503,500", BOTH, NULL, PURSER_FAULT_SERVER, 2, "", FALSE },
  { "400", BOTH, NULL, PURSER_FAULT_REQUEST, 1, "", FALSE },
  { "401", BOTH, NULL, PURSER_FAULT_KEY, 1, "", FALSE },
  { "402", BOTH, NULL, PURSER_FAULT_MONEY, 1, "", FALSE },
  { "403", BOTH, NULL, PURSER_FAULT_KEY, 1, "", FALSE },
  { "404", BOTH, NULL, PURSER_FAULT_NOT_FOUND, 1, "", FALSE },
  { "no-model", BOTH, NULL, PURSER_FAULT_NO_MODEL, 1, "", FALSE },
  { "410", BOTH, NULL, PURSER_FAULT_GONE, 1, "", FALSE },
  { "413", BOTH, NULL, PURSER_FAULT_REQUEST, 1, "", FALSE },
  { "422", BOTH, NULL, PURSER_FAULT_REQUEST, 1, "", FALSE },
  { "garbage", BOTH, NULL, PURSER_FAULT_GARBAGE, 1, "", FALSE },
  { "html", BOTH, NULL, PURSER_FAULT_GARBAGE, 1, "", FALSE },
  { "html-404", BOTH, NULL, PURSER_FAULT_NOT_FOUND, 1, "", FALSE },
  { "huge", WHOLE, NULL, PURSER_FAULT_GARBAGE, 1, "", FALSE },
  { "not-http", BOTH, NULL, PURSER_FAULT_GARBAGE, 1, "", FALSE },
  { "redirect", BOTH, NULL, PURSER_FAULT_NOT_FOUND, 1, "", FALSE },
  { "no-usage", STREAMED, "openai-compatible", PURSER_FAULT_NONE, 1, "Hello", TRUE },
  { "no-usage", BOTH, "ollama", PURSER_FAULT_NONE, 1, "Hello", TRUE },
  { "odd-usage", STREAMED, "openai-compatible", PURSER_FAULT_NONE, 1, "Hello", TRUE },
  { "no-stream-options,ok", STREAMED, "openai-compatible", PURSER_FAULT_NONE, 2, "Hello", FALSE },
  { "no-max-tokens,ok", BOTH, "openai-compatible", PURSER_FAULT_NONE, 2, "Hello", FALSE },
};

static void
assert_outcome (
    Fixture *f, const Outcome *outcome, const char *kind, const char *tag, const Call *call, gboolean stream)
{
  gboolean estimated = outcome->estimated || (outcome->started && g_str_equal (kind, "anthropic"));
  g_autoptr(GPtrArray) rows = ledger_rows (f);
  const PurserCallRow *row = g_ptr_array_index (rows, 0);
  const PurserCallResult *result = call->result;
  PurserFaultClass class_ = result->fault != NULL ? result->fault->class_ : PURSER_FAULT_NONE;
  g_test_message ("%s %s: %s, %u attempts, “%s” %s", tag, stream ? "streamed" : "whole", purser_fault_class_id (class_),
                  result->attempts->len, call->text->str,
                  result->fault != NULL && result->fault->message != NULL ? result->fault->message : "");
  g_assert_cmpint (class_, ==, outcome->class_);
  g_assert_cmpuint (result->attempts->len, ==, outcome->attempts);
  g_assert_cmpuint (hostile_requests (f->hostile, tag), ==, outcome->attempts); /* one request for each row */
  g_assert_cmpstr (call->text->str, ==, outcome->text);
  g_assert_cmpint (row->call_id, ==, result->call_id);
  g_assert_cmpstr (row->outcome, ==, outcome->class_ == PURSER_FAULT_NONE ? "ok" : "failed");
  g_assert_cmpint (row->attempts, ==, (int) outcome->attempts);
  g_assert_cmpint (row->estimated, ==, estimated);
  g_assert_cmpint (row->cost_nano, ==, result->cost_nano);
  g_assert_cmpuint (call->ends, ==, outcome->class_ == PURSER_FAULT_NONE ? 1 : 0);
  g_assert_cmpuint (call->errors, ==, *outcome->text != '\0' && outcome->class_ != PURSER_FAULT_NONE ? 1 : 0);
  if (outcome->class_ != PURSER_FAULT_NONE)
    g_assert_cmpstr (row->fault, ==, purser_fault_class_id (outcome->class_));
  else if (!estimated)
    {
      g_assert_cmpint (row->input_tokens, ==, 100);
      g_assert_cmpint (row->output_tokens, ==, 20);
      g_assert_cmpint (row->cost_nano, ==, 140000);
    }
  if (result->fault != NULL && result->fault->message != NULL)
    g_assert_null (strstr (result->fault->message, KEY));
}

/* Short only where a time-out is what is looked for: a busy machine must not make one. */
static void
set_patience (Fixture *f, gint64 wait_us)
{
  PurserLimits *limits = purser_caller_get_limits (f->caller);
  limits->first_content_us = limits->local_first_content_us = limits->whole_us = limits->silence_us = wait_us;
}

static void
test_faults (Fixture *f, const char *kind)
{
  guint n = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (outcomes); i++)
    for (int way = STREAMED; way <= WHOLE; way++)
      {
        if ((outcomes[i].ways & way) == 0 || (outcomes[i].only != NULL && !g_str_equal (outcomes[i].only, kind)))
          continue;
        g_autofree char *tag = g_strdup_printf ("p%u", n++), *model = g_strconcat (tag, "/m", NULL);
        add_provider (f, tag, kind, outcomes[i].faults);
        set_patience (f, outcomes[i].class_ == PURSER_FAULT_TIMEOUT ? G_USEC_PER_SEC / 4 : 60 * G_USEC_PER_SEC);
        Call call = call_run (f, model, way == STREAMED);
        g_test_message ("%s:", outcomes[i].faults);
        assert_outcome (f, &outcomes[i], kind, tag, &call, way == STREAMED);
        call_clear (&call);
      }
  assert_consistent (f);
}

static void
test_faults_openai (Fixture *f, gconstpointer data)
{
  test_faults (f, "openai-compatible");
}

static void
test_faults_anthropic (Fixture *f, gconstpointer data)
{
  test_faults (f, "anthropic");
}

static void
test_faults_ollama (Fixture *f, gconstpointer data)
{
  test_faults (f, "ollama");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/caller/faults/openai-chat", test_faults_openai);
  ADD ("/caller/faults/anthropic", test_faults_anthropic);
  ADD ("/caller/faults/ollama", test_faults_ollama);
  return g_test_run ();
}
