/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* One window shows one organisation, or how to get to one. */
#define PURSER_TYPE_WINDOW (purser_window_get_type ())
G_DECLARE_FINAL_TYPE (PurserWindow, purser_window, PURSER, WINDOW, AdwApplicationWindow)

GtkWidget     *purser_window_new         (GtkApplication *application);
PurserSession *purser_window_get_session (PurserWindow *self); /* (nullable): none is open */
const char    *purser_window_get_path    (PurserWindow *self); /* (nullable): the organisation's file */

/* Opens the organisation at PATH, or asks for a first one (NULL). What stands in the way is said in the window, with ways on. */
void           purser_window_open        (PurserWindow *self, const char *path);
/* Makes a new organisation's file and opens it. */
void           purser_window_create      (PurserWindow *self, const char *name, const char *currency, const char *timezone);
/* Shows SESSION; opening leads here, and tests may begin here. */
void           purser_window_set_session (PurserWindow *self, PurserSession *session);
void           purser_window_show_page   (PurserWindow *self, const char *page_id, const char *detail /* (nullable) */);
/* A toast with Undo; also what Ctrl+Z then takes back. UNDO (transfer full). */
void           purser_window_offer_undo  (PurserWindow *self, const char *text, PurserCommand *undo);

void           purser_window_set_badge   (PurserWindow *self, const char *page_id, guint count, const char *meaning);
PurserWindow  *purser_window_of          (GtkWidget *widget); /* (nullable): the window around WIDGET */

G_END_DECLS
