/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <glib/gi18n-lib.h>

static char *
chain_text (const PurserOrg *org, const gint64 *ids, guint n)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < n; i++)
    {
      const PurserModel *model = purser_org_model (org, ids[i]);
      g_autofree char *ref = model != NULL ? purser_org_model_ref_of (org, model) : g_strdup ("?");
      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", ref);
    }
  return g_string_free_and_steal (g_steal_pointer (&text));
}

static gboolean
name_is_free (const PurserOrg *org, const char *name, gint64 self, GError **error)
{
  const PurserWorkload *other = purser_org_workload_named (org, name);
  if (other != NULL && other->id != self)
    return purser_command_fail (error, PURSER_STORE_ERROR_CONSTRAINT, _("There is a workload called “%s” already."), name);
  return purser_workload_name_check (name, error);
}

static gboolean
put (PurserCommand *command, PurserDb *db, const PurserWorkload *workload, GError **error)
{
  command->outcome->id = purser_catalogue_put_workload (db, workload, error);
  purser_command_subject (command, "workload", command->outcome->id);
  return command->outcome->id != 0;
}

static gboolean
apply_add (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  PurserWorkload workload = { .name = command->name, .title = command->text };
  if (!name_is_free (org, command->name, 0, error) || (command->text != NULL && !purser_name_check (command->text, TRUE, error)))
    return FALSE;
  command->after = purser_command_json ("name", command->name, "title", command->text, NULL);
  return put (command, db, &workload, error);
}

/**
 * purser_command_add_workload:
 * @name: what callers send: lower-case letters, digits and hyphens
 * @title: (nullable): what people see
 */
PurserCommand *
purser_command_add_workload (const char *name, const char *title)
{
  PurserCommand *command = purser_command_new ("workload.add", apply_add);
  command->name = g_strdup (name);
  command->text = g_strdup (title);
  return command;
}

static gboolean
apply_set (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserWorkload *now = purser_command_workload (command, org, error);
  if (now == NULL)
    return FALSE;
  PurserWorkload changed = *now;
  if (command->name != NULL && g_strcmp0 (command->name, now->name) != 0)
    {
      if (now->builtin)
        return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("“%s” is built in: tools call it by this name, so it stays."), now->name);
      if (!name_is_free (org, command->name, now->id, error))
        return FALSE;
      changed.name = command->name;
    }
  if (command->text != NULL)
    {
      if (!purser_name_check (command->text, TRUE, error))
        return FALSE;
      changed.title = command->text;
    }
  command->before = purser_command_json ("name", now->name, "title", now->title, NULL);
  command->after = purser_command_json ("name", changed.name, "title", changed.title, NULL);
  return put (command, db, &changed, error);
}

/**
 * purser_command_set_workload:
 * @name: (nullable): new name; the built-in three keep theirs
 * @title: (nullable): new title
 */
PurserCommand *
purser_command_set_workload (gint64 id, const char *name, const char *title)
{
  PurserCommand *command = purser_command_new ("workload.set", apply_set);
  command->id = id;
  command->name = g_strdup (name);
  command->text = g_strdup (title);
  return command;
}

/* A model that stays keeps its weight, a new one has the usual one. NULL where none was ever set. (transfer full) */
static gint64 *
weights_kept (const PurserWorkload *now, const gint64 *ids, guint n)
{
  if (now->weights == NULL || n == 0)
    return NULL;
  gint64 *weights = g_new (gint64, n);
  for (guint i = 0; i < n; i++)
    {
      weights[i] = 1;
      for (guint j = 0; j < now->n_models; j++)
        if (now->models[j] == ids[i])
          weights[i] = now->weights[j];
    }
  return weights;
}

static gboolean
apply_assign (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserWorkload *now = purser_command_workload (command, org, error);
  if (now == NULL)
    return FALSE;
  for (guint i = 0; i < command->n_ids; i++)
    {
      if (purser_org_model (org, command->ids[i]) == NULL)
        return purser_command_fail (error, PURSER_STORE_ERROR_NOT_FOUND, _("One of these models is no longer there. Choose again."));
      for (guint j = 0; j < i; j++)
        if (command->ids[i] == command->ids[j])
          return purser_command_fail (error, PURSER_STORE_ERROR_CONSTRAINT, _("A model can stand in the list only once."));
    }
  PurserWorkload changed = *now;
  changed.models = command->ids;
  changed.n_models = command->n_ids;
  g_autofree gint64 *weights = weights_kept (now, command->ids, command->n_ids);
  changed.weights = weights;
  g_autofree char *before = chain_text (org, now->models, now->n_models);
  g_autofree char *after = chain_text (org, command->ids, command->n_ids);
  command->before = purser_command_json ("models", before, NULL);
  command->after = purser_command_json ("models", after, NULL);
  return put (command, db, &changed, error);
}

/**
 * purser_command_assign:
 * @model_ids: (array length=n): the choice first, then the fallbacks; none leaves the workload unassigned
 */
PurserCommand *
purser_command_assign (gint64 workload_id, const gint64 *model_ids, guint n)
{
  PurserCommand *command = purser_command_new ("workload.assign", apply_assign);
  command->id = workload_id;
  command->ids = g_memdup2 (model_ids, n * sizeof *model_ids);
  command->n_ids = n;
  return command;
}

static gboolean
apply_remove (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  if (command->flag)
    {
      const PurserWorkload *now = purser_command_workload (command, org, error);
      if (now == NULL)
        return FALSE;
      if (now->builtin)
        return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("“%s” is built in and stays. Without a model it does nothing."), purser_workload_title (now));
      gboolean keyless = FALSE;
      if (!purser_command_forget_keyless (db, org, 0, now->id, &keyless, error))
        return FALSE;
      command->before = purser_command_json ("name", now->name, NULL);
      if (keyless)
        command->after = g_strdup ("{\"keyless\":false}");
    }
  command->outcome->id = command->id;
  purser_command_subject (command, "workload", command->id);
  return purser_catalogue_remove_workload (db, command->id, command->flag, error);
}

/** purser_command_remove_workload: takes a workload of one's own away; its past calls keep its name. */
PurserCommand *
purser_command_remove_workload (gint64 id)
{
  PurserCommand *command = purser_command_new ("workload.remove", apply_remove);
  command->id = id;
  command->flag = TRUE;
  return command;
}

/** purser_command_restore_workload: undoes purser_command_remove_workload(). */
PurserCommand *
purser_command_restore_workload (gint64 id)
{
  PurserCommand *command = purser_command_new ("workload.restore", apply_remove);
  command->id = id;
  return command;
}
