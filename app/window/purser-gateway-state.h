/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* How the gateway stands for the organisation of a session. */
typedef enum
{
  PURSER_GATEWAY_OFF,
  PURSER_GATEWAY_ON,
  PURSER_GATEWAY_STARTING, /* it is to run, and its gateway has not told of it yet */
  PURSER_GATEWAY_STOPPED,  /* it is to run, and no gateway does */
  PURSER_GATEWAY_REFUSED,  /* a gateway runs and cannot serve it: see problem */
} PurserGatewayMood;

typedef struct
{
  PurserGatewayMood        mood;
  const PurserServedState *served; /* (nullable) as last told; the control's */
} PurserGatewayState;

PurserGatewayState purser_gateway_state_of    (PurserSession *session);
char              *purser_gateway_foot_words  (const PurserGatewayState *state); /* "Gateway on · 127.0.0.1:8377"; (transfer full) */
char              *purser_gateway_since_words (const PurserGatewayState *state, const char *zone); /* "Since today at 10:42. 3 calls run, 1,204 are done." */

G_END_DECLS
