/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-event.h"

G_BEGIN_DECLS

/* Joins characters that were split into surrogate halves over two fragments of the same kind (purser-json-scan.h). */
typedef struct _PurserHalves PurserHalves;
typedef struct { PurserEventType type; int choice, tool; } PurserHalfKey;
typedef void (*PurserHalfFunc) (PurserHalfKey key, gpointer user_data);

PurserHalves *purser_halves_new     (void);
void          purser_halves_free    (PurserHalves *halves);
/* Whether any first half waits for its second. */
gboolean      purser_halves_waiting (PurserHalves *halves);
/* TEXT without halves. (transfer full) */
char         *purser_halves_join    (PurserHalves *halves, PurserHalfKey key, const char *text);
/* Forgets the halves of CHOICE (-1: all) that still wait, with a call of FUNC for each. */
void          purser_halves_flush   (PurserHalves *halves, int choice, PurserHalfFunc func, gpointer user_data);

G_END_DECLS
