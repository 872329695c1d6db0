/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-review.h"

G_BEGIN_DECLS

/* The findings of the Overview in words. All (transfer full); markup where the name says so. */
char *purser_overview_sentence_markup (const PurserOverview *overview, const PurserOrg *org);
char *purser_overview_course_markup   (const PurserOverview *overview, const PurserOrg *org); /* (nullable): too early to say */
char *purser_overview_month_name      (const PurserOverview *overview);
char *purser_overview_comparison      (gint64 now, gint64 before, const char *before_name);   /* (nullable) "12% more than 1–23 October" */
char *purser_overview_range           (const PurserOverview *overview, const PurserOrg *org); /* "€455–480" */
char *purser_overview_unpriced        (const PurserUsageRow *row);                            /* (nullable) "Leaves out …" */

G_END_DECLS
