/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "purser-review.h"

G_BEGIN_DECLS

/* Tiny bars, one a day, beside figures that say the same: for the eye only, so screen readers pass over it. */
#define PURSER_TYPE_SPARK (purser_spark_get_type ())
G_DECLARE_FINAL_TYPE (PurserSpark, purser_spark, PURSER, SPARK, GtkWidget)

GtkWidget *purser_spark_new        (int width, int height);
/* N slots from FIRST_DAY on; those after TODAY are still to come. ACCENT: in the first series' colour, else in the text's. */
void       purser_spark_set_values (PurserSpark *self, const gint64 *values, guint n, gint32 first_day, gint32 today, gboolean accent);

G_END_DECLS
