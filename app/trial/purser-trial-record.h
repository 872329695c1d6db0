/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-suite.h"
#include "purser-trial-plan.h"

G_BEGIN_DECLS

#define PURSER_TRIAL_MAX_MODELS 4
#define PURSER_TRIAL_MAX_ANSWER \
  (64 * 1024) /* bytes of an answer that are kept; all of it is checked, up to the next limit */
#define PURSER_TRIAL_MAX_CHECKED (1024 * 1024)
#define PURSER_TRIAL_WARM_UP     "warm-up"

/* What a run is, kept with it from its start. (transfer full): JSON text. TITLES and IDS go with MODELS. */
char *purser_trial_setup_json (const PurserSuite *suite,
                               const char *const *models,
                               const char *const *titles,
                               guint repeats,
                               gint64 cap_nano,
                               const char *currency,
                               guint planned);
/* From one call to its row: outcome, tokens, cost, times and detail. A warm-up has no case of its own. FREE with
 * purser_trial_result_free(). */
PurserTrialResult *purser_trial_result_of (const PurserSuite *suite,
                                           const PurserTrialStep *step,
                                           gboolean latency,
                                           const PurserCallResult *call,
                                           const PurserProvider *provider);
/* Adds the times of SPEC-trials §3 to DETAIL, in seconds; what was not measured is not there. */
void purser_trial_measure (JsonObject *detail, const PurserCallResult *call);
gint64 purser_trial_reply_us (const PurserCallResult *call); /* whole reply, all attempts; -1 */

G_END_DECLS
