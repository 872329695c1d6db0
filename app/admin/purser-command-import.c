/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <glib/gi18n-lib.h>

#include "purser-json.h"
#include "purser-price-list-private.h"

/* An import is one transaction and one entry of the audit trail, however many prices it brings. */

enum { TOLD_CHANGES = 200 }; /* that the audit trail names one by one; all are counted */

typedef struct
{
  guint       versions, overruled, facts;
  guint       of_type[PURSER_PRICE_CHANGE_FUTURE + 1];
  GHashTable *models;           /* (element-type gint64) */
  JsonObject *before, *after;   /* (owned) "provider/model from DAY" → what it says */
} Import;

static char *
short_words (const PurserPrice *price)
{
  if (price == NULL)
    return g_strdup ("unpriced");
  gint64 in = price->list_pico[PURSER_TOKENS_INPUT_UNCACHED], out = price->list_pico[PURSER_TOKENS_OUTPUT_VISIBLE];
  g_autofree char *input = in >= 0 ? purser_price_to_per_million (in) : g_strdup ("unpriced");
  g_autofree char *output = out >= 0 ? purser_price_to_per_million (out) : g_strdup ("unpriced");
  return g_strdup_printf ("%s / %s %s", input, output, price->currency);
}

static void
count (Import *import, const PurserPriceChange *change)
{
  import->versions++;
  import->of_type[change->type]++;
  import->overruled += change->overruled;
  g_hash_table_add (import->models, g_memdup2 (&change->model_id, sizeof change->model_id));
  if (import->versions > TOLD_CHANGES)
    return;
  g_autofree char *day = purser_command_time (change->after->valid_from);
  g_autofree char *name = g_strdup_printf ("%s from %s", change->ref, day);
  g_autofree char *before = short_words (change->before), *after = short_words (change->after);
  json_object_set_string_member (import->before, name, before);
  json_object_set_string_member (import->after, name, after);
}

/* The list may have been imported by someone else since the changes were looked up, and a model may be gone. */
static gboolean
put_change (Import *import, PurserDb *db, const PurserOrg *org, const PurserPriceChange *change, GError **error)
{
  if (purser_org_model (org, change->model_id) == NULL)
    return TRUE;
  g_autoptr (GPtrArray) history = purser_prices_history (db, change->model_id, error);
  if (history == NULL)
    return FALSE;
  if (purser_price_is_stored (history, change->after))
    return TRUE;
  count (import, change);
  return purser_catalogue_add_price (db, change->model_id, change->after, error) != 0;
}

static gboolean
put_all_facts (Import *import, PurserDb *db, const PurserOrg *org, const PurserPriceList *list, GError **error)
{
  for (guint i = 0; i < org->models->len; i++)
    {
      const PurserModel *model = g_ptr_array_index (org->models, i);
      const PurserProvider *provider = purser_org_provider (org, model->provider_id);
      g_autoptr (PurserListedPrice) listed = provider != NULL ? purser_price_list_find (list, provider, model->name) : NULL;
      gboolean changed = FALSE;
      if (!purser_command_put_facts (db, model, listed, &changed, error))
        return FALSE;
      import->facts += changed;
    }
  return TRUE;
}

static char *
summary (JsonObject *told, const Import *import, const char *source)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  json_node_take_object (node, object);
  if (import != NULL)
    {
      if (source != NULL)
        json_object_set_string_member (object, "source", source);
      json_object_set_int_member (object, "versions", import->versions);
      json_object_set_int_member (object, "models", g_hash_table_size (import->models));
      json_object_set_int_member (object, "new", import->of_type[PURSER_PRICE_CHANGE_NEW]);
      json_object_set_int_member (object, "other", import->of_type[PURSER_PRICE_CHANGE_OTHER]);
      json_object_set_int_member (object, "announced", import->of_type[PURSER_PRICE_CHANGE_FUTURE]);
      json_object_set_int_member (object, "overruled", import->overruled);
      json_object_set_int_member (object, "facts", import->facts);
    }
  json_object_set_object_member (object, "prices", json_object_ref (told));
  return purser_json_to_string (node, FALSE);
}

static gboolean
put_everything (Import *import, PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  for (guint i = 0; command->changes != NULL && i < command->changes->len; i++)
    if (!put_change (import, db, org, g_ptr_array_index (command->changes, i), error))
      return FALSE;
  if (command->flag && !put_all_facts (import, db, org, command->list, error))
    return FALSE;
  if (import->versions == 0 && import->facts == 0)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("There is nothing to change: the prices are here already."));
  return TRUE;
}

static gboolean
apply_import (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  g_autoptr (GHashTable) models = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (JsonObject) before = json_object_new (), after = json_object_new ();
  Import import = { .models = models, .before = before, .after = after };
  if (!put_everything (&import, command, db, org, error))
    return FALSE;
  purser_command_replace (&command->subject, g_strdup ("prices"));
  command->before = summary (before, NULL, NULL);
  command->after = summary (after, &import, command->text);
  command->outcome->id = import.versions;
  return TRUE;
}

/**
 * purser_command_import_prices:
 * @changes: (element-type PurserPriceChange): of purser_price_list_diff(); a reference is taken
 * @source: (nullable): what the audit trail calls it
 *
 * Adds the versions; the outcome's id tells how many. Nothing that is stored changes. Refused where there is nothing to add.
 */
PurserCommand *
purser_command_import_prices (GPtrArray *changes, const char *source)
{
  PurserCommand *command = purser_command_new ("price.import", apply_import);
  command->changes = g_ptr_array_ref (changes);
  command->text = purser_command_text (source);
  return command;
}

/** purser_command_import_list: as purser_command_import_prices(), and what @list says of the models beside their prices goes along. */
PurserCommand *
purser_command_import_list (PurserPriceList *list, GPtrArray *changes, const char *source)
{
  PurserCommand *command = purser_command_import_prices (changes, source);
  command->list = purser_price_list_ref (list);
  command->flag = TRUE;
  return command;
}

/** purser_price_list_count_facts: of how many registered models the list tells something new besides prices. */
guint
purser_price_list_count_facts (const PurserPriceList *list, const PurserOrg *org)
{
  guint n = 0;
  for (guint i = 0; i < org->models->len; i++)
    {
      const PurserModel *model = g_ptr_array_index (org->models, i);
      const PurserProvider *provider = purser_org_provider (org, model->provider_id);
      g_autoptr (PurserListedPrice) listed = provider != NULL ? purser_price_list_find (list, provider, model->name) : NULL;
      n += listed != NULL && purser_listed_price_has_news (listed, model);
    }
  return n;
}
