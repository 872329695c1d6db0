/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-caller-private.h"
#include "purser-json.h"

#include <string.h>

#define OLLAMA_PORT 11434
#define LOOK_US     (1500 * 1000)

/* $OLLAMA_HOST as Ollama reads it: host, :port, host:port or a whole address; 0.0.0.0 is where it listens, not where
 * one calls. */
static char *
ollama_address (void)
{
  const char *typed = g_getenv ("OLLAMA_HOST");
  gboolean whole = typed != NULL && strstr (typed, "://") != NULL;
  g_autofree char *text = whole ? g_strdup (typed) : g_strconcat ("http://", typed != NULL ? typed : "", NULL);
  g_autoptr(GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  int port = uri != NULL ? g_uri_get_port (uri) : -1;
  if (host == NULL || *host == '\0' || g_str_equal (host, "0.0.0.0") || g_str_equal (host, "::"))
    host = "127.0.0.1";
  if (port <= 0)
    port = uri != NULL && whole && g_str_equal (g_uri_get_scheme (uri), "https") ? 443 : OLLAMA_PORT;
  return g_uri_join (G_URI_FLAGS_NONE, uri != NULL ? g_uri_get_scheme (uri) : "http", NULL, host, port, "", NULL, NULL);
}

static void
version_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(PurserFetched) fetched = purser_caller_fetch_finish (PURSER_CALLER (object), result, NULL);
  g_autoptr(JsonNode) root = fetched != NULL && fetched->fault == NULL
                                  ? purser_json_parse ((const char *) fetched->body->data, fetched->body->len, NULL)
                                  : NULL;
  g_task_return_pointer (task, g_strdup (purser_json_string (purser_json_object (root), "version")), g_free);
}

/**
 * purser_caller_find_ollama_async:
 *
 * Looks for a running Ollama where it usually listens.
 */
void
purser_caller_find_ollama_async (PurserCaller *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (PURSER_IS_CALLER (self));
  GTask *task = g_task_new (self, NULL, callback, user_data); /* a stopped look simply found nothing */
  g_autofree char *address = ollama_address ();
  PurserHttpRequest *request = purser_http_request_new ("GET", address, "/api/version");
  g_task_set_source_tag (task, purser_caller_find_ollama_async);
  g_task_set_task_data (task, g_steal_pointer (&address), g_free);
  purser_http_request_add_header (request, "Accept", "application/json");
  purser_caller_fetch_async (self, request, NULL, LOOK_US, cancellable, version_cb, task);
}

/**
 * purser_caller_find_ollama_finish:
 * @address: (out) (optional) (transfer full): where it runs
 *
 * Returns: (transfer full) (nullable): its version, NULL if there is none
 */
char *
purser_caller_find_ollama_finish (PurserCaller *self, GAsyncResult *result, char **address)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, purser_caller_find_ollama_async), NULL);
  char *version = g_task_propagate_pointer (G_TASK (result), NULL);
  if (address != NULL)
    *address = version != NULL ? g_strdup (g_task_get_task_data (G_TASK (result))) : NULL;
  return version;
}
