/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What OpenAI's own models take (PROVIDERS §4.6, read November 2026). Kept as data: a new model is a new row. */
typedef enum { PURSER_SAMPLING_FREE, PURSER_SAMPLING_WITHOUT_REASONING, PURSER_SAMPLING_REFUSED } PurserSampling;
typedef struct
{
  const char    *pattern;       /* of the model's name; the first row that fits counts */
  gboolean       reasons;       /* takes reasoning_effort at all */
  gboolean       on_by_default; /* reasons where the request says nothing */
  gboolean       none;          /* effort "none" turns reasoning off */
  gboolean       minimal;       /* effort "minimal" is taken */
  gboolean       extra;         /* efforts "xhigh" and "max" are taken */
  gboolean       tools_without_reasoning; /* over Chat Completions, tools only with reasoning off */
  PurserSampling sampling;
  gboolean       breakpoints;   /* prompt_cache_breakpoint on parts is taken; before, caching is automatic */
} PurserOpenaiRule;

const PurserOpenaiRule *purser_openai_rule (const char *model);
gboolean purser_openai_matches (const char *pattern, const char *name); /* with * and ? */

G_END_DECLS
