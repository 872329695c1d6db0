/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Patterns ignore case unless they begin with "(?-i)". Group 1 is meant where there is one, else the whole match. */
gboolean   practice_has       (const char *text, const char *pattern);
char *practice_match (const char *text, const char *pattern); /* (transfer full) (nullable) */
char **practice_groups (const char *text,
                        const char *pattern); /* (transfer full) (nullable) all groups, [0] the whole */
GPtrArray *practice_match_all (const char *text, const char *pattern); /* (transfer full) (element-type utf8) */
char *practice_replace (const char *text,
                        const char *pattern,
                        const char *with); /* (transfer full) WITH as g_regex_replace */

GPtrArray *practice_sentences  (const char *text); /* (transfer full) (element-type utf8): also lines end a sentence */
GPtrArray *practice_lines (
    const char *text); /* (transfer full) (element-type utf8): those that are not empty, stripped */
guint      practice_words      (const char *text);
char      *practice_first_words(const char *text, guint words); /* (transfer full) */
gboolean   practice_contains   (const char *text, const char *word); /* as a word's beginning, ignoring case */
char      *practice_capital    (const char *text); /* (transfer full): the first letter large */
char *practice_lower (const char *text); /* (transfer full): the first letter small, unless a name or number follows */
int        practice_number_word(const char *text, int fallback); /* "12", "three" */
double     practice_number     (const char *text); /* "1,240.50" */
char      *practice_number_text(double number);    /* (transfer full) without a fraction where there is none */
GPtrArray *practice_strings    (void);             /* (transfer full) (element-type utf8) */

#define PRACTICE_MONTHS "January|February|March|April|May|June|July|August|September|October|November|December"
#define PRACTICE_DATE   "\\b(?:(\\d{1,2})(?:st|nd|rd|th)?(?: of)? (" PRACTICE_MONTHS ")(?:,? (\\d{4}))?)\\b"
#define PRACTICE_COUNT  "(\\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty)"
int        practice_month      (const char *name); /* 1…12, 0 = no month */

G_END_DECLS
