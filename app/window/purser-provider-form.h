/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* A small dialog with a few fields and one verb. It stays open, with what was typed, until its command has succeeded.
 * Signal "submit": Enter, or the button; the handler checks the fields and calls purser_provider_form_run() or
 * purser_provider_form_set_problem(). */
#define PURSER_TYPE_PROVIDER_FORM (purser_provider_form_get_type ())
G_DECLARE_FINAL_TYPE (PurserProviderForm, purser_provider_form, PURSER, PROVIDER_FORM, AdwDialog)

PurserProviderForm *purser_provider_form_new         (PurserSession *session, const char *title, const char *words, const char *verb);
GtkWidget          *purser_provider_form_add_entry   (PurserProviderForm *self, const char *title, const char *text);
GtkWidget          *purser_provider_form_add_secret  (PurserProviderForm *self, const char *title);
GtkWidget          *purser_provider_form_add_number  (PurserProviderForm *self, const char *title, GtkAdjustment *range, guint digits);
GtkWidget          *purser_provider_form_add_currency(PurserProviderForm *self, const char *title, const char *code);              /* purser-currencies.h */
GtkWidget          *purser_provider_form_add_day     (PurserProviderForm *self, const char *title, const char *none, gint32 day);  /* purser-day-row.h */
GtkWidget          *purser_provider_form_add_widget  (PurserProviderForm *self, GtkWidget *row);                                   /* any AdwPreferencesRow, with its title */
/* Further fields go into a part that is folded up under TITLE, until one of them has a text. */
GtkWidget          *purser_provider_form_fold        (PurserProviderForm *self, const char *title, const char *subtitle);
const char         *purser_provider_form_text        (GtkWidget *entry); /* (nullable): what was typed, without blanks around it; NULL: nothing */
void                purser_provider_form_set_problem (PurserProviderForm *self, GtkWidget *row, const char *words);
void                purser_provider_form_run         (PurserProviderForm *self, PurserCommand *command, const char *done, PurserCommand *undo);

G_END_DECLS
