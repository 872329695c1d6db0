/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* What a key may do and until when; a new one is then shown, once. Signal "made" (secret): a new key. */
#define PURSER_TYPE_KEY_DIALOG (purser_key_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PurserKeyDialog, purser_key_dialog, PURSER, KEY_DIALOG, AdwDialog)

AdwDialog *purser_key_dialog_new      (PurserSession *session, gint64 principal_id /* 0: asks whose */);
AdwDialog *purser_key_dialog_new_edit (PurserSession *session, gint64 key_id);

G_END_DECLS
