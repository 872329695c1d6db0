/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* "practice:…" → where it is served; may start that server, so it works on a thread. Other addresses return at once. */
gboolean purser_address_is_practice    (const char *address);
void purser_address_resolve_async (const char *address,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
char    *purser_address_resolve_finish (GAsyncResult *result, GError **error);

G_END_DECLS
