/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* The tiles to choose a kind of provider from; an Ollama that runs on this computer comes first.
 * Signal "chosen" (kind, address): a kind's id, or "practice"; ADDRESS (nullable) is where it was found. */
#define PURSER_TYPE_PROVIDER_TILES (purser_provider_tiles_get_type ())
G_DECLARE_FINAL_TYPE (PurserProviderTiles, purser_provider_tiles, PURSER, PROVIDER_TILES, GtkBox)

void       purser_provider_tiles_set_session (PurserProviderTiles *self, PurserSession *session);
GtkWidget *purser_provider_mark_new          (const PurserKind *kind, gboolean practice);

G_END_DECLS
