/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A row under a field that says what is wrong with it and what to do; not there while all is well. */
#define PURSER_TYPE_PROVIDER_PROBLEM (purser_provider_problem_get_type ())
G_DECLARE_FINAL_TYPE (PurserProviderProblem, purser_provider_problem, PURSER, PROVIDER_PROBLEM, AdwPreferencesRow)

/* FIELD (nullable): marked invalid and described by this row. WORDS NULL: all is well. A hint warns, but does not make the field invalid. */
void purser_provider_problem_set  (PurserProviderProblem *self, GtkWidget *field, const char *words);
void purser_provider_problem_hint (PurserProviderProblem *self, const char *words);

G_END_DECLS
