/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-price.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

/* Short names of what is priced, for lines that list differences. */
static const char *const SHORT[PURSER_N_PRICED] = {
  [PURSER_TOKENS_INPUT_UNCACHED] = N_("input"),
  [PURSER_TOKENS_CACHE_READ] = N_("cache read"),
  [PURSER_TOKENS_CACHE_WRITE_5M] = N_("cache write, 5 min"),
  [PURSER_TOKENS_CACHE_WRITE_1H] = N_("cache write, 1 h"),
  [PURSER_TOKENS_CACHE_WRITE_OTHER] = N_("cache write"),
  [PURSER_TOKENS_OUTPUT_VISIBLE] = N_("output"),
  [PURSER_TOKENS_OUTPUT_REASONING] = N_("reasoning"),
  [PURSER_PRICED_AUDIO_IN] = N_("audio in"),
  [PURSER_PRICED_AUDIO_OUT] = N_("audio out"),
  [PURSER_PRICED_SERVER_TOOL] = N_("server tool"),
};

const char *
purser_terminal_priced_name (guint priced)
{
  return _(SHORT[priced]);
}

static char *
figure_text (gint64 pico, guint priced)
{
  return priced == PURSER_PRICED_SERVER_TOOL ? purser_money_to_decimal (pico / 1000) : purser_price_to_per_million (pico);
}

char *
purser_terminal_figure (gint64 pico, guint priced)
{
  return pico >= 0 ? figure_text (pico, priced) : g_strdup (_("unpriced"));
}

static JsonObject *
figures (const gint64 *pico)
{
  JsonObject *object = json_object_new ();
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    {
      g_autofree char *text = pico[i] >= 0 ? figure_text (pico[i], i) : NULL;
      purser_terminal_set_text (object, purser_priced_id (i), text);
    }
  return object;
}

static JsonArray *
bands_array (const PurserPrice *price)
{
  JsonArray *array = json_array_new ();
  for (guint i = 0; price->bands != NULL && i < price->bands->len; i++)
    {
      const PurserPriceBand *band = &g_array_index (price->bands, PurserPriceBand, i);
      JsonObject *object = json_object_new ();
      json_object_set_string_member (object, "mode", band->mode);
      json_object_set_string_member (object, "region", band->region);
      json_object_set_int_member (object, "above", band->above);
      json_object_set_object_member (object, "list", figures (band->list_pico));
      json_object_set_object_member (object, "paid", figures (band->contract_pico));
      json_array_add_object_element (array, object);
    }
  return array;
}

static char *
iso_time (gint64 time_us)
{
  g_autoptr (GDateTime) utc = time_us > 0 ? g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC) : NULL;
  return utc != NULL ? g_date_time_format (utc, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

JsonNode *
purser_terminal_price_node (const PurserPrice *price)
{
  JsonNode *node = json_node_new (price != NULL ? JSON_NODE_OBJECT : JSON_NODE_NULL);
  if (price == NULL)
    return node;
  JsonObject *object = json_object_new ();
  g_autofree char *from = iso_time (price->valid_from);
  g_autofree char *hour = price->hour_nano > 0 ? purser_money_to_decimal (price->hour_nano) : NULL;
  json_node_take_object (node, object);
  json_object_set_int_member (object, "id", price->id);
  purser_terminal_set_text (object, "from", from);
  json_object_set_int_member (object, "from_us", price->valid_from);
  json_object_set_string_member (object, "currency", price->currency);
  json_object_set_object_member (object, "list", figures (price->list_pico));
  json_object_set_object_member (object, "paid", figures (price->contract_pico));
  json_object_set_array_member (object, "bands", bands_array (price));
  purser_terminal_set_text (object, "hour", hour);
  purser_terminal_set_text (object, "source", price->source);
  purser_terminal_set_text (object, "origin", price->origin);
  if (price->contract_id != 0)
    json_object_set_int_member (object, "contract", price->contract_id);
  else
    json_object_set_null_member (object, "contract");
  return node;
}

char *
purser_terminal_from (const PurserOrg *org, gint64 valid_from)
{
  if (valid_from <= 0)
    return g_strdup (_("ever"));
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (org->timezone);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (valid_from / G_USEC_PER_SEC);
  g_autoptr (GDateTime) there = zone != NULL ? g_date_time_to_timezone (utc, zone) : g_date_time_ref (utc);
  if (valid_from % G_TIME_SPAN_DAY == 0) /* lists count in days of UTC */
    return g_date_time_format (utc, "%Y-%m-%d");
  gboolean midnight = g_date_time_get_hour (there) == 0 && g_date_time_get_minute (there) == 0 && g_date_time_get_second (there) == 0;
  return g_date_time_format (there, midnight ? "%Y-%m-%d" : "%Y-%m-%d %H:%M");
}

gboolean
purser_terminal_moment (PurserTerminal *terminal, const char *text, gboolean after, gint64 *time_us, GError **error)
{
  gint32 day;
  if (!purser_terminal_day (terminal, text, &day, error))
    return FALSE;
  *time_us = purser_day_start (terminal->org->timezone, day + (after ? 1 : 0));
  return TRUE;
}

gboolean
purser_terminal_discount (const char *text, gint64 *ppm, GError **error)
{
  gint64 nano;
  if (!purser_money_parse_nano (text, &nano, error))
    return FALSE;
  if (nano > 100 * PURSER_NANO || nano % (PURSER_NANO / 10000) != 0)
    {
      purser_terminal_refuse (error, _("A discount is between 0 and 100 percent, with at most four decimals."));
      return FALSE;
    }
  *ppm = PURSER_PPM - nano / (PURSER_NANO / 10000);
  return TRUE;
}

static void
add_difference (GString *text, const char *what, const char *before, const char *after)
{
  if (g_strcmp0 (before, after) != 0)
    g_string_append_printf (text, "%s%s %s → %s", text->len > 0 ? ", " : "", what, before, after);
}

/* The ordinary band kind by kind; of the others, that they differ. */
char *
purser_terminal_price_difference (const PurserPrice *before, const PurserPrice *after)
{
  g_autoptr (PurserPrice) nothing = purser_price_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  const PurserPrice *old = before != NULL ? before : nothing;
  gboolean other_currency = before != NULL && !g_str_equal (before->currency, after->currency);
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    {
      g_autofree char *was = purser_terminal_figure (old->list_pico[i], i), *becomes = purser_terminal_figure (after->list_pico[i], i);
      /* Reasoning costs what the rest of the reply does: said once. */
      if (i == PURSER_TOKENS_OUTPUT_REASONING && old->list_pico[i] == old->list_pico[i - 1] && after->list_pico[i] == after->list_pico[i - 1])
        continue;
      add_difference (text, _(SHORT[i]), was, becomes);
    }
  g_autofree char *hour_was = purser_money_to_decimal (old->hour_nano), *hour_becomes = purser_money_to_decimal (after->hour_nano);
  add_difference (text, _("per hour"), hour_was, hour_becomes);
  if (other_currency)
    add_difference (text, _("currency"), before->currency, after->currency);
  if (text->len == 0)
    g_string_append (text, purser_price_same (old, after) ? _("the same figures") : _("service modes, regions or sizes"));
  return g_string_free_and_steal (g_steal_pointer (&text));
}

void
purser_terminal_reload (PurserTerminal *terminal)
{
  g_clear_pointer (&terminal->org, purser_org_unref);
  terminal->org = purser_store_get_org (terminal->store);
}

void
purser_terminal_say_rates (PurserTerminal *terminal, const char *only)
{
  purser_terminal_reload (terminal);
  g_auto (GStrv) missing = purser_missing_rates (terminal->org, purser_store_now (terminal->store));
  for (char **currency = missing; *currency != NULL && !terminal->json; currency++)
    if (only == NULL || g_str_equal (only, *currency))
      g_printerr (_("There are prices in %s, and no rate turns them into %s: what is charged at them counts as unpriced. Tell one: purserctl rate set %s %s RATE\n"),
                  *currency, terminal->org->currency, *currency, terminal->org->currency);
}

void
purser_terminal_say_why_unpriced (PurserTerminal *terminal, const PurserModel *model)
{
  if (model == NULL || terminal->json)
    return;
  g_autofree char *ref = purser_org_model_ref_of (terminal->org, model);
  if (model->price == NULL)
    g_printerr (_("%s has no price. Its tokens are counted, and no total of costs includes them. Tell one: purserctl price set %s --input AMOUNT --output AMOUNT\n"), ref, ref);
  else if (!g_str_equal (model->price->currency, terminal->org->currency))
    purser_terminal_say_rates (terminal, model->price->currency);
  else
    g_printerr (_("The price of %s leaves out something this call used. purserctl price show %s tells what has a price.\n"), ref, ref);
}

static gboolean
unpriced_job (PurserDb *db, gpointer data, GError **error)
{
  PurserUnpriced *unpriced = data;
  unpriced->rows = purser_ledger_unpriced (db, error);
  return unpriced->rows != NULL;
}

gboolean
purser_terminal_unpriced (PurserTerminal *terminal, PurserUnpriced *unpriced, GError **error)
{
  return purser_store_read (terminal->store, unpriced_job, unpriced, error);
}

gint64
purser_unpriced_tokens (const PurserUnpriced *unpriced, gint64 model_id)
{
  gint64 tokens = 0;
  for (guint i = 0; unpriced->rows != NULL && i < unpriced->rows->len; i++)
    {
      const PurserUnpricedRow *row = &g_array_index (unpriced->rows, PurserUnpricedRow, i);
      if (model_id == 0 || row->model_id == model_id)
        tokens += row->tokens;
    }
  return tokens;
}

void
purser_unpriced_clear (PurserUnpriced *unpriced)
{
  g_clear_pointer (&unpriced->rows, g_array_unref);
}
