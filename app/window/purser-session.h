/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "purser-admin.h"
#include "purser-caller.h"
#include "purser-control.h"
#include "purser-outages.h"
#include "purser-review.h"
#include "purser-trial.h"

G_BEGIN_DECLS

/* One open organisation and all that pages need of it. A window has one; pages hold a reference. */
#define PURSER_TYPE_SESSION (purser_session_get_type ())
G_DECLARE_FINAL_TYPE (PurserSession, purser_session, PURSER, SESSION, GObject)

PurserSession *purser_session_new        (PurserStore *store); /* makes vault, caller and admin for it */
PurserStore   *purser_session_get_store  (PurserSession *self);
PurserVault   *purser_session_get_vault  (PurserSession *self);
PurserCaller  *purser_session_get_caller (PurserSession *self);
PurserAdmin   *purser_session_get_admin  (PurserSession *self);
PurserOrg     *purser_session_get_org    (PurserSession *self); /* (transfer full) the snapshot now in force */
PurserControl *purser_session_get_control (PurserSession *self); /* the gateway, made when first asked for */
PurserOutages *purser_session_get_outages (PurserSession *self); /* likewise */
/* Signals: "org-changed" (a new snapshot), "ledger-changed" (calls were counted). Main thread, forwarded from the store. */

/* Runs COMMAND (transfer full). Success: toast DONE (nullable) with Undo, if UNDO (transfer full) (nullable) is given (also Ctrl+Z: the window keeps
 * the last one). Failure: an alert dialog over ORIGIN with the error's words; nothing the user typed is lost. CALLBACK (nullable) gets
 * the outcome, or NULL on failure (borrowed). ORIGIN may be destroyed meanwhile: the callback then is not called. */
typedef void (*PurserSessionFunc) (GtkWidget *origin, const PurserOutcome *outcome, const GError *error, gpointer user_data);
void purser_session_run (PurserSession *self, GtkWidget *origin, PurserCommand *command, const char *done, PurserCommand *undo, PurserSessionFunc callback, gpointer user_data);

/* Window services, found by the ancestors of ORIGIN (app/window/purser-window.c). */
void purser_window_toast      (GtkWidget *origin, const char *text);               /* also announced to screen readers */
void purser_window_push       (GtkWidget *origin, AdwNavigationPage *page);        /* (transfer floating) onto the page's own navigation view */
void purser_window_go         (GtkWidget *origin, const char *page_id, const char *detail); /* "overview", "costs", "providers", "workloads", "people", "gateway", "tests"; DETAIL nullable: an id the page understands */
void purser_window_say_error  (GtkWidget *origin, const char *title, const GError *error);  /* alert dialog in words */

/* Every page implements this to be led to a detail ("17" = the thing with that id). Optional. */
typedef void (*PurserPageShow) (GtkWidget *page, const char *detail);

G_END_DECLS
