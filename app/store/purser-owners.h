/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The file beside the database whose bytes tell who is alive: an owner is dead exactly when another can take the lock on its byte.
 * The locks belong to the open file description, so they hold across pid name spaces, and between two stores of one process. */
typedef struct _PurserOwners PurserOwners;

/* Takes a shared lock on byte 0, which every process holds; waits up to 5 s for one that has it alone. */
PurserOwners *purser_owners_open (const char *database, GError **error);
void purser_owners_close (PurserOwners *owners);
gboolean purser_owners_is_new (PurserOwners *owners); /* this open made the file */
/* Byte 0 alone: nobody else has the database open. Then back to sharing it. */
gboolean purser_owners_alone (PurserOwners *owners, GError **error);
void purser_owners_share (PurserOwners *owners);
/* Our own byte, locked from the first call on. 0 and ERROR */
gint64 purser_owners_byte (PurserOwners *owners, GError **error);
/* Whether nobody holds BYTE: then we do, until it is released. */
gboolean purser_owners_take (PurserOwners *owners, gint64 byte);
void purser_owners_release (PurserOwners *owners, gint64 byte);
/* The file may have been deleted under us: then makes it anew and takes the same locks there. */
gboolean purser_owners_check (PurserOwners *owners, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserOwners, purser_owners_close)

G_END_DECLS
