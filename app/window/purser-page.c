/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-page.h"

G_DEFINE_INTERFACE (PurserPage, purser_page, ADW_TYPE_NAVIGATION_PAGE)

static void
purser_page_default_init (PurserPageInterface *iface)
{
}

/**
 * purser_page_show_detail:
 * @self: a page
 * @detail: an id that the page understands
 *
 * Leads @self to @detail; a page that knows no details stays as it is.
 */
void
purser_page_show_detail (PurserPage *self,
                         const char *detail)
{
  PurserPageInterface *iface;

  g_return_if_fail (PURSER_IS_PAGE (self));
  g_return_if_fail (detail != NULL);
  iface = PURSER_PAGE_GET_IFACE (self);
  if (iface->show_detail != NULL)
    iface->show_detail (self, detail);
}
