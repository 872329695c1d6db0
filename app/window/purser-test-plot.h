/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A picture of a test's result. Its parts are marks: small focusable children, so that a keyboard reaches each and a screen reader
 * reads it. Tab enters the plot once; Left, Right, Up, Down, Home and End go from mark to mark.
 *
 * Accessibility: role "list" with a label and a description; each mark is a "list-item" whose label says its figures in words. */
#define PURSER_TYPE_TEST_PLOT (purser_test_plot_get_type ())
G_DECLARE_DERIVABLE_TYPE (PurserTestPlot, purser_test_plot, PURSER, TEST_PLOT, GtkWidget)

struct _PurserTestPlotClass
{
  GtkWidgetClass parent_class;

  /* Draws all but the marks' focus rings. */
  void  (*draw)   (PurserTestPlot *self, GtkSnapshot *snapshot, float width, float height);
  /* Where mark I is. */
  void  (*place)  (PurserTestPlot *self, guint i, float width, float height, graphene_rect_t *area);
  /* How high it wants to be. */
  float (*height) (PurserTestPlot *self);
};

void  purser_test_plot_clear     (PurserTestPlot *self);
void  purser_test_plot_add_mark  (PurserTestPlot *self, const char *words);
guint purser_test_plot_get_n     (PurserTestPlot *self);

G_END_DECLS
