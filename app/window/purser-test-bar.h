/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A thin bar that fills in a model's colour, or in the text's where it belongs to no model. Role "progressbar". */
#define PURSER_TYPE_TEST_BAR (purser_test_bar_get_type ())
G_DECLARE_FINAL_TYPE (PurserTestBar, purser_test_bar, PURSER, TEST_BAR, GtkWidget)

GtkWidget *purser_test_bar_new        (int series); /* -1: no model's */
void       purser_test_bar_set_series (PurserTestBar *self, int series);
void       purser_test_bar_set_share  (PurserTestBar *self, double share, const char *words);
void       purser_test_bar_set_tick   (PurserTestBar *self, double share); /* a mark on the way, -1 = none */

G_END_DECLS
