/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Changes members of a JSON object in its own text: everything else, unknown members, order, white space and duplicates included, stays byte for byte. Private to this room. */
typedef struct _PurserSplice PurserSplice;

/* TEXT must stay alive. Refuses what is no JSON object (only as deep as it looks: the outermost members). (transfer full) */
PurserSplice *purser_splice_new    (const char *text, gsize length, GError **error);
void          purser_splice_free   (PurserSplice *splice);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserSplice, purser_splice_free)
/* The text of a member's value (the last of that name), or NULL. */
const char   *purser_splice_value  (PurserSplice *splice, const char *member, gsize *length);
/* VALUE is JSON text. Every member of that name gets it; where there is none, one is added at the end. */
void          purser_splice_set    (PurserSplice *splice, const char *member, const char *value);
GString      *purser_splice_finish (PurserSplice *splice); /* (transfer full) */

G_END_DECLS
