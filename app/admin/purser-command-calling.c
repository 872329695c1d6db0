/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <glib/gi18n-lib.h>

#include "purser-json.h"

/* How a workload's models are called: how long is waited, and which of them is asked first. */

enum
{
  WAIT_MIN_MS = 50,
  WAIT_MAX_MS = 3600 * 1000,
  WEIGHT_MAX = 1000
};

typedef struct
{
  PurserCallingDraft draft;
  gint64            *weights; /* (owned) (nullable) */
} Calling;

static void
calling_free (gpointer data)
{
  Calling *calling = data;
  g_free (calling->weights);
  g_free (calling);
}

static gint64
wait_ms (gint64 asked, gint64 now)
{
  return asked == -1 ? now : asked;
}

static gboolean
wait_fits (gint64 ms, GError **error)
{
  if (ms == 0 || (ms >= WAIT_MIN_MS && ms <= WAIT_MAX_MS))
    return TRUE;
  return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("Waiting takes between 0.05 seconds and an hour. 0 stands for the usual time."));
}

static gboolean
waits_fit (const PurserWorkload *w, GError **error)
{
  if (!wait_fits (w->connect_ms, error) || !wait_fits (w->first_content_ms, error) || !wait_fits (w->silence_ms, error))
    return FALSE;
  if (w->connect_ms == 0 || w->first_content_ms == 0 || w->first_content_ms >= w->connect_ms)
    return TRUE;
  return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED,
                              _("The time until the first words includes that of connecting: give it at least as long as connecting, or connecting less."));
}

static gboolean
weights_fit (const PurserWorkload *w, const PurserCallingDraft *draft, GError **error)
{
  gint64 sum = 0;
  if (draft->n_weights != w->n_models)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("Give one weight for each model of “%s”, in their order: it has %u."), purser_workload_title (w),
                                w->n_models);
  for (guint i = 0; i < draft->n_weights; i++)
    {
      if (draft->weights[i] < 0 || draft->weights[i] > WEIGHT_MAX)
        return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("A weight is a whole number from 0 to %d."), WEIGHT_MAX);
      sum += draft->weights[i];
    }
  if (sum == 0)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("With every weight at 0 no model would be asked first. Give at least one more than 0."));
  return TRUE;
}

/* For the audit trail. */
static char *
describe (const PurserWorkload *w)
{
  JsonObject *object = json_object_new ();
  json_object_set_int_member (object, "connect_ms", w->connect_ms);
  json_object_set_int_member (object, "first_content_ms", w->first_content_ms);
  json_object_set_int_member (object, "silence_ms", w->silence_ms);
  json_object_set_boolean_member (object, "drain", w->drain);
  json_object_set_boolean_member (object, "spread", w->spread);
  JsonArray *weights = json_array_new ();
  for (guint i = 0; w->weights != NULL && i < w->n_models; i++)
    json_array_add_int_element (weights, w->weights[i]);
  json_object_set_array_member (object, "weights", weights);
  return purser_command_take_json (object);
}

static gboolean
apply (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const Calling *calling = command->asked;
  const PurserCallingDraft *draft = &calling->draft;
  const PurserWorkload *now = purser_command_workload (command, org, error);
  if (now == NULL || (draft->weights != NULL && !weights_fit (now, draft, error)))
    return FALSE;
  PurserWorkload changed = *now;
  changed.connect_ms = wait_ms (draft->connect_ms, now->connect_ms);
  changed.first_content_ms = wait_ms (draft->first_content_ms, now->first_content_ms);
  changed.silence_ms = wait_ms (draft->silence_ms, now->silence_ms);
  changed.drain = draft->drain == -1 ? now->drain : draft->drain != 0;
  changed.spread = draft->spread == -1 ? now->spread : draft->spread != 0;
  if (draft->weights != NULL)
    changed.weights = calling->weights;
  if (!waits_fit (&changed, error))
    return FALSE;
  command->before = describe (now);
  command->after = describe (&changed);
  command->same = g_str_equal (command->before, command->after);
  command->outcome->id = now->id;
  purser_command_subject (command, "workload", now->id);
  return command->same || purser_catalogue_put_workload (db, &changed, error) != 0;
}

/**
 * purser_command_set_calling:
 * @draft: copied; -1 leaves a member as it is, a time of 0 is the usual one
 *
 * How long a workload's calls wait, whether a reply is read to its end when its caller has gone, and which model is asked first.
 */
PurserCommand *
purser_command_set_calling (gint64 workload_id, const PurserCallingDraft *draft)
{
  PurserCommand *command = purser_command_new ("workload.calling", apply);
  Calling *calling = g_new0 (Calling, 1);
  calling->draft = *draft;
  calling->weights = draft->weights != NULL && draft->n_weights > 0 ? g_memdup2 (draft->weights, draft->n_weights * sizeof *draft->weights) : NULL;
  calling->draft.weights = calling->weights;
  command->id = workload_id;
  command->asked = calling;
  command->asked_free = calling_free;
  return command;
}
