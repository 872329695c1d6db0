/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-curl-private.h"

#include "config.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define TARGETS_KEPT 256

/* What a URL means for the connection. Looked at once: a gateway sends to few of them, again and again. */
typedef struct
{
  char *url; /* (owned) as libcurl gets it */
  gboolean direct, tls;
} Target;

static void
target_free (gpointer data)
{
  Target *target = data;
  g_free (target->url);
  g_free (target);
}

/* Plain http goes to this machine or a private network only (addresses are checked when typed), so it never goes through a proxy, and no key with it. */
static gboolean
is_direct (GUri *uri)
{
  g_autoptr(GInetAddress) inet = g_inet_address_new_from_string (g_uri_get_host (uri));
  return g_str_equal (g_uri_get_scheme (uri), "http") || g_ascii_strcasecmp (g_uri_get_host (uri), "localhost") == 0
         || (inet != NULL && g_inet_address_get_is_loopback (inet));
}

/* Without "user:password@": libcurl would make a sign-in of its own out of it. */
static Target *
target_new (const char *url)
{
  GUriFlags flags = G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY
                    | G_URI_FLAGS_ENCODED_FRAGMENT | G_URI_FLAGS_SCHEME_NORMALIZE;
  g_autoptr(GUri) uri = g_uri_parse (url, flags, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return NULL;
  gboolean tls = g_str_equal (g_uri_get_scheme (uri), "https");
  if (!tls && !g_str_equal (g_uri_get_scheme (uri), "http"))
    return NULL;
  Target *target = g_new0 (Target, 1);
  target->url = g_uri_get_userinfo (uri) == NULL
                    ? g_strdup (url)
                    : g_uri_join (flags, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri), g_uri_get_port (uri),
                                  g_uri_get_path (uri), g_uri_get_query (uri), NULL);
  target->direct = is_direct (uri);
  target->tls = tls;
  return target;
}

static const Target *
target_get (PurserCurlTransport *transport, const PurserHttpRequest *request)
{
  if (transport->targets == NULL)
    transport->targets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, target_free);
  g_autofree char *url = purser_http_request_url (request);
  Target *target = g_hash_table_lookup (transport->targets, url);
  if (target != NULL || (target = target_new (url)) == NULL)
    return target;
  if (g_hash_table_size (transport->targets) >= TARGETS_KEPT)
    g_hash_table_remove_all (transport->targets);
  g_hash_table_insert (transport->targets, g_steal_pointer (&url), target);
  return target;
}

/* ——— headers ——— */

/* libcurl writes what it is given as it is: a line break in a value would be another header. */
static gboolean
is_sound (const char *name, const char *value)
{
  return *name != '\0' && strpbrk (name, " \t\r\n:") == NULL && strpbrk (value, "\r\n") == NULL;
}

static void
add_line (struct curl_slist **list, const char *name, const char *value)
{
  /* "name;" is how libcurl is told of an empty value; "name:" would take the header away. */
  g_autofree char *line = *value != '\0' ? g_strconcat (name, ": ", value, NULL) : g_strconcat (name, ";", NULL);
  *list = curl_slist_append (*list, line);
  explicit_bzero (line, strlen (line));
}

/* What goes out where the request does not say otherwise; "" = not what libcurl would add by itself. */
static const struct
{
  const char *name, *line;
} defaults[] = {
  { "Accept-Encoding", "Accept-Encoding: identity" }, /* nothing here is worth unpacking */
  { "Accept", "Accept:" },
  { "Expect", "Expect:" }, /* it would cost a round trip */
};

static gboolean
has_header (const PurserHttpRequest *request, const char *name)
{
  for (char **header = request->headers; *header != NULL; header += 2)
    if (g_ascii_strcasecmp (header[0], name) == 0)
      return TRUE;
  return FALSE;
}

/* The last of two with one name holds. */
static gboolean
set_headers (PurserExchange *exchange, const PurserHttpRequest *request, char **words)
{
  for (gsize i = 0; i < G_N_ELEMENTS (defaults); i++)
    if (!has_header (request, defaults[i].name))
      exchange->headers = curl_slist_append (exchange->headers, defaults[i].line);
  if (request->body != NULL)
    exchange->headers = curl_slist_append (exchange->headers, "Content-Type: application/json");
  for (char **header = request->headers; *header != NULL; header += 2)
    {
      if (!is_sound (header[0], header[1]))
        {
          *words = g_strdup (_("A header of the request holds a line break or has no name."));
          return FALSE;
        }
      gboolean again = FALSE;
      for (char **next = header + 2; *next != NULL && !again; next += 2)
        again = g_ascii_strcasecmp (header[0], *next) == 0;
      if (!again && (request->body == NULL || g_ascii_strcasecmp (header[0], "Content-Type") != 0))
        add_line (&exchange->headers, header[0], header[1]);
    }
  curl_easy_setopt (exchange->easy, CURLOPT_HTTPHEADER, exchange->headers);
  return TRUE;
}

/* ——— the rest ——— */

static void
set_target (PurserExchange *exchange, const Target *target)
{
  if (g_set_str (&exchange->url, target->url))
    curl_easy_setopt (exchange->easy, CURLOPT_URL, exchange->url);
  if (exchange->direct != target->direct)
    curl_easy_setopt (exchange->easy, CURLOPT_PROXY, target->direct ? "" : NULL); /* NULL: of the environment */
  /* Rather wait for a connection that others are making, as it may serve many at once, than make as many handshakes. */
  if (exchange->tls != target->tls)
    curl_easy_setopt (exchange->easy, CURLOPT_PIPEWAIT, target->tls ? 1L : 0L);
  exchange->direct = target->direct;
  exchange->tls = target->tls;
}

/* "Trust only what this file vouches for": so the folder of authorities that libcurl was built with is taken away too. */
static void
set_ca_file (PurserExchange *exchange, const char *ca_file)
{
  if (!g_set_str (&exchange->ca_file, ca_file))
    return;
  curl_easy_setopt (exchange->easy, CURLOPT_CAINFO, ca_file);
  curl_easy_setopt (exchange->easy, CURLOPT_CAPATH, NULL);
}

static void
set_method (PurserExchange *exchange, const char *method, gboolean has_body)
{
  gboolean post = has_body || g_str_equal (method, "POST");
  if (exchange->method != NULL && g_str_equal (exchange->method, method) && exchange->has_body == has_body)
    return;
  exchange->method = method;
  exchange->has_body = has_body;
  curl_easy_setopt (exchange->easy, CURLOPT_HTTPGET, 1L); /* takes back the others */
  curl_easy_setopt (exchange->easy, CURLOPT_CUSTOMREQUEST, g_str_equal (method, post ? "POST" : "GET") ? NULL : method);
  if (post)
    curl_easy_setopt (exchange->easy, CURLOPT_POST, 1L);
  else if (g_str_equal (method, "HEAD"))
    curl_easy_setopt (exchange->easy, CURLOPT_NOBODY, 1L);
}

static void
set_body (PurserExchange *exchange, GBytes *body)
{
  gsize length = 0;
  const void *bytes = "";
  if (!exchange->has_body && !g_str_equal (exchange->method, "POST"))
    return;
  if (body != NULL)
    {
      exchange->body = g_bytes_ref (body);
      bytes = g_bytes_get_data (body, &length);
    }
  curl_easy_setopt (exchange->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) length);
  curl_easy_setopt (exchange->easy, CURLOPT_POSTFIELDS, length > 0 ? bytes : ""); /* not copied: BODY is held */
}

gboolean
purser_curl_request_apply (PurserExchange *exchange,
                           const PurserHttpRequest *request,
                           PurserFaultClass *class_,
                           char **words)
{
  const Target *target = target_get (exchange->transport, request);
  *class_ = target == NULL ? PURSER_FAULT_ADDRESS : PURSER_FAULT_LOCAL;
  if (target == NULL)
    {
      *words = g_strdup_printf (_("“%s” is no web address."), request->address);
      return FALSE;
    }
  set_target (exchange, target);
  set_ca_file (exchange, request->ca_file);
  set_method (exchange, request->method, request->body != NULL);
  set_body (exchange, request->body);
  return set_headers (exchange, request, words);
}

/* Nothing of a request, least of all its key, waits in a spare handle. */
void
purser_curl_request_clear (PurserExchange *exchange)
{
  curl_easy_setopt (exchange->easy, CURLOPT_HTTPHEADER, NULL);
  for (struct curl_slist *item = exchange->headers; item != NULL; item = item->next)
    explicit_bzero (item->data, strlen (item->data));
  g_clear_pointer (&exchange->headers, curl_slist_free_all);
  if (exchange->body != NULL)
    curl_easy_setopt (exchange->easy, CURLOPT_POSTFIELDS, "");
  g_clear_pointer (&exchange->body, g_bytes_unref);
}
