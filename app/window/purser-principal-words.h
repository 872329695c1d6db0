/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-org.h"

G_BEGIN_DECLS

/* What the window says about a person or an agent. All (transfer full). */
guint  purser_principal_live_keys (const PurserOrg *org, gint64 principal_id);
gint64 purser_principal_last_use  (const PurserOrg *org, gint64 principal_id);                      /* µs UTC, 0 = never */
char  *purser_principal_about     (const PurserOrg *org, const PurserPrincipal *principal);         /* "Agent of Lena Hartmann, Sales" */
char  *purser_principal_keys      (const PurserOrg *org, const PurserPrincipal *principal);         /* "2 keys", "No key" */
char  *purser_principal_used      (const PurserOrg *org, const PurserPrincipal *principal);         /* "today at 14:32", "Never" */
char  *purser_key_rights          (const PurserOrg *org, const PurserAccessKey *key, gint64 now);   /* "For all workloads. Ends after 23 December" */
char  *purser_key_about           (const PurserOrg *org, const PurserAccessKey *key);               /* "Made on …, last used …" */

G_END_DECLS
