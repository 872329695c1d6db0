/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "purser-encode.h"
#include "purser-json-wire.h"
#include "purser-reader.h"
#include "purser-splice.h"

/* Embeddings (PROVIDERS §8.1): dialects of their own, because they are passed through. The texts and vectors are nobody's business here, only the model's name and what was read. A request comes in, and
 * goes on with another model's name (purser_dialect_splice_request()); a reply is tapped for its usage. */

#define NAME_OPENAI "openai-embeddings"
#define NAME_OLLAMA "ollama-embeddings"

/* Only what is needed to admit and count it: whom it asks for, and for whom. */
static gboolean
decode (PurserChat *chat, JsonObject *body, GError **error)
{
  if (purser_json_node (body, "input") == NULL && purser_json_node (body, "prompt") == NULL)
    return purser_encode_refuse (error, _("The request has no “input”: the texts to embed."));
  chat->embeddings = TRUE;
  chat->model = g_strdup (purser_json_string (body, "model"));
  chat->user = g_strdup (purser_json_string (body, "user"));
  chat->max_tokens = 1; /* nothing comes back */
  return TRUE;
}

/* A request that came in the other dialect. */
static JsonNode *
encode (const PurserChat *chat, const PurserEncodeOptions *options, GError **error)
{
  purser_encode_refuse (error, chat->embeddings
                                   ? _("Embeddings are passed on as they come: ask at the address whose format the model’s provider speaks.")
                                   : _("This is no request for embeddings."));
  return NULL;
}

static gboolean
read_item (PurserReader *reader, gpointer state, const char *event, JsonNode *root)
{
  return FALSE; /* there are no streams of them */
}

static gint64
count_of (JsonObject *object, JsonObject *usage)
{
  gint64 count = purser_reader_count (usage, "prompt_tokens");
  if (count < 0)
    count = purser_reader_count (usage, "total_tokens");
  return count >= 0 ? count : purser_reader_count (object, "prompt_eval_count"); /* Ollama */
}

/* Nothing comes back that is counted: the output is 0, and told so. */
static void
read_usage (PurserReader *reader, JsonObject *object)
{
  JsonNode *told = purser_json_node (object, "usage");
  gint64 count = count_of (object, purser_json_object (told));
  g_autoptr(PurserUsage) read = purser_usage_new ();
  read->output = 0;
  if (count >= 0)
    {
      read->input_total = read->input_uncached = count;
      read->cache_read = read->cache_write_5m = read->cache_write_1h = read->cache_write_other = 0;
    }
  read->raw = purser_json_object (told) != NULL ? json_node_ref (told) : NULL;
  purser_reader_usage (reader, read);
}

static void
tell (PurserReader *reader, JsonObject *object)
{
  purser_reader_start (reader, purser_json_string (object, "id"), purser_json_string (object, "model"));
  read_usage (reader, object);
  purser_reader_finish (reader, 0, PURSER_FINISH_DONE, NULL);
}

static gboolean
read_whole (PurserReader *reader, gpointer state, JsonNode *root)
{
  JsonObject *object = purser_json_object (root);
  gboolean vectors = purser_json_array (object, "data") != NULL || purser_json_array (object, "embeddings") != NULL
                     || purser_json_array (object, "embedding") != NULL;
  if (purser_reader_error (reader, root, vectors))
    return TRUE;
  if (vectors)
    tell (reader, object);
  return vectors;
}

static gboolean
has_list (PurserSplice *splice, const char *member)
{
  gsize length;
  const char *value = purser_splice_value (splice, member, &length);
  return value != NULL && *value == '[';
}

/* Millions of numbers make a tree of gigabytes, and only what stands beside them matters. */
static gboolean
read_whole_quick (PurserReader *reader, gpointer state, const char *text, gsize length)
{
  static const char *const members[] = { "id", "model", "usage", "prompt_eval_count" };
  g_autoptr(PurserSplice) splice = purser_splice_new (text, length, NULL);
  g_autoptr(GString) small = g_string_new ("{");
  gsize value_length;
  if (splice == NULL || purser_splice_value (splice, "error", &value_length) != NULL
      || !(has_list (splice, "data") || has_list (splice, "embeddings") || has_list (splice, "embedding")))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      const char *value = purser_splice_value (splice, members[i], &value_length);
      if (value != NULL)
        g_string_append_printf (small, "%s\"%s\":%.*s", small->len > 1 ? "," : "", members[i], (int) value_length, value);
    }
  g_string_append_c (small, '}');
  g_autoptr(JsonNode) root = purser_json_parse (small->str, (gssize) small->len, NULL);
  if (root == NULL)
    return FALSE;
  tell (reader, purser_json_object (root));
  return TRUE;
}

static gpointer
state_new (void)
{
  return NULL;
}

static void
state_free (gpointer state)
{
}

static gboolean
complete (PurserReader *reader, gpointer state, gboolean marked)
{
  return FALSE;
}

#define EMBEDDINGS(name)                                                                                               \
  {                                                                                                                    \
    .id = name, .framing = PURSER_FRAMING_SSE, .encode = encode, .state_new = state_new, .state_free = state_free,     \
    .read_item = read_item, .read_whole = read_whole, .read_whole_quick = read_whole_quick, .complete = complete,        \
    .decode = decode,                                                                                                  \
  }

const PurserDialect purser_dialect_openai_embeddings = EMBEDDINGS (NAME_OPENAI);
const PurserDialect purser_dialect_ollama_embeddings = EMBEDDINGS (NAME_OLLAMA);
