/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-reply.h"

/* Up to the first NUL: the value of every header; then the body; the last byte chooses the status. */
static const char *
header_cb (const char *name, gpointer value)
{
  return value;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const int statuses[] = { 200, 302, 400, 401, 403, 404, 410, 413, 422, 429, 500, 503, 529 };
  const uint8_t *nul = size > 0 ? memchr (data, 0, size - 1) : NULL;
  if (nul == NULL)
    return 0;
  const uint8_t *body = nul + 1;
  int status = statuses[data[size - 1] % G_N_ELEMENTS (statuses)];
  g_autoptr(PurserFault) fault = purser_dialect_read_error (purser_dialect_get ("anthropic"), status, NULL, body,
                                                             data + size - 1 - body, header_cb, (gpointer) data);
  g_assert_cmpint (fault->class_, !=, PURSER_FAULT_NONE);
  g_assert_true (fault->retry_after_ms == -1 || fault->retry_after_ms > 0);
  g_assert_true (fault->message == NULL
                 || (g_utf8_validate (fault->message, -1, NULL) && g_utf8_strlen (fault->message, -1) <= 500));
  return 0;
}
