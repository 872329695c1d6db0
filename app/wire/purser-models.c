/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-models.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-fault.h"
#include "purser-json.h"
#include "purser-reader.h"

#define MAX_MODELS 20000

void
purser_listed_model_free (PurserListedModel *model)
{
  if (model == NULL)
    return;
  g_free (model->name);
  g_free (model->title);
  g_free (model->remote_host);
  g_free (model->shutdown_date);
  g_free (model);
}

/* Names of models that do something else than converse, as OpenAI and its imitators name them: the list itself does not
 * say. A pattern without * is a part between separators. */
static const char *const other_work[] = {
  "embedding",     "embeddings", "embed",    "tts",     "whisper", "transcribe", "moderation",
  "dall-e",        "image",      "realtime", "audio",   "sora",    "davinci",    "babbage",
  "instruct-0914", "rerank",     "reranker", "diarize", "minilm",  "bge",
};

static gboolean
has_part (const char *name, const char *part)
{
  gsize length = strlen (part);
  for (const char *at = strstr (name, part); at != NULL; at = strstr (at + 1, part))
    if ((at == name || !g_ascii_isalnum (at[-1])) && !g_ascii_isalnum (at[length]))
      return TRUE;
  return FALSE;
}

static gboolean
name_converses (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);
  for (gsize i = 0; i < G_N_ELEMENTS (other_work); i++)
    if (has_part (lower, other_work[i]))
      return FALSE;
  if (g_str_equal (lower, "gpt-3.5-turbo-instruct"))
    return FALSE;
  return TRUE;
}

static gboolean
lists_word (JsonArray *array, const char *word)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      if (JSON_NODE_HOLDS_VALUE (element) && json_node_get_value_type (element) == G_TYPE_STRING
          && g_ascii_strcasecmp (json_node_get_string (element), word) == 0)
        return TRUE;
    }
  return FALSE;
}

/* What the list itself says goes before the name. */
static gboolean
converses (JsonObject *entry, const char *name)
{
  JsonArray *capabilities = purser_json_array (entry, "capabilities"); /* Ollama: completion, tools, embedding … */
  JsonArray *outputs = purser_json_array (entry, "supported_output_modalities"); /* GitHub: text, embeddings … */
  JsonObject *mistral = purser_json_member (entry, "capabilities");
  /* Together: chat, embedding, image …; Anthropic: model; LM Studio: llm, vlm, embeddings */
  const char *type = purser_json_string (entry, "type");
  static const char *const other_types[] = { "embedding",  "embeddings", "image",     "audio",
                                             "moderation", "rerank",     "transcribe" };
  if (outputs == NULL)
    outputs = purser_json_array (purser_json_member (entry, "architecture"), "output_modalities"); /* OpenRouter */
  if (outputs != NULL)
    return lists_word (outputs, "text");
  if (capabilities != NULL && (lists_word (capabilities, "completion") || lists_word (capabilities, "embedding")))
    return lists_word (capabilities, "completion");
  if (purser_json_node (mistral, "completion_chat") != NULL)
    return purser_json_boolean (mistral, "completion_chat", TRUE);
  for (gsize i = 0; type != NULL && i < G_N_ELEMENTS (other_types); i++)
    if (g_ascii_strcasecmp (type, other_types[i]) == 0)
      return FALSE;
  return name_converses (name);
}

/* Where servers put a number: object "" is the entry itself. The first that is told counts. */
typedef struct { const char *object, *member; } Place;

/* vLLM's max_model_len and llama.cpp's n_ctx are what the server runs with; the others what the model could do. */
static const Place contexts[] = {
  { "", "max_model_len" },         { "meta", "n_ctx" },
  { "", "context_length" },        { "", "context_window" },
  { "", "max_context_length" },    { "top_provider", "context_length" },
  { "", "max_input_tokens" },      { "limits", "max_input_tokens" },
  { "details", "context_length" }, { "meta", "n_ctx_train" },
};
static const Place outputs_at_most[] = {
  { "", "max_tokens" },
  { "", "max_output_tokens" },
  { "", "max_completion_tokens" },
  { "top_provider", "max_completion_tokens" },
  { "limits", "max_output_tokens" },
};

static gint64
first_number (JsonObject *entry, const Place *places, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      JsonObject *object = *places[i].object != 0 ? purser_json_member (entry, places[i].object) : entry;
      gint64 number = purser_reader_count (object, places[i].member);
      if (number > 0)
        return number;
    }
  return -1;
}

static const char *
first_word (JsonObject *entry, const char *const *members)
{
  for (; *members != NULL; members++)
    {
      const char *word = purser_json_string (entry, *members);
      if (word != NULL && *word != 0)
        return word;
    }
  return NULL;
}

/* The members in which each format puts the name, and the title for people (Ollama and "openai" lists repeat the id
 * there). */
typedef struct { const char *format; const char *list[3], *name[4], *title[3]; } Format;

static const Format formats[] = {
  { "openai", { "data", "models" }, { "id", "name", "model" }, { "display_name", "name" } },
  { "anthropic", { "data" }, { "id" }, { "display_name" } },
  { "ollama", { "models" }, { "name", "model" }, { NULL } },
  { "github", { "data", "models" }, { "id", "name" }, { "name" } },
};

static PurserListedModel *
read_model (JsonObject *entry, const Format *format)
{
  static const char *const ends[] = { "shutdown_date", "retires_at", "expiration_date", NULL };
  const char *name = first_word (entry, format->name), *title = first_word (entry, format->title);
  if (name == NULL)
    return NULL;
  PurserListedModel *model = g_new0 (PurserListedModel, 1);
  model->name = g_strdup (name);
  model->title = title != NULL && !g_str_equal (title, name) ? g_strdup (title) : NULL;
  model->context_tokens = first_number (entry, contexts, G_N_ELEMENTS (contexts));
  model->max_output = first_number (entry, outputs_at_most, G_N_ELEMENTS (outputs_at_most));
  model->remote_host = g_strdup (purser_json_string (entry, "remote_host"));
  model->chat = converses (entry, name);
  model->shutdown_date = g_strdup (first_word (entry, ends));
  return model;
}

static JsonArray *
find_list (JsonNode *root, const Format *format)
{
  if (JSON_NODE_HOLDS_ARRAY (root)) /* GitHub's catalogue, and Together's list */
    return json_node_get_array (root);
  for (gsize i = 0; i < G_N_ELEMENTS (format->list) && format->list[i] != NULL; i++)
    {
      JsonArray *list = purser_json_array (purser_json_object (root), format->list[i]);
      if (list != NULL)
        return list;
    }
  return NULL;
}

static const Format *
find_format (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_strcmp0 (formats[i].format, name) == 0)
      return &formats[i];
  return NULL;
}

static GPtrArray *
read_list (JsonArray *list, const Format *format)
{
  GPtrArray *models = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_listed_model_free);
  guint length = MIN (json_array_get_length (list), MAX_MODELS);
#ifdef PURSER_PLANTED_BUG
  char *seen = g_malloc0 (2); /* planted: room for two entries */
#endif
  for (guint i = 0; i < length; i++)
    {
      JsonObject *entry = purser_json_object (json_array_get_element (list, i));
      PurserListedModel *model = entry != NULL ? read_model (entry, format) : NULL;
#ifdef PURSER_PLANTED_BUG
      seen[i] = model != NULL;
#endif
      if (model != NULL)
        g_ptr_array_add (models, model);
    }
#ifdef PURSER_PLANTED_BUG
  g_free (seen);
#endif
  return models;
}

/* {"has_more":true,"last_id":…}: Anthropic's pages, which some compatible servers copied. */
static char *
find_next_page (JsonNode *root)
{
  JsonObject *object = purser_json_object (root);
  return purser_json_boolean (object, "has_more", FALSE) ? g_strdup (purser_json_string (object, "last_id")) : NULL;
}

/**
 * purser_models_parse:
 * @format: "openai", "anthropic", "ollama" (/api/tags) or "github"
 * @next_page: (out) (optional) (nullable): the cursor with which the list goes on
 *
 * Reads a provider's list of models. Entries without a name are left out.
 *
 * Returns: (transfer full) (element-type PurserListedModel): the models, or NULL with words
 */
GPtrArray *
purser_models_parse (const char *format, const void *body, gsize length, char **next_page, GError **error)
{
  const Format *known = find_format (format);
  g_autoptr(JsonNode) root = NULL;
  JsonArray *list = NULL;

  if (next_page != NULL)
    *next_page = NULL;
  if (known == NULL)
    {
      g_set_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_UNSUPPORTED, _("No model list has the format “%s”"),
                   format);
      return NULL;
    }
  if (length > PURSER_READER_MAX_BODY)
    {
      g_set_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_LIMIT, _("The list of models is longer than 64 MiB."));
      return NULL;
    }
  root = purser_json_parse (body, length, NULL);
  list = root != NULL ? find_list (root, known) : NULL;
  if (list == NULL)
    {
      g_autoptr(PurserFault) fault =
          purser_fault_garbage (_("The server's answer is not a list of models."), body, length);
      g_set_error_literal (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_SYNTAX, fault->message);
      return NULL;
    }
  if (next_page != NULL)
    *next_page = find_next_page (root);
  return read_list (list, known);
}

gint64
purser_ollama_show_context (JsonObject *show)
{
  JsonObject *info = purser_json_member (show, "model_info");
  const char *architecture = purser_json_string (info, "general.architecture");
  g_autofree char *member = architecture != NULL ? g_strconcat (architecture, ".context_length", NULL) : NULL;
  if (member == NULL) /* the recorded show of a cut-down server: the family names the same thing */
    {
      const char *family = purser_json_string (purser_json_member (show, "details"), "family");
      member = family != NULL ? g_strconcat (family, ".context_length", NULL) : NULL;
    }
  return member != NULL ? purser_reader_count (info, member) : -1;
}
