/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* How the plots of a test's result draw: everything scales with the widget's font. */
typedef enum
{
  PURSER_TEST_TEXT,       /* body */
  PURSER_TEST_TEXT_BOLD,  /* body, bold, tabular */
  PURSER_TEST_TEXT_SMALL, /* small, fainter, tabular */
} PurserTestText;

gboolean purser_test_is_dark    (void);
float    purser_test_unit       (GtkWidget *widget); /* 1.0 where a line of text is 18 px high */
void     purser_test_draw_text  (GtkWidget *widget, GtkSnapshot *snapshot, PurserTestText style, const char *text, float x, float middle, float align, float max_width);
float    purser_test_text_width (GtkWidget *widget, PurserTestText style, const char *text);
/* The letter of a model in a rounded square of its colour: 0 = A. */
void     purser_test_draw_badge (GtkWidget *widget, GtkSnapshot *snapshot, guint series, float x, float middle, float size);
void     purser_test_fill       (GtkSnapshot *snapshot, float x, float y, float width, float height, float radius, const GdkRGBA *color);
void     purser_test_ink        (GtkWidget *widget, float alpha, GdkRGBA *color); /* the text's colour, fainter */
char    *purser_test_letter     (guint series); /* "A" */

/* The badge as a widget of its own, for rows and legends; silent, since the model's name stands beside it. */
#define PURSER_TYPE_TEST_BADGE (purser_test_badge_get_type ())
G_DECLARE_FINAL_TYPE (PurserTestBadge, purser_test_badge, PURSER, TEST_BADGE, GtkWidget)
GtkWidget *purser_test_badge_new (guint series);

G_END_DECLS
