/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-event.h"
#include "purser-health.h"

G_BEGIN_DECLS

/* What each class of fault means for the call (DESIGN §3.5): one row a class. */
typedef struct
{
  gboolean retry;      /* once more on the same model, after a pause */
  gboolean fall_back;  /* go on to the next model */
  gboolean outage;     /* counts for the breaker */
  gboolean billed;     /* a request that was sent may be billed all the same */
} PurserFaultRule;
const PurserFaultRule *purser_fault_rule (PurserFaultClass class_);

/* Headers of a caller that go on to a provider which speaks the same dialect: those that say which version of it is spoken. All others are the caller's own affair, or would be a way around us. */
gboolean purser_header_goes_on (const char *name, const char *value);

/* May FAULT be asked again of the same model, and after how long? -1: no. N: retries so far; SPREAD 0…1 from the given
 * generator. */
typedef struct { gint64 backoff_us, backoff_max_us, retry_after_us; } PurserRetryLimits;
gint64    purser_retry_pause (const PurserFault *fault, const PurserRetryLimits *limits, guint n, double spread);
/* A 400 or 422 that names a parameter as not supported: how to ask instead; 0: it is about something else. */
PurserAsk purser_fault_ask_instead (const PurserFault *fault);

/* (transfer full) (nullable): the fault of a redirecting STATUS, NULL for any other. LOCATION (nullable) is told
 * without query. */
PurserFault *purser_fault_redirect (int status, const char *location);
gboolean purser_is_web_page (const char *content_type); /* a sign-in page of a company's proxy comes with a 200 */

G_END_DECLS
