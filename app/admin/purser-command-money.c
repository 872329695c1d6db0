/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json.h"

/* Exchange rates, the currency amounts are shown in, and the closing of a month. */

static gboolean
check_currency (const char *code, GError **error)
{
  return purser_currency_valid (code) ||
         purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("“%s” is not a currency: give its three letters, such as EUR or USD."), code);
}

static char *
describe_rate (const PurserRate *rate)
{
  g_autofree char *from = purser_command_time (rate->valid_from);
  g_autofree char *text = purser_money_to_decimal (rate->rate_nano);
  return purser_command_json ("from", rate->from, "to", rate->to, "rate", text, "valid_from", from, "source", rate->source, NULL);
}

static gboolean
apply_rate (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  PurserRate rate = { .valid_from = command->time, .source = command->text };
  if (!check_currency (command->kind, error) || !check_currency (command->name, error) || !purser_rate_parse (command->address, &rate.rate_nano, error))
    return FALSE;
  if (g_str_equal (command->kind, command->name))
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("A rate needs two different currencies."));
  g_strlcpy (rate.from, command->kind, sizeof rate.from);
  g_strlcpy (rate.to, command->name, sizeof rate.to);
  if (rate.valid_from == 0)
    rate.valid_from = purser_day_start (org->timezone, purser_day_of (org->timezone, purser_db_now (db)));
  const PurserRate *before = purser_org_rate_at (org, rate.from, rate.to, rate.valid_from);
  command->before = before != NULL ? describe_rate (before) : NULL;
  command->after = describe_rate (&rate);
  command->outcome->id = purser_prices_put_rate (db, &rate, error);
  purser_command_subject (command, "rate", command->outcome->id);
  return command->outcome->id != 0;
}

/**
 * purser_command_set_rate:
 * @from, @to: currencies
 * @rate: as typed: what one unit of @from is worth in @to
 * @valid_from: µs UTC; 0 is today's midnight in the reporting zone
 * @source: (nullable): where it comes from
 *
 * Charges made before keep the rate they were made at.
 */
PurserCommand *
purser_command_set_rate (const char *from, const char *to, const char *rate, gint64 valid_from, const char *source)
{
  PurserCommand *command = purser_command_new ("rate.set", apply_rate);
  command->kind = g_strdup (from);
  command->name = g_strdup (to);
  command->address = g_strdup (rate);
  command->time = valid_from;
  command->text = purser_command_text (source);
  return command;
}

static gboolean
apply_display_currency (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const char *currency = g_strcmp0 (command->kind, org->currency) == 0 ? "" : command->kind;
  if (*currency != '\0' && !check_currency (currency, error))
    return FALSE;
  command->before = purser_command_json ("display_currency", org->display_currency, NULL);
  command->after = purser_command_json ("display_currency", currency, NULL);
  return purser_prices_set_display_currency (db, currency, error);
}

/**
 * purser_command_set_display_currency:
 * @currency: "" or the organisation's own: amounts are shown as they are kept
 *
 * Only what is shown changes, never what is kept.
 */
PurserCommand *
purser_command_set_display_currency (const char *currency)
{
  PurserCommand *command = purser_command_new ("organisation.display-currency", apply_display_currency);
  command->kind = g_strdup (currency);
  return command;
}

static char *
describe_month (const PurserMonthRow *row)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  g_autofree char *month = purser_month_text (row->month);
  json_node_take_object (node, object);
  json_object_set_string_member (object, "month", month);
  json_object_set_int_member (object, "calls", row->calls);
  json_object_set_int_member (object, "list_nano", row->list_nano);
  json_object_set_int_member (object, "cost_nano", row->cost_nano);
  json_object_set_int_member (object, "unpriced_tokens", row->unpriced_tokens);
  json_object_set_string_member (object, "digest", row->digest != NULL ? row->digest : "");
  return purser_json_to_string (node, FALSE);
}

static gboolean
apply_close_month (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  PurserMonthRow *row = purser_month_close (db, (gint32) command->number, error);
  if (row == NULL)
    return FALSE;
  g_autofree char *month = purser_month_text (row->month);
  command->outcome->id = row->month;
  purser_command_replace (&command->subject, g_strdup_printf ("month %s", month));
  command->after = describe_month (row);
  purser_month_row_free (row);
  return TRUE;
}

/** purser_command_close_month: no correction books into it any more; its totals and digest go into the audit trail. */
PurserCommand *
purser_command_close_month (gint32 month)
{
  PurserCommand *command = purser_command_new ("month.close", apply_close_month);
  command->number = month;
  return command;
}

static void
add_missing (GHashTable *missing, const PurserOrg *org, const char *currency, gint64 when)
{
  if (*currency != '\0' && !g_str_equal (currency, org->currency) && purser_org_rate_at (org, currency, org->currency, when) == NULL)
    g_hash_table_add (missing, g_strdup (currency));
}

/**
 * purser_missing_rates:
 * @when: µs UTC
 *
 * Returns: (transfer full): the currencies of prices in force that cannot be turned into the organisation's at @when: what is charged at
 * these prices counts as unpriced until a rate is told
 */
char **
purser_missing_rates (const PurserOrg *org, gint64 when)
{
  g_autoptr (GHashTable) missing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (guint i = 0; i < org->models->len; i++)
    {
      const PurserPrice *price = purser_model_price_at (g_ptr_array_index (org->models, i), when);
      if (price != NULL)
        add_missing (missing, org, price->currency, when);
    }
  g_autoptr (GList) sorted = g_list_sort (g_hash_table_get_keys (missing), (GCompareFunc) strcmp);
  for (GList *each = sorted; each != NULL; each = each->next)
    g_strv_builder_add (builder, each->data);
  return g_strv_builder_end (builder);
}
