/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-call-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include "purser-event.h"
#include "purser-format.h"

/* What each class of fault means for somebody who never saw a status code. %s is whom the call went to. */
static const struct { PurserFaultClass fault; const char *words; } faults[] =
{
  { PURSER_FAULT_ADDRESS, N_("%s could not be reached") },
  { PURSER_FAULT_TLS, N_("the secure connection to %s failed") },
  { PURSER_FAULT_TIMEOUT, N_("%s did not answer in time") },
  { PURSER_FAULT_CUT, N_("%s broke off its reply") },
  { PURSER_FAULT_KEY, N_("%s refused the key") },
  { PURSER_FAULT_MONEY, N_("the credit at %s is used up") },
  { PURSER_FAULT_NO_MODEL, N_("%s is no longer offered") },
  { PURSER_FAULT_NOT_FOUND, N_("%s was not found at its address") },
  { PURSER_FAULT_GONE, N_("%s has been closed by its owner") },
  { PURSER_FAULT_RATE, N_("%s took no more calls for a while") },
  { PURSER_FAULT_OVERLOADED, N_("%s was overloaded") },
  { PURSER_FAULT_SERVER, N_("%s had an error of its own") },
  { PURSER_FAULT_REQUEST, N_("%s refused the request") },
  { PURSER_FAULT_CONTEXT, N_("the request was too long for %s") },
  { PURSER_FAULT_GARBAGE, N_("%s sent something that is no reply") },
  { PURSER_FAULT_TOO_LARGE, N_("%s sent more than Purser takes") },
  { PURSER_FAULT_CANCELLED, N_("the caller left while %s was asked") },
  { PURSER_FAULT_LOCAL, N_("Purser itself could not ask %s") },
};

static const struct { PurserSkipReason reason; const char *words; } skips[] =
{
  { PURSER_SKIP_TERMS, N_("%s was not asked: its data terms do not allow it.") },
  { PURSER_SKIP_RESTING, N_("%s was not asked: it had failed again and again, and is left alone for a while.") },
  { PURSER_SKIP_CONTEXT, N_("%s was not asked: it cannot read that much.") },
  { PURSER_SKIP_OFF, N_("%s was not asked: its provider is switched off or removed.") },
  { PURSER_SKIP_UNSUPPORTED, N_("%s was not asked: it does not understand such a request.") },
};

static const struct { const char *id, *words; } dialects[] =
{
  { "openai-chat", "OpenAI Chat Completions" },
  { "openai-responses", "OpenAI Responses" },
  { "anthropic", "Anthropic Messages" },
  { "ollama", "Ollama" },
  { "ollama-generate", "Ollama" },
};

char *
purser_model_ref_words (const PurserOrg *org,
                        gint64           model_id)
{
  const PurserModel *model = purser_org_model (org, model_id);

  return model != NULL ? purser_org_model_ref_of (org, model) : g_strdup (_("a removed model"));
}

char *
purser_words_capital (const char *text)
{
  g_autofree char *first = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), 1));
  g_autofree char *upper = g_utf8_strup (first, -1);

  return g_strconcat (upper, text + strlen (first), NULL);
}

/**
 * purser_fault_sentence:
 * @fault: (nullable): a class of faults, as the ledger has it
 * @status: of HTTP, 0 = none
 * @whom: who was asked
 *
 * Returns: (transfer full): part of a sentence, not capitalised
 */
char *
purser_fault_sentence (const char *fault,
                    int         status,
                    const char *whom)
{
  const char *format = N_("%s failed");
  g_autofree char *words = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    if (g_strcmp0 (fault, purser_fault_class_id (faults[i].fault)) == 0)
      format = faults[i].words;
  words = g_strdup_printf (_(format), whom);
  if (status < 300)
    return g_steal_pointer (&words);
  /* Translators: what went wrong, and the number the provider answered with: "Anthropic was overloaded (529)". */
  return g_strdup_printf (_("%s (%d)"), words, status);
}

char *
purser_skip_words (const PurserOrg     *org,
                   const PurserSkipRow *skip)
{
  g_autofree char *whom = purser_model_ref_words (org, skip->model_id);

  for (gsize i = 0; i < G_N_ELEMENTS (skips); i++)
    if (skips[i].reason == skip->reason)
      {
        g_autofree char *words = g_strdup_printf (_(skips[i].words), whom);

        return purser_words_capital (words);
      }
  return g_strdup (whom);
}

static gboolean
is_ok (const PurserAttemptRow *attempt)
{
  return g_strcmp0 (attempt->outcome, "ok") == 0;
}

/* "WHOM was overloaded (529) after 0.8 s", within a sentence. */
static char *
failure (const char             *whom,
         const PurserAttemptRow *attempt)
{
  gboolean left = g_strcmp0 (attempt->outcome, "cancelled") == 0 && attempt->fault == NULL;
  g_autofree char *words = purser_fault_sentence (left ? "cancelled" : attempt->fault, attempt->status, whom);
  g_autofree char *time = attempt->total_us >= 0 ? purser_format_duration (attempt->total_us) : NULL;

  if (time == NULL)
    return g_steal_pointer (&words);
  /* Translators: what went wrong, and how long it took: "Anthropic was overloaded (529) after 0.8 s". */
  return g_strdup_printf (_("%s after %s"), words, time);
}

char *
purser_attempt_words (const PurserOrg        *org,
                      const PurserAttemptRow *attempt)
{
  g_autofree char *whom = purser_model_ref_words (org, attempt->model_id);
  g_autofree char *words = NULL, *time = NULL;

  if (attempt->outcome == NULL)
    words = g_strdup_printf (_("%s is being asked"), whom);
  else if (!is_ok (attempt))
    words = failure (whom, attempt);
  else if (attempt->total_us < 0)
    words = g_strdup_printf (_("%s answered"), whom);
  else
    {
      time = purser_format_duration (attempt->total_us);
      /* Translators: a model and a time. */
      words = g_strdup_printf (_("%s answered after %s"), whom, time);
    }
  return purser_words_capital (words);
}

static char *
story_part (const PurserOrg        *org,
            const PurserAttemptRow *attempt,
            const PurserAttemptRow *next)
{
  g_autofree char *whom = purser_model_ref_words (org, attempt->model_id);
  g_autofree char *then = next != NULL ? purser_model_ref_words (org, next->model_id) : NULL;
  g_autofree char *what = failure (whom, attempt);

  if (next == NULL)
    return g_strdup_printf ("%s.", what);
  if (next->model_id == attempt->model_id)
    /* Translators: what went wrong with a model. */
    return g_strdup_printf (is_ok (next) ? _("%s, then answered when asked again.") : _("%s, and was asked again."), what);
  if (is_ok (next))
    /* Translators: what went wrong, and who answered instead: "Anthropic was overloaded (529) after 0.8 s, so OpenAI answered." */
    return g_strdup_printf (_("%s, so %s answered."), what, then);
  return g_strdup_printf (_("%s, so %s was asked."), what, then);
}

/**
 * purser_call_story:
 * @org: the configuration
 * @record: a call
 *
 * Returns: (transfer full): who answered, and why not another
 */
char *
purser_call_story (const PurserOrg        *org,
                   const PurserCallRecord *record)
{
  g_autoptr (GString) story = g_string_new (NULL);
  const PurserAttemptRow *attempt = NULL;

  for (guint i = 0; i < record->attempts->len; i++)
    {
      const PurserAttemptRow *next = i + 1 < record->attempts->len ? g_ptr_array_index (record->attempts, i + 1) : NULL;
      g_autofree char *words = NULL, *sentence = NULL;

      attempt = g_ptr_array_index (record->attempts, i);
      if (i > 0 && is_ok (attempt))
        break; /* the part before says so */
      if (is_ok (attempt) || attempt->outcome == NULL)
        {
          g_autofree char *part = purser_attempt_words (org, attempt);

          words = g_strdup_printf ("%s.", part);
        }
      else
        words = story_part (org, attempt, next);
      sentence = purser_words_capital (words);
      g_string_append_printf (story, "%s%s", story->len > 0 ? " " : "", sentence);
    }
  if (attempt != NULL && g_strcmp0 (attempt->outcome, "failed") == 0 && record->attempts->len > 1)
    g_string_append_printf (story, " %s", _("No model answered."));
  if (story->len == 0)
    g_string_append (story, _("No model was asked."));
  return g_string_free (g_steal_pointer (&story), FALSE);
}

const char *
purser_dialect_words (const char *dialect)
{
  for (gsize i = 0; i < G_N_ELEMENTS (dialects); i++)
    if (g_strcmp0 (dialect, dialects[i].id) == 0)
      return dialects[i].words;
  return dialect != NULL && *dialect != '\0' ? dialect : _("Purser’s own window or terminal");
}

/* --- outages --- */

static PurserTrouble *
trouble_of (GArray *troubles,
            gint64  provider_id)
{
  PurserTrouble fresh = { .provider_id = provider_id };

  for (guint i = 0; i < troubles->len; i++)
    if (g_array_index (troubles, PurserTrouble, i).provider_id == provider_id)
      return &g_array_index (troubles, PurserTrouble, i);
  g_array_append_val (troubles, fresh);
  return &g_array_index (troubles, PurserTrouble, troubles->len - 1);
}

/**
 * purser_troubles:
 * @outages: (element-type PurserOutage): of models, latest first
 * @lasting: those that last, by provider; else those that ended, each by itself
 *
 * Returns: (transfer full) (element-type PurserTrouble): good for as long as @outages
 */
GArray *
purser_troubles (GPtrArray *outages,
                 gboolean   lasting)
{
  GArray *troubles = g_array_new (FALSE, TRUE, sizeof (PurserTrouble));

  for (guint i = 0; i < outages->len; i++)
    {
      const PurserOutage *outage = g_ptr_array_index (outages, i);
      PurserTrouble ended = { outage->provider_id, outage->began_at, outage->ended_at, outage->moved, outage };
      PurserTrouble *trouble;

      if ((outage->ended_at == 0) != lasting)
        continue;
      if (!lasting)
        {
          g_array_append_val (troubles, ended);
          continue;
        }
      trouble = trouble_of (troubles, outage->provider_id);
      trouble->moved += outage->moved;
      if (trouble->since == 0 || outage->began_at < trouble->since)
        trouble->since = outage->began_at;
      if (trouble->last == NULL || outage->last_at > trouble->last->last_at)
        trouble->last = outage;
    }
  return troubles;
}

static const char *
provider_name (const PurserOrg *org,
               gint64           provider_id)
{
  const PurserProvider *provider = purser_org_provider (org, provider_id);

  return provider != NULL ? provider->name : _("A removed provider");
}

char *
purser_trouble_title (const PurserOrg     *org,
                      const PurserTrouble *trouble)
{
  g_autofree char *since = purser_format_when (trouble->since, org->timezone);
  g_autofree char *lasted = NULL;

  if (trouble->ended_at == 0)
    /* Translators: a provider and a moment: "Anthropic has not answered since today at 10:42". */
    return g_strdup_printf (_("%s has not answered since %s"), provider_name (org, trouble->provider_id), since);
  lasted = purser_format_duration (MAX (trouble->ended_at - trouble->since, 0));
  /* Translators: a provider, a length of time and a moment: "Anthropic did not answer for 12 min, from today at 10:42". */
  return g_strdup_printf (_("%s did not answer for %s, from %s"), provider_name (org, trouble->provider_id), lasted, since);
}

char *
purser_trouble_about (const PurserOrg     *org,
                      const PurserTrouble *trouble)
{
  g_autofree char *whom = purser_model_ref_words (org, trouble->last->model_id);
  g_autofree char *fault = purser_fault_sentence (trouble->last->fault, trouble->last->status, whom);
  g_autofree char *why = purser_words_capital (fault);
  g_autofree char *count = purser_format_count (trouble->moved);
  g_autofree char *moved = NULL;

  if (trouble->moved == 0)
    moved = g_strdup (_("No call went to another model."));
  else
    moved = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s call went to another model.", "%s calls went to other models.", trouble->moved), count);
  /* Translators: why, and what became of the calls: "Anthropic/claude-haiku was overloaded (529). 37 calls went to other models." */
  return g_strdup_printf (_("%s. %s"), why, moved);
}

/* --- for tables --- */

static const struct { const char *id, *words; } live_states[] =
{
  { "waiting", N_("Waiting") },
  { "answering", N_("Answering") },
  { "settling", N_("Being written down") },
};

char *
purser_live_state_words (const PurserLiveCall *call)
{
  const char *words = N_("Running");

  for (gsize i = 0; i < G_N_ELEMENTS (live_states); i++)
    if (g_strcmp0 (call->state, live_states[i].id) == 0)
      words = live_states[i].words;
  if (call->attempts < 2)
    return g_strdup (_(words));
  /* Translators: how a call stands, and at which try it is: "Waiting, try 2". */
  return g_strdup_printf (_("%s, try %u"), _(words), call->attempts);
}

char *
purser_call_result_words (const PurserCallRow *call)
{
  if (g_strcmp0 (call->outcome, "ok") == 0)
    return call->attempts < 2 ? g_strdup (_("Answered")) : g_strdup_printf (_("Answered, try %d"), call->attempts);
  if (g_strcmp0 (call->outcome, "cancelled") == 0)
    return g_strdup (_("Caller left"));
  if (g_strcmp0 (call->outcome, "failed") == 0)
    return g_strdup (_("Failed"));
  return g_strdup (g_strcmp0 (call->outcome, "open") == 0 ? _("Running") : _("Interrupted"));
}
