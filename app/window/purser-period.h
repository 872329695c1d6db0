/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-costs.h"

G_BEGIN_DECLS

/* A period of whole days in the reporting zone, both ends included. */
typedef struct
{
  char   id[16];     /* "this-month" …, "custom" */
  gint32 first, last;
} PurserPeriod;

/* The presets of the menu: id and N_() title, ended by a NULL id. */
typedef struct { const char *id, *title; } PurserPeriodPreset;
const PurserPeriodPreset *purser_period_presets (void);

PurserPeriod purser_period_named    (const char *id, gint32 today);            /* an unknown id is this month */
PurserPeriod purser_period_custom   (gint32 first, gint32 last);               /* in either order */
PurserPeriod purser_period_before   (const PurserPeriod *period, gint32 today);/* the same stretch before it; of the unfinished, the same days */
char        *purser_period_name     (gint32 first, gint32 last);               /* "November 2026", "2026", "3–9 November" */
char        *purser_period_words    (gint32 first, gint32 last);               /* the same within a sentence: this year goes without saying */
gint32       purser_period_unit_end (PurserBucketUnit unit, gint32 day);       /* last day of the unit that DAY is in */
gint32       purser_period_month_start (gint32 day);
gint32       purser_period_month_end (gint32 day);
guint        purser_period_weekday  (gint32 day);                              /* 0 Monday … 6 Sunday */
guint        purser_period_week_start (void);                                  /* the locale's first weekday, the same count */

G_END_DECLS
