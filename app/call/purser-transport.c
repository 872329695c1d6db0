/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-transport.h"

#include "purser-route.h"

#include <string.h>

/**
 * purser_http_request_new:
 * @method: a static string
 * @address: base address, possibly "practice:…"
 * @path: what comes after it
 *
 * Returns: (transfer full): a request without headers
 */
PurserHttpRequest *
purser_http_request_new (const char *method, const char *address, const char *path)
{
  PurserHttpRequest *request = g_new0 (PurserHttpRequest, 1);
  request->method = method;
  request->address = g_strdup (address);
  request->path = g_strdup (path);
  request->headers = g_new0 (char *, 1);
  return request;
}

/**
 * purser_http_request_add_header:
 *
 * Appends one header. @value may be a credential: it is erased with the request.
 */
void
purser_http_request_add_header (PurserHttpRequest *request, const char *name, const char *value)
{
  guint n = g_strv_length (request->headers);
  request->headers = g_renew (char *, request->headers, n + 3);
  request->headers[n] = g_strdup (name);
  request->headers[n + 1] = g_strdup (value);
  request->headers[n + 2] = NULL;
}

void
purser_http_request_set_header (PurserHttpRequest *request, const char *name, const char *value)
{
  gboolean found = FALSE;
  for (char **header = request->headers; header[0] != NULL; header += 2)
    if (g_ascii_strcasecmp (header[0], name) == 0)
      {
        g_set_str (&header[1], value);
        found = TRUE;
      }
  if (!found)
    purser_http_request_add_header (request, name, value);
}

void
purser_http_request_free (PurserHttpRequest *request)
{
  if (request == NULL)
    return;
  for (char **header = request->headers; *header != NULL; header++)
    explicit_bzero (*header, strlen (*header));
  g_strfreev (request->headers);
  g_clear_pointer (&request->body, g_bytes_unref);
  g_free (request->address);
  g_free (request->path);
  g_free (request->ca_file);
  g_free (request);
}

/* "practice:…" is known now. */
void
purser_http_request_resolve (PurserHttpRequest *request, const char *address)
{
  g_free (request->address);
  request->address = g_strdup (address);
}

char *
purser_http_request_url (const PurserHttpRequest *request)
{
  return purser_address_join (request->address, request->path);
}

void
purser_transport_free (PurserTransport *self)
{
  if (self != NULL)
    self->free (self);
}
