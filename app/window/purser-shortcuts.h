/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The list of keys (Ctrl+?, F1). libadwaita's own dialog is newer than our API level. */
AdwDialog *purser_shortcuts_new (void);

G_END_DECLS
