/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* The preferences of SESSION's organisation. A further concern adds its page or group in purser-preferences.c. */
AdwDialog *purser_preferences_new (PurserSession *session, const char *page /* (nullable): "organisation", "money" */);

G_END_DECLS
