/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-gateway-private.h"

#include <string.h>

#include "purser-json.h"

/* What can be asked for, as each dialect's clients want to read it: the workloads that the caller may use, in the place of models. */

static void
reply_json (PurserHttp *http, JsonBuilder *builder)
{
  g_autoptr(JsonNode) node = json_builder_get_root (builder);
  char *text = json_to_string (node, FALSE);
  purser_http_reply (http, 200, "application/json", g_bytes_new_take (text, strlen (text)));
  g_object_unref (builder);
}

static JsonBuilder *
object_new (void)
{
  JsonBuilder *builder = json_builder_new ();
  json_builder_begin_object (builder);
  return builder;
}

static void
add_text (JsonBuilder *builder, const char *member, const char *text)
{
  json_builder_add_string_value (json_builder_set_member_name (builder, member), text);
}

static void
add_int (JsonBuilder *builder, const char *member, gint64 number)
{
  json_builder_add_int_value (json_builder_set_member_name (builder, member), number);
}

/* Each workload that has a model and that the caller may use. */
typedef void (*Describe) (JsonBuilder *builder, PurserServed *served, const PurserWorkload *workload);

static void
add_workloads (JsonBuilder *builder, PurserServed *served, const PurserIdentity *identity, Describe describe)
{
  for (guint i = 0; i < served->org->workloads->len; i++)
    {
      const PurserWorkload *workload = g_ptr_array_index (served->org->workloads, i);
      if (workload->n_models == 0 || !purser_gate_allows_workload (served, identity, workload))
        continue;
      json_builder_begin_object (builder);
      describe (builder, served, workload);
      json_builder_end_object (builder);
    }
}

static void
describe_openai (JsonBuilder *builder, PurserServed *served, const PurserWorkload *workload)
{
  add_text (builder, "id", workload->name);
  add_text (builder, "object", "model");
  add_int (builder, "created", served->since / G_USEC_PER_SEC);
  add_text (builder, "owned_by", "purser");
}

void
purser_lists_openai (PurserHttp *http, const PurserIdentity *identity)
{
  JsonBuilder *builder = object_new ();
  add_text (builder, "object", "list");
  json_builder_begin_array (json_builder_set_member_name (builder, "data"));
  add_workloads (builder, purser_http_served (http), identity, describe_openai);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  reply_json (http, builder);
}

static char *
since_text (PurserServed *served)
{
  g_autoptr(GDateTime) since = g_date_time_new_from_unix_utc_usec (served->since);
  return g_date_time_format_iso8601 (since);
}

static void
describe_anthropic (JsonBuilder *builder, PurserServed *served, const PurserWorkload *workload)
{
  g_autofree char *since = since_text (served);
  add_text (builder, "type", "model");
  add_text (builder, "id", workload->name);
  add_text (builder, "display_name", purser_workload_title (workload));
  add_text (builder, "created_at", since);
}

static const char *
name_at (PurserServed *served, const PurserIdentity *identity, gboolean last)
{
  const char *name = NULL;
  for (guint i = 0; i < served->org->workloads->len && (last || name == NULL); i++)
    {
      const PurserWorkload *workload = g_ptr_array_index (served->org->workloads, i);
      if (workload->n_models > 0 && purser_gate_allows_workload (served, identity, workload))
        name = workload->name;
    }
  return name;
}

void
purser_lists_anthropic (PurserHttp *http, const PurserIdentity *identity)
{
  PurserServed *served = purser_http_served (http);
  JsonBuilder *builder = object_new ();
  json_builder_begin_array (json_builder_set_member_name (builder, "data"));
  add_workloads (builder, served, identity, describe_anthropic);
  json_builder_end_array (builder);
  json_builder_add_boolean_value (json_builder_set_member_name (builder, "has_more"), FALSE);
  add_text (builder, "first_id", name_at (served, identity, FALSE));
  add_text (builder, "last_id", name_at (served, identity, TRUE));
  json_builder_end_object (builder);
  reply_json (http, builder);
}

/* A digest that stays as long as the assignment does, for front ends that look for changes by it. */
static char *
digest_of (const PurserWorkload *workload)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, (const guchar *) workload->name, -1);
  g_checksum_update (checksum, (const guchar *) workload->models, (gssize) (workload->n_models * sizeof *workload->models));
  return g_strdup (g_checksum_get_string (checksum));
}

static void
describe_ollama (JsonBuilder *builder, PurserServed *served, const PurserWorkload *workload)
{
  g_autofree char *since = since_text (served), *digest = digest_of (workload);
  add_text (builder, "name", workload->name);
  add_text (builder, "model", workload->name);
  add_text (builder, "modified_at", since);
  add_int (builder, "size", 0);
  add_text (builder, "digest", digest);
  json_builder_begin_object (json_builder_set_member_name (builder, "details"));
  add_text (builder, "format", "purser");
  add_text (builder, "family", "purser");
  add_text (builder, "parameter_size", "");
  add_text (builder, "quantization_level", "");
  json_builder_end_object (builder);
}

void
purser_lists_ollama (PurserHttp *http, const PurserIdentity *identity)
{
  JsonBuilder *builder = object_new ();
  json_builder_begin_array (json_builder_set_member_name (builder, "models"));
  add_workloads (builder, purser_http_served (http), identity, describe_ollama);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  reply_json (http, builder);
}

/* What the first model of a workload can do: callers choose by it what they send. What is not known is said to be possible: the
 * provider refuses in words, and a front end that does not offer it never asks. */
static void
add_capabilities (JsonBuilder *builder, const PurserModel *model)
{
  json_builder_begin_array (json_builder_set_member_name (builder, "capabilities"));
  json_builder_add_string_value (builder, "completion");
  if (model == NULL || model->tools != 0)
    json_builder_add_string_value (builder, "tools");
  if (model != NULL && model->vision > 0)
    json_builder_add_string_value (builder, "vision");
  if (model != NULL && model->reasoning > 0)
    json_builder_add_string_value (builder, "thinking");
  json_builder_end_array (builder);
}

/* A tree of 32 MB would keep everybody waiting for seconds, and take gigabytes; a name takes neither. */
#define MOST_SHOWN (64 * 1024)

/* "model", or in older clients "name". (transfer full) (nullable) */
static char *
shown_name (GBytes *body)
{
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  g_autoptr(JsonNode) root = length > 0 && length <= MOST_SHOWN ? purser_json_parse (text, (gssize) length, NULL) : NULL;
  JsonObject *object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  const char *name = object != NULL ? purser_json_string (object, "model") : NULL;
  return g_strdup (name != NULL || object == NULL ? name : purser_json_string (object, "name"));
}

void
purser_lists_show (PurserHttp *http, const PurserIdentity *identity)
{
  PurserServed *served = purser_http_served (http);
  g_autoptr(GBytes) body = purser_http_body (http);
  g_autofree char *name = shown_name (body);
  g_autoptr(PurserFault) fault = NULL;
  const char *workload_name, *model_name;
  if (!purser_gate_resolve (served, identity, name, &workload_name, &model_name, &fault))
    {
      purser_http_refuse (http, fault);
      return;
    }
  const PurserWorkload *workload = workload_name != NULL ? purser_org_workload_named (served->org, workload_name) : NULL;
  const PurserModel *model = workload == NULL         ? purser_org_model_ref (served->org, model_name)
                             : workload->n_models > 0 ? purser_org_model (served->org, workload->models[0])
                                                      : NULL;
  g_autofree char *since = since_text (served);
  JsonBuilder *builder = object_new ();
  add_text (builder, "modified_at", since);
  json_builder_begin_object (json_builder_set_member_name (builder, "details"));
  add_text (builder, "format", "purser");
  add_text (builder, "family", "purser");
  json_builder_end_object (builder);
  json_builder_begin_object (json_builder_set_member_name (builder, "model_info"));
  add_text (builder, "general.architecture", "purser");
  if (model != NULL && model->context_tokens > 0)
    add_int (builder, "purser.context_length", model->context_tokens);
  json_builder_end_object (builder);
  add_capabilities (builder, model);
  json_builder_end_object (builder);
  reply_json (http, builder);
}

/* Clients refuse an Ollama that is too old for what they want; what is spoken here is that of 0.13 (PROVIDERS §3). */
void
purser_lists_version (PurserHttp *http, const PurserIdentity *identity)
{
  JsonBuilder *builder = object_new ();
  add_text (builder, "version", "0.13.0");
  json_builder_end_object (builder);
  reply_json (http, builder);
}

/* Alive, and able to take calls. */
void
purser_lists_health (PurserHttp *http, const PurserIdentity *identity)
{
  PurserServed *served = purser_http_served (http);
  if (served->kept.length > 0 || served->kept_busy)
    {
      purser_http_refuse_words (http, NULL, served->kept_words);
      return;
    }
  JsonBuilder *builder = object_new ();
  add_text (builder, "status", served->closing ? "closing" : "ok");
  json_builder_end_object (builder);
  reply_json (http, builder);
}

/* An estimate made here: nothing is sent to anybody, so nothing is owed. */
void
purser_lists_count (PurserHttp *http, const PurserIdentity *identity)
{
  PurserServed *served = purser_http_served (http);
  g_autoptr(GBytes) body = purser_http_body (http);
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserFault) fault = NULL;
  g_autoptr(PurserChat) chat = purser_dialect_peek_request (purser_dialect_get ("anthropic"), body, &error);
  const char *workload, *model;
  if (chat == NULL)
    fault = purser_fault_new (PURSER_FAULT_REQUEST, 400, error->message);
  if (chat == NULL || !purser_gate_resolve (served, identity, chat->model, &workload, &model, &fault))
    {
      purser_http_refuse (http, fault);
      return;
    }
  JsonBuilder *builder = object_new ();
  add_int (builder, "input_tokens", purser_chat_estimate_tokens (chat));
  json_builder_end_object (builder);
  reply_json (http, builder);
}
