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

void
purser_model_free (PurserModel *m)
{
  if (m == NULL)
    return;
  g_free (m->name);
  g_free (m->title);
  g_free (m->remote_host);
  purser_price_free (m->price);
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
  g_free (k);
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

PurserModel *
purser_model_copy (const PurserModel *m)
{
  PurserModel *copy = g_memdup2 (m, sizeof *m);
  copy->name = g_strdup (m->name);
  copy->title = g_strdup (m->title);
  copy->remote_host = g_strdup (m->remote_host);
  copy->price = m->price != NULL ? purser_price_copy (m->price) : NULL;
  return copy;
}

PurserPrincipal *
purser_principal_copy (const PurserPrincipal *p)
{
  PurserPrincipal *copy = g_memdup2 (p, sizeof *p);
  copy->name = g_strdup (p->name);
  return copy;
}
