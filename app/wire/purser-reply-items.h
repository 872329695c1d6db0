/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-reply.h"

G_BEGIN_DECLS

/* The pieces of a choice in the order in which they came. Private to this room. */
GPtrArray *purser_reply_items_new (void); /* (element-type PurserReplyItem) */
void       purser_reply_items_add (GPtrArray *items, const PurserEvent *event);

G_END_DECLS
