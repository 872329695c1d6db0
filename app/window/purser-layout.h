/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* What pages do when their width passes a breakpoint. */

/* Handlers for "apply" and "unapply" of an AdwBreakpoint (object: the page's box, swapped): the style class "narrow", by which style.css knows the layout of a
 * phone. A setter of "css-classes" would not do: taking it back loses the classes the box had. */
void purser_layout_narrow     (GtkWidget *box);
void purser_layout_wide       (GtkWidget *box);
void purser_layout_bind       (GtkWidgetClass *klass); /* the two as callbacks of a template */

/* TABLE and LIST show the same rows, one of them at a time. When the one with the focus goes out of sight, the other takes it over, at the same row. */
void purser_layout_keep_focus (GtkColumnView *table, GtkListBox *list);

/* BUTTON is the verb of ROW, an AdwActionRow. On a phone, inside what has the class "narrow", it would leave the row's words no room: there the row itself is the verb. */
void purser_layout_add_verb   (GtkWidget *row, GtkWidget *button);

G_END_DECLS
