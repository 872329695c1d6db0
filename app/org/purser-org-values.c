/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-org.h"

/* Making and freeing the values of a snapshot. All free functions take NULL. */

void
purser_provider_free (PurserProvider *p)
{
  if (p == NULL)
    return;
  g_free (p->name);
  g_free (p->address);
  g_free (p->ca_file);
  g_free (p->key_env);
  g_free (p->check_result);
  g_free (p);
}

/* The price in force may be the list's own first one, and then belongs to the list. */
static gboolean
price_is_first (const PurserModel *m)
{
  return m->price != NULL && m->prices != NULL && m->prices->len > 0 && g_ptr_array_index (m->prices, 0) == m->price;
}

void
purser_model_free (PurserModel *m)
{
  if (m == NULL)
    return;
  g_free (m->name);
  g_free (m->title);
  g_free (m->remote_host);
  if (!price_is_first (m))
    purser_price_free (m->price);
  g_clear_pointer (&m->prices, g_ptr_array_unref);
  g_free (m->retires_on);
  g_free (m->replacement);
  g_free (m);
}

void
purser_workload_free (PurserWorkload *w)
{
  if (w == NULL)
    return;
  g_free (w->name);
  g_free (w->title);
  g_free (w->models);
  g_free (w->weights);
  g_strfreev (w->regions);
  g_free (w);
}

void
purser_team_free (PurserTeam *t)
{
  if (t == NULL)
    return;
  g_free (t->name);
  g_free (t);
}

void
purser_principal_free (PurserPrincipal *p)
{
  if (p == NULL)
    return;
  g_free (p->name);
  g_free (p);
}

void
purser_access_key_free (PurserAccessKey *k)
{
  if (k == NULL)
    return;
  g_free (k->hint);
  g_free (k->workloads);
  g_free (k->models);
  g_free (k);
}

void
purser_terms_free (PurserTerms *t)
{
  if (t == NULL)
    return;
  g_strfreev (t->regions);
  g_free (t->document);
  g_free (t->checked_on);
  g_free (t->expires_on);
  g_free (t);
}

void
purser_budget_free (PurserBudget *b)
{
  g_free (b);
}

PurserProvider *
purser_provider_copy (const PurserProvider *p)
{
  PurserProvider *copy = g_memdup2 (p, sizeof *p);
  copy->name = g_strdup (p->name);
  copy->address = g_strdup (p->address);
  copy->ca_file = g_strdup (p->ca_file);
  copy->key_env = g_strdup (p->key_env);
  copy->check_result = g_strdup (p->check_result);
  return copy;
}

static GPtrArray *
copy_prices (const GPtrArray *prices)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_price_free);
  for (guint i = 0; i < prices->len; i++)
    g_ptr_array_add (copy, purser_price_copy (g_ptr_array_index (prices, i)));
  return copy;
}

PurserModel *
purser_model_copy (const PurserModel *m)
{
  PurserModel *copy = g_memdup2 (m, sizeof *m);
  copy->name = g_strdup (m->name);
  copy->title = g_strdup (m->title);
  copy->remote_host = g_strdup (m->remote_host);
  copy->retires_on = g_strdup (m->retires_on);
  copy->replacement = g_strdup (m->replacement);
  copy->prices = m->prices != NULL ? copy_prices (m->prices) : NULL;
  copy->price = price_is_first (m) ? g_ptr_array_index (copy->prices, 0) : purser_price_copy (m->price);
  return copy;
}

PurserPrincipal *
purser_principal_copy (const PurserPrincipal *p)
{
  PurserPrincipal *copy = g_memdup2 (p, sizeof *p);
  copy->name = g_strdup (p->name);
  return copy;
}
