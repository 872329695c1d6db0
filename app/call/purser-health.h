/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What this process has learned about each provider, key and model: a breaker, and which ways of asking the server
 * refuses. Shared by all calls of one organisation, locked, without a clock: monotonic time is given. */
typedef struct _PurserHealth PurserHealth;

typedef struct { gint64 provider_id, key_version, model_id; } PurserHealthKey;

/* Five outages in a row within a minute open the breaker for half a minute; then one probe may pass. A model that
 * answers now and then stays in use: every answer starts the count again. */
#define PURSER_BREAKER_FAILURES  5
#define PURSER_BREAKER_WINDOW_US (60 * G_USEC_PER_SEC)
#define PURSER_BREAKER_OPEN_US   (30 * G_USEC_PER_SEC)

typedef enum
{
  PURSER_HEALTH_ANSWERED,
  PURSER_HEALTH_OUTAGE,
  PURSER_HEALTH_NEITHER /* cancelled, or refused: says nothing */
} PurserHealthReport;

/* Ways of asking that the server wants. */
typedef enum
{
  PURSER_ASK_PLAIN      = 1 << 0, /* without stream_options and other extras */
  PURSER_ASK_OTHER_MAX  = 1 << 1, /* max_completion_tokens where we said max_tokens, or the other way round */
} PurserAsk;

PurserHealth *purser_health_new   (void);
PurserHealth *purser_health_ref   (PurserHealth *health);
void          purser_health_unref (PurserHealth *health);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserHealth, purser_health_unref)

/* May a call go there now? FALSE: WAIT_US (out) says when the next probe may. TRUE on a half-open breaker makes this
 * call the probe: report() it. */
gboolean  purser_health_admit  (PurserHealth *health, const PurserHealthKey *key, gint64 now, gint64 *wait_us);
/* The same; PROBE (out): this call is the probe. Of several calls that are cancelled only the probe has to say so. */
gboolean  purser_health_admit_probe (PurserHealth *health, const PurserHealthKey *key, gint64 now, gint64 *wait_us, gboolean *probe);
/* Is the breaker open, so that nobody should ask again? Makes no probe. */
gboolean  purser_health_rests  (PurserHealth *health, const PurserHealthKey *key, gint64 now);
void purser_health_report (PurserHealth *health, const PurserHealthKey *key, PurserHealthReport report, gint64 now);
PurserAsk purser_health_ask    (PurserHealth *health, const PurserHealthKey *key);
void      purser_health_learn  (PurserHealth *health, const PurserHealthKey *key, PurserAsk ask);

G_END_DECLS
