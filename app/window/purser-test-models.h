/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "purser-org.h"

G_BEGIN_DECLS

/* Chooses the models of a test by check rows: the workload's own come first, and A is the first that is checked. Signal "changed". */
#define PURSER_TYPE_TEST_MODELS (purser_test_models_get_type ())
G_DECLARE_FINAL_TYPE (PurserTestModels, purser_test_models, PURSER, TEST_MODELS, AdwBin)

void   purser_test_models_show       (PurserTestModels *self, const PurserOrg *org, const PurserWorkload *workload);
guint  purser_test_models_get_n      (PurserTestModels *self);
char **purser_test_models_get_chosen (PurserTestModels *self); /* "provider/model", (transfer full) */

G_END_DECLS
