/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reads server-sent events (WHATWG HTML §9.2), however the bytes are cut. */
typedef struct _PurserSse PurserSse;

/* EVENT is "" where no event field was; DATA is NUL-terminated, LENGTH tells NULs inside. Events without data are not
 * handed out. */
typedef void (*PurserSseFunc) (const char *event, const char *data, gsize length, gpointer user_data);

/* LIMIT: of a line, and of an event's data. */
PurserSse *purser_sse_new     (gsize limit, PurserSseFunc func, gpointer user_data);
/* FALSE: past the limit. */
gboolean   purser_sse_feed    (PurserSse *sse, const void *bytes, gsize length);
/* Hands out an event that no blank line ended: servers do close early. */
gboolean   purser_sse_end     (PurserSse *sse);
/* Whether lines came that no event stream has: this is something else. */
gboolean   purser_sse_strange (PurserSse *sse);
void       purser_sse_free    (PurserSse *sse);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserSse, purser_sse_free)

G_END_DECLS
