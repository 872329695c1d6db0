/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-review.h"

G_BEGIN_DECLS

/* A person or agent with what it used this month: one row of the list. Immutable. */
#define PURSER_TYPE_PEOPLE_ROW (purser_people_row_get_type ())
G_DECLARE_FINAL_TYPE (PurserPeopleRow, purser_people_row, PURSER, PEOPLE_ROW, GObject)

PurserPeopleRow       *purser_people_row_new           (PurserOrg *org, const PurserPrincipal *principal, const PurserUsageRow *usage /* (nullable) */);
const PurserOrg       *purser_people_row_get_org       (PurserPeopleRow *self);
const PurserPrincipal *purser_people_row_get_principal (PurserPeopleRow *self);
const PurserUsageRow  *purser_people_row_get_usage     (PurserPeopleRow *self);

G_END_DECLS
