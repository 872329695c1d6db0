/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-price-list-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-price-draft.h"

/* The organisation's own table, as a spreadsheet saves it: a header row with these names in any order, cells between commas or
 * semicolons, quoted where need be, amounts with a point or a comma. */

typedef enum
{
  COLUMN_MODEL,
  COLUMN_FROM,
  COLUMN_CURRENCY,
  COLUMN_INPUT,
  COLUMN_OUTPUT,
  COLUMN_CACHE_READ,
  COLUMN_CACHE_WRITE,
  COLUMN_CACHE_WRITE_1H,
  COLUMN_HOUR,
  COLUMN_SOURCE,
  N_COLUMNS
} Column;

static const char *const NAMES[N_COLUMNS] = { "model", "from", "currency", "input", "output", "cache_read", "cache_write", "cache_write_1h", "hour", "source" };

enum
{
  MAX_CELL = 500, /* bytes */
  MAX_ROWS = 100000,
};

typedef struct
{
  PurserPriceList *list;
  const char      *at, *end;
  char             separator;
  guint            row;                /* as a spreadsheet counts: the header is row 1 */
  int              column[N_COLUMNS];  /* place of each in a row, -1 = not there */
  GHashTable      *models;             /* (element-type utf8 PurserPriceListModel) in lower case */
} Table;

static gboolean
fail (const Table *table, GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  return purser_price_list_fail (error, _("%s, row %u: %s."), table->list->name, table->row, message);
}

/* ------------------------------------------------------------------ cells */

/* A quoted cell: doubled quotes stand for one, line ends belong to it. */
static gboolean
read_quoted (Table *table, GString *cell, GError **error)
{
  for (table->at++; table->at < table->end; table->at++)
    {
      if (*table->at != '"')
        g_string_append_c (cell, *table->at);
      else if (table->at + 1 < table->end && table->at[1] == '"')
        g_string_append_c (cell, *table->at++);
      else
        {
          table->at++;
          return TRUE;
        }
      if (cell->len > MAX_CELL)
        break;
    }
  return fail (table, error, _("a quotation mark is never closed"));
}

static gboolean
at_line_end (const Table *table)
{
  return table->at >= table->end || *table->at == '\n' || *table->at == '\r';
}

static gboolean
read_cell (Table *table, GPtrArray *cells, GError **error)
{
  g_autoptr (GString) cell = g_string_new (NULL);
  if (table->at < table->end && *table->at == '"' && !read_quoted (table, cell, error))
    return FALSE;
  for (; !at_line_end (table) && *table->at != table->separator && cell->len <= MAX_CELL; table->at++)
    g_string_append_c (cell, *table->at);
  if (cell->len > MAX_CELL)
    return fail (table, error, _("a cell is longer than %d characters"), MAX_CELL);
  if (memchr (cell->str, '\0', cell->len) != NULL || !g_utf8_validate (cell->str, (gssize) cell->len, NULL))
    return fail (table, error, _("a cell is not text in UTF-8. Save the table as CSV in UTF-8"));
  if (!purser_price_list_is_plain (cell->str))
    return fail (table, error, _("a cell holds a line end or another control character"));
  g_strstrip (cell->str);
  g_ptr_array_add (cells, g_strdup (cell->str));
  return TRUE;
}

/* (transfer full) (element-type utf8) */
static GPtrArray *
read_row (Table *table, GError **error)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  table->row++;
  for (;;)
    {
      if (!read_cell (table, cells, error))
        return NULL;
      if (cells->len > 1000)
        {
          fail (table, error, _("there are more than 1000 cells"));
          return NULL;
        }
      if (at_line_end (table))
        break;
      table->at++; /* the separator */
    }
  if (table->at < table->end && *table->at == '\r')
    table->at++;
  if (table->at < table->end && *table->at == '\n')
    table->at++;
  return g_steal_pointer (&cells);
}

/* ------------------------------------------------------------------ the header */

static char *
known_columns (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (guint i = 0; i < N_COLUMNS; i++)
    g_strv_builder_add (builder, NAMES[i]);
  g_auto (GStrv) names = g_strv_builder_end (builder);
  return g_strjoinv (", ", names);
}

/* A column with a slip in its name would leave its prices out without a word: so it is refused. */
static gboolean
read_header (Table *table, GError **error)
{
  const char *line = memchr (table->at, '\n', (gsize) (table->end - table->at));
  gsize length = (gsize) ((line != NULL ? line : table->end) - table->at);
  table->separator = memchr (table->at, ';', length) != NULL ? ';' : ',';
  g_autoptr (GPtrArray) cells = read_row (table, error);
  g_autofree char *known = known_columns ();
  if (cells == NULL)
    return FALSE;
  for (guint i = 0; i < N_COLUMNS; i++)
    table->column[i] = -1;
  for (guint i = 0; i < cells->len; i++)
    {
      const char *name = g_ptr_array_index (cells, i);
      guint n = 0;
      while (n < N_COLUMNS && g_ascii_strcasecmp (name, NAMES[n]) != 0)
        n++;
      if (n == N_COLUMNS && *name != '\0')
        return fail (table, error, _("there is no column “%s”. The columns are: %s"), name, known);
      if (n < N_COLUMNS && table->column[n] >= 0)
        return fail (table, error, _("the column “%s” is there twice"), name);
      if (n < N_COLUMNS)
        table->column[n] = (int) i;
    }
  if (table->column[COLUMN_MODEL] < 0)
    return fail (table, error, _("this is no table of prices: its first row has no column “model”. The columns are: %s"), known);
  if (table->column[COLUMN_HOUR] < 0 && (table->column[COLUMN_INPUT] < 0 || table->column[COLUMN_OUTPUT] < 0))
    return fail (table, error, _("a table of prices needs the columns “input” and “output”, or “hour”"));
  return TRUE;
}

/* ------------------------------------------------------------------ rows */

static const char *
cell_of (const Table *table, const GPtrArray *cells, Column column)
{
  int place = table->column[column];
#ifdef PURSER_PLANTED_BUG
  const char *text = place >= 0 ? g_ptr_array_index (cells, (guint) place) : NULL; /* a row may be shorter than the first one */
#else
  const char *text = place >= 0 && (guint) place < cells->len ? g_ptr_array_index (cells, (guint) place) : NULL;
#endif
  return text != NULL && *text != '\0' ? text : NULL;
}

static PurserPrice *
row_price (const Table *table, const GPtrArray *cells, GError **error)
{
  const char *from = cell_of (table, cells, COLUMN_FROM), *currency = cell_of (table, cells, COLUMN_CURRENCY);
  const char *source = cell_of (table, cells, COLUMN_SOURCE);
  PurserPriceDraft draft = { .input = cell_of (table, cells, COLUMN_INPUT), .output = cell_of (table, cells, COLUMN_OUTPUT),
                             .cache_read = cell_of (table, cells, COLUMN_CACHE_READ), .cache_write = cell_of (table, cells, COLUMN_CACHE_WRITE),
                             .cache_write_1h = cell_of (table, cells, COLUMN_CACHE_WRITE_1H), .hour = cell_of (table, cells, COLUMN_HOUR),
                             .currency = currency, .source = source != NULL ? source : table->list->name };
  g_autoptr (GError) why = NULL;
  g_autoptr (PurserPrice) price = purser_price_draft_read (&draft, "", &why);
  if (price == NULL)
    {
      g_autofree char *words = g_strdup (why->message);
      if (g_str_has_suffix (words, "."))
        words[strlen (words) - 1] = '\0';
      fail (table, error, "%s", words);
      return NULL;
    }
  price->valid_from = PURSER_FROM_IMPORT;
  if (from != NULL && !purser_price_list_day (from, &price->valid_from))
    {
      fail (table, error, _("“%s” is not a day such as 2026-11-23"), from);
      return NULL;
    }
  return g_steal_pointer (&price);
}

static int
by_date (gconstpointer a, gconstpointer b)
{
  const PurserPrice *x = *(PurserPrice *const *) a, *y = *(PurserPrice *const *) b;
  return (x->valid_from > y->valid_from) - (x->valid_from < y->valid_from);
}

static gboolean
add_row (Table *table, const GPtrArray *cells, GError **error)
{
  PurserPriceListProvider *all = g_ptr_array_index (table->list->providers, 0);
  const char *named = cell_of (table, cells, COLUMN_MODEL);
  if (named == NULL)
    return fail (table, error, _("the model is missing"));
  PurserPrice *price = row_price (table, cells, error);
  if (price == NULL)
    return FALSE;
  g_autofree char *key = g_ascii_strdown (named, -1);
  PurserPriceListModel *model = g_hash_table_lookup (table->models, key);
  if (model == NULL)
    {
      model = purser_price_list_model_new ();
      model->id = g_strdup (named);
      model->row = table->row;
      g_ptr_array_add (all->models, model);
      g_hash_table_insert (table->models, g_steal_pointer (&key), model);
    }
  gboolean twice = FALSE;
  for (guint i = 0; i < model->prices->len; i++)
    twice = twice || ((const PurserPrice *) g_ptr_array_index (model->prices, i))->valid_from == price->valid_from;
  g_ptr_array_add (model->prices, price);
  g_ptr_array_sort (model->prices, by_date);
  return !twice || fail (table, error, _("“%s” has another price from the same day in a row above"), named);
}

static gboolean
is_empty (const GPtrArray *cells)
{
  for (guint i = 0; i < cells->len; i++)
    if (*(const char *) g_ptr_array_index (cells, i) != '\0')
      return FALSE;
  return TRUE;
}

static gboolean
read_rows (Table *table, GError **error)
{
  guint width = 0;
  for (guint i = 0; i < N_COLUMNS; i++)
    width = MAX (width, (guint) (table->column[i] + 1));
  while (table->at < table->end)
    {
      g_autoptr (GPtrArray) cells = read_row (table, error);
      if (cells == NULL)
        return FALSE;
      if (is_empty (cells))
        continue;
      for (guint i = width; i < cells->len; i++)
        if (*(const char *) g_ptr_array_index (cells, i) != '\0')
          return fail (table, error, _("it has more cells than the first row. An amount with a comma needs quotation marks, or semicolons between the cells"));
      if (table->row > MAX_ROWS)
        return fail (table, error, _("there are more than %d rows"), MAX_ROWS);
      if (!add_row (table, cells, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
purser_price_list_read_table (PurserPriceList *list, const char *text, gsize length, GError **error)
{
  g_autoptr (GHashTable) models = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Table table = { .list = list, .at = text, .end = text + length, .models = models };
  PurserPriceListProvider *all = purser_price_list_provider_new ();
  list->table = TRUE;
  all->id = g_strdup ("");
  all->name = g_strdup ("");
  g_ptr_array_add (list->providers, all);
  return read_header (&table, error) && read_rows (&table, error);
}
