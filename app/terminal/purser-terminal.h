/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "purser-admin.h"
#include "purser-caller.h"
#include "purser-review.h"
#include "purser-trial.h"

G_BEGIN_DECLS

/* One run of purserctl: the global options, and the organisation once a verb asks for it. */
typedef struct
{
  char         *org_path; /* (owned) (nullable) --org FILE */
  gboolean      json;     /* --json */
  PurserStore  *store;    /* (owned) (nullable) by purser_terminal_open() */
  PurserVault  *vault;    /* (owned) (nullable) */
  PurserAdmin  *admin;    /* (owned) (nullable) */
  PurserCaller *caller;   /* (owned) (nullable) */
  PurserOrg    *org;      /* (owned) (nullable) the snapshot at the start of the verb */
} PurserTerminal;

/* Exit codes: done, refused or failed, wrong usage. */
enum { PURSER_EXIT_DONE, PURSER_EXIT_FAILED, PURSER_EXIT_USAGE };

typedef int (*PurserVerbFunc) (PurserTerminal *terminal, char **arguments, GError **error);
typedef struct
{
  const char    *noun, *verb;     /* verb NULL: the noun alone is the command */
  const char    *arguments;       /* "NAME [--currency EUR]" for the help */
  guint          min, max;        /* positional arguments */
  const char    *help;            /* N_() one line */
  gboolean       needs_org;
  const GOptionEntry *options;    /* (nullable) NULL-terminated, static variables of the verb's file */
  PurserVerbFunc run;             /* gets the positional arguments */
} PurserVerb;

/* Every noun's verbs, each table ended by a NULL noun. */
extern const PurserVerb purser_verbs_org[], purser_verbs_provider[], purser_verbs_workload[], purser_verbs_principal[], purser_verbs_ask[],
    purser_verbs_price[], purser_verbs_price_show[], purser_verbs_price_import[], purser_verbs_rate[], purser_verbs_contract[], purser_verbs_month[], purser_verbs_trial[], purser_verbs_usage[],
    purser_verbs_key[], purser_verbs_workload_policy[], purser_verbs_terms[], purser_verbs_budget[], purser_verbs_gateway_settings[], purser_verbs_gateway[], purser_verbs_call[], purser_verbs_outage[], purser_verbs_usage_live[],
    purser_verbs_audit[], purser_verbs_wire[], purser_verbs_wire_price[], purser_verbs_practice[];

int  purser_terminal_main (int argc, char **argv);

/* How a column of a table is written for people: taken from the member of that name of each row. An amount "x_nano" is in the currency that the row's member "x_currency" names, else in the organisation's. */
typedef enum { PURSER_COLUMN_TEXT, PURSER_COLUMN_NUMBER, PURSER_COLUMN_MONEY, PURSER_COLUMN_WHEN, PURSER_COLUMN_SECONDS, PURSER_COLUMN_YESNO } PurserColumnType;
typedef struct { const char *member, *title; PurserColumnType type; } PurserColumn;

/* Prints rows: as JSON (the array as it is) with --json, else as an aligned table. EMPTY: what to say without rows. Takes ROWS. */
void purser_terminal_print_rows (PurserTerminal *terminal, JsonArray *rows, const PurserColumn *columns, const char *empty);
/* Prints one object: JSON, else "title: value" lines. Takes OBJECT. */
void purser_terminal_print_object (PurserTerminal *terminal, JsonObject *object, const PurserColumn *columns);
/* After a change: {"id": …, "secret": …} with --json, else TEXT (nullable). */
void purser_terminal_print_outcome (PurserTerminal *terminal, const PurserOutcome *outcome, const char *text);

/* A string member, null where TEXT is NULL. */
void purser_terminal_set_text (JsonObject *object, const char *member, const char *text);

/* A count, null where it is 0: no limit. */
void purser_terminal_set_limit (JsonObject *object, const char *member, gint64 n);

/* Runs COMMANDS (each transfer full, NULL ones are left out), one after the other until one fails, and prints the last one's outcome with TEXT. */
int  purser_terminal_run_all (PurserTerminal *terminal, PurserCommand **commands, guint n, const char *text, GError **error);
/* Runs COMMAND (transfer full) and prints its outcome with TEXT. */
int  purser_terminal_run (PurserTerminal *terminal, PurserCommand *command, const char *text, GError **error);

/* Things by name, or NULL and words that name what there is. */
const PurserProvider  *purser_terminal_provider  (PurserTerminal *terminal, const char *name, GError **error);
const PurserWorkload  *purser_terminal_workload  (PurserTerminal *terminal, const char *name, GError **error);
const PurserPrincipal *purser_terminal_principal (PurserTerminal *terminal, const char *name, GError **error);
const PurserModel     *purser_terminal_model     (PurserTerminal *terminal, const char *ref, GError **error);
int purser_terminal_refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3); /* always EXIT_FAILED */

/* The gateway's address as clients write it. */
char *purser_terminal_gateway_url (const PurserGateway *gateway);

/* Waits for an async call's callback: purser_terminal_take_cb is the callback, &RESULT its data. */
void purser_terminal_take_cb (GObject *source, GAsyncResult *result, gpointer slot);
void purser_terminal_wait    (GAsyncResult **slot);
/* What options say. A TEXT of NULL leaves *VALUE at -1: as it is. "yes" or "no"; a whole number, or "none" for 0; seconds as 2 or 2.5 → ms, or "default" for 0. */
gboolean purser_terminal_yes_no (const char *text, int *value, GError **error);
gboolean purser_terminal_count  (const char *text, gint64 *value, GError **error);
gboolean purser_terminal_wait_ms (const char *text, gint64 *ms, GError **error);
/* "EU,CH" → its parts. (transfer full) */
char   **purser_terminal_words  (const char *text);
/* The whole path of a file named from here. NULL for NULL. (transfer full) */
char    *purser_terminal_path   (const char *text);
/* "2026-11-01" of a day. (transfer full) */
char    *purser_terminal_day_text (gint32 day);
/* "2026-11-01", "today", "-30" (days ago), "+30" (from today on) → day in the reporting zone. */
gboolean purser_terminal_day (PurserTerminal *terminal, const char *text, gint32 *day, GError **error);

G_END_DECLS
