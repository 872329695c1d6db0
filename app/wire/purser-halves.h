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
gboolean      purser_halves_waiting (PurserHalves *halves); /* whether any first half waits for its second */
char         *purser_halves_join    (PurserHalves *halves, PurserHalfKey key, const char *text); /* (transfer full): TEXT without halves */
void          purser_halves_flush   (PurserHalves *halves, int choice /* -1: all */, PurserHalfFunc func, gpointer user_data); /* FUNC per half that still waits */

G_END_DECLS
