/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* Adds a person or an agent. Signal "added" (id). */
#define PURSER_TYPE_PRINCIPAL_DIALOG (purser_principal_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PurserPrincipalDialog, purser_principal_dialog, PURSER, PRINCIPAL_DIALOG, AdwDialog)

AdwDialog *purser_principal_dialog_new (PurserSession *session, gboolean agent);

G_END_DECLS
