/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-caller.h"

#include "config.h"
#include <glib/gi18n-lib.h>
#include <string.h>

/* One sentence or two a class: %1$s is the provider, %2$s its own words where they help. */
static const char *const sentences[] = {
  [PURSER_FAULT_ADDRESS] = N_("%1$s cannot be reached. %2$s Check its address and this computer’s network."),
  [PURSER_FAULT_TLS] = N_("%1$s: %2$s If your organisation’s network inspects secure connections, choose its CA file "
                           "in the provider’s settings."),
  [PURSER_FAULT_TIMEOUT] = N_("%1$s did not answer in time. %2$s Try again, or add a fallback model."),
  [PURSER_FAULT_CUT] = N_("%1$s broke off before the end of its reply. Try again; what had arrived is counted."),
  [PURSER_FAULT_KEY] = N_("%1$s refused the key. Check that it was copied whole and is still valid, or replace it on "
                           "the page Providers and keys. %2$s"),
  [PURSER_FAULT_MONEY] = N_("The account at %1$s has no credit left, or has reached its limit. Add credit or raise "
                             "the limit at the provider. %2$s"),
  [PURSER_FAULT_NO_MODEL] =
      N_("%1$s does not have this model any more. Refresh its models, and choose another one. %2$s"),
  [PURSER_FAULT_NOT_FOUND] = N_("%1$s has nothing at this address. Enter the base address, such as https://host/v1, "
                                 "without “/chat/completions”. %2$s"),
  [PURSER_FAULT_GONE] = N_("%1$s says that this service has ended. Move its workloads to another provider. %2$s"),
  [PURSER_FAULT_RATE] =
      N_("%1$s wants fewer calls at a time. Wait a minute and try again, or add a fallback model. %2$s"),
  [PURSER_FAULT_OVERLOADED] = N_("%1$s is overloaded at the moment. Try again in a minute, or add a fallback model."),
  [PURSER_FAULT_SERVER] = N_("%1$s has a problem of its own. Try again in a minute, or add a fallback model. %2$s"),
  [PURSER_FAULT_REQUEST] = N_("%1$s did not accept the request. Change it, or choose another model. %2$s"),
  [PURSER_FAULT_CONTEXT] =
      N_("The text is longer than this model of %1$s can read. Shorten it, or add a model with a larger context."),
  [PURSER_FAULT_GARBAGE] = N_("What %1$s sent is not a model’s reply. Check its address and kind. %2$s"),
  [PURSER_FAULT_TOO_LARGE] =
      N_("%1$s sent more than Purser takes for one reply. Set a smaller limit for the reply’s length. %2$s"),
};

typedef struct
{
  PurserFaultClass class_;
  const char      *kind;      /* (nullable) any */
  gboolean         retired;   /* only kinds that their owner has ended */
  gboolean         redirect, page;
  const char      *sentence;
} Special;

#define RETIRED_BY_GITHUB \
  N_("GitHub retired this service on 30 July 2026, so nothing answers any more. Add Microsoft Foundry or another " \
     "OpenAI-compatible provider, and move the workloads of %1$s there.")
#define WEB_PAGE \
  N_("The address of %1$s leads to a web page, not to a model service. Enter the address of its API, such as " \
     "https://host/v1.")

/* Looked through first: what is better said otherwise. */
static const Special specials[] = {
  { .class_ = PURSER_FAULT_NOT_FOUND, .retired = TRUE, .sentence = RETIRED_BY_GITHUB },
  { .class_ = PURSER_FAULT_NO_MODEL, .retired = TRUE, .sentence = RETIRED_BY_GITHUB },
  { .class_ = PURSER_FAULT_GONE, .retired = TRUE, .sentence = RETIRED_BY_GITHUB },
  { .class_ = PURSER_FAULT_ADDRESS, .kind = "ollama",
    .sentence = N_("%1$s does not answer. %2$s Start Ollama with “ollama serve”, or correct its address.") },
  { .class_ = PURSER_FAULT_NO_MODEL, .kind = "ollama",
    .sentence = N_("%1$s does not have this model. Fetch it with “ollama pull”, or choose another one. %2$s") },
  { .class_ = PURSER_FAULT_NOT_FOUND, .redirect = TRUE,
    .sentence = N_("%1$s: %2$s If you trust that address, enter it in the provider’s settings.") },
  { .class_ = PURSER_FAULT_NOT_FOUND, .page = TRUE, .sentence = WEB_PAGE },
  { .class_ = PURSER_FAULT_GARBAGE, .page = TRUE, .sentence = WEB_PAGE },
};

static gboolean
is_page (const PurserFault *fault)
{
  g_autofree char *text = g_ascii_strdown (fault->message != NULL ? fault->message : "", -1);
  return strstr (text, "<html") != NULL || strstr (text, "<!doctype") != NULL;
}

static gboolean
applies (const Special *special, const PurserFault *fault, const PurserKind *kind)
{
  if (special->class_ != fault->class_)
    return FALSE;
  if (special->kind != NULL && (kind == NULL || !g_str_equal (kind->id, special->kind)))
    return FALSE;
  if (special->retired && (kind == NULL || kind->retired_on == NULL))
    return FALSE;
  if (special->redirect && fault->status / 100 != 3)
    return FALSE;
  return !special->page || is_page (fault);
}

static const char *
sentence_for (const PurserFault *fault, const PurserKind *kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (specials); i++)
    if (applies (&specials[i], fault, kind))
      return specials[i].sentence;
  return fault->class_ < G_N_ELEMENTS (sentences) ? sentences[fault->class_] : NULL;
}

/* Our own words are sentences; a provider's, which come with an error status, are quoted. */
static char *
words_of (const PurserFault *fault)
{
  const char *message = fault->message != NULL ? fault->message : "";
  gsize length = strlen (message);
  if (length == 0)
    return fault->status >= 400 ? g_strdup_printf (_("(Status %d.)"), fault->status) : g_strdup ("");
  while (fault->status >= 400 && length > 1 && message[length - 1] == '.')
    length--;
  if (fault->status >= 400)
    return g_strdup_printf (_("It says: “%.*s”."), (int) length, message);
  gboolean ended = strchr (".!?", message[length - 1]) != NULL || g_str_has_suffix (message, "…");
  return ended ? g_strdup (message) : g_strconcat (message, ".", NULL);
}

/**
 * purser_fault_explain:
 *
 * One plain sentence for people, translated: what is wrong and what to do next.
 *
 * Returns: (transfer full): the sentence
 */
char *
purser_fault_explain (const PurserFault *fault, const char *provider_name, const PurserKind *kind)
{
  const char *sentence = sentence_for (fault, kind);
  const char *name = provider_name != NULL ? provider_name : kind != NULL ? _(kind->name) : _("The provider");
  if (fault->class_ == PURSER_FAULT_CANCELLED)
    return g_strdup (_("Stopped. What had arrived is counted."));
  if (sentence == NULL)
    return g_strdup (fault->message != NULL ? fault->message : _("The call did not work."));
  g_autofree char *words = words_of (fault);
  /* Translators may leave out either part, so both are always given; the compiler cannot check that. */
  g_autofree char *text = g_strdup_printf (_(sentence), name, words);
  return g_strdup (g_strstrip (text));
}
