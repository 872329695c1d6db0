/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What a screen reader hears where the toolkit would say less. */

/* ROW, an AdwActionRow or one that derives from it, is called NAME and described by ABOUT (nullable: by nothing). Its own title and subtitle would win over both. */
void purser_say_row       (GtkWidget *row, const char *name, const char *about);
/* A drop-down is called WHAT; the button in it, which has the focus, WHAT and what is chosen. */
void purser_say_drop_down (GtkDropDown *drop_down, const char *what);
/* A menu button, and so the button in it which has the focus, is called WHAT, even where it is the activatable widget of a row, whose title would win. */
void purser_say_menu_button (GtkMenuButton *menu_button, const char *what);
/* A button of one row among many, "Move up": it is called so together with what the row is about. The tooltip stays as it is. */
void purser_say_verb      (GtkWidget *button, const char *verb, const char *about);

G_END_DECLS
