/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Cuts bytes into lines, however they arrive. LINE is not NUL-terminated. */
typedef struct _PurserLines PurserLines;
typedef void (*PurserLineFunc) (const char *line, gsize length, gpointer user_data);

/* CR_ENDS: a lone CR ends a line too (server-sent events); else only LF does (NDJSON), and a CR before it goes. */
PurserLines *purser_lines_new  (gsize limit, gboolean cr_ends, PurserLineFunc func, gpointer user_data);
/* FALSE: a line is longer than the limit. */
gboolean     purser_lines_feed (PurserLines *lines, const void *bytes, gsize length);
/* Hands out a last line that nothing ended. */
gboolean     purser_lines_end  (PurserLines *lines);
void         purser_lines_free (PurserLines *lines);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserLines, purser_lines_free)
/* Where the first line of BYTES ends, its LF or CR; LENGTH if it does not. */
gsize        purser_line_end   (const char *bytes, gsize length, gboolean cr_ends);

G_END_DECLS
