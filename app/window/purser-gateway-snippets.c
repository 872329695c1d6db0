/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-gateway-snippets.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define RESOURCE "/io/github/purser_app/Purser/ui/gateway-snippets.txt"

static const PurserSnippet snippets[] =
{
  { "openai-env", N_("OpenAI SDKs"), N_("Paste it into the terminal that starts the tool. The model’s name is the workload."), FALSE },
  { "claude-code", "Claude Code", N_("Paste it into a terminal, then start claude there."), FALSE },
  { "codex", "Codex", N_("Paste it into a terminal. It starts Codex and changes none of its settings."), FALSE },
  { "codex-config", N_("Codex, for good"), N_("Goes into ~/.codex/config.toml; Codex then finds the key in the environment variable PURSER_KEY."), FALSE },
  { "anthropic-env", N_("Anthropic SDKs"), N_("Paste it into the terminal that starts the tool. The model’s name is the workload."), FALSE },
  { "ollama", N_("Ollama front ends"), N_("Such programs send no key: allow it below under “Programs that send no key”."), TRUE },
  { "curl", "curl", N_("Paste it into a terminal: one question, to see that it works."), FALSE },
  { "python", "Python", N_("Needs the package openai."), FALSE },
  { "javascript", N_("JavaScript (AI SDK)"), N_("Needs the packages ai and @ai-sdk/openai-compatible."), FALSE },
};

guint
purser_snippets_n (void)
{
  return G_N_ELEMENTS (snippets);
}

const PurserSnippet *
purser_snippets_get (guint i)
{
  return &snippets[i];
}

/* The part of the file under "## ID", without the blank lines around it. */
static char *
read_part (const char *id)
{
  g_autoptr (GBytes) bytes = g_resources_lookup_data (RESOURCE, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autofree char *head = g_strdup_printf ("\n## %s\n", id);
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, NULL) : NULL; /* resources end in a NUL */
  const char *begin = text != NULL ? strstr (text, head) : NULL;
  const char *end;

  g_return_val_if_fail (begin != NULL, g_strdup (""));
  begin += strlen (head);
  end = strstr (begin, "\n## ");
  return g_strchomp (end != NULL ? g_strndup (begin, end - begin) : g_strdup (begin));
}

/**
 * purser_snippet_text:
 * @snippet: for which client
 * @url: where the gateway listens, without a path
 * @workload: the workload's name
 * @key: an access key, or what stands for one
 *
 * Returns: (transfer full): what to paste
 */
char *
purser_snippet_text (const PurserSnippet *snippet,
                     const char          *url,
                     const char          *workload,
                     const char          *key)
{
  g_autofree char *part = read_part (snippet->id);
  g_autoptr (GString) text = g_string_new (part);

  g_string_replace (text, "@URL@", url, 0);
  g_string_replace (text, "@WORKLOAD@", workload, 0);
  g_string_replace (text, "@KEY@", key, 0);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
