/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads every recorded exchange that the environment holds (PURSER_RECORDED), whole and cut at every position, and
 * compares with what a decoder written for this purpose got out of it (EXPECT.json). */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "purser-dialect.h"
#include "purser-json.h"
#include "purser-reply.h"

/* Bodies are cut at every position, but larger ones, and all in the ten times slower build with sanitizers, at every
 * STEP-th. */
#define LARGE 20000 /* bytes */
#define STEP 7
#ifdef __SANITIZE_ADDRESS__
#define ALWAYS_STEP TRUE
#else
#define ALWAYS_STEP FALSE
#endif

static JsonNode *
load (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &text, &length, &error));
  JsonNode *node = purser_json_parse (text, length, &error);
  g_assert_no_error (error);
  return node;
}

static const char *
recorded (void)
{
  const char *folder = g_getenv ("PURSER_RECORDED");
  g_autofree char *expect = folder != NULL ? g_build_filename (folder, "EXPECT.json", NULL) : NULL;
  if (expect != NULL && g_file_test (expect, G_FILE_TEST_IS_REGULAR))
    return folder;
  g_test_skip ("PURSER_RECORDED names no folder of recorded exchanges");
  return NULL;
}

static void
assert_reads (const char *name, JsonNode *exchange, gssize cut, JsonNode *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) read = purser_exchange_read (json_node_get_object (exchange), cut, &error);
  g_assert_no_error (error);
  if (!purser_json_equal (read, expected))
    {
      g_autofree char *is = purser_json_to_string (read, FALSE), *should = purser_json_to_string (expected, FALSE);
      g_error ("%s, cut at %" G_GSSIZE_FORMAT ":\n  reads   %s\n  expects %s", name, cut, is, should);
    }
}

static void
test_whole (void)
{
  const char *folder = recorded ();
  if (folder == NULL)
    return;
  g_autoptr(JsonNode) expect = load (folder, "EXPECT.json");
  g_autoptr(GList) names = json_object_get_members (json_node_get_object (expect));
  guint count = 0;
  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autoptr(JsonNode) exchange = load (folder, l->data);
      assert_reads (l->data, exchange, -1, json_object_get_member (json_node_get_object (expect), l->data));
      count++;
    }
  g_test_message ("%u exchanges read as expected", count);
  g_assert_cmpuint (count, >=, 90);
}

static gsize
body_length (JsonNode *exchange)
{
  JsonObject *response = json_object_get_object_member (json_node_get_object (exchange), "response");
  gsize length;
  if (json_object_has_member (response, "body"))
    return strlen (json_object_get_string_member (response, "body"));
  g_free (g_base64_decode (json_object_get_string_member (response, "body_base64"), &length)); /* binary frames */
  return length;
}

/* Every WORKERS-th of the positions, from the WORKER-th on. */
static void
cut_body (const char *folder, const char *name, JsonNode *expected, guint worker, guint workers)
{
  g_autoptr(JsonNode) exchange = load (folder, name);
  gsize length = body_length (exchange);
  gsize step = length > LARGE || ALWAYS_STEP ? STEP : 1;
  for (gsize cut = worker * step; cut <= length; cut += workers * step)
    assert_reads (name, exchange, cut, expected);
  if (worker == 0)
    assert_reads (name, exchange, PURSER_EXCHANGE_BYTES, expected);
}

static guint
cut_all (const char *folder, guint worker, guint workers)
{
  g_autoptr(JsonNode) expect = load (folder, "EXPECT.json");
  g_autoptr(GList) names = json_object_get_members (json_node_get_object (expect));
  guint bodies = 0;
  for (GList *l = names; l != NULL; l = l->next)
    {
      JsonNode *expected = json_object_get_member (json_node_get_object (expect), l->data);
      if (!purser_json_boolean (json_node_get_object (expected), "stream", FALSE))
        continue;
      cut_body (folder, l->data, expected, worker, workers);
      bodies++;
    }
  return bodies;
}

/* Work for a while, so on all processors: in processes, because json-glib's parser takes GObject's global locks all the
 * time. */
static void
test_cut (void)
{
  const char *folder = recorded ();
  guint workers = MIN (g_get_num_processors (), 8);
  pid_t children[8];
  if (folder == NULL)
    return;
  fflush (stdout);
  for (guint worker = 0; worker < workers; worker++)
    {
      children[worker] = fork ();
      g_assert_cmpint (children[worker], >=, 0);
      if (children[worker] == 0)
        _exit (cut_all (folder, worker, workers) >= 33 ? 0 : 1);
    }
  for (guint worker = 0; worker < workers; worker++)
    {
      int status;
      g_assert_cmpint (waitpid (children[worker], &status, 0), ==, children[worker]);
      g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
    }
}

/* Lists, tags, a model's details: EXPECT.json has no entry for them; they are read without an error and name what they
 * must. */
static void
test_lists (void)
{
  static const struct
  {
    const char *name, *holds;
  } lists[] = {
    { "anthropic/models-list.json", "\"name\":\"claude-opus-5\",\"title\":\"Claude Opus "
                                    "5\",\"context_tokens\":1000000,\"max_output\":128000,\"chat\":true" },
    { "openai-chat/models-list.json",
      "\"name\":\"text-embedding-ada-002\",\"title\":null,\"context_tokens\":null,\"max_output\":null,\"chat\":false" },
    { "compatible/llamacpp-models.json", "\"context_tokens\":40960" },
    { "github-models/catalog-models.json", "\"name\":\"openai/gpt-4.1\",\"title\":\"OpenAI "
                                           "GPT-4.1\",\"context_tokens\":1048576,\"max_output\":32768,\"chat\":true" },
    { "ollama/cloud-tags.json", "\"name\":\"gpt-oss:120b\"" },
    { "ollama/native-tags.json", "\"chat\":true" },
    { "ollama/native-ps.json", "\"name\":\"granite3.3:2b\",\"title\":null,\"context_tokens\":4096" },
    { "ollama/native-show-gemma3n.json", "{\"show\":{\"family\":\"gemma3n\",\"context_tokens\":32768" },
    { "openai-responses/input-tokens.json", "{\"input_tokens\":" },
  };
  const char *folder = recorded ();
  for (gsize i = 0; folder != NULL && i < G_N_ELEMENTS (lists); i++)
    {
      g_autoptr(JsonNode) exchange = load (folder, lists[i].name);
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) read = purser_exchange_read (json_node_get_object (exchange), -1, &error);
      g_assert_no_error (error);
      g_autofree char *text = purser_json_to_string (read, FALSE);
      if (strstr (text, lists[i].holds) == NULL)
        g_error ("%s reads %s", lists[i].name, text);
    }
}

/* Every file is read. */
static void
test_every_file (void)
{
  const char *folder = recorded (), *room, *name;
  if (folder == NULL)
    return;
  g_autoptr(GDir) rooms = g_dir_open (folder, 0, NULL);
  while ((room = g_dir_read_name (rooms)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, room, NULL);
      g_autoptr(GDir) files = g_dir_open (path, 0, NULL);
      while (files != NULL && (name = g_dir_read_name (files)) != NULL)
        {
          g_autoptr(JsonNode) exchange = load (path, name);
          g_autoptr(GError) error = NULL;
          g_autoptr(JsonNode) read = purser_exchange_read (json_node_get_object (exchange), -1, &error);
          g_assert_no_error (error);
          g_assert_nonnull (read);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/recorded/whole", test_whole);
  g_test_add_func ("/wire/recorded/cut", test_cut);
  g_test_add_func ("/wire/recorded/lists", test_lists);
  g_test_add_func ("/wire/recorded/every-file", test_every_file);
  return g_test_run ();
}
