/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-trial.h"

G_BEGIN_DECLS

#define PURSER_SUITE_MAX_CASES          20000
#define PURSER_SUITE_DEFAULT_MAX_TOKENS 1024

/* Fills {{name}}, {{name | trim}} and {{name | json}} from VARS, in one pass: what a value holds is never filled
 * again. MISSING: (out) (optional): the first name that VARS has not; it is left as it stands. (transfer full) */
char *purser_template_fill (const char *template, JsonObject *vars, char **missing);
/* The question of one case. SALT (nullable) is put before everything, so that no cache of prompts can answer. */
PurserChat *purser_suite_chat (const PurserSuite *suite, const PurserCase *item, const char *salt);

void purser_case_free (PurserCase *item);
/* The workloads that have a starter suite, NULL-terminated. */
const char *const *purser_suite_builtin_names (void);
/* How many checks of each type are not done here. (transfer full) */
JsonObject *purser_suite_unsupported (const PurserSuite *suite);

G_END_DECLS
