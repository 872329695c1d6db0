/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-price-list-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "purser-json.h"

/* The list's own form (data/prices/snapshot.json, form 1). Members that are not known are passed over, so that a later list can say
 * more; those that are known must be right: a price that is read wrongly is worse than none. */

enum
{
  FORM = 1,
  MAX_BANDS = 64, /* of one price */
  MILLION = 1000000,
};

typedef struct
{
  PurserPriceList *list;
  GString         *place; /* "anthropic/claude-opus-4-6, price from 2026-03-13" */
} Reader;

static gboolean
fail (const Reader *reader, GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  return purser_price_list_fail (error, _("%s, %s: %s."), reader->list->name, reader->place->len > 0 ? reader->place->str : _("at the top"), message);
}

/* ------------------------------------------------------------------ members */

static JsonNode *
member (JsonObject *object, const char *name)
{
  JsonNode *node = purser_json_node (object, name);
  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL; /* null says as much as absence */
}

static gboolean
read_string (const Reader *reader, JsonObject *object, const char *name, gboolean needed, char **text, GError **error)
{
  JsonNode *node = member (object, name);
  const char *string = purser_json_string (object, name);
  if (node == NULL && !needed)
    return TRUE;
  if (string == NULL || *string == '\0')
    return node == NULL ? fail (reader, error, _("“%s” is missing"), name) : fail (reader, error, _("“%s” is not a text"), name);
  if (!purser_price_list_is_plain (string))
    return fail (reader, error, _("“%s” holds control characters"), name);
  g_free (*text);
  *text = g_strdup (string);
  return TRUE;
}

static gboolean
read_date (const Reader *reader, JsonObject *object, const char *name, gboolean needed, char **text, GError **error)
{
  gint64 unused;
  if (!read_string (reader, object, name, needed, text, error))
    return FALSE;
  return *text == NULL || purser_price_list_day (*text, &unused) || fail (reader, error, _("“%s” is “%s”, which is not a day such as 2026-11-23"), name, *text);
}

static gboolean
read_count (const Reader *reader, JsonObject *object, const char *name, gint64 *count, GError **error)
{
  JsonNode *node = member (object, name);
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64 || json_node_get_int (node) < 0)
    return fail (reader, error, _("“%s” is not a whole number"), name);
  *count = json_node_get_int (node);
  return TRUE;
}

static gboolean
read_flag (const Reader *reader, JsonObject *object, const char *name, gint8 *flag, GError **error)
{
  JsonNode *node = member (object, name);
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return fail (reader, error, _("“%s” is neither true nor false"), name);
  *flag = json_node_get_boolean (node) ? 1 : 0;
  return TRUE;
}

static gboolean
read_array (const Reader *reader, JsonObject *object, const char *name, gboolean needed, JsonArray **array, GError **error)
{
  *array = purser_json_array (object, name);
  if (*array != NULL || (member (object, name) == NULL && !needed))
    return TRUE;
  return fail (reader, error, _("“%s” is not a list"), name);
}

static gboolean
read_strings (const Reader *reader, JsonObject *object, const char *name, GStrv *strings, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *array;
  if (!read_array (reader, object, name, FALSE, &array, error))
    return FALSE;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
        return fail (reader, error, _("“%s” holds something else than texts"), name);
      g_strv_builder_add (builder, json_node_get_string (node));
    }
  g_strfreev (*strings);
  *strings = g_strv_builder_end (builder);
  return TRUE;
}

/* The objects of a list, one after the other; PLACE is put back after each. */
typedef gboolean (*ReadItem) (Reader *reader, JsonObject *object, gpointer into, GError **error);

static gboolean
read_items (Reader *reader, JsonObject *object, const char *name, gboolean needed, ReadItem read, gpointer into, GError **error)
{
  JsonArray *array;
  gsize length = reader->place->len;
  if (!read_array (reader, object, name, needed, &array, error))
    return FALSE;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonObject *item = purser_json_object (json_array_get_element (array, i));
      if (item == NULL)
        return fail (reader, error, _("entry %u of “%s” is not an object"), i + 1, name);
      if (!read (reader, item, into, error))
        return FALSE;
      g_string_truncate (reader->place, length);
    }
  return TRUE;
}

/* ------------------------------------------------------------------ bands */

static gboolean
read_figure (const Reader *reader, JsonObject *object, const char *name, gint64 *pico, GError **error)
{
  if (member (object, name) == NULL)
    return TRUE;
  const char *text = purser_json_string (object, name);
  if (text != NULL && purser_price_list_figure (text, pico))
    return TRUE;
  return fail (reader, error, _("“%s” is not an amount such as \"2.50\": a text with digits, at most one point and at most six decimals"), name);
}

static gboolean
read_word (const Reader *reader, JsonObject *object, const char *name, char *word, gsize size, GError **error)
{
  const char *text = purser_json_string (object, name);
  if (member (object, name) == NULL)
    return TRUE;
  if (text == NULL || g_strlcpy (word, text, size) >= size || strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-_") != strlen (text))
    return fail (reader, error, _("“%s” is not a short word in small letters"), name);
  return TRUE;
}

static gboolean
read_band_figures (const Reader *reader, JsonObject *object, PurserPriceBand *band, GError **error)
{
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    {
      band->list_pico[i] = -1;
      if (!read_figure (reader, object, purser_priced_id (i), &band->list_pico[i], error))
        return FALSE;
    }
  /* What a server's tool costs is told per request, not per million. */
  gint64 *tool = &band->list_pico[PURSER_PRICED_SERVER_TOOL];
  if (*tool > 0 && __builtin_mul_overflow (*tool, (gint64) MILLION, tool))
    return fail (reader, error, _("“%s” is too large"), purser_priced_id (PURSER_PRICED_SERVER_TOOL));
  memcpy (band->contract_pico, band->list_pico, sizeof band->contract_pico);
  return TRUE;
}

static gboolean
same_conditions (const PurserPriceBand *a, const PurserPriceBand *b)
{
  return a->above == b->above && g_str_equal (a->mode, b->mode) && g_str_equal (a->region, b->region);
}

/* Who says it: "genai-prices 0.1.8 (2026-09-23)". A revision's number is for machines, its date for people. */
static char *
source_words (const Reader *reader, const char *id)
{
  for (guint i = 0; i < reader->list->sources->len; i++)
    {
      const PurserPriceSource *source = g_ptr_array_index (reader->list->sources, i);
      if (g_strcmp0 (source->id, id) != 0)
        continue;
      g_autoptr (GString) words = g_string_new (id);
      if (source->version != NULL && strlen (source->version) <= 20 && g_strcmp0 (source->version, source->date) != 0)
        g_string_append_printf (words, " %s", source->version);
      if (source->date != NULL)
        g_string_append_printf (words, " (%s)", source->date);
      return g_string_free_and_steal (g_steal_pointer (&words));
    }
  return NULL;
}

static gboolean
read_source (Reader *reader, JsonObject *object, PurserPrice *price, GError **error)
{
  g_autofree char *id = NULL;
  if (!read_string (reader, object, "source", price->source == NULL, &id, error))
    return FALSE;
  if (id == NULL)
    return TRUE;
  g_autofree char *words = source_words (reader, id);
  if (words == NULL)
    return fail (reader, error, _("“source” names “%s”, which is not among the list’s sources"), id);
  if (price->source == NULL)
    price->source = g_steal_pointer (&words);
  else if (strstr (price->source, words) == NULL)
    {
      g_autofree char *first = price->source;
      price->source = g_strdup_printf ("%s; %s", first, words);
    }
  return TRUE;
}

static gboolean
read_band (Reader *reader, JsonObject *object, gpointer into, GError **error)
{
  PurserPrice *price = into;
  static const PurserPriceBand ORDINARY = { .mode = "" };
  PurserPriceBand band = { .mode = "" };
  gboolean first = price->bands == NULL; /* made with the first one */
  guint number = first ? 1 : price->bands->len + 2;
  g_string_append_printf (reader->place, _(", band %u"), number);
  if (!read_word (reader, object, "mode", band.mode, sizeof band.mode, error) || !read_word (reader, object, "region", band.region, sizeof band.region, error) ||
      !read_count (reader, object, "above", &band.above, error) || !read_band_figures (reader, object, &band, error) || !read_source (reader, object, price, error))
    return FALSE;
  if (same_conditions (&band, &ORDINARY) != first)
    return first ? fail (reader, error, _("the first band must be the ordinary one, without “mode”, “region” and “above”"))
                 : fail (reader, error, _("only the first band is the ordinary one"));
  if (number > MAX_BANDS)
    return fail (reader, error, _("a price has more than %d bands"), MAX_BANDS);
  if (first)
    {
      price->bands = g_array_new (FALSE, FALSE, sizeof (PurserPriceBand));
      memcpy (price->list_pico, band.list_pico, sizeof price->list_pico);
      memcpy (price->contract_pico, band.list_pico, sizeof price->contract_pico);
      return TRUE;
    }
  for (guint i = 0; i < price->bands->len; i++)
    if (same_conditions (&band, &g_array_index (price->bands, PurserPriceBand, i)))
      return fail (reader, error, _("another band holds under the same conditions"));
  g_array_append_val (price->bands, band);
  return TRUE;
}

/* ------------------------------------------------------------------ prices, models, providers */

static gboolean
read_currency (const Reader *reader, JsonObject *object, PurserPrice *price, GError **error)
{
  const char *currency = purser_json_string (object, "currency");
  if (currency == NULL || !purser_currency_valid (currency))
    return fail (reader, error, _("“currency” is not three capital letters such as USD"));
  g_strlcpy (price->currency, currency, sizeof price->currency);
  return TRUE;
}

static gboolean
read_price (Reader *reader, JsonObject *object, gpointer into, GError **error)
{
  PurserPriceListModel *model = into;
  g_autoptr (PurserPrice) price = purser_price_new ();
  g_autofree char *from = NULL;
  if (!read_date (reader, object, "from", FALSE, &from, error))
    return FALSE;
  g_string_append_printf (reader->place, _(", price from %s"), from != NULL ? from : _("ever"));
  if (from != NULL)
    purser_price_list_day (from, &price->valid_from);
  const PurserPrice *last = model->prices->len > 0 ? g_ptr_array_index (model->prices, model->prices->len - 1) : NULL;
  if (last != NULL && price->valid_from <= last->valid_from)
    return fail (reader, error, _("it does not come after the price before it"));
  price->origin = g_strdup ("catalogue");
  g_clear_pointer (&price->bands, g_array_unref);
  if (!read_currency (reader, object, price, error) || !read_source (reader, object, price, error) ||
      !read_items (reader, object, "bands", TRUE, read_band, price, error))
    return FALSE;
  if (price->bands == NULL)
    return fail (reader, error, _("“bands” is empty"));
  if (price->bands->len == 0)
    g_clear_pointer (&price->bands, g_array_unref);
  g_ptr_array_add (model->prices, g_steal_pointer (&price));
  return TRUE;
}

static gboolean
read_facts (const Reader *reader, JsonObject *object, PurserPriceListModel *model, GError **error)
{
  return read_count (reader, object, "context", &model->context, error) && read_count (reader, object, "max_output", &model->max_output, error) &&
         read_flag (reader, object, "tools", &model->tools, error) && read_flag (reader, object, "vision", &model->vision, error) &&
         read_flag (reader, object, "reasoning", &model->reasoning, error) && read_date (reader, object, "retires", FALSE, &model->retires, error) &&
         read_string (reader, object, "replacement", FALSE, &model->replacement, error);
}

static gboolean
read_model (Reader *reader, JsonObject *object, gpointer into, GError **error)
{
  PurserPriceListProvider *provider = into;
  g_autoptr (PurserPriceListModel) model = purser_price_list_model_new ();
  g_autoptr (GError) why = NULL;
  if (!read_string (reader, object, "id", TRUE, &model->id, error))
    return FALSE;
  g_string_append_printf (reader->place, "/%s", model->id);
  if (member (object, "match") == NULL)
    return fail (reader, error, _("“%s” is missing"), "match");
  model->match = purser_name_match_read (purser_json_node (object, "match"), &why);
  if (model->match == NULL)
    return fail (reader, error, _("“match”: %s"), why->message);
  if (!read_string (reader, object, "title", FALSE, &model->title, error) || !read_facts (reader, object, model, error) ||
      !read_items (reader, object, "prices", FALSE, read_price, model, error))
    return FALSE;
  g_ptr_array_add (provider->models, g_steal_pointer (&model));
  return TRUE;
}

static gboolean
read_address (const Reader *reader, JsonObject *object, PurserPriceListProvider *provider, GError **error)
{
  g_autofree char *pattern = NULL;
  g_autoptr (GError) why = NULL;
  if (!read_string (reader, object, "address", FALSE, &pattern, error))
    return FALSE;
  provider->address = pattern != NULL ? purser_price_list_regex (pattern, TRUE, &why) : NULL;
  return why == NULL || fail (reader, error, _("“address”: %s"), why->message);
}

static gboolean
read_provider (Reader *reader, JsonObject *object, gpointer into, GError **error)
{
  PurserPriceList *list = into;
  g_autoptr (PurserPriceListProvider) provider = purser_price_list_provider_new ();
  g_string_append_printf (reader->place, _("provider %u"), list->providers->len + 1);
  if (!read_string (reader, object, "id", TRUE, &provider->id, error))
    return FALSE;
  g_string_assign (reader->place, provider->id);
  for (guint i = 0; i < list->providers->len; i++)
    if (g_str_equal (((const PurserPriceListProvider *) g_ptr_array_index (list->providers, i))->id, provider->id))
      return fail (reader, error, _("another provider has the same “id”"));
  if (!read_string (reader, object, "name", TRUE, &provider->name, error) || !read_strings (reader, object, "kinds", &provider->kinds, error) ||
      !read_strings (reader, object, "fallback", &provider->fallback, error) || !read_address (reader, object, provider, error) ||
      !read_items (reader, object, "models", TRUE, read_model, provider, error))
    return FALSE;
  g_ptr_array_add (list->providers, g_steal_pointer (&provider));
  return TRUE;
}

/* ------------------------------------------------------------------ the list itself */

static gboolean
read_list_source (Reader *reader, JsonObject *object, gpointer into, GError **error)
{
  PurserPriceList *list = into;
  PurserPriceSource *source = g_new0 (PurserPriceSource, 1);
  g_ptr_array_add (list->sources, source);
  g_string_append_printf (reader->place, _("source %u"), list->sources->len);
  return read_string (reader, object, "id", TRUE, &source->id, error) && read_string (reader, object, "name", TRUE, &source->name, error) &&
         read_string (reader, object, "version", FALSE, &source->version, error) && read_string (reader, object, "licence", FALSE, &source->licence, error) &&
         read_date (reader, object, "date", FALSE, &source->date, error) && read_string (reader, object, "address", FALSE, &source->address, error) &&
         read_string (reader, object, "notice", FALSE, &source->notice, error);
}

static gboolean
read_left_out (Reader *reader, JsonObject *object, gpointer into, GError **error)
{
  PurserPriceList *list = into;
  PurserPriceLeftOut *left_out = g_new0 (PurserPriceLeftOut, 1);
  g_ptr_array_add (list->left_out, left_out);
  left_out->count = PURSER_UNKNOWN;
  g_string_append_printf (reader->place, _("left out, entry %u"), list->left_out->len);
  return read_string (reader, object, "what", TRUE, &left_out->what, error) && read_string (reader, object, "reason", TRUE, &left_out->reason, error) &&
         read_count (reader, object, "count", &left_out->count, error);
}

static gboolean
read_list (Reader *reader, JsonObject *object, GError **error)
{
  PurserPriceList *list = reader->list;
  gint64 form = purser_json_int (object, "format", 0);
  if (object == NULL || form < 1)
    return fail (reader, error, _("this is no price list: it has no “format”"));
  if (form != FORM)
    return fail (reader, error, _("this list has form %" PRId64 ", and this version of Purser reads form %d. A newer version may read it"), form, FORM);
  return read_date (reader, object, "built", TRUE, &list->built, error) && read_items (reader, object, "sources", TRUE, read_list_source, list, error) &&
         read_items (reader, object, "providers", TRUE, read_provider, list, error) &&
         read_items (reader, object, "left_out", FALSE, read_left_out, list, error);
}

gboolean
purser_price_list_read_json (PurserPriceList *list, const char *text, gsize length, GError **error)
{
  g_autoptr (GString) place = g_string_new (NULL);
  Reader reader = { .list = list, .place = place };
  g_autoptr (GError) why = NULL;
  g_autoptr (JsonNode) root = purser_json_parse (text, (gssize) length, &why);
  if (root == NULL)
    {
      g_autofree char *words = g_utf8_make_valid (why->message, -1); /* the parser's words may quote half a character */
      return purser_price_list_fail (error, "%s: %s", list->name, words);
    }
  return read_list (&reader, purser_json_object (root), error);
}
