/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-price.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/* One model's price in full: what is in force, under which conditions it differs, and every version there ever was. */

typedef struct
{
  gint64       model_id, now;
  GPtrArray   *history;    /* (owned) (element-type PurserPriceVersion) newest first */
  PurserPrice *now_price;  /* (owned) (nullable) */
  GArray      *counts;     /* (owned) (element-type gint64) id of the price that counts at each version's own moment; 0 = none */
} Look;

static void
look_clear (Look *look)
{
  g_clear_pointer (&look->history, g_ptr_array_unref);
  g_clear_pointer (&look->now_price, purser_price_free);
  g_clear_pointer (&look->counts, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Look, look_clear)

static gboolean
look_job (PurserDb *db, gpointer data, GError **error)
{
  Look *look = data;
  g_autoptr (GError) why = NULL;
  look->now = purser_db_now (db);
  look->history = purser_prices_history (db, look->model_id, error);
  if (look->history == NULL)
    return FALSE;
  look->now_price = purser_prices_at (db, look->model_id, look->now, &why);
  for (guint i = 0; i < look->history->len && why == NULL; i++)
    {
      const PurserPriceVersion *version = g_ptr_array_index (look->history, i);
      g_autoptr (PurserPrice) then = purser_prices_at (db, look->model_id, version->price->valid_from, &why);
      gint64 id = then != NULL ? then->id : 0;
      g_array_append_val (look->counts, id);
    }
  return why == NULL || (g_propagate_error (error, g_steal_pointer (&why)), FALSE);
}

typedef enum { VERSION_IN_FORCE, VERSION_ANNOUNCED, VERSION_PAST, VERSION_OVERRULED, VERSION_REPLACED, VERSION_ENDED } VersionState;
static const struct { const char *id, *words; } VERSIONS[] = {
  { "in_force", N_("in force") },
  { "announced", N_("announced") },
  { "past", N_("past") },
  { "overruled", N_("overruled by your own price") },
  { "replaced", N_("replaced by one entered later") },
  { "ended", N_("your own price ends here") },
};

static gboolean
is_own (const PurserPrice *price)
{
  return price != NULL && g_strcmp0 (price->origin, "admin") == 0;
}

/* Whether a later version of the list has taken over by now: then it is past, own price or not. */
static gboolean
list_went_on (const Look *look, const PurserPrice *price)
{
  for (guint i = 0; i < look->history->len; i++)
    {
      const PurserPriceVersion *other = g_ptr_array_index (look->history, i);
      if (!is_own (other->price) && !other->withdrawn && other->price->valid_from > price->valid_from && other->price->valid_from <= look->now)
        return TRUE;
    }
  return FALSE;
}

static gboolean
entered_later (const Look *look, const PurserPrice *price)
{
  for (guint i = 0; i < look->history->len; i++)
    {
      const PurserPrice *other = ((const PurserPriceVersion *) g_ptr_array_index (look->history, i))->price;
      if (other->valid_from == price->valid_from && is_own (other) == is_own (price) && other->id > price->id)
        return TRUE;
    }
  return FALSE;
}

static VersionState
state_of (const Look *look, guint index)
{
  const PurserPriceVersion *version = g_ptr_array_index (look->history, index);
  const PurserPrice *price = version->price;
  if (version->withdrawn)
    return VERSION_ENDED;
  if (look->now_price != NULL && look->now_price->id == price->id)
    return VERSION_IN_FORCE;
  if (entered_later (look, price))
    return VERSION_REPLACED;
  if (price->valid_from > look->now)
    return g_array_index (look->counts, gint64, index) == price->id ? VERSION_ANNOUNCED : VERSION_OVERRULED;
  return is_own (look->now_price) && !is_own (price) && !list_went_on (look, price) ? VERSION_OVERRULED : VERSION_PAST;
}

static JsonArray *
history_array (PurserTerminal *terminal, const Look *look)
{
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < look->history->len; i++)
    {
      const PurserPriceVersion *version = g_ptr_array_index (look->history, i);
      VersionState state = state_of (look, i);
      JsonNode *node = purser_terminal_price_node (version->price);
      JsonObject *row = json_node_get_object (node);
      json_object_set_string_member (row, "state", terminal->json ? VERSIONS[state].id : _(VERSIONS[state].words));
      json_object_set_int_member (row, "created_at", version->created_at);
      if (!terminal->json)
        {
          g_autofree char *from = purser_terminal_from (terminal->org, version->price->valid_from);
          g_autofree char *in = version->withdrawn ? g_strdup ("–") : purser_terminal_figure (version->price->list_pico[PURSER_TOKENS_INPUT_UNCACHED], 0);
          g_autofree char *out = version->withdrawn ? g_strdup ("–") : purser_terminal_figure (version->price->list_pico[PURSER_TOKENS_OUTPUT_VISIBLE], 0);
          json_object_set_string_member (row, "from", from);
          json_object_set_string_member (row, "in", in);
          json_object_set_string_member (row, "out", out);
        }
      json_array_add_element (rows, node);
    }
  return rows;
}

/* ------------------------------------------------------------------ for people */

static void
add_band (JsonArray *rows, const PurserPriceBand *band)
{
  JsonObject *row = json_object_new ();
  json_object_set_string_member (row, "mode", *band->mode != '\0' ? band->mode : _("ordinary"));
  json_object_set_string_member (row, "region", *band->region != '\0' ? band->region : _("any"));
  if (band->above > 0)
    json_object_set_int_member (row, "above", band->above);
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    {
      g_autofree char *text = purser_terminal_figure (band->contract_pico[i], i);
      json_object_set_string_member (row, purser_priced_id (i), text);
    }
  json_array_add_object_element (rows, row);
}

static gboolean
has_kind (const PurserPrice *price, guint priced)
{
  gboolean any = price->list_pico[priced] >= 0;
  for (guint i = 0; price->bands != NULL && i < price->bands->len; i++)
    any = any || g_array_index (price->bands, PurserPriceBand, i).list_pico[priced] >= 0;
  return any;
}

/* Only the kinds that have a price somewhere get a column; the others are named beneath. */
static void
print_bands (PurserTerminal *terminal, const PurserPrice *price)
{
  static const PurserColumn CONDITIONS[] = { { "mode", N_("Service mode"), PURSER_COLUMN_TEXT }, { "region", N_("Region"), PURSER_COLUMN_TEXT },
                                             { "above", N_("Input above"), PURSER_COLUMN_NUMBER } };
  PurserColumn columns[G_N_ELEMENTS (CONDITIONS) + PURSER_N_PRICED + 1] = { 0 };
  g_autoptr (GString) without = g_string_new (NULL);
  guint n = G_N_ELEMENTS (CONDITIONS);
  JsonArray *rows = json_array_new ();
  PurserPriceBand ordinary;
  memcpy (columns, CONDITIONS, sizeof CONDITIONS);
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    if (has_kind (price, i))
      columns[n++] = (PurserColumn) { purser_priced_id (i), purser_terminal_priced_name (i), PURSER_COLUMN_TEXT };
    else
      g_string_append_printf (without, "%s%s", without->len > 0 ? ", " : "", purser_terminal_priced_name (i));
  if (purser_price_band (price, NULL, 0, &ordinary))
    add_band (rows, &ordinary);
  for (guint i = 0; price->bands != NULL && i < price->bands->len; i++)
    add_band (rows, &g_array_index (price->bands, PurserPriceBand, i));
  purser_terminal_print_rows (terminal, rows, columns, "");
  if (without->len > 0)
    g_print (_("Without a price: %s. A call that uses these is unpriced.\n"), without->str);
}

static void
print_in_force (PurserTerminal *terminal, const Look *look)
{
  const PurserPrice *price = look->now_price;
  const PurserOrg *org = terminal->org;
  if (price == NULL)
    {
      g_print ("%s\n", _("Unpriced: its tokens are counted, and no total of costs includes them. purserctl price set tells a price, purserctl price import brings a list."));
      return;
    }
  g_autofree char *from = purser_terminal_from (org, price->valid_from);
  g_print (_("In force since %s, in %s per million tokens, from %s:\n"), from, price->currency, price->source != NULL ? price->source : "–");
  print_bands (terminal, price);
  if (price->hour_nano > 0)
    {
      g_autofree char *hour = purser_money_format (price->hour_nano, price->currency);
      g_print (_("And %s per hour of work.\n"), hour);
    }
  for (guint i = 0; price->contract_id != 0 && i < org->contracts->len; i++)
    {
      const PurserContract *contract = g_ptr_array_index (org->contracts, i);
      if (contract->id == price->contract_id)
        g_print (_("This is what is paid under contract %" PRId64 " (%s).\n"), contract->id, contract->document != NULL ? contract->document : _("no document"));
    }
}

static void
print_history (PurserTerminal *terminal, const Look *look)
{
  static const PurserColumn COLUMNS[] = {
    { "from", N_("From"), PURSER_COLUMN_TEXT },         { "in", N_("In"), PURSER_COLUMN_TEXT },        { "out", N_("Out"), PURSER_COLUMN_TEXT },
    { "currency", N_("Currency"), PURSER_COLUMN_TEXT }, { "state", N_("State"), PURSER_COLUMN_TEXT },  { "created_at", N_("Entered"), PURSER_COLUMN_WHEN },
    { "source", N_("Source"), PURSER_COLUMN_TEXT },     { NULL } };
  if (look->history->len == 0)
    return;
  g_print ("\n%s\n", _("Every version, at list price:"));
  purser_terminal_print_rows (terminal, history_array (terminal, look), COLUMNS, "");
}

static void
print_facts (const PurserModel *model)
{
  if (model->retires_on != NULL && model->replacement != NULL)
    g_print (_("Its owner switches it off on %s and names %s instead.\n"), model->retires_on, model->replacement);
  else if (model->retires_on != NULL)
    g_print (_("Its owner switches it off on %s.\n"), model->retires_on);
}

/* ------------------------------------------------------------------ the verb */

static void
set_flag (JsonObject *object, const char *member, gint8 flag)
{
  if (flag >= 0)
    json_object_set_boolean_member (object, member, flag != 0);
  else
    json_object_set_null_member (object, member);
}

static void
set_count (JsonObject *object, const char *member, gint64 count)
{
  if (count >= 0)
    json_object_set_int_member (object, member, count);
  else
    json_object_set_null_member (object, member);
}

/* Members of the price in force stand on the outside too, as in a row of "price list". */
static JsonObject *
describe (PurserTerminal *terminal, const PurserModel *model, const Look *look, gint64 unpriced_tokens)
{
  const PurserPrice *price = look->now_price;
  g_autofree char *ref = purser_org_model_ref_of (terminal->org, model);
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "model", ref);
  json_object_set_boolean_member (object, "unpriced", price == NULL);
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    {
      g_autofree char *text = price != NULL && price->contract_pico[i] >= 0 ? purser_terminal_figure (price->contract_pico[i], i) : NULL;
      purser_terminal_set_text (object, purser_priced_id (i), text);
    }
  purser_terminal_set_text (object, "source", price != NULL ? price->source : NULL);
  purser_terminal_set_text (object, "currency", price != NULL ? price->currency : NULL);
  json_object_set_int_member (object, "unpriced_tokens", unpriced_tokens);
  json_object_set_member (object, "in_force", purser_terminal_price_node (price));
  json_object_set_array_member (object, "history", history_array (terminal, look));
  set_count (object, "context", model->context_tokens);
  set_count (object, "max_output", model->max_output);
  set_flag (object, "tools", model->tools);
  set_flag (object, "vision", model->vision);
  set_flag (object, "reasoning", model->reasoning);
  purser_terminal_set_text (object, "retires_on", model->retires_on);
  purser_terminal_set_text (object, "replacement", model->replacement);
  return object;
}

static int
show (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn NONE[] = { { NULL } };
  const PurserModel *model = purser_terminal_model (terminal, arguments[0], error);
  g_auto (Look) look = { .model_id = model != NULL ? model->id : 0, .counts = g_array_new (FALSE, FALSE, sizeof (gint64)) };
  g_auto (PurserUnpriced) unpriced = { NULL };
  if (model == NULL || !purser_store_read (terminal->store, look_job, &look, error) || !purser_terminal_unpriced (terminal, &unpriced, error))
    return PURSER_EXIT_FAILED;
  gint64 tokens = purser_unpriced_tokens (&unpriced, model->id);
  if (terminal->json)
    {
      purser_terminal_print_object (terminal, describe (terminal, model, &look, tokens), NONE);
      return PURSER_EXIT_DONE;
    }
  g_print ("%s\n", arguments[0]);
  print_in_force (terminal, &look);
  if (tokens > 0)
    g_print (_("Its tokens without a price: %" PRId64 ". No total of costs includes them.\n"), tokens);
  print_facts (model);
  print_history (terminal, &look);
  if (look.now_price != NULL)
    purser_terminal_say_rates (terminal, look.now_price->currency);
  return PURSER_EXIT_DONE;
}

const PurserVerb purser_verbs_price_show[] = {
  { "price", "show", "PROVIDER/MODEL", 1, 1, N_("One model's price: what is in force, and every version"), TRUE, NULL, show },
  { NULL },
};
