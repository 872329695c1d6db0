/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-curl-errors.h"

#include "config.h"
#include <errno.h>
#include <glib/gi18n-lib.h>

/* The same classes, and where they fit the same words, as purser-soup-errors.c: a connection check in the window must tell the truth about the gateway. */

#define ANY     -1
#define GARBAGE N_("What came back is not a web server’s answer.")
#define CUT     N_("The connection ended before the reply did.")
#define PROXY   N_("The proxy of this computer’s network settings did not connect.")

typedef struct
{
  int code;
  PurserFaultClass class_;
  const char *words; /* (nullable) libcurl's own */
} Row;

static const Row rows[] = {
  { CURLE_UNSUPPORTED_PROTOCOL, PURSER_FAULT_GARBAGE, GARBAGE }, /* an HTTP/0.9 answer: addresses are checked before */
  { CURLE_URL_MALFORMAT, PURSER_FAULT_ADDRESS, NULL },
  { CURLE_COULDNT_RESOLVE_PROXY, PURSER_FAULT_ADDRESS, PROXY },
  { CURLE_PROXY, PURSER_FAULT_ADDRESS, PROXY },
  { CURLE_COULDNT_RESOLVE_HOST, PURSER_FAULT_ADDRESS,
    N_("There is no host of this name, or the name server cannot be reached.") },
  { CURLE_WEIRD_SERVER_REPLY, PURSER_FAULT_GARBAGE, GARBAGE },
  { CURLE_HTTP2, PURSER_FAULT_CUT, CUT },
  { CURLE_HTTP2_STREAM, PURSER_FAULT_CUT, CUT },
  { CURLE_PARTIAL_FILE, PURSER_FAULT_CUT, CUT },
  { CURLE_GOT_NOTHING, PURSER_FAULT_CUT, N_("The connection ended before a reply came.") },
  { CURLE_SEND_ERROR, PURSER_FAULT_CUT, CUT },
  { CURLE_RECV_ERROR, PURSER_FAULT_CUT, CUT },
  { CURLE_OPERATION_TIMEDOUT, PURSER_FAULT_TIMEOUT, N_("The network gave up waiting.") },
  { CURLE_BAD_CONTENT_ENCODING, PURSER_FAULT_GARBAGE, GARBAGE },
  { CURLE_WRITE_ERROR, PURSER_FAULT_GARBAGE, GARBAGE }, /* refused by our own callbacks: a head without end */
  { CURLE_TOO_LARGE, PURSER_FAULT_GARBAGE, GARBAGE },
  { CURLE_OUT_OF_MEMORY, PURSER_FAULT_LOCAL, NULL },
  { ANY, PURSER_FAULT_CUT, NULL },
};

static const Row connect_rows[] = {
  { ECONNREFUSED, PURSER_FAULT_ADDRESS, N_("Nothing listens at this address: the connection was refused.") },
  { EHOSTUNREACH, PURSER_FAULT_ADDRESS, N_("The host cannot be reached.") },
  { ENETUNREACH, PURSER_FAULT_ADDRESS, N_("The network cannot be reached.") },
  { ETIMEDOUT, PURSER_FAULT_TIMEOUT, N_("The network gave up waiting.") },
  { ANY, PURSER_FAULT_ADDRESS, N_("The host cannot be reached.") },
};

/* OpenSSL's X509_V_ERR_…, of whose headers nothing else is needed: stable numbers, documented in openssl-verification-options(1). */
static const Row certificate_rows[] = {
  { 9, PURSER_FAULT_TLS, N_("its certificate is not valid yet; is this computer’s clock right?") },
  { 10, PURSER_FAULT_TLS, N_("its certificate has expired") },
  { 23, PURSER_FAULT_TLS, N_("its certificate was revoked") },
  { 62, PURSER_FAULT_TLS, N_("its certificate is for another host name") },
  { 64, PURSER_FAULT_TLS, N_("its certificate is for another host name") },
  { 66, PURSER_FAULT_TLS, N_("its certificate uses an insecure algorithm") },
  { 67, PURSER_FAULT_TLS, N_("its certificate uses an insecure algorithm") },
  { 68, PURSER_FAULT_TLS, N_("its certificate uses an insecure algorithm") },
  { 0, PURSER_FAULT_TLS,
    N_("its certificate is for another host name") }, /* the chain was fine: then it is libcurl's own look at the name; */
  { 1, PURSER_FAULT_TLS,
    N_("its certificate is for another host name") }, /* and "not looked at yet", which that precedes */
  { ANY, PURSER_FAULT_TLS, N_("its certificate is signed by an authority that is not trusted here") },
};

static const Row *
find (const Row *row, long code)
{
  while (row->code != ANY && row->code != code)
    row++;
  return row;
}

static gboolean
through_proxy (CURL *easy)
{
  long used = 0;
  return curl_easy_getinfo (easy, CURLINFO_USED_PROXY, &used) == CURLE_OK && used != 0;
}

static PurserFaultClass
connect_class (const PurserCurlFailure *failure, char **words)
{
  long code = 0;
  curl_easy_getinfo (failure->easy, CURLINFO_OS_ERRNO, &code);
  const Row *row = find (connect_rows, code);
  *words = g_strdup (through_proxy (failure->easy) ? _(PROXY) : _(row->words));
  return row->class_;
}

/* 407 and others: what the proxy said to CONNECT. */
static gboolean
proxy_class (const PurserCurlFailure *failure, PurserFaultClass *class_, char **words)
{
  long status = 0;
  curl_easy_getinfo (failure->easy, CURLINFO_HTTP_CONNECTCODE, &status);
  if (status < 300)
    return FALSE;
  *words = g_strdup (status == 407   ? _("The proxy of this computer’s network settings wants a sign-in.")
                     : status == 403 ? _("The proxy of this computer’s network settings does not allow this address.")
                                     : _(PROXY));
  *class_ = PURSER_FAULT_ADDRESS;
  return TRUE;
}

static PurserFaultClass
certificate_class (const PurserCurlFailure *failure, char **words)
{
  long result = 0;
  curl_easy_getinfo (failure->easy, CURLINFO_SSL_VERIFYRESULT, &result);
  *words = g_strdup_printf (_("No secure connection: %s."), _(find (certificate_rows, result)->words));
  return PURSER_FAULT_TLS;
}

/* A peer that hangs up in the middle of it too: nothing was sent, so nothing can be billed. */
static PurserFaultClass
handshake_class (const PurserCurlFailure *failure, char **words)
{
  *words = g_strdup_printf (_("No secure connection: %s."),
                            *failure->text != '\0' ? failure->text : curl_easy_strerror (failure->code));
  return PURSER_FAULT_TLS;
}

static PurserFaultClass
ca_file_class (const PurserCurlFailure *failure, char **words)
{
  if (failure->ca_file != NULL)
    *words = g_strdup_printf (_("The CA file “%s” cannot be used: %s"), failure->ca_file,
                              _("It holds no certificate that can be read."));
  else
    *words = g_strdup_printf (_("No secure connection: %s."), curl_easy_strerror (failure->code));
  return PURSER_FAULT_TLS;
}

static const struct
{
  CURLcode code;
  PurserFaultClass (*get) (const PurserCurlFailure *failure, char **words);
} special[] = {
  { CURLE_COULDNT_CONNECT, connect_class },
  { CURLE_PEER_FAILED_VERIFICATION, certificate_class },
  { CURLE_SSL_CONNECT_ERROR, handshake_class },
  { CURLE_SSL_CACERT_BADFILE, ca_file_class },
};

PurserFaultClass
purser_curl_error_class (const PurserCurlFailure *failure, char **words)
{
  PurserFaultClass class_ = PURSER_FAULT_NONE;
  if (failure->again)
    {
      *words = g_strdup (
          _("The connection had been kept from an earlier request, and ended before anything was answered."));
      return PURSER_FAULT_CUT;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (special); i++)
    if (special[i].code == failure->code)
      return special[i].get (failure, words);
  if (proxy_class (failure, &class_, words))
    return class_;
  const Row *row = find (rows, (long) failure->code);
  if (row->class_ == PURSER_FAULT_CUT && failure->half_head)
    {
      *words = g_strdup (_(GARBAGE));
      return PURSER_FAULT_GARBAGE;
    }
  *words = g_strdup (row->words != NULL ? _(row->words) : curl_easy_strerror (failure->code));
  return row->class_;
}
