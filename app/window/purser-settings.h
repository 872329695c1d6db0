/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What this desktop remembers of Purser. Without an installed schema (a program run from its build folder) nothing is remembered. */
GSettings *purser_settings_get      (void);             /* (nullable) (transfer none) */
char      *purser_settings_last     (void);             /* (nullable) (transfer full): path of the organisation open last */
char     **purser_settings_recent   (void);             /* (transfer full) paths, the latest first */
void       purser_settings_remember (const char *path); /* it is open now */
gboolean   purser_settings_get_autostart (void);             /* the gateway starts with the session, while one is switched on */
void       purser_settings_set_autostart (gboolean on);
void       purser_settings_forget   (const char *path); /* it is gone */

G_END_DECLS
