/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* The page "Money" of the preferences: the currency amounts are shown in, and exchange rates. */
#define PURSER_TYPE_PREFERENCES_MONEY (purser_preferences_money_get_type ())
G_DECLARE_FINAL_TYPE (PurserPreferencesMoney, purser_preferences_money, PURSER, PREFERENCES_MONEY, AdwPreferencesPage)

AdwPreferencesPage *purser_preferences_money_new (PurserSession *session);

G_END_DECLS
