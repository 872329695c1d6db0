/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-page.h"

G_BEGIN_DECLS

/* "People and agents". Details it understands: a principal's id, "add". */
#define PURSER_TYPE_PEOPLE_PAGE (purser_people_page_get_type ())
G_DECLARE_FINAL_TYPE (PurserPeoplePage, purser_people_page, PURSER, PEOPLE_PAGE, AdwNavigationPage)

AdwNavigationPage *purser_people_page_new (PurserSession *session);

G_END_DECLS
