/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "drill.h"
#include "gateway-fixture.h"

G_BEGIN_DECLS

/* The failure drill's calls: each for a workload and a model of its own, so that no breaker of one opens for another. */

enum { DRILL_PROVIDERS = 5, DRILL_CALLERS = 5 };
extern const struct DrillProvider { const char *dialect, *kind, *model; } drill_providers[DRILL_PROVIDERS];
extern const char *const drill_callers[DRILL_CALLERS];

#define DRILL_READ_NANO 1000 /* per token */
#define DRILL_WRITTEN_NANO 2000

typedef struct
{
  const DrillRow *row;
  guint    provider, caller;
  gboolean streamed, moved;
  char    *workload;             /* (owned) */
  Ask     *ask;                  /* (owned) (nullable) */
  gboolean fired, done;
  gint64   call_id;
  char    *reply, *attempts_told, *cost_told; /* (owned) what came; headers nullable */
  PurserCallRecord *record;      /* (owned) (nullable) */
} Shot;

typedef struct
{
  Gateway   *gateway;
  GPtrArray *rows, *shots;       /* (owned) */
  GPtrArray *faults;             /* (owned) their names, each once */
  gint64     healthy[DRILL_PROVIDERS];
  guint      wrong;
} Drill;

void     drill_init        (Drill *drill, Gateway *gateway);
void     drill_clear       (Drill *drill);
/* Makes providers, models and workloads, and a shot for each; the workloads "w0" … have a healthy model alone. */
gboolean drill_prepare_job (PurserDb *db, gpointer drill, GError **error);
/* Makes all the calls, many at once, and waits for them. */
void     drill_run         (Drill *drill);

G_END_DECLS
