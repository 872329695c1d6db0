/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The tables of the failure drill (drill/faults.txt, drill/replies.txt), and what a caller reads of a reply. */

typedef struct
{
  char *attempts, *tokens, *reply; /* (owned) as in the table; reply "=" is filled in */
} DrillExpected;

typedef struct
{
  char         *fault, *asked, *provider; /* (owned) */
  gint64        first_ms, silence_ms;     /* 0 = as usual */
  gboolean      few;
  DrillExpected alone, moved;
} DrillRow;

GPtrArray *drill_rows (void); /* (transfer full) (element-type DrillRow) in order */
/* The first row of FAULT that fits, or NULL where the table has none. */
const DrillRow *drill_row (const GPtrArray *rows, const char *fault, const char *dialect, gboolean streamed);

/* What replies.txt says: status, and the word by which programs go ("" where there is none). */
typedef struct { int status; char *word; } DrillRefusal; /* (owned) */
DrillRefusal drill_refusal (const char *class_, const char *caller);

/* What a caller of DIALECT makes of a reply's bytes. */
typedef struct
{
  GString *text;       /* (owned) */
  gboolean terminal;   /* an event from which it knows that the reply is whole was there */
  gboolean error;      /* an error was there */
  gboolean strange;    /* something that is not of this dialect, or words after the end */
  char    *word;       /* (owned) (nullable) of the error: its code or type */
} DrillHeard;
DrillHeard drill_hear (const char *dialect, gboolean streamed, const char *bytes);
void       drill_heard_clear (DrillHeard *heard);

G_END_DECLS
