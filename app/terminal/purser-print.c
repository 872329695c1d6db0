/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "purser-json.h"

static char *
when_text (gint64 time_us)
{
  if (time_us <= 0)
    return g_strdup (_("never"));
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time_us / 1000000);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);
  return g_date_time_format (local, "%Y-%m-%d %H:%M");
}

static char *
seconds_text (double seconds)
{
  return isnan (seconds) || seconds < 0 ? g_strdup (_("not measured")) : g_strdup_printf ("%.2f s", seconds);
}

static char *
number_text (JsonNode *node)
{
  if (json_node_get_value_type (node) == G_TYPE_DOUBLE)
    return g_strdup_printf ("%g", json_node_get_double (node));
  gint64 n = json_node_get_int (node);
  return n == PURSER_UNKNOWN ? g_strdup (_("not known")) : g_strdup_printf ("%'" G_GINT64_FORMAT, n);
}

/* A list of words joins with commas; anything else deeper is left to --json. */
static char *
joined_text (JsonNode *node)
{
  g_autoptr (GString) text = g_string_new (NULL);
  JsonArray *array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      if (JSON_NODE_HOLDS_VALUE (element) && json_node_get_value_type (element) == G_TYPE_STRING)
        g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", json_node_get_string (element));
    }
  return g_string_free_and_steal (g_steal_pointer (&text));
}

/* An amount's currency: the member beside "x_nano" that is called "x_currency". */
static const char *
currency_of (PurserTerminal *terminal, JsonObject *row, const char *member)
{
  const char *nano = g_strrstr (member, "_nano");
  g_autofree char *name = nano != NULL ? g_strdup_printf ("%.*s_currency", (int) (nano - member), member) : NULL;
  const char *currency = name != NULL ? purser_json_string (row, name) : NULL;
  return currency != NULL ? currency : terminal->org != NULL ? terminal->org->currency : "";
}

static char *
cell (PurserTerminal *terminal, JsonObject *row, const PurserColumn *column)
{
  JsonNode *node = purser_json_node (row, column->member);
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return g_strdup (column->type == PURSER_COLUMN_MONEY ? _("unpriced") : column->type == PURSER_COLUMN_SECONDS ? _("not measured") : "–");
  if (JSON_NODE_HOLDS_ARRAY (node))
    return joined_text (node);
  if (!JSON_NODE_HOLDS_VALUE (node))
    return purser_json_to_string (node, FALSE);
  switch (column->type)
    {
    case PURSER_COLUMN_NUMBER:
      return number_text (node);
    case PURSER_COLUMN_MONEY:
      return purser_money_format (json_node_get_int (node), currency_of (terminal, row, column->member));
    case PURSER_COLUMN_WHEN:
      return json_node_get_value_type (node) == G_TYPE_STRING ? json_node_dup_string (node) : when_text (json_node_get_int (node));
    case PURSER_COLUMN_SECONDS:
      return seconds_text (json_node_get_double (node));
    case PURSER_COLUMN_YESNO:
      return g_strdup (json_node_get_boolean (node) ? _("yes") : _("no"));
    case PURSER_COLUMN_TEXT:
    default:
      return json_node_get_value_type (node) == G_TYPE_STRING ? json_node_dup_string (node) : number_text (node);
    }
}

static gboolean
right_aligned (PurserColumnType type)
{
  return type == PURSER_COLUMN_NUMBER || type == PURSER_COLUMN_MONEY || type == PURSER_COLUMN_SECONDS;
}

static void
print_padded (const char *text, glong width, gboolean right, gboolean last)
{
  glong pad = width - g_utf8_strlen (text, -1);
  if (right)
    g_print ("%*s%s%s", (int) pad, "", text, last ? "\n" : "  ");
  else if (last)
    g_print ("%s\n", text);
  else
    g_print ("%s%*s  ", text, (int) pad, "");
}

static void
print_table (PurserTerminal *terminal, JsonArray *rows, const PurserColumn *columns)
{
  guint n = json_array_get_length (rows), width = 0;
  while (columns[width].member != NULL)
    width++;
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_autofree glong *widths = g_new0 (glong, width);
  for (guint c = 0; c < width; c++)
    g_ptr_array_add (cells, g_strdup (_(columns[c].title)));
  for (guint r = 0; r < n; r++)
    for (guint c = 0; c < width; c++)
      g_ptr_array_add (cells, cell (terminal, json_array_get_object_element (rows, r), &columns[c]));
  for (guint i = 0; i < cells->len; i++)
    widths[i % width] = MAX (widths[i % width], g_utf8_strlen (g_ptr_array_index (cells, i), -1));
  for (guint i = 0; i < cells->len; i++)
    print_padded (g_ptr_array_index (cells, i), widths[i % width], right_aligned (columns[i % width].type), i % width == width - 1);
}

static void
print_node (JsonNode *node)
{
  g_autofree char *text = purser_json_to_string (node, TRUE);
  g_print ("%s\n", text);
}

void
purser_terminal_print_rows (PurserTerminal *terminal, JsonArray *rows, const PurserColumn *columns, const char *empty)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (node, rows);
  if (terminal->json)
    print_node (node);
  else if (json_array_get_length (rows) == 0)
    g_print ("%s\n", empty);
  else
    print_table (terminal, rows, columns);
}

void
purser_terminal_print_object (PurserTerminal *terminal, JsonObject *object, const PurserColumn *columns)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  if (terminal->json)
    {
      print_node (node);
      return;
    }
  for (const PurserColumn *column = columns; column->member != NULL; column++)
    {
      g_autofree char *text = cell (terminal, object, column);
      g_print ("%s: %s\n", _(column->title), text);
    }
}

void
purser_terminal_print_outcome (PurserTerminal *terminal, const PurserOutcome *outcome, const char *text)
{
  if (terminal->json)
    {
      g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
      JsonObject *object = json_object_new ();
      json_node_take_object (node, object);
      json_object_set_int_member (object, "id", outcome->id);
      if (outcome->secret != NULL)
        json_object_set_string_member (object, "secret", outcome->secret);
      print_node (node);
    }
  else if (outcome->secret != NULL)
    g_print ("%s\n", outcome->secret);
  else if (text != NULL)
    g_print ("%s\n", text);
}

void
purser_terminal_set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
  else
    json_object_set_null_member (object, member);
}

void
purser_terminal_set_limit (JsonObject *object, const char *member, gint64 n)
{
  if (n != 0)
    json_object_set_int_member (object, member, n);
  else
    json_object_set_null_member (object, member);
}
