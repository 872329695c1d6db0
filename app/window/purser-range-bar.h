/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A track from nothing to HIGH: spent is full, what is sure to come lighter, what may come lighter still. For the eye only. */
#define PURSER_TYPE_RANGE_BAR (purser_range_bar_get_type ())
G_DECLARE_FINAL_TYPE (PurserRangeBar, purser_range_bar, PURSER, RANGE_BAR, GtkWidget)

GtkWidget *purser_range_bar_new        (void);
void       purser_range_bar_set_values (PurserRangeBar *self, double spent, double low, double high);

G_END_DECLS
