/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What Anthropic's models take (PROVIDERS §4.5, read November 2026). Kept as data: a new model is a new row. */
typedef enum
{
  PURSER_THINKING_NONE,     /* the model cannot */
  PURSER_THINKING_BUDGET,   /* thinking:{type:"enabled",budget_tokens} */
  PURSER_THINKING_ADAPTIVE, /* thinking:{type:"adaptive"} and output_config.effort */
} PurserThinking;

typedef struct
{
  const char    *prefix;       /* of the name from "claude-" on; the longest that fits counts */
  PurserThinking thinking;
  const char    *off;          /* thinking.type that turns it off; NULL: left out or impossible */
  const char    *efforts;      /* the words it takes, with blanks around each; "" = none */
  gboolean       one_sampling; /* temperature or top_p, not both */
  gboolean       no_sampling;  /* neither */
  gboolean       no_forcing;   /* tool_choice any and tool are refused */
  gboolean       system_later; /* role system inside messages */
  gboolean       schema;       /* output_config.format, strict tools */
  gboolean       budgets;      /* ADAPTIVE: takes a caller's own budget_tokens as well */
} PurserAnthropicRule;

const PurserAnthropicRule *purser_anthropic_rule (const char *model);

G_END_DECLS
