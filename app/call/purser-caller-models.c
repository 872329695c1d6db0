/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-caller-private.h"
#include "purser-json.h"

#include "config.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define LIST_TIMEOUT_US (30 * G_USEC_PER_SEC)
#define MAX_PAGES 100
#define MAX_SHOWN 50   /* Ollama: one more request for each model whose context the list does not tell */

typedef struct
{
  PurserProvider *provider; /* (owned) */
  char           *key;      /* (owned) (nullable) erased */
  PurserListing  *listing;  /* (owned) (nullable) until returned */
  guint           pages, next_model, shown;
  gint64          started;
} List;

static void ask_page (GTask *task, const char *after);
static void show_next (GTask *task);

static void
list_free (gpointer data)
{
  List *list = data;
  purser_provider_free (list->provider);
  if (list->key != NULL)
    explicit_bzero (list->key, strlen (list->key));
  g_free (list->key);
  g_clear_pointer (&list->listing, purser_listing_free);
  g_free (list);
}

void
purser_listing_free (PurserListing *listing)
{
  if (listing == NULL)
    return;
  g_clear_pointer (&listing->models, g_ptr_array_unref);
  g_clear_pointer (&listing->fault, purser_fault_free);
  g_free (listing);
}

static void
finish (GTask *task, PurserFault *fault)
{
  List *list = g_task_get_task_data (task);
  list->listing->fault = fault;
  if (fault != NULL)
    g_clear_pointer (&list->listing->models, g_ptr_array_unref);
  g_task_return_pointer (task, g_steal_pointer (&list->listing), (GDestroyNotify) purser_listing_free);
  g_object_unref (task);
}

static gboolean
contains (GPtrArray *models, const char *name)
{
  for (guint i = 0; i < models->len; i++)
    if (g_str_equal (((PurserListedModel *) g_ptr_array_index (models, i))->name, name))
      return TRUE;
  return FALSE;
}

/* A page that repeats another, as a server does that ignores the cursor, adds nothing. */
static guint
add_models (GPtrArray *models, GPtrArray *page)
{
  guint before = models->len;
  g_ptr_array_set_free_func (page, NULL);
  for (guint i = 0; i < page->len; i++)
    {
      PurserListedModel *model = g_ptr_array_index (page, i);
      if (contains (models, model->name))
        purser_listed_model_free (model);
      else
        g_ptr_array_add (models, model);
    }
  return models->len - before;
}

static void
page_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  List *list = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autofree char *next = NULL;
  g_autoptr(PurserFetched) fetched = purser_caller_fetch_finish (PURSER_CALLER (object), result, &error);
  if (fetched == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      g_object_unref (task);
      return;
    }
  list->listing->status = fetched->status;
  if (list->listing->first_us < 0)
    list->listing->first_us = g_get_monotonic_time () - list->started;
  if (fetched->fault != NULL)
    {
      finish (task, g_steal_pointer (&fetched->fault));
      return;
    }
  g_autoptr(GPtrArray) page =
      purser_models_parse (list->provider->kind->models_format, fetched->body->data, fetched->body->len, &next, &error);
  if (page == NULL)
    {
      finish (task, purser_fault_new (PURSER_FAULT_GARBAGE, fetched->status, error->message));
      return;
    }
  if (add_models (list->listing->models, page) > 0 && next != NULL && ++list->pages < MAX_PAGES)
    ask_page (task, next);
  else
    show_next (task);
}

static void
ask_page (GTask *task, const char *after)
{
  List *list = g_task_get_task_data (task);
  const PurserDialect *dialect = NULL;
  PurserHttpRequest *request = purser_provider_models_request (list->provider, after, &dialect);
  purser_http_request_add_key (request, list->provider->kind->auth, list->key);
  purser_caller_fetch_async (g_task_get_source_object (task), request,
                             dialect, LIST_TIMEOUT_US,
                             g_task_get_cancellable (task), page_cb, task);
}

/* PROVIDERS.md §2.1: the keys of model_info are prefixed by the architecture. */
static gint64
shown_context (JsonObject *show)
{
  JsonObject *info = purser_json_member (show, "model_info");
  const char *architecture = purser_json_string (info, "general.architecture");
  g_autofree char *member = g_strdup_printf ("%s.context_length", architecture != NULL ? architecture : "");
  gint64 context = purser_json_int (info, member, -1);
  return context > 0 ? context : -1;
}

static void
take_shown (PurserListedModel *model, const PurserFetched *fetched)
{
  g_autoptr(JsonNode) root = purser_json_parse ((const char *) fetched->body->data, fetched->body->len, NULL);
  JsonObject *show = purser_json_object (root);
  JsonArray *capabilities = purser_json_array (show, "capabilities");
  gboolean completes = capabilities == NULL;
  for (guint i = 0; capabilities != NULL && i < json_array_get_length (capabilities); i++)
    completes |= g_strcmp0 (json_node_get_string (json_array_get_element (capabilities, i)), "completion") == 0;
  if (model->context_tokens < 0)
    model->context_tokens = shown_context (show);
  if (model->remote_host == NULL)
    model->remote_host = g_strdup (purser_json_string (show, "remote_host"));
  model->chat &= completes;
}

static void
show_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  List *list = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserFetched) fetched = purser_caller_fetch_finish (PURSER_CALLER (object), result, &error);
  if (fetched == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      g_object_unref (task);
      return;
    }
  /* A server that cannot show its models, as imitations of Ollama cannot, has told what it has to tell. */
  if (fetched->fault != NULL)
    list->shown = MAX_SHOWN;
  else
    take_shown (g_ptr_array_index (list->listing->models, list->next_model - 1), fetched);
  show_next (task);
}

static void
show_next (GTask *task)
{
  List *list = g_task_get_task_data (task);
  GPtrArray *models = list->listing->models;
  gboolean ollama = g_strcmp0 (list->provider->kind->models_format, "ollama") == 0;
  while (ollama && list->next_model < models->len
         && ((PurserListedModel *) g_ptr_array_index (models, list->next_model))->context_tokens >= 0)
    list->next_model++;
  if (!ollama || list->next_model >= models->len || list->shown++ >= MAX_SHOWN)
    {
      finish (task, NULL);
      return;
    }
  PurserListedModel *model = g_ptr_array_index (models, list->next_model++);
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  json_builder_add_string_value (json_builder_set_member_name (json_builder_begin_object (builder), "model"),
                                 model->name);
  g_autoptr(JsonNode) root = json_builder_get_root (json_builder_end_object (builder));
  char *body = purser_json_to_string (root, FALSE);
  PurserHttpRequest *request = purser_provider_request (list->provider, "POST", "/api/show", NULL, "application/json");
  request->body = g_bytes_new_take (body, strlen (body));
  purser_http_request_add_key (request, list->provider->kind->auth, list->key);
  purser_caller_fetch_async (g_task_get_source_object (task), request, NULL, LIST_TIMEOUT_US,
                             g_task_get_cancellable (task), show_cb, task);
}

void
purser_caller_list_async (PurserCaller *self,
                          const PurserProvider *provider,
                          const char *key,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  List *list = g_new0 (List, 1);
  g_task_set_source_tag (task, purser_caller_list_async);
  g_task_set_task_data (task, list, list_free);
  list->provider = purser_provider_copy (provider);
  list->key = g_strdup (key);
  list->listing = g_new0 (PurserListing, 1);
  list->listing->first_us = -1;
  list->listing->models = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_listed_model_free);
  list->started = g_get_monotonic_time ();
  ask_page (task, NULL);
}

PurserListing *
purser_caller_list_finish (PurserCaller *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, purser_caller_list_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- The public list: key, then pages --- */

static void
models_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  const PurserProvider *provider = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(PurserListing) listing = purser_caller_list_finish (PURSER_CALLER (object), result, &error);
  if (listing == NULL)
    g_task_return_error (task, error);
  else if (listing->fault != NULL)
    {
      g_autofree char *words = purser_fault_explain (listing->fault, provider->name, provider->kind);
      g_task_return_new_error_literal (task, G_IO_ERROR, G_IO_ERROR_FAILED, words);
    }
  else
    g_task_return_pointer (task, g_steal_pointer (&listing->models), (GDestroyNotify) g_ptr_array_unref);
}

static void
key_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  char *key = purser_vault_lookup_finish (PURSER_VAULT (object), result, &error);
  if (key == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  purser_caller_list_async (g_task_get_source_object (task), g_task_get_task_data (task), key,
                            g_task_get_cancellable (task), models_cb, task);
  purser_vault_key_free (key);
}

/**
 * purser_caller_models_async:
 *
 * Reads the provider's whole model list. The error is one sentence for people.
 */
void
purser_caller_models_async (
    PurserCaller *self, gint64 provider_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (PURSER_IS_CALLER (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr(PurserOrg) org = purser_store_get_org (self->store);
  const PurserProvider *provider = purser_org_provider (org, provider_id);
  g_task_set_source_tag (task, purser_caller_models_async);
  if (provider == NULL || purser_address_lists_nothing (provider->address))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s",
                               provider == NULL ? _("This provider was removed.")
                                                : _("This provider has no list of its models. Add them by name."));
      g_object_unref (task);
      return;
    }
  g_task_set_task_data (task, purser_provider_copy (provider), (GDestroyNotify) purser_provider_free);
  if (purser_provider_wants_key (provider) && self->vault != NULL)
    purser_vault_lookup_async (self->vault, provider->id, provider->key_version, provider->key_env, cancellable, key_cb,
                               task);
  else
    purser_caller_list_async (self, provider, NULL, cancellable, models_cb, task);
}

GPtrArray *
purser_caller_models_finish (PurserCaller *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, purser_caller_models_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
