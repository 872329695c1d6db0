/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* What the window asks of a page's root (an AdwNavigationPage at the bottom of the page's own AdwNavigationView). Implementing it is
 * optional. Verbs that the window's keys reach are widget actions, which any navigation page may install, roots and pushed ones alike:
 *   "page.new" (Ctrl+N), "page.refresh" (Ctrl+R or F5), "page.export" (Ctrl+E), "page.search" (Ctrl+F), "page.toggle-table" (T, where the page binds it).
 * The window activates them on the visible page, then on the root; where neither has the action, the key does nothing. */
#define PURSER_TYPE_PAGE (purser_page_get_type ())
G_DECLARE_INTERFACE (PurserPage, purser_page, PURSER, PAGE, AdwNavigationPage)

struct _PurserPageInterface
{
  GTypeInterface parent_interface;

  /* Leads to DETAIL: an id of the thing, or words of the page's own such as "add:openai". Pages above the root were popped already. */
  void (*show_detail) (PurserPage *self, const char *detail);
};

void purser_page_show_detail (PurserPage *self, const char *detail);

G_END_DECLS
