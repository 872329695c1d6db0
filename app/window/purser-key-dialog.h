/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Shows a new access key, this once. The dialog wipes its copy when it goes. */
#define PURSER_TYPE_KEY_DIALOG (purser_key_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PurserKeyDialog, purser_key_dialog, PURSER, KEY_DIALOG, AdwDialog)

AdwDialog *purser_key_dialog_new (const char *name, const char *secret);

G_END_DECLS
