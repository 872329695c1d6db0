/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "purser-org.h"

G_BEGIN_DECLS

/* Name, reporting currency and time zone of an organisation: for a new one, and in the preferences. */
#define PURSER_TYPE_ORG_FORM (purser_org_form_get_type ())
G_DECLARE_FINAL_TYPE (PurserOrgForm, purser_org_form, PURSER, ORG_FORM, AdwPreferencesGroup)

GtkWidget  *purser_org_form_new          (void);
void        purser_org_form_set_values   (PurserOrgForm *self, const char *name, const char *currency, const char *timezone);
void        purser_org_form_set_defaults (PurserOrgForm *self); /* what this computer's locale and clock suggest */
char       *purser_org_form_get_name     (PurserOrgForm *self); /* (transfer full) trimmed */
const char *purser_org_form_get_currency (PurserOrgForm *self);
const char *purser_org_form_get_timezone (PurserOrgForm *self);
/* Signals: "changed" (any of the three), "applied" (Enter in the name). Property "valid": the name will do. */

G_END_DECLS
