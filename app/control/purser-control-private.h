/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-control.h"

G_BEGIN_DECLS

/* The interface as the bus sees it, and its values on the wire: an empty text stands for NULL. */
#define PURSER_CONTROL_SERVED_TYPE G_VARIANT_TYPE ("a(ssssxut)")
#define PURSER_CONTROL_CALLS_TYPE  G_VARIANT_TYPE ("a(xxxxxsbsu)")
GDBusInterfaceInfo *purser_control_interface (void); /* (transfer none) */
GVariant *purser_control_served_to_variant (GPtrArray *served); /* floating */
GPtrArray *purser_control_served_from_variant (GVariant *variant); /* (transfer full) */
GVariant *purser_control_calls_to_variant (GPtrArray *calls); /* floating */
GPtrArray *purser_control_calls_from_variant (GVariant *variant); /* (transfer full) */

/* A file's name is not always valid UTF-8, which is all the bus carries: its odd bytes travel as %XX. */
char *purser_control_escape_file (const char *file);
char *purser_control_unescape_file (const char *text);

/* One method call to the gateway for TASK, which is returned: a GVariant as answered, NULL where it does not run and START is FALSE, or an error in words. Takes TASK; PARAMETERS is floating. */
void purser_control_call (GTask *task,
                          gboolean start,
                          const char *interface,
                          const char *method,
                          GVariant *parameters,
                          const GVariantType *answer);

/* What asking for a start with the session came to. Takes TASK. WORDS (nullable) */
void purser_autostart_return (GTask *task, PurserAutostart way, const char *words);
void purser_autostart_portal (GTask *task,
                              GDBusConnection *bus,
                              gboolean on,
                              const char *parent_window); /* takes TASK */
void purser_autostart_systemd (GTask *task, GDBusConnection *bus, gboolean on); /* takes TASK */
/* For tests: whether to behave as inside a Flatpak (-1: find out), and how long the desktop may take to answer. */
void purser_autostart_pretend (int sandboxed, guint answer_ms);
guint purser_autostart_patience (void); /* ms */

G_END_DECLS
