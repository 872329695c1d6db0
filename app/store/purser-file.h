/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-store.h"

G_BEGIN_DECLS

/* Why a live database must not be on a file system of this type (statfs f_type): its name, or NULL where it may. */
const char *purser_file_system_refused (gint64 type);
/* Local disk, a file of ours by its first bytes, writable with its folder. */
gboolean purser_file_check (const char *path, GError **error);
gboolean purser_file_check_folder (const char *path, GError **error);
/* Puts BYTES under PATH, whole and on disk, or not at all; never over another file. */
gboolean purser_file_create (const char *path, GBytes *bytes, GError **error);
/* A one-file copy of what DB sees, whole or not at all; never over another file. */
gboolean purser_file_copy_database (PurserDb *db, const char *path, GError **error);

G_END_DECLS
