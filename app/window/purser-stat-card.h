/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A card with a heading, a figure, a line about it, and a small picture at its foot. */
#define PURSER_TYPE_STAT_CARD (purser_stat_card_get_type ())
G_DECLARE_FINAL_TYPE (PurserStatCard, purser_stat_card, PURSER, STAT_CARD, AdwBin)

GtkWidget *purser_stat_card_new         (void);
void       purser_stat_card_set_text    (PurserStatCard *self, const char *heading, const char *figure, const char *line);
void       purser_stat_card_set_picture (PurserStatCard *self, GtkWidget *picture); /* (transfer floating) (nullable) */
GtkWidget *purser_stat_card_get_picture (PurserStatCard *self);

G_END_DECLS
