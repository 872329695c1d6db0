/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-store.h"

G_BEGIN_DECLS

/* SQL must not be run a second time while its rows are still being stepped through.
 * SQL in one place: prepared once per connection, always reset. For table files in app/store/ and for queries in app/review/. */
typedef struct _PurserStatement PurserStatement;
/* SQL must be a string literal (cached by address). Resets and clears it. Types of the arguments by FORMAT: i gint64, I gint64 where -1 is NULL, b gboolean/int,
 * s const char* (NULL → NULL), d double, y GBytes*. */
PurserStatement *purser_db_query  (PurserDb *db, GError **error, const char *sql, const char *format, ...);
gboolean         purser_db_run    (PurserDb *db, GError **error, const char *sql, const char *format, ...); /* run to the end */
/* TRUE: a row; FALSE with no error: the end. */
gboolean         purser_statement_step   (PurserStatement *statement, GError **error);
gboolean         purser_statement_failed (PurserStatement *statement);              /* the last step (or the query) ended with an error, not with the end */
gint64           purser_statement_int    (PurserStatement *statement, int column);  /* NULL → 0 */
gint64           purser_statement_opt    (PurserStatement *statement, int column);  /* NULL → -1 */
double           purser_statement_double (PurserStatement *statement, int column);
const char      *purser_statement_text   (PurserStatement *statement, int column);  /* (nullable) valid until the next step */
gint64           purser_db_last_id       (PurserDb *db);
int              purser_db_changes       (PurserDb *db);
gint64           purser_db_now           (PurserDb *db);  /* the store's clock, µs UTC */

/* --- The catalogue: configuration tables. Only app/admin/ calls the writing ones, inside one write job each. --- */
/* The whole configuration as it stands inside this transaction (what commands validate against). (transfer full) */
PurserOrg *purser_catalogue_load          (PurserDb *db, GError **error);
gint64   purser_catalogue_generation     (PurserDb *db, GError **error);
gboolean purser_catalogue_raise          (PurserDb *db, GError **error);  /* new generation; the store then reloads the snapshot after commit */
gboolean purser_catalogue_set_org        (PurserDb *db, const char *name, const char *currency, const char *timezone, GError **error); /* NULL leaves as is; a new zone rebuilds the day roll-ups, and is refused once a month was closed by the old one */
gboolean purser_catalogue_set_sample     (PurserDb *db, gboolean sample, GError **error); /* what is put into ledger and trials while it is set is sample data for ever */
/* A value with id 0 is inserted, else updated; the new id, or 0 and ERROR. */
gint64   purser_catalogue_put_provider   (PurserDb *db, const PurserProvider *provider, GError **error); /* not its multiplier: purser_prices_put_contract() */
gboolean purser_catalogue_remove_provider (PurserDb *db, gint64 id, gboolean removed, GError **error); /* marks; FALSE in REMOVED restores; assignments are kept but skipped while removed */
gint64   purser_catalogue_put_model      (PurserDb *db, const PurserModel *model, GError **error);     /* neither its price nor what it can do: purser_prices_set_facts() */
gboolean purser_catalogue_unlist_models  (PurserDb *db, gint64 provider_id, GError **error);           /* listed = 0 for all; put_model sets it again */
gint64   purser_catalogue_add_price      (PurserDb *db, gint64 model_id, const PurserPrice *price, GError **error); /* a new version with its bands; earlier ones stay. Only list prices are kept; without an origin it is the admin's own */
gint64   purser_catalogue_put_workload   (PurserDb *db, const PurserWorkload *workload, GError **error); /* with its assignment */
gboolean purser_catalogue_remove_workload (PurserDb *db, gint64 id, gboolean removed, GError **error);
gint64   purser_catalogue_put_principal  (PurserDb *db, const PurserPrincipal *principal, GError **error); /* team membership is dated: a change counts from now on */
gboolean purser_catalogue_remove_principal (PurserDb *db, gint64 id, gboolean removed, GError **error);
gint64   purser_catalogue_put_team       (PurserDb *db, gint64 id, const char *name, GError **error);
gboolean purser_catalogue_set_access_key (PurserDb *db, const PurserAccessKey *key, GError **error); /* its expiry, workloads and models; the rest stays */
gboolean purser_catalogue_set_gateway    (PurserDb *db, const PurserGateway *gateway, GError **error);
gint64   purser_catalogue_add_terms      (PurserDb *db, const PurserTerms *terms, GError **error);  /* a new row; the newest counts */
gint64   purser_catalogue_put_budget     (PurserDb *db, const PurserBudget *budget, GError **error); /* id 0: new, with what was spent in its period so far; else cap and at_limit change */
gboolean purser_catalogue_remove_budget  (PurserDb *db, gint64 id, GError **error);
gint64   purser_catalogue_add_access_key (PurserDb *db, gint64 principal_id, const char *sha256_hex, const char *hint, GError **error);
gboolean purser_catalogue_revoke_access_key (PurserDb *db, gint64 id, GError **error);
/* One link of the audit chain: who did what to which thing, before and after as JSON (nullable). Hash-chained, salted (DESIGN §4). */
gboolean purser_audit_add (PurserDb *db, const char *actor, const char *action, const char *subject, const char *before, const char *after, GError **error);
/* TRUE: the chain was read to its end, and PROBLEM is NULL where it holds, else words. FALSE and ERROR: it could not be read. */
gboolean purser_audit_verify (PurserDb *db, char **problem, GError **error);

G_END_DECLS
