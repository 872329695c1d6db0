/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-people-row.h"

struct _PurserPeopleRow
{
  GObject                parent_instance;

  PurserOrg             *org;       /* (owned) keeps the principal */
  const PurserPrincipal *principal;
  PurserUsageRow         usage;
};

G_DEFINE_FINAL_TYPE (PurserPeopleRow, purser_people_row, G_TYPE_OBJECT)

static void
purser_people_row_finalize (GObject *object)
{
  g_clear_pointer (&PURSER_PEOPLE_ROW (object)->org, purser_org_unref);
  G_OBJECT_CLASS (purser_people_row_parent_class)->finalize (object);
}

static void
purser_people_row_class_init (PurserPeopleRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = purser_people_row_finalize;
}

static void
purser_people_row_init (PurserPeopleRow *self)
{
}

PurserPeopleRow *
purser_people_row_new (PurserOrg             *org,
                       const PurserPrincipal *principal,
                       const PurserUsageRow  *usage)
{
  PurserPeopleRow *self = g_object_new (PURSER_TYPE_PEOPLE_ROW, NULL);

  self->org = purser_org_ref (org);
  self->principal = principal;
  if (usage != NULL)
    self->usage = *usage;
  return self;
}

const PurserOrg *
purser_people_row_get_org (PurserPeopleRow *self)
{
  return self->org;
}

const PurserPrincipal *
purser_people_row_get_principal (PurserPeopleRow *self)
{
  return self->principal;
}

const PurserUsageRow *
purser_people_row_get_usage (PurserPeopleRow *self)
{
  return &self->usage;
}
