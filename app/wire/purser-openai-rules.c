/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-openai-rules.h"

/* An unknown newer GPT gets the newest row, an unknown other name the one that changes nothing. */
static const PurserOpenaiRule rules[] = {
  /* pattern           reasons on     none   minimal extra  tools  sampling, breakpoints */
  { "gpt-5*-chat*",    FALSE,  FALSE, FALSE, FALSE, FALSE, FALSE, PURSER_SAMPLING_FREE, FALSE },
  { "gpt-5*-pro*",     TRUE,   TRUE,  FALSE, FALSE, TRUE,  FALSE, PURSER_SAMPLING_REFUSED, FALSE },
  { "gpt-5*-codex*",   TRUE,   TRUE,  FALSE, FALSE, TRUE,  FALSE, PURSER_SAMPLING_REFUSED, FALSE },
  { "gpt-5.1*",        TRUE,   FALSE, TRUE,  FALSE, FALSE, FALSE, PURSER_SAMPLING_WITHOUT_REASONING, FALSE },
  { "gpt-5.2*",        TRUE,   FALSE, TRUE,  FALSE, TRUE,  FALSE, PURSER_SAMPLING_WITHOUT_REASONING, FALSE },
  { "gpt-5.3*",        TRUE,   FALSE, TRUE,  FALSE, TRUE,  FALSE, PURSER_SAMPLING_WITHOUT_REASONING, FALSE },
  { "gpt-5.4*",        TRUE,   FALSE, TRUE,  FALSE, TRUE,  TRUE,  PURSER_SAMPLING_WITHOUT_REASONING, FALSE },
  { "gpt-5.5*",        TRUE,   TRUE,  TRUE,  FALSE, TRUE,  TRUE,  PURSER_SAMPLING_WITHOUT_REASONING, FALSE },
  { "gpt-5.*",         TRUE,   TRUE,  TRUE,  FALSE, TRUE,  TRUE,  PURSER_SAMPLING_WITHOUT_REASONING, TRUE },
  { "gpt-5*",          TRUE,   TRUE,  FALSE, TRUE,  FALSE, FALSE, PURSER_SAMPLING_REFUSED, FALSE },
  { "gpt-4*",          FALSE,  FALSE, FALSE, FALSE, FALSE, FALSE, PURSER_SAMPLING_FREE, FALSE },
  { "gpt-3*",          FALSE,  FALSE, FALSE, FALSE, FALSE, FALSE, PURSER_SAMPLING_FREE, FALSE },
  { "gpt-oss*",        TRUE,   TRUE,  FALSE, FALSE, FALSE, FALSE, PURSER_SAMPLING_FREE, FALSE },
  { "gpt-?*",          TRUE,   TRUE,  TRUE,  FALSE, TRUE,  TRUE,  PURSER_SAMPLING_WITHOUT_REASONING, TRUE },
  { "o1*",             TRUE,   TRUE,  FALSE, FALSE, FALSE, FALSE, PURSER_SAMPLING_REFUSED, FALSE },
  { "o3*",             TRUE,   TRUE,  FALSE, FALSE, FALSE, FALSE, PURSER_SAMPLING_REFUSED, FALSE },
  { "o4*",             TRUE,   TRUE,  FALSE, FALSE, FALSE, FALSE, PURSER_SAMPLING_REFUSED, FALSE },
  { "*",               FALSE,  FALSE, FALSE, FALSE, FALSE, FALSE, PURSER_SAMPLING_FREE, FALSE },
};

/* PATTERN: `*` for any bytes, `?` for one. GLib's own makes a structure of each pattern at each look, and there are two dozen for each call. */
gboolean
purser_openai_matches (const char *pattern, const char *name)
{
  for (; *pattern != '*' && *pattern != '\0' && (*pattern == *name || (*pattern == '?' && *name != '\0')); pattern++)
    name++;
  if (*pattern != '*')
    return *pattern == '\0' && *name == '\0';
  for (pattern++; *pattern != '\0'; name++)
    if (purser_openai_matches (pattern, name))
      return TRUE;
    else if (*name == '\0')
      return FALSE;
  return TRUE;
}

const PurserOpenaiRule *
purser_openai_rule (const char *model)
{
  for (gsize i = 0; i + 1 < G_N_ELEMENTS (rules); i++)
    if (purser_openai_matches (rules[i].pattern, model))
      return &rules[i];
  return &rules[G_N_ELEMENTS (rules) - 1];
}
