/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-review.h"

G_BEGIN_DECLS

/* Something an admin should look at, with the one verb that leads to its mending. */
typedef struct
{
  const char *icon;   /* symbolic icon's name */
  const char *what;   /* translated, one word for the card: "a provider" */
  char       *title;  /* (owned) */
  char       *detail; /* (owned) (nullable) */
  const char *verb;   /* translated, a button's label */
  const char *page;   /* where the button leads */
  char       *target; /* (owned) (nullable): the page's detail */
} PurserAttention;

void       purser_attention_free (PurserAttention *attention);
/* USAGE: this month by model (nullable). (transfer full) (element-type PurserAttention) the most pressing first. */
GPtrArray *purser_attention_list (const PurserOrg *org, const PurserOverview *overview, const PurserAnswer *usage);

/* Puts the outages that last (purser-outages.h) before all else. (element-type PurserAttention), (element-type PurserOutage) */
void       purser_attention_add_outages (GPtrArray *list, const PurserOrg *org, GPtrArray *outages);

G_END_DECLS
