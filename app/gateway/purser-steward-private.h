/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-steward.h"

G_BEGIN_DECLS

/* One organisation's file, from the first look at it until it is closed. */
typedef struct
{
  PurserSteward *steward;
  char *file; /* (owned) */
  char *name; /* (owned) of the organisation; of the file until that is known */
  PurserStore *store; /* (owned) (nullable) open */
  PurserVault *vault; /* (owned) (nullable) */
  PurserServed *served; /* (nullable) the plane's */
  char *problem; /* (owned) (nullable) why it is not served */
  char *address, *certificate, *private_key; /* (owned) the listener's settings in force, where it is served */
  int port;
  gint64 since; /* µs UTC */
  gint64 version; /* of the file's schema when it was opened, 0 = not read yet */
  guint leaving; /* dropped, and not gone yet */
  guint running; /* figures as last told */
  guint64 done;
  gulong handler; /* of the store's "changed" */
  gboolean opening, again /* look once more when it is open */, newer /* a newer program's file by now */,
      lasting /* opening it again won't help */;
} PurserPlace;

struct _PurserSteward
{
  PurserPlane *plane;
  const PurserStewardPlane *functions;
  PurserStewardNews news;
  gpointer data;
  GPtrArray *places; /* (owned) (element-type PurserPlace) */
  guint opening; /* callbacks to come */
  guint leaving; /* the same */
  guint tick, ticks, idle, idle_seconds;
  gboolean named, first /* the first look is not over */, stopping, ended;
};

/* purser-steward-place.c */
PurserPlace *purser_place_new (PurserSteward *steward, const char *file);
void purser_place_free (PurserPlace *place);
void purser_place_open (PurserPlace *place);
/* Brings what is served in line with what the file says. */
void purser_place_settle (PurserPlace *place);
void purser_place_check (PurserPlace *place); /* is the file a newer program's by now? */
gboolean purser_place_count (PurserPlace *place); /* TRUE: the figures differ from those last told */
/* purser-steward.c */
void purser_steward_tell (PurserSteward *self); /* something changed */

G_END_DECLS
