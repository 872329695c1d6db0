/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-fault.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_MESSAGE 500
#define MAX_EXCERPT 200
#define MAX_LOOKED_AT 4000 /* bytes; a key that is cut here lies behind what is shown */

/**
 * purser_fault_new:
 * @message: (nullable): words to show; scrubbed and shortened
 *
 * Returns: (transfer full): a fault that says nothing about retrying
 */
PurserFault *
purser_fault_new (PurserFaultClass class_, int status, const char *message)
{
  PurserFault *fault = g_new0 (PurserFault, 1);
  fault->class_ = class_;
  fault->status = status;
  fault->message = message != NULL ? purser_fault_scrub (message) : NULL;
  fault->retry_after_ms = -1;
  fault->should_retry = -1;
  return fault;
}

PurserFault *
purser_fault_copy (const PurserFault *fault)
{
  if (fault == NULL)
    return NULL;
  PurserFault *copy = g_memdup2 (fault, sizeof *fault);
  copy->message = g_strdup (fault->message);
  copy->code = g_strdup (fault->code);
  copy->param = g_strdup (fault->param);
  return copy;
}

void
purser_fault_free (PurserFault *fault)
{
  if (fault == NULL)
    return;
  g_free (fault->message);
  g_free (fault->code);
  g_free (fault->param);
  g_free (fault);
}

/**
 * purser_fault_class_id:
 *
 * Returns: the word for @class_ in the ledger and in JSON, "unknown" if there is none
 */
const char *
purser_fault_class_id (PurserFaultClass class_)
{
  static const char *const ids[] = {
    [PURSER_FAULT_NONE] = "none",
    [PURSER_FAULT_ADDRESS] = "address",
    [PURSER_FAULT_TLS] = "tls",
    [PURSER_FAULT_TIMEOUT] = "timeout",
    [PURSER_FAULT_CUT] = "cut",
    [PURSER_FAULT_KEY] = "key",
    [PURSER_FAULT_MONEY] = "money",
    [PURSER_FAULT_NO_MODEL] = "no-model",
    [PURSER_FAULT_NOT_FOUND] = "not-found",
    [PURSER_FAULT_GONE] = "gone",
    [PURSER_FAULT_RATE] = "rate",
    [PURSER_FAULT_OVERLOADED] = "overloaded",
    [PURSER_FAULT_SERVER] = "server",
    [PURSER_FAULT_REQUEST] = "request",
    [PURSER_FAULT_CONTEXT] = "context",
    [PURSER_FAULT_GARBAGE] = "garbage",
    [PURSER_FAULT_TOO_LARGE] = "too-large",
    [PURSER_FAULT_CANCELLED] = "cancelled",
    [PURSER_FAULT_LOCAL] = "local",
  };
  return (guint) class_ < G_N_ELEMENTS (ids) ? ids[class_] : "unknown";
}

/* Control and format characters out (a bidirectional override could make a message read as something else), white space
 * to one blank. */
static char *
one_line (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, MIN (strlen (text), MAX_LOOKED_AT));
  GString *line = g_string_new (NULL);
  for (const char *p = valid; *p != 0; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      GUnicodeType type = g_unichar_type (c);
      if (type == G_UNICODE_FORMAT || type == G_UNICODE_PRIVATE_USE || type == G_UNICODE_SURROGATE
          || type == G_UNICODE_UNASSIGNED)
        continue;
      if (g_unichar_isspace (c) || type == G_UNICODE_CONTROL)
        {
          if (line->len > 0 && line->str[line->len - 1] != ' ')
            g_string_append_c (line, ' ');
        }
      else
        g_string_append_unichar (line, c);
    }
  return g_strchomp (g_string_free (line, FALSE));
}

/* Key shapes from PROVIDERS: "Bearer …", sk-…, github_pat_…, ghp_…, ABSK…, bedrock-api-key-…, AIza… and our own; then
 * anything long enough to be a secret and mixed like one. UUIDs, dated model names and request ids (under 32 alike
 * characters) stay readable. */
static char *
mask_keys (const char *line)
{
  static const struct
  {
    const char *pattern, *replacement;
  } masks[] = {
    { "(?i)\\b(bearer|basic|api[-_ ]?key[\"']?\\s*[:=])\\s*[\"']?[A-Za-z0-9._~+/=*-]{4,}", "\\1 ***" },
    { "(?i)\\b(sk|pk|rk|gh[pousr]|github_pat|glpat|gsk|xai|hf|nvapi|pplx|bedrock-api-key|purser)[-_][A-Za-z0-9._*=+/"
      "-]{4,}",
      "***" },
    { "\\b(AIza|AKIA|ASIA|ABSK|eyJ)[A-Za-z0-9._+/=-]{8,}", "***" },
    { "\\b(?=[A-Za-z0-9]*[0-9])(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{32,}={0,2}", "***" },
    { "(?<![A-Za-z0-9_+/=-])(?=[A-Za-z0-9_+/=-]*[0-9])(?=[A-Za-z0-9_+/=-]*[a-z])(?=[A-Za-z0-9_+/=-]*[A-Z])[A-Za-z0-9_+/"
      "=-]{40,}",
      "***" },
  };
  char *masked = g_strdup (line);
  for (gsize i = 0; i < G_N_ELEMENTS (masks); i++)
    {
      g_autoptr(GRegex) regex = g_regex_new (masks[i].pattern, 0, 0, NULL);
      g_autofree char *before = g_steal_pointer (&masked);
      masked = g_regex_replace (regex, before, -1, 0, masks[i].replacement, 0, NULL);
      if (masked == NULL)
        return g_strdup ("***"); /* rather no words than a key */
    }
  return masked;
}

static char *
shorten (char *text, glong characters)
{
  if (g_utf8_strlen (text, -1) > characters)
    {
      g_autofree char *whole = text;
      g_autofree char *kept = g_utf8_substring (whole, 0, characters - 1);
      return g_strconcat (kept, "…", NULL);
    }
  return text;
}

char *
purser_fault_scrub (const char *text)
{
  g_autofree char *line = one_line (text);
  return shorten (mask_keys (line), MAX_MESSAGE);
}

PurserFault *
purser_fault_garbage (const char *what, const char *bytes, gsize length)
{
  g_autofree char *start = g_strndup (bytes, MIN (length, MAX_LOOKED_AT)); /* up to a NUL */
  g_autofree char *excerpt = shorten (purser_fault_scrub (start), MAX_EXCERPT);
  g_autofree char *message = *excerpt != 0 ? g_strdup_printf (_("%s It begins: %s"), what, excerpt) : g_strdup (what);
  return purser_fault_new (PURSER_FAULT_GARBAGE, 0, message);
}

PurserFault *
purser_fault_cut (void)
{
  return purser_fault_new (PURSER_FAULT_CUT, 0, _("The connection ended before the reply was complete."));
}
