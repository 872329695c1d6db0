/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-steward-private.h"

#include <glib/gi18n-lib.h>

#include "purser-db.h"

/* A store's callbacks find their place by it, as long as it is open. */
#define PLACE_KEY "purser-place"

PurserPlace *
purser_place_new (PurserSteward *steward, const char *file)
{
  PurserPlace *place = g_new0 (PurserPlace, 1);
  place->steward = steward;
  place->file = g_strdup (file);
  place->name = g_path_get_basename (file);
  return place;
}

static void
close_store (PurserPlace *place)
{
  if (place->store == NULL)
    return;
  g_clear_signal_handler (&place->handler, place->store);
  g_object_set_data (G_OBJECT (place->store), PLACE_KEY, NULL);
  purser_store_close (place->store);
  g_clear_object (&place->store);
  g_clear_object (&place->vault);
  place->version = 0;
}

void
purser_place_free (PurserPlace *place)
{
  close_store (place);
  g_free (place->file);
  g_free (place->name);
  g_free (place->problem);
  g_free (place->address);
  g_free (place->certificate);
  g_free (place->private_key);
  g_free (place);
}

static void
say (PurserPlace *place, GLogLevelFlags level, const char *event, const char *words)
{
  purser_steward_log (level, event, place->file, place->name,
                      place->served != NULL ? place->steward->functions->url (place->served) : NULL, words);
}

/* The same trouble is said once, however often it is met again. */
static void
set_problem (PurserPlace *place, const char *words)
{
  if (!g_set_str (&place->problem, words))
    return;
  if (words != NULL)
    say (place, G_LOG_LEVEL_WARNING, "not-served", words);
  purser_steward_tell (place->steward);
}

/* --- On the plane and off it --- */

static gboolean
same_listener (const PurserPlace *place, const PurserGateway *gateway)
{
  return place->port == gateway->port && g_strcmp0 (place->address, gateway->address) == 0
         && g_strcmp0 (place->certificate, gateway->certificate) == 0
         && g_strcmp0 (place->private_key, gateway->private_key) == 0;
}

static void
gone_cb (gpointer data)
{
  PurserPlace *place = data;
  PurserSteward *steward = place->steward;
  place->leaving--;
  steward->leaving--;
  purser_steward_log (G_LOG_LEVEL_MESSAGE, "gone", place->file, place->name, NULL, _("The last call has ended."));
  purser_place_settle (place);
  purser_steward_tell (steward);
}

static void
drop (PurserPlace *place, gboolean drain)
{
  PurserServed *served = g_steal_pointer (&place->served);
  purser_steward_log (G_LOG_LEVEL_MESSAGE, "leaving", place->file, place->name, place->steward->functions->url (served),
                      _("No new calls are taken; running ones end."));
  place->since = 0;
  place->running = 0;
  place->done = 0;
  place->leaving++;
  place->steward->leaving++;
  place->steward->functions->drop (served, drain, gone_cb, place);
  purser_steward_tell (place->steward);
}

static void
serve (PurserPlace *place, const PurserGateway *gateway)
{
  const PurserStewardPlane *plane = place->steward->functions;
  g_autoptr(GError) error = NULL;
  place->served = plane->serve (place->steward->plane, place->store, place->vault, &error);
  if (place->served == NULL)
    {
      /* A listener with other settings may still hold the port for those it serves to the end. */
      if (place->leaving == 0)
        set_problem (place, error->message);
      return;
    }
  place->since = purser_store_now (place->store);
  place->port = gateway->port;
  g_set_str (&place->address, gateway->address);
  g_set_str (&place->certificate, gateway->certificate);
  g_set_str (&place->private_key, gateway->private_key);
  set_problem (place, NULL);
  say (place, G_LOG_LEVEL_MESSAGE, "serving", _("Calls are taken."));
  purser_steward_tell (place->steward);
}

void
purser_place_settle (PurserPlace *place)
{
  PurserSteward *steward = place->steward;
  if (place->store == NULL)
    return;
  g_autoptr(PurserOrg) org = purser_store_get_org (place->store);
  const PurserGateway *gateway = &org->gateway;
  gboolean wanted = !steward->stopping && !place->newer && (steward->named || gateway->enabled);

  g_set_str (&place->name, org->name);
  if (place->served != NULL && (!wanted || !same_listener (place, gateway)))
    drop (place, TRUE);
  if (wanted && place->served == NULL)
    serve (place, gateway);
  if (wanted || place->served != NULL || place->leaving > 0)
    return;
  /* Nobody needs it open, and migrating or restoring it needs it closed. */
  close_store (place);
  if (!place->newer && !steward->stopping)
    set_problem (place, NULL);
  if (place->again && !steward->stopping)
    purser_place_open (place);
}

static void
changed_cb (PurserStore *store, gpointer user_data)
{
  purser_place_settle (user_data);
}

/* --- The file --- */

/* Trouble that only another program, or the user, can end. */
static gboolean
is_lasting (const GError *error)
{
  static const PurserStoreError LASTING[] = { PURSER_STORE_ERROR_NOT_A_DATABASE, PURSER_STORE_ERROR_NOT_OURS,
                                              PURSER_STORE_ERROR_FROM_FUTURE,    PURSER_STORE_ERROR_FILE_SYSTEM,
                                              PURSER_STORE_ERROR_OLD_SQLITE,     PURSER_STORE_ERROR_CORRUPT };
  for (guint i = 0; i < G_N_ELEMENTS (LASTING); i++)
    if (g_error_matches (error, PURSER_STORE_ERROR, (int) LASTING[i]))
      return TRUE;
  return FALSE;
}

static void
opened (PurserPlace *place, GAsyncResult *result)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserStore) store = purser_store_open_finish (result, &error);
  place->lasting = store == NULL && is_lasting (error);
  if (store == NULL)
    {
      if (!place->steward->stopping)
        set_problem (place, error->message);
      return;
    }
  place->newer = FALSE;
  place->store = g_steal_pointer (&store);
  place->vault = purser_vault_new (purser_store_get_uid (place->store));
  place->handler = g_signal_connect (place->store, "changed", G_CALLBACK (changed_cb), place);
  g_object_set_data (G_OBJECT (place->store), PLACE_KEY, place);
  purser_place_check (place);
  purser_place_settle (place);
}

static void
open_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  PurserPlace *place = user_data;
  PurserSteward *steward = place->steward;
  place->opening = FALSE;
  steward->opening--;
  opened (place, result);
  purser_steward_tell (steward);
}

void
purser_place_open (PurserPlace *place)
{
  place->again = place->opening;
  if (place->opening || place->store != NULL)
    return;
  place->opening = TRUE;
  place->steward->opening++;
  /* Not with a cancellable: a store that was opened all the same must be closed. */
  purser_store_open_async (place->file, PURSER_STORE_OPEN, NULL, NULL, NULL, NULL, open_cb, place);
}

/* --- A newer program's file --- */

static gboolean
check_job (PurserDb *db, gpointer version, GError **error)
{
  PurserStatement *row = purser_db_query (db, error, "PRAGMA user_version", "");
  if (!purser_statement_step (row, error))
    return FALSE;
  *(gint64 *) version = purser_statement_int (row, 0);
  return TRUE;
}

static void
check_cb (GObject *object, GAsyncResult *result, gpointer version)
{
  PurserPlace *place = g_object_get_data (object, PLACE_KEY);
  gint64 found = *(gint64 *) version;
  if (!purser_store_run_finish (PURSER_STORE (object), result, NULL) || place == NULL)
    return;
  if (place->version == 0)
    place->version = found;
  if (found <= place->version || place->newer)
    return;
  place->newer = place->lasting = TRUE;
  set_problem (place, _("A newer Purser has taken over this organisation’s file, and this gateway is too old for it. "
                         "Restart the gateway, so that the newer one serves it."));
  purser_place_settle (place);
}

void
purser_place_check (PurserPlace *place)
{
  if (place->store == NULL)
    return;
  gint64 *version = g_new0 (gint64, 1);
  purser_store_read_async (place->store, check_job, version, g_free, NULL, check_cb, version);
}

gboolean
purser_place_count (PurserPlace *place)
{
  guint running = 0;
  guint64 done = 0;
  if (place->served == NULL)
    return FALSE;
  place->steward->functions->count (place->served, &running, &done);
  gboolean differs = running != place->running || done != place->done;
  place->running = running;
  place->done = done;
  return differs;
}
