/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-rules.h"

#include "config.h"
#include <glib/gi18n-lib.h>
#include <string.h>

static const PurserFaultRule rules[] = {
  /*                            retry  fall back outage billed */
  [PURSER_FAULT_NONE]       = { FALSE, FALSE, FALSE, FALSE },
  [PURSER_FAULT_ADDRESS]    = { TRUE,  TRUE,  TRUE,  FALSE },
  [PURSER_FAULT_TLS]        = { FALSE, TRUE,  TRUE,  FALSE },
  [PURSER_FAULT_TIMEOUT]    = { TRUE,  TRUE,  TRUE,  TRUE },
  [PURSER_FAULT_CUT]        = { TRUE,  TRUE,  TRUE,  TRUE },
  [PURSER_FAULT_KEY]        = { FALSE, TRUE,  FALSE, FALSE },
  [PURSER_FAULT_MONEY]      = { FALSE, TRUE,  FALSE, FALSE },
  [PURSER_FAULT_NO_MODEL]   = { FALSE, TRUE,  FALSE, FALSE },
  [PURSER_FAULT_NOT_FOUND]  = { FALSE, TRUE,  FALSE, FALSE },
  [PURSER_FAULT_GONE]       = { FALSE, TRUE,  FALSE, FALSE },
  [PURSER_FAULT_RATE]       = { TRUE,  TRUE,  TRUE,  FALSE },
  [PURSER_FAULT_OVERLOADED] = { TRUE,  TRUE,  TRUE,  FALSE },
  [PURSER_FAULT_SERVER]     = { TRUE,  TRUE,  TRUE,  TRUE },
  [PURSER_FAULT_REQUEST]    = { FALSE, FALSE, FALSE, FALSE },
  [PURSER_FAULT_CONTEXT]    = { FALSE, TRUE,  FALSE, FALSE }, /* only to a model with a larger context */
  [PURSER_FAULT_GARBAGE]    = { FALSE, TRUE,  TRUE,  TRUE },
  [PURSER_FAULT_TOO_LARGE]  = { FALSE, TRUE,  FALSE, TRUE },
  [PURSER_FAULT_CANCELLED]  = { FALSE, FALSE, FALSE, TRUE },
  [PURSER_FAULT_LOCAL]      = { FALSE, TRUE,  FALSE, FALSE }, /* of an attempt: no key to be had */
};

const PurserFaultRule *
purser_fault_rule (PurserFaultClass class_)
{
  g_assert (class_ < G_N_ELEMENTS (rules));
  return &rules[class_];
}

gboolean
purser_header_goes_on (const char *name, const char *value)
{
  static const char *const names[] = { "anthropic-version", "anthropic-beta", "openai-beta" };
  gsize length = strlen (value);
  for (gsize i = 0; i < length; i++)
    if (value[i] < ' ' || value[i] > '~')
      return FALSE; /* no line of its own, and nothing that a server may read otherwise */
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (names[i], name) == 0)
      return length > 0 && length <= 1024;
  return FALSE;
}

/**
 * purser_retry_pause:
 *
 * The provider's own wish counts only once it is decided that a retry is due (PROVIDERS.md rule 10): it may forbid
 * the retry or set the pause, never demand a retry of what is refused.
 *
 * Returns: microseconds to wait, -1 if the same model must not be asked again
 */
gint64
purser_retry_pause (const PurserFault *fault, const PurserRetryLimits *limits, guint n, double spread)
{
  if (!purser_fault_rule (fault->class_)->retry || fault->should_retry == 0)
    return -1;
  if (fault->retry_after_ms > 0)
    return fault->retry_after_ms > limits->retry_after_us / 1000 ? -1 : fault->retry_after_ms * 1000;
  gint64 pause = limits->backoff_us;
  while (n-- > 0 && pause < limits->backoff_max_us)
    pause *= 2;
  return (gint64) ((double) MIN (pause, limits->backoff_max_us) * (0.8 + 0.4 * spread));
}

/**
 * purser_fault_ask_instead:
 *
 * Servers differ in which extras they know (PROVIDERS.md §10.4), and say so only in prose: "Unsupported parameter:
 * 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "stream_options: Extra inputs
 * are not permitted".
 */
PurserAsk
purser_fault_ask_instead (const PurserFault *fault)
{
  static const char *const refused =
      "unsupported|unknown|unrecogni[sz]ed|unexpected|not (supported|permitted|allowed|valid|recogni[sz]ed)|"
      "extra (inputs?|fields?)|additional propert|does not support|no such (field|parameter)";
  static const struct { const char *pattern; PurserAsk ask; } parameters[] = {
    { "max_(completion_)?tokens", PURSER_ASK_OTHER_MAX },
    { "stream_options|include_usage|parallel_tool_calls|\\bstore\\b|reasoning_effort|\\bseed\\b", PURSER_ASK_PLAIN },
  };
  PurserAsk ask = 0;
  if (fault->class_ != PURSER_FAULT_REQUEST || (fault->status != 400 && fault->status != 422))
    return 0;
  g_autofree char *text =
      g_strdup_printf ("%s %s", fault->code != NULL ? fault->code : "", fault->message != NULL ? fault->message : "");
  if (!g_regex_match_simple (refused, text, G_REGEX_CASELESS, 0))
    return 0;
  for (gsize i = 0; i < G_N_ELEMENTS (parameters); i++)
    if (g_regex_match_simple (parameters[i].pattern, text, G_REGEX_CASELESS, 0))
      ask |= parameters[i].ask;
  return ask;
}

/**
 * purser_fault_redirect:
 *
 * A redirect could carry the key to another host, so none is followed.
 */
PurserFault *
purser_fault_redirect (int status, const char *location)
{
  if (status != 301 && status != 302 && status != 303 && status != 307 && status != 308)
    return NULL;
  g_autoptr(GUri) uri = location != NULL ? g_uri_parse (location, G_URI_FLAGS_NONE, NULL) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  g_autofree char *where = host == NULL ? g_strdup (_("another address"))
                                        : g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (uri), NULL, host,
                                                      g_uri_get_port (uri), g_uri_get_path (uri), NULL, NULL);
  g_autofree char *words = g_strdup_printf (
      _("The server sends callers on to %s. Purser does not follow, because your key would go with it."), where);
  return purser_fault_new (PURSER_FAULT_NOT_FOUND, status, words);
}

gboolean
purser_is_web_page (const char *content_type)
{
  return content_type != NULL && g_ascii_strncasecmp (content_type, "text/html", 9) == 0;
}
