/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The row to choose a certificate authority's file: for a company's proxy or an own server. Signal "chosen": the user changed it. */
#define PURSER_TYPE_PROVIDER_FILE_ROW (purser_provider_file_row_get_type ())
G_DECLARE_FINAL_TYPE (PurserProviderFileRow, purser_provider_file_row, PURSER, PROVIDER_FILE_ROW, AdwActionRow)

/* Another file than a certificate authority's: TITLE; what no file means; what the button that takes it away says. */
void        purser_provider_file_row_set_words (PurserProviderFileRow *self, const char *title, const char *none, const char *clear);
const char *purser_provider_file_row_get_path (PurserProviderFileRow *self); /* (nullable) */
void        purser_provider_file_row_set_path (PurserProviderFileRow *self, const char *path);

G_END_DECLS
