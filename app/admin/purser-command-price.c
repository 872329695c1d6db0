/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <glib/gi18n-lib.h>

#include "purser-json.h"

/* The admin's own prices. */

static void
add_figures (JsonObject *object, const PurserPrice *price)
{
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    if (price->list_pico[i] >= 0 && i != PURSER_PRICED_SERVER_TOOL)
      {
        g_autofree char *text = purser_price_to_per_million (price->list_pico[i]);
        json_object_set_string_member (object, purser_priced_id (i), text);
      }
  if (price->list_pico[PURSER_PRICED_SERVER_TOOL] >= 0)
    {
      g_autofree char *text = purser_money_to_decimal (price->list_pico[PURSER_PRICED_SERVER_TOOL] / 1000);
      json_object_set_string_member (object, purser_priced_id (PURSER_PRICED_SERVER_TOOL), text);
    }
  if (price->hour_nano > 0)
    {
      g_autofree char *text = purser_money_to_decimal (price->hour_nano);
      json_object_set_string_member (object, "hour", text);
    }
}

char *
purser_command_price_json (const PurserPrice *price)
{
  if (price == NULL)
    return NULL;
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  g_autofree char *from = purser_command_time (price->valid_from);
  json_node_take_object (node, object);
  json_object_set_string_member (object, "from", from);
  json_object_set_string_member (object, "currency", price->currency);
  add_figures (object, price);
  if (price->bands != NULL && price->bands->len > 0)
    json_object_set_int_member (object, "bands", price->bands->len);
  if (price->origin != NULL)
    json_object_set_string_member (object, "origin", price->origin);
  if (price->source != NULL)
    json_object_set_string_member (object, "source", price->source);
  return purser_json_to_string (node, FALSE);
}

/* What counts at TIME, for the audit trail. */
static gboolean
note_before (PurserCommand *command, PurserDb *db, gint64 model_id, gint64 time, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (PurserPrice) before = purser_prices_at (db, model_id, time, &why);
  if (why != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  purser_command_replace (&command->before, purser_command_price_json (before));
  return TRUE;
}

static gboolean
apply_own_price (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserModel *model = purser_command_model (command, org, error);
  g_autoptr (PurserPrice) price = model != NULL ? purser_price_draft_read (command->draft, org->currency, error) : NULL;
  if (price == NULL)
    return FALSE;
  if (price->valid_from == 0)
    price->valid_from = purser_db_now (db);
  if (price->valid_from < 0)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("A price cannot begin before 1970."));
  purser_command_subject (command, "model", model->id);
  command->outcome->id = model->id;
  purser_command_replace (&command->after, purser_command_price_json (price));
  return note_before (command, db, model->id, price->valid_from, error) && purser_catalogue_add_price (db, model->id, price, error) != 0;
}

/**
 * purser_command_set_own_price:
 * @draft: the figures as typed; copied
 *
 * A new version of the model's price, which wins over the list's until it is withdrawn. Charges made before keep theirs.
 */
PurserCommand *
purser_command_set_own_price (gint64 model_id, const PurserPriceDraft *draft)
{
  PurserCommand *command = purser_command_new ("price.set", apply_own_price);
  command->id = model_id;
  command->draft = purser_price_draft_copy (draft);
  return command;
}

/**
 * purser_command_set_price:
 * @input, @output: per million tokens, as typed, in the organisation's currency
 * @cache_read, @cache_write: (nullable): likewise; tokens of a kind without a price are unpriced, never free
 * @source: (nullable): where the figures come from
 *
 * The admin's own price with its usual figures, from now on.
 */
PurserCommand *
purser_command_set_price (gint64 model_id, const char *input, const char *output, const char *cache_read, const char *cache_write,
                          const char *source)
{
  PurserPriceDraft draft = { .input = input, .output = output, .cache_read = cache_read, .cache_write = cache_write, .source = source };
  return purser_command_set_own_price (model_id, &draft);
}

/* Whether one of the same moment was entered later: that one counts, and may be the end of it. */
static gboolean
is_replaced (GPtrArray *history, const PurserPrice *price)
{
  for (guint i = 0; i < history->len; i++)
    {
      const PurserPrice *other = ((const PurserPriceVersion *) g_ptr_array_index (history, i))->price;
      if (other->valid_from == price->valid_from && g_strcmp0 (other->origin, "admin") == 0 && other->id > price->id)
        return TRUE;
    }
  return FALSE;
}

/* An own price that is only announced would still come: it ends on the day it begins. */
static gboolean
withdraw_announced (PurserDb *db, gint64 model_id, gint64 now, gboolean *any, GError **error)
{
  g_autoptr (GPtrArray) history = purser_prices_history (db, model_id, error);
  for (guint i = 0; history != NULL && i < history->len; i++)
    {
      const PurserPriceVersion *version = g_ptr_array_index (history, i);
      if (version->withdrawn || g_strcmp0 (version->price->origin, "admin") != 0 || version->price->valid_from <= now ||
          is_replaced (history, version->price))
        continue;
      *any = TRUE;
      if (!purser_prices_withdraw (db, model_id, version->price->valid_from, error))
        return FALSE;
    }
  return history != NULL;
}

static gboolean
apply_withdraw (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserModel *model = purser_command_model (command, org, error);
  gint64 now = purser_db_now (db);
  gboolean any = FALSE;
  g_autoptr (GError) why = NULL;
  if (model == NULL)
    return FALSE;
  g_autoptr (PurserPrice) counts = purser_prices_at (db, model->id, now, &why);
  if (why != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  if (!withdraw_announced (db, model->id, now, &any, error))
    return FALSE;
  if (counts != NULL && g_strcmp0 (counts->origin, "admin") == 0)
    {
      any = TRUE;
      if (!purser_prices_withdraw (db, model->id, now, error))
        return FALSE;
    }
  if (!any)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("This model has no price of your own that could end."));
  g_autoptr (PurserPrice) after = purser_prices_at (db, model->id, now, &why);
  purser_command_subject (command, "model", model->id);
  command->outcome->id = model->id;
  command->before = purser_command_price_json (counts);
  command->after = purser_command_price_json (after);
  return why == NULL || (g_propagate_error (error, g_steal_pointer (&why)), FALSE);
}

/** purser_command_withdraw_price: the admin's own price ends now; the list's counts again, or none. */
PurserCommand *
purser_command_withdraw_price (gint64 model_id)
{
  PurserCommand *command = purser_command_new ("price.withdraw", apply_withdraw);
  command->id = model_id;
  return command;
}
