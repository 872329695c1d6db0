/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "purser-gateway-call.h"

G_BEGIN_DECLS

void       purser_gateway_call_cells_add           (GtkColumnView *view);
GtkWidget *purser_gateway_call_cells_make_list_row (gpointer item, gpointer user_data); /* a GtkListBoxCreateWidgetFunc */

G_END_DECLS
