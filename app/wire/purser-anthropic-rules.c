/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic-rules.h"

#include <string.h>

#define EVERY_EFFORT " low medium high xhigh max "

/* PURSER_THINKING_ is long for a table. */
#define NO PURSER_THINKING_NONE
#define BUDGET PURSER_THINKING_BUDGET
#define ADAPTIVE PURSER_THINKING_ADAPTIVE

static const PurserAnthropicRule rules[] = {
  /* prefix              thinking  off              efforts                  one    none   force  system schema budgets */
  { "claude-fable-",     ADAPTIVE, NULL,            EVERY_EFFORT,            FALSE, TRUE,  TRUE,  TRUE,  TRUE,  FALSE },
  { "claude-mythos-",    ADAPTIVE, NULL,            EVERY_EFFORT,            FALSE, TRUE,  TRUE,  TRUE,  TRUE,  FALSE },
  { "claude-opus-5-5",   ADAPTIVE, NULL,            EVERY_EFFORT,            FALSE, TRUE,  TRUE,  TRUE,  TRUE,  FALSE },
  { "claude-sonnet-5-5", ADAPTIVE, "between_tools", EVERY_EFFORT,            FALSE, TRUE,  TRUE,  TRUE,  TRUE,  FALSE },
  { "claude-haiku-5-5",  ADAPTIVE, "disabled",      EVERY_EFFORT,            FALSE, TRUE,  FALSE, TRUE,  TRUE,  FALSE },
  { "claude-opus-5",     ADAPTIVE, "disabled",      EVERY_EFFORT,            FALSE, TRUE,  FALSE, TRUE,  TRUE,  FALSE },
  { "claude-sonnet-5",   ADAPTIVE, "disabled",      EVERY_EFFORT,            FALSE, TRUE,  FALSE, TRUE,  TRUE,  FALSE },
  { "claude-opus-4-8",   ADAPTIVE, "disabled",      EVERY_EFFORT,            FALSE, TRUE,  FALSE, TRUE,  TRUE,  FALSE },
  { "claude-opus-4-7",   ADAPTIVE, "disabled",      EVERY_EFFORT,            FALSE, TRUE,  FALSE, FALSE, TRUE,  FALSE },
  { "claude-opus-4-6",   ADAPTIVE, "disabled",      " low medium high max ", FALSE, FALSE, FALSE, FALSE, TRUE,  TRUE },
  { "claude-sonnet-4-6", ADAPTIVE, "disabled",      " low medium high max ", FALSE, FALSE, FALSE, FALSE, TRUE,  TRUE },
  { "claude-opus-4-5",   BUDGET,   NULL,            " low medium high ",     TRUE,  FALSE, FALSE, FALSE, TRUE,  FALSE },
  { "claude-sonnet-4-5", BUDGET,   NULL,            "",                      TRUE,  FALSE, FALSE, FALSE, TRUE,  FALSE },
  { "claude-haiku-4-5",  BUDGET,   NULL,            "",                      TRUE,  FALSE, FALSE, FALSE, TRUE,  FALSE },
  { "claude-opus-4-1",   BUDGET,   NULL,            "",                      TRUE,  FALSE, FALSE, FALSE, TRUE,  FALSE },
  { "claude-opus-4",     BUDGET,   NULL,            "",                      FALSE, FALSE, FALSE, FALSE, FALSE, FALSE },
  { "claude-sonnet-4",   BUDGET,   NULL,            "",                      FALSE, FALSE, FALSE, FALSE, FALSE, FALSE },
  { "claude-3-7-",       BUDGET,   NULL,            "",                      FALSE, FALSE, FALSE, FALSE, FALSE, FALSE },
  { "claude-3",          NO,       NULL,            "",                      FALSE, FALSE, FALSE, FALSE, FALSE, FALSE },
  { "claude-2",          NO,       NULL,            "",                      FALSE, FALSE, FALSE, FALSE, FALSE, FALSE },
};

/* An unknown Claude is a newer one; what is no Claude at all, behind a compatible server, is asked for nothing special.
 */
static const PurserAnthropicRule newest = { "claude-", ADAPTIVE, NULL, EVERY_EFFORT, FALSE, TRUE, TRUE, TRUE, TRUE, FALSE };
static const PurserAnthropicRule foreign = { "", NO, NULL, "", FALSE, FALSE, FALSE, FALSE, FALSE, FALSE };

const PurserAnthropicRule *
purser_anthropic_rule (const char *model)
{
  const char *name = strstr (model, "claude-"); /* Bedrock puts "anthropic." and more in front */
  const PurserAnthropicRule *best = name != NULL ? &newest : &foreign;
  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (rules); i++)
    if (g_str_has_prefix (name, rules[i].prefix)
        && (best == &newest || strlen (rules[i].prefix) > strlen (best->prefix)))
      best = &rules[i];
  return best;
}
