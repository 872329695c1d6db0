/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A spin row whose lowest value, 0, is said in words: "as usual", "no limit". SETTLED is called once its value has stayed for a moment after the user turned it. */
typedef void (*PurserWaitFunc) (gpointer data);
GtkWidget *purser_wait_row_new   (const char *title, const char *subtitle, const char *zero, double max, double step, guint digits, PurserWaitFunc settled, gpointer data);
void       purser_wait_row_set   (GtkWidget *row, double value); /* without telling; what is being turned stays */
double     purser_wait_row_get   (GtkWidget *row);

G_END_DECLS
