/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-soup-errors.h"

#include "config.h"
#include <glib/gi18n-lib.h>

#define ANY -1

typedef struct { int code; PurserFaultClass class_; const char *words; /* (nullable) the error's own */ } Row;

static const Row resolver_rows[] = {
  { G_RESOLVER_ERROR_TEMPORARY_FAILURE, PURSER_FAULT_ADDRESS, N_("The name server cannot be reached.") },
  { ANY, PURSER_FAULT_ADDRESS, N_("There is no host of this name.") },
};
static const Row io_rows[] = {
  { G_IO_ERROR_CONNECTION_REFUSED, PURSER_FAULT_ADDRESS,
    N_("Nothing listens at this address: the connection was refused.") },
  { G_IO_ERROR_HOST_UNREACHABLE, PURSER_FAULT_ADDRESS, N_("The host cannot be reached.") },
  { G_IO_ERROR_NETWORK_UNREACHABLE, PURSER_FAULT_ADDRESS, N_("The network cannot be reached.") },
  { G_IO_ERROR_HOST_NOT_FOUND, PURSER_FAULT_ADDRESS, N_("There is no host of this name.") },
  { G_IO_ERROR_PROXY_FAILED, PURSER_FAULT_ADDRESS,
    N_("The proxy of this computer’s network settings did not connect.") },
  { G_IO_ERROR_PROXY_AUTH_FAILED, PURSER_FAULT_ADDRESS,
    N_("The proxy of this computer’s network settings refused the sign-in.") },
  { G_IO_ERROR_PROXY_NEED_AUTH, PURSER_FAULT_ADDRESS,
    N_("The proxy of this computer’s network settings wants a sign-in.") },
  { G_IO_ERROR_PROXY_NOT_ALLOWED, PURSER_FAULT_ADDRESS,
    N_("The proxy of this computer’s network settings does not allow this address.") },
  { G_IO_ERROR_TIMED_OUT, PURSER_FAULT_TIMEOUT, N_("The network gave up waiting.") },
  { G_IO_ERROR_PARTIAL_INPUT, PURSER_FAULT_CUT, N_("The connection ended before the reply did.") },
  { G_IO_ERROR_CONNECTION_CLOSED, PURSER_FAULT_CUT, N_("The connection ended before the reply did.") },
  { G_IO_ERROR_CLOSED, PURSER_FAULT_CUT, N_("The connection ended before the reply did.") },
  { G_IO_ERROR_INVALID_DATA, PURSER_FAULT_GARBAGE, N_("What came back is not a web server’s answer.") },
  { G_IO_ERROR_CANCELLED, PURSER_FAULT_CANCELLED, NULL },
  { ANY, PURSER_FAULT_CUT, NULL },
};
static const Row soup_rows[] = {
  { SOUP_SESSION_ERROR_PARSING, PURSER_FAULT_GARBAGE, N_("What came back is not a web server’s answer.") },
  { ANY, PURSER_FAULT_GARBAGE, NULL },
};
static const Row other_rows[] = { { ANY, PURSER_FAULT_ADDRESS, NULL } };

/* The rows of an error's domain; each table ends with one for any code. */
static const Row *
rows_for (GQuark domain)
{
  if (domain == G_RESOLVER_ERROR)
    return resolver_rows;
  if (domain == G_IO_ERROR)
    return io_rows;
  return domain == SOUP_SESSION_ERROR ? soup_rows : other_rows;
}

static const struct { GTlsCertificateFlags flag; const char *words; } certificate_words[] = {
  { G_TLS_CERTIFICATE_BAD_IDENTITY, N_("its certificate is for another host name") },
  { G_TLS_CERTIFICATE_EXPIRED, N_("its certificate has expired") },
  { G_TLS_CERTIFICATE_NOT_ACTIVATED, N_("its certificate is not valid yet; is this computer’s clock right?") },
  { G_TLS_CERTIFICATE_REVOKED, N_("its certificate was revoked") },
  { G_TLS_CERTIFICATE_INSECURE, N_("its certificate uses an insecure algorithm") },
  { G_TLS_CERTIFICATE_UNKNOWN_CA, N_("its certificate is signed by an authority that is not trusted here") },
};

/* An unknown authority also makes other findings doubtful, so the plainest reason comes last in the table and alone. */
static char *
tls_words (const GError *error, SoupMessage *message)
{
  GTlsCertificateFlags flags = soup_message_get_tls_peer_certificate_errors (message);
  if ((flags & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0)
    flags = G_TLS_CERTIFICATE_UNKNOWN_CA;
  for (gsize i = 0; i < G_N_ELEMENTS (certificate_words); i++)
    if ((flags & certificate_words[i].flag) != 0)
      return g_strdup_printf (_("No secure connection: %s."), _(certificate_words[i].words));
  if (flags == 0 && g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_MISC))
    return g_strdup (error->message);
  return g_strdup_printf (_("No secure connection: %s."), error->message);
}

PurserFaultClass
purser_soup_error_class (const GError *error, SoupMessage *message, char **words)
{
  if (error->domain == G_TLS_ERROR)
    {
      /* A server that just hangs up does so under TLS too. */
      gboolean cut = error->code == G_TLS_ERROR_EOF;
      *words = cut ? g_strdup (_("The connection ended before the reply did.")) : tls_words (error, message);
      return cut ? PURSER_FAULT_CUT : PURSER_FAULT_TLS;
    }
  const Row *row = rows_for (error->domain);
  while (row->code != ANY && row->code != error->code)
    row++;
  *words = g_strdup (row->words != NULL ? _(row->words) : error->message);
  return row->class_;
}
