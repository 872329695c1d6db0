/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-fault.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "purser-fault-words.h"
#include "purser-json.h"

/* A day: whoever asks for longer means "not today", and nobody waits that long for a reply. */
#define MAX_RETRY_AFTER_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

static gboolean
is_truthy (JsonNode *node)
{
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return FALSE;
  if (!JSON_NODE_HOLDS_VALUE (node))
    return TRUE;
  GType type = json_node_get_value_type (node);
  if (type == G_TYPE_STRING)
    return *json_node_get_string (node) != 0;
  return type == G_TYPE_BOOLEAN ? json_node_get_boolean (node) : json_node_get_double (node) != 0;
}

JsonNode *
purser_fault_find (JsonNode *root, gboolean in_stream)
{
  JsonObject *object = purser_json_object (root);
  JsonNode *error = purser_json_node (object, "error");
  JsonArray *list = purser_json_array (object, "errors");
  if (is_truthy (error))
    return error;
  if (g_strcmp0 (purser_json_string (object, "type"), "error") == 0
      || g_strcmp0 (purser_json_string (object, "object"), "error") == 0)
    return root; /* vLLM */
  if (list != NULL && json_array_get_length (list) > 0)
    return json_array_get_element (list, 0);
  if (in_stream || root == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_ARRAY (root) && json_array_get_length (json_node_get_array (root)) > 0) /* Google */
    return purser_fault_find (json_array_get_element (json_node_get_array (root), 0), FALSE);
  if (is_truthy (purser_json_node (object, "detail"))
      || purser_json_string (object, "message") != NULL
      || purser_json_string (object, "Message") != NULL) /* FastAPI; Bedrock, its gate, proxies */
    return root;
  return object == NULL && is_truthy (root) && json_node_get_value_type (root) == G_TYPE_STRING ? root : NULL;
}

/* The first of the members in which providers put their words. */
static const char *
words_of (JsonObject *object, int depth)
{
  static const char *const members[] = { "message", "Message", "msg", "detail", "error", "description", "title" };
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      const char *words = purser_json_string (object, members[i]);
      JsonObject *inner = purser_json_member (object, members[i]);
      JsonArray *list = purser_json_array (object, members[i]); /* FastAPI: detail:[{msg}] */
      if (inner == NULL && list != NULL && json_array_get_length (list) > 0)
        inner = purser_json_object (json_array_get_element (list, 0));
      if (words == NULL && inner != NULL && depth < 3)
        words = words_of (inner, depth + 1);
      if (words != NULL && *words != 0)
        return words;
    }
  return NULL;
}

static char *
message_of (JsonNode *error)
{
  JsonObject *object = purser_json_object (error);
  if (error != NULL && JSON_NODE_HOLDS_VALUE (error) && json_node_get_value_type (error) == G_TYPE_STRING)
    return json_node_dup_string (error);
  const char *words = words_of (object, 0);
  /* OpenRouter's own words are only "Provider returned error"; what the provider said stands in metadata.raw. */
  const char *raw = purser_json_string (purser_json_member (object, "metadata"), "raw");
  if (words != NULL && raw != NULL && *raw != 0)
    return g_strdup_printf ("%s: %s", words, raw);
  return g_strdup (words);
}

static gboolean
is_number (const char *text)
{
  return text != NULL && *text != 0 && strspn (text, "0123456789") == strlen (text);
}

/* The most telling word first: Anthropic's details.error_code, then code, then type; a numeric code is only a status
 * again. */
typedef struct { const char *words[4]; gint64 status; } Codes;

static Codes
codes_of (JsonNode *error)
{
  JsonObject *object = purser_json_object (error);
  Codes codes = { { purser_json_string (purser_json_member (object, "details"), "error_code"),
                    purser_json_string (object, "code"), purser_json_string (object, "type"),
                    purser_json_string (object, "status") },
                  0 };
  static const char *const numbers[] = { "code", "status_code", "status" };
  for (gsize i = 0; i < G_N_ELEMENTS (numbers) && codes.status == 0; i++)
    {
      gint64 number = purser_json_int (object, numbers[i], 0);
      codes.status = number >= 400 && number < 600 ? number : 0;
    }
  return codes;
}

/* A word for the very thing beats the status; a general one ("invalid_request_error" with 401) only counts without a
 * status. */
static PurserFaultClass
class_of (const Codes *codes, const char *message, int status)
{
  PurserFaultClass general = PURSER_FAULT_NONE;
  for (gsize i = 0; i < G_N_ELEMENTS (codes->words); i++)
    {
      PurserFaultClass class_ = purser_fault_class_of_code (codes->words[i]);
      if (class_ == PURSER_FAULT_MONEY || class_ == PURSER_FAULT_CONTEXT || class_ == PURSER_FAULT_NO_MODEL)
        return class_;
      if (general == PURSER_FAULT_NONE || general == PURSER_FAULT_REQUEST)
        general = class_ != PURSER_FAULT_NONE ? class_ : general;
    }
  PurserFaultClass told = purser_fault_class_of_message (message, status);
  if (told == PURSER_FAULT_NONE && general != PURSER_FAULT_NONE && (status == 0 || general == PURSER_FAULT_OVERLOADED))
    told = general;
  if (told == PURSER_FAULT_NONE)
    told = purser_fault_class_of_status (status);
  return told != PURSER_FAULT_NONE ? told : PURSER_FAULT_SERVER;
}

static char *
code_to_keep (const Codes *codes)
{
#ifdef PURSER_PLANTED_BUG
  char *type = g_malloc0 (32); /* planted: room for the longest type that is documented */
  for (gsize i = 0; codes->words[2] != NULL && codes->words[2][i] != 0; i++)
    type[i] = codes->words[2][i];
  g_free (type);
#endif
  for (gsize i = 0; i < G_N_ELEMENTS (codes->words); i++)
    if (codes->words[i] != NULL && *codes->words[i] != 0 && !is_number (codes->words[i]))
      return purser_fault_scrub (codes->words[i]);
  return codes->status != 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, codes->status) : NULL;
}

PurserFault *
purser_fault_from_json (JsonNode *error, int status)
{
  Codes codes = codes_of (error);
  g_autofree char *message = message_of (error);
  int known = status != 0 ? status : (int) codes.status;
  PurserFault *fault = purser_fault_new (class_of (&codes, message, known), known, message);
  const char *param = purser_json_string (purser_json_object (error), "param");
  fault->code = code_to_keep (&codes);
  fault->param = param != NULL && *param != 0 ? purser_fault_scrub (param) : NULL;
  return fault;
}

static int
month_number (const char *name)
{
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  for (gsize i = 0; i < G_N_ELEMENTS (months); i++)
    if (g_ascii_strcasecmp (months[i], name) == 0)
      return i + 1;
  return 0;
}

/* RFC 9110 §5.6.7: the date every server sends, and the two old forms a recipient must accept. Seconds since 1970, or
 * -1. */
static gint64
http_date (const char *text)
{
  int day = 0, year = 0, hour = 0, minute = 0, second = 0;
  char month[4] = "";
  if (text == NULL)
    return -1;
  if (sscanf (text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT", &day, month, &year, &hour, &minute, &second) != 6
      && sscanf (text, "%*[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT", &day, month, &year, &hour, &minute, &second)
             != 6
      && sscanf (text, "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d", month, &day, &hour, &minute, &second, &year) != 6)
    return -1;
  if (year >= 0 && year < 100)
    year += year < 70 ? 2000 : 1900;
  g_autoptr(GDateTime) time = g_date_time_new_utc (year, month_number (month), day, hour, minute, MIN (second, 59));
  return time != NULL ? g_date_time_to_unix (time) : -1;
}

/* A positive number of UNIT ms, or -1: zero, garbage and the absurd count as not told. */
static gint64
positive_ms (const char *text, double unit)
{
  char *end;
  if (text == NULL)
    return -1;
  double value = g_ascii_strtod (text, &end) * unit;
  while (g_ascii_isspace (*end))
    end++;
  if (end == text || *end != 0 || !isfinite (value) || value < 1 || value > MAX_RETRY_AFTER_MS)
    return -1;
  return (gint64) ceil (value);
}

/* PROVIDERS §7.3: in the order in which the official clients look; x-ratelimit-timeremaining was GitHub Models'. A date
 * counts only against the server's own: no clock is read here, and clocks differ. */
gint64
purser_fault_retry_after (PurserHeaderFunc header, gpointer header_data)
{
  static const struct { const char *name; double unit; } waits[] = {
    { "retry-after-ms", 1 }, { "x-ratelimit-timeremaining", 1000 }, { "retry-after", 1000 } };
  if (header == NULL)
    return -1;
  for (gsize i = 0; i < G_N_ELEMENTS (waits); i++)
    {
      gint64 wait = positive_ms (header (waits[i].name, header_data), waits[i].unit);
      if (wait > 0)
        return wait;
    }
  gint64 until = http_date (header ("retry-after", header_data));
  gint64 now = until >= 0 ? http_date (header ("date", header_data)) : -1;
  if (now < 0 || until <= now || (until - now) * 1000 > MAX_RETRY_AFTER_MS)
    return -1;
  return (until - now) * 1000;
}

static int
should_retry (PurserHeaderFunc header, gpointer header_data)
{
  const char *word = header != NULL ? header ("x-should-retry", header_data) : NULL;
  if (word == NULL)
    return -1;
  return g_ascii_strcasecmp (word, "true") == 0 ? 1 : g_ascii_strcasecmp (word, "false") == 0 ? 0 : -1;
}

/* Bedrock names the error in a header: "ValidationException:http://…", and older services of Amazon's with the name
 * space in front: "com.amazon.coral.service#ThrottlingException". */
static void
take_amazon_type (PurserFault *fault, PurserHeaderFunc header, gpointer header_data)
{
  const char *type = header != NULL ? header ("x-amzn-errortype", header_data) : NULL;
  if (type == NULL || fault->code != NULL)
    return;
  gsize length = strcspn (type, ":"), space = strcspn (type, "#");
  if (space < length)
    {
      type += space + 1;
      length -= space + 1;
    }
  fault->code = g_strndup (type, MIN (length, 100));
  PurserFaultClass class_ = purser_fault_class_of_code (fault->code);
  if (class_ != PURSER_FAULT_NONE && fault->class_ != PURSER_FAULT_NO_MODEL && fault->class_ != PURSER_FAULT_CONTEXT)
    fault->class_ = class_;
}

static PurserFault *
read_foreign_body (int status, const char *body, gsize length)
{
  g_autofree char *what =
      status >= 300
          ? g_strdup_printf (_("The server answered with status %d and no error message of its protocol."), status)
          : g_strdup (_("The server's answer is not a model's reply."));
  PurserFault *fault = purser_fault_garbage (what, body, length);
  PurserFaultClass class_ = purser_fault_class_of_status (status);
  fault->status = status;
  if (class_ != PURSER_FAULT_NONE)
    fault->class_ = class_;
  return fault;
}

/**
 * purser_dialect_read_error:
 * @status: the HTTP status, 400 or more, or a 2xx that is not the protocol
 * @header: (nullable): looks up a reply header by its lower-case name
 *
 * Reads an error reply. All dialects' shapes are understood whatever the dialect, because proxies and compatible
 * servers mix them.
 *
 * Returns: (transfer full): the fault; its message holds no key
 */
PurserFault *
purser_dialect_read_error (const PurserDialect *dialect,
                           int status,
                           const char *content_type,
                           const void *body,
                           gsize length,
                           PurserHeaderFunc header,
                           gpointer header_data)
{
  g_autoptr(JsonNode) root =
      length > 0 && length <= PURSER_READER_MAX_BODY ? purser_json_parse (body, length, NULL) : NULL;
  JsonNode *error = purser_fault_find (root, FALSE);
  PurserFault *fault;

  if (error != NULL)
    fault = purser_fault_from_json (error, status >= 300 ? status : 0);
  else
    fault = read_foreign_body (status, body, length);
  take_amazon_type (fault, header, header_data);
  fault->retry_after_ms = purser_fault_retry_after (header, header_data);
  fault->should_retry = should_retry (header, header_data);
  return fault;
}
