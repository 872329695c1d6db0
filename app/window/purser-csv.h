/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-review.h"

G_BEGIN_DECLS

/* Comma, point, UTF-8, CRLF (RFC 4180). Text that a spreadsheet would take for a formula is made harmless. */
void  purser_csv_text    (GString *csv, const char *text);  /* one cell of text */
void  purser_csv_number  (GString *csv, gint64 number);     /* -1: unknown, an empty cell */
void  purser_csv_raw     (GString *csv, const char *plain); /* a cell of our own making: dates, decimals */
void  purser_csv_end_row (GString *csv);
char *purser_csv_costs   (const PurserAnswer *answer, const PurserOrg *org); /* (transfer full): the table of the Costs page */

G_END_DECLS
