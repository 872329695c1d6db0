/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hostile.h"
#include "purser-caller-private.h"
#include "purser-db.h"

G_BEGIN_DECLS

/* A caller with a real store file and a hostile server. The key of every provider is KEY, from the environment. */
#define KEY "good-key"

typedef struct
{
  char         *folder;   /* (owned) */
  PurserStore  *store;    /* (owned) */
  PurserVault  *vault;    /* (owned) */
  PurserCaller *caller;   /* (owned) */
  Hostile      *hostile;
} Fixture;

typedef struct { const char *name, *kind, *address, *key_env, *ca_file; gint64 provider_id, model_id; } Part;

typedef struct
{
  GString          *text;
  guint             events, errors, ends;
  PurserCallResult *result;
  gboolean          done;
  GCancellable     *cancellable;
  gint64            cancel_at; /* monotonic; 0 = at the first event */
} Call;

gboolean turn_until (gboolean (*done) (gpointer), gpointer data, guint seconds);
void fixture_set_up (Fixture *f, gconstpointer data);
void fixture_tear_down (Fixture *f, gconstpointer data);
void add_part (Fixture *f, Part *part);
void assign (Fixture *f, gint64 first, gint64 second);
/* A provider of KIND with one priced model "m", whose server behaves as FAULTS say. */
Part add_provider (Fixture *f, const char *name, const char *kind, const char *faults);
gboolean call_done (gpointer data);
/* MODEL: "provider/model", or NULL for the workload "drafting". */
void call_start (Call *call, Fixture *f, const char *model, gboolean stream);
void call_clear (Call *call);
Call call_run (Fixture *f, const char *model, gboolean stream);
GPtrArray *ledger_rows (Fixture *f); /* (transfer full) (element-type PurserCallRow) latest first */
void assert_consistent (Fixture *f);

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

G_END_DECLS
