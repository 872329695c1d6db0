/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* "Create your organisation": what a window shows while there is none, and the dialog for another one. */
#define PURSER_TYPE_WELCOME (purser_welcome_get_type ())
G_DECLARE_FINAL_TYPE (PurserWelcome, purser_welcome, PURSER, WELCOME, AdwBin)

GtkWidget *purser_welcome_new        (void);
AdwDialog *purser_welcome_dialog_new (void);
char      *purser_welcome_path_for   (const char *name); /* (transfer full): a free file name in the data folder */

G_END_DECLS
