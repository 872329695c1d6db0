/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Why an answer did not pass, for people. What a check of a pattern says has the pattern in it: where that is plain text, or a choice of plain texts, those are
 * named; else the sentence only says that there is a pattern, and PATTERN (transfer full) (nullable) is it, to be shown on demand. (transfer full) */
char *purser_test_reason (const char *reason, char **pattern);

G_END_DECLS
