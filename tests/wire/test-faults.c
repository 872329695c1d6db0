/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "purser-dialect.h"
#include "purser-json.h"

/* Error replies as the providers document them (their shapes, our words), the class that DESIGN §3.5 decides by, and
 * the code kept. */
static const struct
{
  int status;
  const char *body;
  PurserFaultClass class_;
  const char *code;
} replies[] = {
  { 401, "{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"no\"}}", PURSER_FAULT_KEY,
    "authentication_error" },
  { 401,
    "{\"error\":{\"message\":\"no\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"invalid_api_key\"}}",
    PURSER_FAULT_KEY, "invalid_api_key" },
  { 401, "{\"error\":{\"message\":\"no\",\"type\":\"invalid_request_error\",\"code\":null}}", PURSER_FAULT_KEY,
    "invalid_request_error" },
  { 403, "{\"error\":{\"type\":\"permission_error\",\"message\":\"no\"}}", PURSER_FAULT_KEY, "permission_error" },
  { 402, "{\"error\":{\"code\":402,\"message\":\"Insufficient credits\"}}", PURSER_FAULT_MONEY, "402" },
  { 429, "{\"error\":{\"type\":\"insufficient_quota\",\"code\":\"insufficient_quota\",\"message\":\"x\"}}",
    PURSER_FAULT_MONEY, "insufficient_quota" },
  { 429,
    "{\"error\":{\"type\":\"rate_limit_error\",\"message\":\"x\",\"details\":{\"error_code\":\"enforced_spend_limit_"
    "reached\"}}}",
    PURSER_FAULT_MONEY, "enforced_spend_limit_reached" },
  { 400, "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Your credit balance is too low to go on\"}}",
    PURSER_FAULT_MONEY, "invalid_request_error" },
  { 429,
    "{\"error\":{\"type\":\"tokens\",\"code\":\"rate_limit_exceeded\",\"message\":\"Request too large: context "
    "length\"}}",
    PURSER_FAULT_RATE, "rate_limit_exceeded" },
  { 429, "{\"error\":{\"code\":\"RateLimitReached\",\"message\":\"x\"}}", PURSER_FAULT_RATE, "RateLimitReached" },
  { 429, "", PURSER_FAULT_RATE, NULL },
  { 400, "{\"error\":{\"code\":\"context_length_exceeded\",\"message\":\"x\",\"type\":\"invalid_request_error\"}}",
    PURSER_FAULT_CONTEXT, "context_length_exceeded" },
  { 400, "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"prompt is too long: 3 tokens > 2\"}}",
    PURSER_FAULT_CONTEXT, "invalid_request_error" },
  { 400, "{\"error\":{\"code\":400,\"type\":\"exceed_context_size_error\",\"message\":\"x\"}}", PURSER_FAULT_CONTEXT,
    "exceed_context_size_error" },
  { 400,
    "{\"object\":\"error\",\"message\":\"This model's maximum context length is 10 "
    "tokens.\",\"type\":\"BadRequestError\",\"code\":400}",
    PURSER_FAULT_CONTEXT, "BadRequestError" },
  { 500,
    "{\"error\":{\"code\":500,\"message\":\"the request exceeds the available context "
    "size\",\"type\":\"server_error\"}}",
    PURSER_FAULT_CONTEXT, "server_error" },
  { 404, "{\"error\":{\"code\":\"model_not_found\",\"message\":\"x\"}}", PURSER_FAULT_NO_MODEL, "model_not_found" },
  { 404, "{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\",\"message\":\"model: claude-none\"}}",
    PURSER_FAULT_NO_MODEL, "not_found_error" },
  { 404, "{\"error\":\"model 'x' not found\"}", PURSER_FAULT_NO_MODEL, NULL },
  { 404, "{\"error\":{\"code\":\"DeploymentNotFound\",\"message\":\"x\"}}", PURSER_FAULT_NO_MODEL,
    "DeploymentNotFound" },
  { 400, "{\"error\":{\"code\":400,\"message\":\"x/y is not a valid model ID\"}}", PURSER_FAULT_NO_MODEL, "400" },
  { 404, "{\"error\":{\"message\":\"Invalid URL (POST /v1/chat)\",\"type\":\"invalid_request_error\"}}",
    PURSER_FAULT_NOT_FOUND, "invalid_request_error" },
  { 404, "{\"error\":{\"message\":\"The url /models/x was not found\"}}", PURSER_FAULT_NOT_FOUND, NULL },
  { 404, "{\"detail\":\"Not Found\"}", PURSER_FAULT_NOT_FOUND, NULL },
  { 404, "<html><title>404</title></html>", PURSER_FAULT_NOT_FOUND, NULL },
  { 405, "Method Not Allowed", PURSER_FAULT_NOT_FOUND, NULL },
  { 410, "{\"error\":{\"message\":\"retired\"}}", PURSER_FAULT_GONE, NULL },
  { 400, "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"x\"}}", PURSER_FAULT_REQUEST,
    "invalid_request_error" },
  { 413, "{\"error\":{\"type\":\"request_too_large\",\"message\":\"x\"}}", PURSER_FAULT_REQUEST, "request_too_large" },
  { 422, "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"field required\"}]}", PURSER_FAULT_REQUEST, NULL },
  { 529, "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
    PURSER_FAULT_OVERLOADED, "overloaded_error" },
  { 503, "{\"error\":\"server busy, please try again\"}", PURSER_FAULT_OVERLOADED, NULL },
  { 500, "{\"error\":{\"type\":\"api_error\",\"message\":\"x\"}}", PURSER_FAULT_SERVER, "api_error" },
  { 502, "<html>bad gateway</html>", PURSER_FAULT_SERVER, NULL },
  { 408, "", PURSER_FAULT_SERVER, NULL },
  { 409, "{}", PURSER_FAULT_SERVER, NULL },
  { 407, "", PURSER_FAULT_ADDRESS, NULL },
  { 302, "moved", PURSER_FAULT_GARBAGE, NULL },
  { 200, "<html>log in</html>", PURSER_FAULT_GARBAGE, NULL },
  { 200, "{\"hello\":1}", PURSER_FAULT_GARBAGE, NULL },
  { 200, "{\"error\":{\"type\":\"overloaded_error\",\"message\":\"x\"}}", PURSER_FAULT_OVERLOADED, "overloaded_error" },
  { 400, "[{\"error\":{\"code\":400,\"message\":\"x\",\"status\":\"INVALID_ARGUMENT\"}}]", PURSER_FAULT_REQUEST,
    "INVALID_ARGUMENT" },
};

static void
test_classes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      g_autoptr(PurserFault) fault =
          purser_dialect_read_error (purser_dialect_get ("openai-chat"), replies[i].status, NULL, replies[i].body,
                                     strlen (replies[i].body), NULL, NULL);
      if (fault->class_ != replies[i].class_ || g_strcmp0 (fault->code, replies[i].code) != 0)
        g_error ("%d %s reads %s, %s", replies[i].status, replies[i].body, purser_fault_class_id (fault->class_),
                 fault->code);
      g_assert_true (fault->message != NULL || *replies[i].body == 0 || g_str_equal (replies[i].body, "{}"));
      g_assert_cmpint (fault->retry_after_ms, ==, -1);
    }
}

typedef struct { const char *names[4], *values[4]; } Headers;

static const char *
header_cb (const char *name, gpointer data)
{
  const Headers *headers = data;
  for (gsize i = 0; i < 4 && headers->names[i] != NULL; i++)
    if (g_str_equal (headers->names[i], name))
      return headers->values[i];
  return NULL;
}

static void
test_retry_after (void)
{
  static const struct
  {
    Headers headers;
    gint64 wait;
    int should;
  } cases[] = {
    { { { "retry-after" }, { "2" } }, 2000, -1 },
    { { { "retry-after" }, { "0.5" } }, 500, -1 },
    { { { "retry-after", "retry-after-ms" }, { "1", "0" } }, 1000, -1 }, /* Azure: a zero is no answer */
    { { { "retry-after", "retry-after-ms" }, { "9", "120" } }, 120, -1 },
    { { { "retry-after" }, { "0" } }, -1, -1 },
    { { { "retry-after" }, { "-3" } }, -1, -1 },
    { { { "retry-after" }, { "soon" } }, -1, -1 },
    { { { "retry-after" }, { "" } }, -1, -1 },
    { { { "retry-after" }, { "1e99" } }, -1, -1 },
    { { { "retry-after" }, { "nan" } }, -1, -1 },
    { { { "retry-after", "date" }, { "Sun, 06 Nov 1994 08:49:47 GMT", "Sun, 06 Nov 1994 08:49:37 GMT" } }, 10000, -1 },
    { { { "retry-after", "date" }, { "Sunday, 06-Nov-94 08:50:37 GMT", "Sun Nov  6 08:49:37 1994" } }, 60000, -1 },
    { { { "retry-after", "date" }, { "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT" } }, -1, -1 },
    { { { "retry-after" }, { "Sun, 06 Nov 2094 08:49:37 GMT" } }, -1, -1 }, /* no date to measure it by */
    { { { "retry-after", "date" }, { "Sun, 99 Foo 1994 08:49:47 GMT", "Sun, 06 Nov 1994 08:49:37 GMT" } }, -1, -1 },
    { { { "x-should-retry" }, { "false" } }, -1, 0 },
    { { { "x-should-retry" }, { "true" } }, -1, 1 },
    { { { "x-should-retry" }, { "maybe" } }, -1, -1 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PurserFault) fault =
          purser_dialect_read_error (purser_dialect_get ("anthropic"), 429, "application/json", "{}", 2, header_cb,
                                     (gpointer) &cases[i].headers);
      g_assert_cmpint (fault->retry_after_ms, ==, cases[i].wait);
      g_assert_cmpint (fault->should_retry, ==, cases[i].should);
    }
}

static void
test_amazon (void)
{
  static const struct
  {
    const char *type;
    int status;
    PurserFaultClass class_;
  } cases[] = { { "ThrottlingException:http://internal/", 429, PURSER_FAULT_RATE },
                { "ValidationException", 400, PURSER_FAULT_REQUEST },
                { "AccessDeniedException", 403, PURSER_FAULT_KEY } };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Headers headers = { { "x-amzn-errortype" }, { cases[i].type } };
      g_autoptr(PurserFault) fault =
          purser_dialect_read_error (NULL, cases[i].status, NULL, "{\"message\":\"x\"}", 15, header_cb, &headers);
      g_assert_cmpint (fault->class_, ==, cases[i].class_);
      g_assert_cmpstr (fault->message, ==, "x");
      g_assert_true (g_str_has_prefix (cases[i].type, fault->code));
    }
}

/* Nothing like a key comes through; names that only look long do. */
static void
test_scrub (void)
{
  static const char *const secrets[] = { "sk-ant-api03-AbCdEf0123456789AbCdEf",
                                         "sk-proj-x1y2z3x1y2z3",
                                         "sk-or-v1-0123456789abcdef0123456789abcdef",
                                         "github_pat_11AAAAAA0abcdefgh",
                                         "ghp_0123456789abcdefghijABCDEFGHIJ012345",
                                         "AIzaSyA0123456789abcdefghijklmnopqrstu",
                                         "ABSKQmVkcm9ja0FQSUtleS0xMjM0NTY3ODkw",
                                         "0123456789abcdef0123456789abcdef",
                                         "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc",
                                         "gsk_0123456789abcdefABCDEF",
                                         "AbC0/def+GhI1/jkl+MnO2/pqr+StU3/vwx+YzA4/bcd+EfG5==" };
  for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++)
    {
      g_autofree char *words = g_strdup_printf ("Incorrect key \"%s\" given", secrets[i]);
      g_autoptr(PurserFault) fault = purser_fault_new (PURSER_FAULT_KEY, 401, words);
      if (strstr (fault->message, "***") == NULL
          || strstr (fault->message, secrets[i] + strlen (secrets[i]) - 8) != NULL)
        g_error ("%s is shown as %s", secrets[i], fault->message);
    }
  g_autoptr(PurserFault) bearer =
      purser_fault_new (PURSER_FAULT_KEY, 401, "got Authorization: Bearer hunter2hunter2, sorry");
  g_assert_cmpstr (bearer->message, ==, "got Authorization: Bearer ***, sorry");
  static const char *const harmless[] = { "model: claude-sonnet-4-5-20250929",
                                          "req_011AbCdefGhijKl37Mn5oP7qr",
                                          "The model `meta-llama-3-1-405b-instruct-turbo-fp8` is gone",
                                          "550e8400-e29b-41d4-a716-446655440000",
                                          "https://platform.example.com/docs/guides/error-codes/api-errors",
                                          "/home/user/models/qwen3/14B-Q4KM.gguf" };
  for (gsize i = 0; i < G_N_ELEMENTS (harmless); i++)
    {
      g_autoptr(PurserFault) fault = purser_fault_new (PURSER_FAULT_REQUEST, 400, harmless[i]);
      g_assert_cmpstr (fault->message, ==, harmless[i]);
    }
}

static void
test_message (void)
{
  g_autofree char *endless = g_strnfill (100000, 'x');
  g_autoptr(PurserFault) shortened = purser_fault_new (PURSER_FAULT_SERVER, 500, endless);
  g_assert_cmpint (g_utf8_strlen (shortened->message, -1), ==, 500);
  g_autoptr(PurserFault) lines = purser_fault_new (PURSER_FAULT_SERVER, 500, "a\n\tb\x1b[31mc\x7f \u202eright\xff\n");
  g_assert_cmpstr (lines->message, ==, "a b [31mc right\uFFFD");
  static const char routed[] =
      "{\"error\":{\"message\":\"Provider returned error\",\"code\":429,\"metadata\":{\"raw\":\"try later\"}}}";
  g_autoptr(PurserFault) router = purser_dialect_read_error (NULL, 429, NULL, routed, strlen (routed), NULL, NULL);
  g_assert_cmpstr (router->message, ==, "Provider returned error: try later");
  g_autoptr(PurserFault) copy = purser_fault_copy (router);
  g_assert_cmpstr (copy->message, ==, router->message);
  g_assert_cmpstr (purser_fault_class_id (PURSER_FAULT_NO_MODEL), ==, "no-model");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/faults/classes", test_classes);
  g_test_add_func ("/wire/faults/retry-after", test_retry_after);
  g_test_add_func ("/wire/faults/amazon", test_amazon);
  g_test_add_func ("/wire/faults/scrub", test_scrub);
  g_test_add_func ("/wire/faults/message", test_message);
  return g_test_run ();
}
