/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* A page of the window: one row of one table, so adding a page is adding a row. All strings are static. */
typedef struct
{
  const char *id;
  const char *group;  /* N_(): heading of the pages that follow with the same one */
  const char *title;  /* N_() */
  const char *icon;
  AdwNavigationPage *(*new_page) (PurserSession *session);
} PurserSidebarPage;

guint                    purser_sidebar_n_pages (void);
const PurserSidebarPage *purser_sidebar_page    (guint position);
const PurserSidebarPage *purser_sidebar_find    (const char *id); /* (nullable) */

/* The list of pages at the window's side. Signal "page-chosen" (id). The page follows the highlight; while collapsed (the sidebar stands in the page's
 * place) there is none, and a row must be activated. */
#define PURSER_TYPE_SIDEBAR (purser_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (PurserSidebar, purser_sidebar, PURSER, SIDEBAR, AdwBin)

void purser_sidebar_select        (PurserSidebar *self, const char *id);
void purser_sidebar_set_collapsed (PurserSidebar *self, gboolean collapsed);
void purser_sidebar_set_badge     (PurserSidebar *self, const char *id, guint count, const char *meaning /* for screen readers */);

G_END_DECLS
