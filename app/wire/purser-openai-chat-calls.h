/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-reader.h"

G_BEGIN_DECLS

/* The calls of one choice of a reply, as they come in fragments that say more or less clearly which call they belong to. Private to this room. */

GPtrArray *purser_openai_calls_new  (void); /* (transfer full) */
void       purser_openai_calls_read (PurserReader *reader, GPtrArray *calls, int choice, JsonArray *told, JsonObject *function);
void       purser_openai_calls_end  (PurserReader *reader, GPtrArray *calls, int choice);

G_END_DECLS
