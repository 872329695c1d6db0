/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-price.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json.h"
#include "purser-meter.h"

/* What recorded exchanges cost at the prices of the list in this program: for support, and for tests that compare it with a calculation
 * of their own. Counted and charged by the very functions that a call is. */

static char *on_day;
static const GOptionEntry PRICE_OPTIONS[] = {
  { "on", 0, 0, G_OPTION_ARG_STRING, &on_day, N_("At the prices of this day: 2026-11-01; default now"), "DAY" },
  { NULL },
};

/* The kinds that the recordings' providers stand for. */
static const struct { const char *provider, *kind; } KINDS[] = {
  { "anthropic", "anthropic" },    { "openai-chat", "openai" },         { "openai-responses", "openai" }, { "azure", "azure-openai" },
  { "bedrock", "bedrock" },        { "github-models", "github-models" }, { "ollama", "ollama" },          { "compatible", "openai-compatible" },
};

static const PurserKind *
kind_of (const char *provider)
{
  for (gsize i = 0; i < G_N_ELEMENTS (KINDS); i++)
    if (g_strcmp0 (KINDS[i].provider, provider) == 0)
      return purser_kind_get (KINDS[i].kind);
  return NULL;
}

/* The model that was asked for: in the body, or in an address such as …/model/NAME/converse. */
static char *
asked_model (JsonObject *request, const PurserReply *reply)
{
  const char *named = purser_json_string (purser_json_member (request, "body"), "model");
  const char *url = purser_json_string (request, "url");
  const char *in_path = url != NULL ? strstr (url, "/model/") : NULL;
  if (named != NULL)
    return g_strdup (named);
  if (in_path == NULL)
    return g_strdup (reply->model);
  in_path += strlen ("/model/");
  g_autofree char *escaped = g_strndup (in_path, strcspn (in_path, "/?"));
  char *plain = g_uri_unescape_string (escaped, NULL);
  return plain != NULL ? plain : g_steal_pointer (&escaped);
}

static const char *
reason_id (PurserUnpricedReason reason)
{
  static const char *const IDS[] = { [PURSER_UNPRICED_NOT] = NULL,     [PURSER_UNPRICED_NO_PRICE] = "no_price", [PURSER_UNPRICED_KIND] = "kind",
                                     [PURSER_UNPRICED_MODE] = "mode", [PURSER_UNPRICED_RATE] = "rate",         [PURSER_UNPRICED_OVERFLOW] = "overflow" };
  return IDS[reason];
}

static void
set_count (JsonObject *object, const char *member, gint64 count)
{
  if (count >= 0)
    json_object_set_int_member (object, member, count);
  else
    json_object_set_null_member (object, member);
}

static JsonObject *
tokens_object (const PurserTokens *tokens)
{
  JsonObject *object = json_object_new ();
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    set_count (object, purser_token_kind_id (i), tokens->kind[i]);
  set_count (object, "audio_in", tokens->audio_in);
  set_count (object, "audio_out", tokens->audio_out);
  set_count (object, "server_tool", tokens->server_tool_requests);
  return object;
}

static void
add_charge (JsonObject *object, const PurserPrice *price, const PurserMeter *meter)
{
  PurserConditions conditions = { meter->tier, meter->region, -1 };
  PurserCharge charge;
  gboolean priced = purser_charge_compute (&charge, price, NULL, &meter->tokens, &conditions) == PURSER_CHARGE_PRICED;
  JsonObject *parts = json_object_new ();
  for (guint i = 0; priced && i < PURSER_N_PRICED; i++)
    json_object_set_int_member (parts, purser_priced_id (i), charge.kind_list_nano[i]);
  json_object_set_string_member (object, "state", priced ? "priced" : "unpriced");
  purser_terminal_set_text (object, "reason", reason_id (charge.reason));
  purser_terminal_set_text (object, "currency", price != NULL ? price->currency : NULL);
  purser_terminal_set_text (object, "source", price != NULL ? price->source : NULL);
  set_count (object, "list_nano", priced ? charge.list_nano : -1);
  json_object_set_object_member (object, "kind_nano", parts);
}

static void
describe (JsonObject *object, JsonObject *exchange, const PurserReply *reply, const PurserPriceList *list, gint64 when)
{
  JsonObject *request = purser_json_member (exchange, "request");
  g_autofree char *model = asked_model (request, reply);
  PurserProvider provider = { .kind = kind_of (purser_json_string (exchange, "provider")), .address = (char *) purser_json_string (request, "url") };
  /* The reply names what was billed: an alias is resolved, a deployment has its model's name. Where that says nothing to the list, what was asked for does. */
  PurserListedPrice *answered = reply->model != NULL ? purser_price_list_find (list, &provider, reply->model) : NULL;
  g_autoptr (PurserListedPrice) listed = answered != NULL ? answered : purser_price_list_find (list, &provider, model);
  g_autoptr (PurserChat) chat = purser_chat_new_text (NULL, "");
  PurserMeter meter;
  purser_meter_count (&meter, reply->usage, chat, reply, reply->fault == NULL);
  purser_terminal_set_text (object, "model", model);
  purser_terminal_set_text (object, "provider_model", reply->model);
  purser_terminal_set_text (object, "priced_as", listed == NULL ? NULL : answered != NULL ? reply->model : model);
  json_object_set_boolean_member (object, "listed", listed != NULL);
  json_object_set_object_member (object, "tokens", tokens_object (&meter.tokens));
  json_object_set_string_member (object, "tier", meter.tier);
  json_object_set_string_member (object, "region", meter.region);
  json_object_set_boolean_member (object, "estimated", meter.estimated);
  json_object_set_boolean_member (object, "contradictory", meter.contradictory);
  add_charge (object, listed != NULL ? purser_listed_price_at (listed, when) : NULL, &meter);
}

/* (transfer full) (nullable): one exchange a file; one without a reply is told as such. */
static JsonNode *
price_one (const char *path, const PurserPriceList *list, gint64 when, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr (GError) why = NULL;
  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  g_autoptr (JsonNode) node = purser_json_parse (text, (gssize) length, error);
  JsonObject *exchange = purser_json_object (node);
  if (node == NULL)
    return NULL;
  if (exchange == NULL)
    {
      purser_terminal_refuse (error, _("%s holds no recorded exchange: a JSON object with “request” and “response”."), path);
      return NULL;
    }
  g_autoptr (PurserReply) reply = purser_exchange_reply (exchange, &why);
  if (reply == NULL && !g_error_matches (why, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_UNSUPPORTED))
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return NULL;
    }
  JsonNode *result = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  json_node_take_object (result, object);
  json_object_set_string_member (object, "file", path);
  purser_terminal_set_text (object, "provider", purser_json_string (exchange, "provider"));
  purser_terminal_set_text (object, "api", purser_json_string (exchange, "api"));
  json_object_set_boolean_member (object, "reply", reply != NULL);
  if (reply != NULL)
    describe (object, exchange, reply, list, when);
  else
    json_object_set_string_member (object, "why", why->message);
  return result;
}

static gboolean
read_day (gint64 *when, GError **error)
{
  g_autofree char *noon = on_day != NULL && strlen (on_day) == 10 ? g_strdup_printf ("%sT12:00:00Z", on_day) : NULL;
  g_autoptr (GDateTime) time = noon != NULL ? g_date_time_new_from_iso8601 (noon, NULL) : NULL;
  *when = time != NULL ? g_date_time_to_unix (time) * G_USEC_PER_SEC : g_get_real_time ();
  if (on_day == NULL || time != NULL)
    return TRUE;
  purser_terminal_refuse (error, _("“%s” is not a day such as 2026-11-23."), on_day);
  return FALSE;
}

static int
price_files (PurserTerminal *terminal, char **arguments, GError **error)
{
  g_autoptr (PurserPriceList) list = purser_price_list_shipped ();
  int code = PURSER_EXIT_DONE;
  gint64 when;
  if (!read_day (&when, error))
    return PURSER_EXIT_FAILED;
  for (char **path = arguments; *path != NULL; path++)
    {
      g_autoptr (GError) why = NULL;
      g_autoptr (JsonNode) node = price_one (*path, list, when, &why);
      if (node != NULL)
        {
          g_autofree char *text = purser_json_to_string (node, FALSE);
          g_print ("%s\n", text); /* one object a line, in the order of the files */
        }
      else
        {
          g_printerr ("%s: %s\n", *path, why->message);
          code = PURSER_EXIT_FAILED;
        }
    }
  return code;
}

const PurserVerb purser_verbs_wire_price[] = {
  { "wire", "price", "FILE… [--on DAY]", 1, 10000, N_("What recorded exchanges cost at the prices of the list in this program"), FALSE, PRICE_OPTIONS, price_files },
  { NULL },
};
