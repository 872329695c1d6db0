/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hostile.h"
#include "purser-transport.h"

G_BEGIN_DECLS

/* What every transport promises, whatever it is made of: one suite of cases against the hostile server, run by a program for each. */
typedef struct
{
  const char *name;
  PurserTransport *(*new_transport) (void);
  void (*turn) (void); /* does what is ready, without waiting */
  gboolean keeps; /* uses connections again */
} Rig;

extern const Rig *rig; /* of this program */

/* One exchange and what was told of it; the order of events is asserted as they come. */
typedef struct
{
  PurserTransport *transport;
  PurserExchange *exchange; /* NULL once closed */
  gboolean connected, over, ended;
  int status;
  GString *bytes;
  guint bursts; /* of bytes */
  gsize count; /* of bytes, also where they are not kept */
  gboolean drop; /* keep none */
  PurserFaultClass class_;
  char *words; /* (owned) (nullable) */
  char *request_id; /* (owned) (nullable) the header, looked up in two spellings */
  const char *close_at; /* (nullable) "connected", "headers", "bytes", "end", "error" */
  const char *pause_at; /* (nullable) likewise */
  gboolean drain;
  gint64 connect_us;
  guint callbacks_after_close;
} Probe;

void probe_start (Probe *probe, PurserTransport *transport, const char *address, const char *ca_file);
void probe_clear (Probe *probe);
/* One exchange from start to end. */
void probe_run (Probe *probe, PurserTransport *transport, Hostile *hostile, const char *tag, const char *faults);
gboolean probe_over (gpointer probe);

void spin (gboolean (*done) (gpointer data), gpointer data, guint seconds); /* fails the test after that */
gboolean none_open (gpointer hostile);
gboolean none_busy (gpointer hostile);
guint descriptors (void);
char *tls_file (const char *name); /* (transfer full) */
GTlsCertificate *tls_certificate (const char *name); /* (transfer full) */

/* Adds a case under this rig's name. */
void suite_case (const char *path, void (*test) (void));

void transport_add_cases (void);
void transport_add_life (void);
void transport_add_tls (void);
int transport_run (int argc, char **argv, const Rig *rig, void (*add_own) (void));

G_END_DECLS
