/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-trial.h"

G_BEGIN_DECLS

/* What one check says about one answer. */
typedef struct
{
  double score; /* 0…1 */
  gboolean passed;
  char *reason; /* (owned) (nullable) one plain line, of a check that did not pass as well as of one that did */
} PurserCheckResult;

/* ANSWER is valid UTF-8, EXPECTED the case's reference (nullable); the check's own `negated` is applied by the caller.
   */
typedef void (*PurserCheckTest) (const PurserCheck *check,
                                 const char *answer,
                                 const char *expected,
                                 PurserCheckResult *result);

/* What a check's `value` must be. */
typedef enum
{
  PURSER_CHECK_NO_VALUE,
  PURSER_CHECK_TEXT,
  PURSER_CHECK_TEXT_OR_EXPECTED,
  PURSER_CHECK_TEXTS,
  PURSER_CHECK_PATTERN,
  PURSER_CHECK_COUNT,
  PURSER_CHECK_SCHEMA,
  PURSER_CHECK_ELEMENTS,
  PURSER_CHECK_ANY_VALUE,
} PurserCheckValue;

typedef struct
{
  const char *type;
  PurserCheckTest func; /* NULL: known, not checked here */
  PurserCheckValue value;
  double threshold; /* where the suite gives none; NAN = the check has no threshold */
} PurserCheckType;

const PurserCheckType *purser_check_type (const char *type); /* (nullable): no such type */
/* Is the value one that the type can work with? The words say what it must be. Sets `supported`. */
gboolean purser_check_prepare (PurserCheck *check, char **problem);
/* FALSE where it is not supported here. */
gboolean purser_check_run (const PurserCheck *check,
                           const char *answer,
                           const char *expected,
                           PurserCheckResult *result);
void purser_check_free (PurserCheck *check);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserCheck, purser_check_free)
/* One pass over all checks of a case. PASSED: all that are checked here and have a weight passed. Returns: the
 * weighted mean, -1 where nothing can be checked here. DETAIL (out) (nullable): [{type, metric?, passed, score,
 * reason}], also the unsupported ones. */
double purser_case_score (
    const PurserCase *item, const char *answer, gboolean *passed, JsonArray **detail, char **reason);

/* The values of a check: text (numbers too), and its list of texts. */
const char *purser_check_text (const PurserCheck *check); /* (nullable) */
GPtrArray *purser_check_texts (const PurserCheck *check); /* (transfer full) (element-type utf8) */
char *purser_check_fold (const char *text); /* (transfer full): normalised and without case */
double purser_check_threshold (const PurserCheck *check); /* given, or the type's own */
/* Result with words; takes REASON. */
void purser_check_tell (PurserCheckResult *result, gboolean passed, char *reason);
char *purser_check_quote (const char *text); /* “text”, shortened; (transfer full) */

/* purser-check-text.c, -overlap.c, -format.c */
void purser_check_equals (const PurserCheck *check,
                          const char *answer,
                          const char *expected,
                          PurserCheckResult *result);
void purser_check_contains (const PurserCheck *check,
                            const char *answer,
                            const char *expected,
                            PurserCheckResult *result);
void purser_check_starts_with (const PurserCheck *check,
                               const char *answer,
                               const char *expected,
                               PurserCheckResult *result);
void purser_check_regex (const PurserCheck *check, const char *answer, const char *expected, PurserCheckResult *result);
void purser_check_word_count (const PurserCheck *check,
                              const char *answer,
                              const char *expected,
                              PurserCheckResult *result);
void purser_check_refusal (const PurserCheck *check,
                           const char *answer,
                           const char *expected,
                           PurserCheckResult *result);
void purser_check_levenshtein (const PurserCheck *check,
                               const char *answer,
                               const char *expected,
                               PurserCheckResult *result);
void purser_check_rouge (const PurserCheck *check, const char *answer, const char *expected, PurserCheckResult *result);
void purser_check_bleu (const PurserCheck *check, const char *answer, const char *expected, PurserCheckResult *result);
void purser_check_json (const PurserCheck *check, const char *answer, const char *expected, PurserCheckResult *result);
void purser_check_html (const PurserCheck *check, const char *answer, const char *expected, PurserCheckResult *result);
void purser_check_xml (const PurserCheck *check, const char *answer, const char *expected, PurserCheckResult *result);
GRegex *purser_check_compile (const char *pattern, GError **error); /* with a match limit inside */

G_END_DECLS
