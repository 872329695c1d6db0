/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-kind.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/* What people paste behind the base address, longest first, and the path of each kind where none is given. */
typedef struct
{
  const char *kind;
  const char *home; /* path where the address has none */
  const char *ends[14]; /* cut from the end, once each and in this order */
} Shape;

#define OPENAI_ENDS "/chat/completions", "/completions", "/responses", "/embeddings", "/models"

static const Shape SHAPES[] = {
  { "anthropic", "", { "/messages/count_tokens", "/messages", "/complete", "/models", "/v1" } },
  { "openai", "/v1", { OPENAI_ENDS } },
  { "openai-compatible", "", { OPENAI_ENDS } },
  { "ollama",
    "",
    { "/chat/completions", "/completions", "/responses", "/messages", "/embeddings", "/models", "/chat", "/generate",
      "/tags", "/embed", "/version", "/v1", "/api" } },
  { "azure-openai", "/openai/v1", { OPENAI_ENDS } },
  { "bedrock", "/openai/v1", { OPENAI_ENDS } },
  { "github-models", "/inference", { "/chat/completions", "/embeddings", "/catalog/models" } },
};

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *words = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, PURSER_ORG_ERROR, PURSER_ORG_ERROR_ADDRESS, words);
  return FALSE;
}

/* Names that no public name server answers. */
static gboolean
is_private_name (const char *host)
{
  static const char *const SUFFIXES[] = { ".local", ".localhost", ".internal", ".home.arpa" };
  for (guint i = 0; i < G_N_ELEMENTS (SUFFIXES); i++)
    if (g_str_has_suffix (host, SUFFIXES[i]))
      return TRUE;
  return strchr (host, '.') == NULL;
}

static gboolean
is_private_bytes (const guint8 *b, gboolean v6)
{
  if (v6)
    return (b[0] & 0xfe) == 0xfc; /* fc00::/7, unique local */
  return b[0] == 100 && (b[1] & 0xc0) == 64; /* 100.64.0.0/10, shared: what private overlay networks use */
}

static gboolean
is_loopback (const char *host)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (host);
  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return g_str_equal (host, "localhost") || g_str_has_suffix (host, ".localhost");
}

static gboolean
is_private (const char *host)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (host);
  if (address == NULL)
    return is_private_name (host);
  return g_inet_address_get_is_loopback (address) || g_inet_address_get_is_any (address)
         || g_inet_address_get_is_site_local (address) || g_inet_address_get_is_link_local (address)
         || is_private_bytes (g_inet_address_to_bytes (address),
                              g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6);
}

static gboolean
has_blank (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_isspace (g_utf8_get_char (p)) || g_unichar_iscntrl (g_utf8_get_char (p)))
      return TRUE;
  return FALSE;
}

static char *
trim (const char *typed)
{
  const char *end = typed + strlen (typed);
  while (*typed != '\0' && g_unichar_isspace (g_utf8_get_char (typed)))
    typed = g_utf8_next_char (typed);
  while (end > typed && g_unichar_isspace (g_utf8_get_char (g_utf8_prev_char (end))))
    end = g_utf8_prev_char (end);
  return g_strndup (typed, end - typed);
}

/* "http:/host", "HTTPS:host" and "//host" are slips of the pen. Returns what follows the scheme, which is "" where none was typed. */
static const char *
split_scheme (const char *text, const char **scheme, GError **error)
{
  static const char *const KNOWN[] = { "https", "http" };
  for (guint i = 0; i < G_N_ELEMENTS (KNOWN); i++)
    {
      gsize length = strlen (KNOWN[i]);
      if (g_ascii_strncasecmp (text, KNOWN[i], length) == 0 && text[length] == ':'
          && !g_ascii_isdigit (text[length + 1]))
        {
          *scheme = KNOWN[i];
          return text + length + 1 + MIN (strspn (text + length + 1, "/"), 2);
        }
    }
  const char *other = strstr (text, "://");
  gsize before = strcspn (text, "/?#");
  if (other != NULL && other < text + before)
    {
      refuse (error, _("“%.*s” is not a web address. Enter one that begins with https://."), (int) (other - text) + 3,
              text);
      return NULL;
    }
  *scheme = "";
  return g_str_has_prefix (text, "//") ? text + 2 : text;
}

typedef struct
{
  char *host; /* (owned) as ASCII, without brackets */
  int port; /* -1: the scheme's own */
  char *path; /* (owned) */
  char *query; /* (owned) (nullable) */
} Parts;

static void
parts_clear (Parts *parts)
{
  g_free (parts->host);
  g_free (parts->path);
  g_free (parts->query);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

static gboolean
check_host (const char *typed, char **host, GError **error)
{
  struct in_addr loose;
  g_autofree char *ascii = g_hostname_to_ascii (typed);
  g_autofree char *lower = ascii != NULL ? g_ascii_strdown (ascii, -1) : NULL;
  gboolean number = lower != NULL && g_hostname_is_ip_address (lower);

  if (lower == NULL || *lower == '\0')
    return refuse (error, _("The address has no host. Enter it as https://host/path."));
  /* "2130706433" and "0x7f.1" are numbers in disguise, which the resolver would still follow. */
  if (!number && inet_aton (lower, &loose) != 0)
    return refuse (error, _("“%s” is not a complete numeric address. Enter four numbers with dots, or a name."),
                   typed);
  if (!number && strspn (lower, "abcdefghijklmnopqrstuvwxyz0123456789.-_") != strlen (lower))
    return refuse (error, _("“%s” is not the name of a host. Check the address for typing errors."), typed);
  if (*lower == '.' || strstr (lower, "..") != NULL)
    return refuse (error, _("“%s” is not the name of a host. Check the address for typing errors."), typed);
  *host = g_steal_pointer (&lower);
  return TRUE;
}

static gboolean
split_parts (const char *rest, Parts *parts, GError **error)
{
  g_autofree char *whole = NULL;
  g_autofree char *userinfo = NULL, *host = NULL;
  g_autofree char *bare = g_strndup (rest, strcspn (rest, "/?#"));
  g_autoptr(GInetAddress) six = strchr (bare, ':') != NULL ? g_inet_address_new_from_string (bare) : NULL;

  if (strchr (bare, '@') != NULL)
    return refuse (error, _("The address contains a user or a password. Leave them out, and enter the key in its own "
                             "field."));
  whole =
      six != NULL ? g_strdup_printf ("http://[%s]%s", bare, rest + strlen (bare)) : g_strconcat ("http://", rest, NULL);
  if (!g_uri_split (whole, G_URI_FLAGS_ENCODED, NULL, &userinfo, &host, &parts->port, &parts->path, &parts->query, NULL,
                    NULL))
    return refuse (error, _("“%s” is not a web address. Enter one like https://host/path."), rest);
  if (parts->port == 0)
    return refuse (error, _("The address has the port 0, which does not exist. Enter a port from 1 to 65535."));
  return check_host (host != NULL ? host : "", &parts->host, error);
}

static gboolean
cut_end (char *path, const char *end)
{
  gsize length = strlen (path);
  while (length > 0 && path[length - 1] == '/')
    path[--length] = '\0';
  if (!g_str_has_suffix (path, end))
    return FALSE;
  path[length - strlen (end)] = '\0';
  return TRUE;
}

/* Azure's dated interfaces are told by "?api-version=2024-10-21", which goes with every request. (transfer full) (nullable) */
static char *
api_version (const PurserKind *kind, const Parts *parts)
{
  static const char name[] = "api-version=";
  const char *at = parts->query != NULL ? strstr (parts->query, name) : NULL;
  if (at == NULL || !g_str_equal (kind->id, "azure-openai") || strstr (parts->path, "/openai/v1") != NULL)
    return NULL;
  at += strlen (name);
  gsize length = strspn (at, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-.");
  return length > 0 ? g_strndup (at, length) : NULL;
}

/* Azure's dated paths name the deployment, which comes from the model of each request; Foundry's catalogue keeps its "/models". */
static char *
dated_path (const char *typed)
{
  g_autofree char *path = g_strdup (typed);
  cut_end (path, "/chat/completions");
  cut_end (path, "/embeddings");
  char *dated = strstr (path, "/openai");
  if (dated != NULL)
    *dated = '\0';
  cut_end (path, "/");
  return g_steal_pointer (&path);
}

/* The base path of KIND that TYPED was meant for. (transfer full) */
static char *
base_path (const PurserKind *kind, const char *host, const char *typed)
{
  const Shape *shape = NULL;
  for (guint i = 0; shape == NULL && i < G_N_ELEMENTS (SHAPES); i++)
    shape = g_str_equal (SHAPES[i].kind, kind->id) ? &SHAPES[i] : NULL;
  g_assert (shape != NULL);

  g_autofree char *path = g_strdup (typed);
  for (guint i = 0; shape->ends[i] != NULL; i++)
    cut_end (path, shape->ends[i]);
  cut_end (path, "/");
  /* A deployment's path without its date: v1 takes the deployment from the request. */
  char *dated = g_str_equal (kind->id, "azure-openai") ? strstr (path, "/openai/deployments") : NULL;
  if (dated != NULL)
    *dated = '\0';
  if (g_str_equal (kind->id, "azure-openai"))
    cut_end (path, "/openai");
  if (g_str_has_prefix (host, "bedrock-runtime")) /* Converse: everything is in the request's path */
    return g_strdup ("");
  return g_strdup (*path != '\0' ? path : shape->home);
}

static char *
compose (const PurserKind *kind, const char *scheme, const Parts *parts)
{
  const char *typed = parts->path != NULL ? parts->path : "";
  g_autofree char *version = api_version (kind, parts);
  g_autofree char *path = version != NULL ? dated_path (typed) : base_path (kind, parts->host, typed);
  gboolean six = strchr (parts->host, ':') != NULL;
  gboolean usual = parts->port == -1 || parts->port == (g_str_equal (scheme, "https") ? 443 : 80);
  g_autofree char *port = usual ? g_strdup ("") : g_strdup_printf (":%d", parts->port);
  return g_strconcat (scheme, "://", six ? "[" : "", parts->host, six ? "]" : "", port, path,
                      version != NULL ? "?api-version=" : "", version, NULL);
}

/**
 * purser_kind_normalise_address:
 * @kind: what the address is meant for
 * @typed: (nullable): the address as typed or pasted
 * @error: return location for words for the field
 *
 * Returns: (transfer full) (nullable): the base address
 */
char *
purser_kind_normalise_address (const PurserKind *kind, const char *typed, GError **error)
{
  g_auto(Parts) parts = { NULL, -1, NULL };
  const char *scheme = "";

  g_return_val_if_fail (kind != NULL, NULL);
  if (typed == NULL || !g_utf8_validate (typed, -1, NULL))
    typed = "";
  g_autofree char *text = trim (typed);
  if (*text == '\0')
    return refuse (error, _("The address is empty. Enter one like https://host/path.")), NULL;
  if (has_blank (text))
    return refuse (error, _("The address contains a space or a line break. Remove it.")), NULL;
  const char *rest = split_scheme (text, &scheme, error);
  if (rest == NULL || !split_parts (rest, &parts, error))
    return NULL;
  if (*scheme == '\0')
    scheme = is_loopback (parts.host) ? "http" : "https";
  if (g_str_equal (scheme, "http") && !is_private (parts.host))
    return refuse (error,
                   _("“%s” is on the internet, and http:// would send your key and every text unencrypted. Use "
                      "https://."),
                   parts.host),
           NULL;
  return compose (kind, scheme, &parts);
}
