/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Two texts word by word: Pango markup of each, in which the words that the other lacks are tinted and underlined.
 * COLOR_*: "#rrggbb". Past a few thousand words nothing is marked: the reader sees the texts as they are. */
void purser_test_diff (const char *one, const char *two, const char *color_one, const char *color_two, guint alpha_percent, char **markup_one, char **markup_two);

G_END_DECLS
