/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* One person or agent: what it used this month, who it is, its keys. */
#define PURSER_TYPE_PRINCIPAL_PAGE (purser_principal_page_get_type ())
G_DECLARE_FINAL_TYPE (PurserPrincipalPage, purser_principal_page, PURSER, PRINCIPAL_PAGE, AdwNavigationPage)

AdwNavigationPage *purser_principal_page_new (PurserSession *session, gint64 id);

G_END_DECLS
