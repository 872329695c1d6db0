/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Currencies to choose from: "EUR, Euro". ROW becomes a choice among them, with a search; FIRST (nullable) is an entry before all others that stands for none. */
void        purser_currencies_fill     (AdwComboRow *row, const char *first);
void        purser_currencies_select   (AdwComboRow *row, const char *code /* (nullable) or "": the first entry */);
const char *purser_currencies_selected (AdwComboRow *row); /* its three letters; "" for the first entry that stands for none */
/* What this computer's locale counts in, else USD. (transfer full) */
char       *purser_currencies_default  (void);

G_END_DECLS
