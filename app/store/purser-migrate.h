/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-owners.h"
#include "purser-store.h"

G_BEGIN_DECLS

#define PURSER_APPLICATION_ID 0x50757273 /* "Purs" */

/* The schema's scripts in order: script n brings version n - 1 to version n. */
typedef struct
{
  GPtrArray *scripts; /* (owned) (element-type utf8) */
} PurserSchema;
PurserSchema *purser_schema_load (void);
void purser_schema_free (PurserSchema *schema);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserSchema, purser_schema_free)

/* Is it one of ours, and not from a newer program? */
gboolean purser_schema_check (const PurserSchema *schema, PurserDb *db, GError **error);
/* Brings an empty database to the newest version, in the caller's transaction. */
gboolean purser_schema_create (const PurserSchema *schema, PurserDb *db, GError **error);
/* Brings an older one up to date: alone, after a backup beside it, one transaction a version. OWNERS nullable. */
gboolean purser_schema_migrate (const PurserSchema *schema, PurserDb *db, PurserOwners *owners, GError **error);

G_END_DECLS
