/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drill.h"

#include <string.h>

/* --- Reading --- */

static void
expected_clear (DrillExpected *expected)
{
  g_free (expected->attempts);
  g_free (expected->tokens);
  g_free (expected->reply);
}

static void
row_free (gpointer data)
{
  DrillRow *row = data;
  g_free (row->fault);
  g_free (row->asked);
  g_free (row->provider);
  expected_clear (&row->alone);
  expected_clear (&row->moved);
  g_free (row);
}

/* Cells of each line that is none of "#" and not empty. (transfer full) (element-type GStrv) */
static GPtrArray *
read_table (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "gateway", "drill", name, NULL), *text = NULL;
  g_autoptr(GError) error = NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  GPtrArray *table = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  for (char **line = lines; *line != NULL; line++)
    if (**line != '#' && **line != '\0')
      {
        char **cells = g_strsplit (*line, "|", -1);
        for (char **cell = cells; *cell != NULL; cell++)
          g_strstrip (*cell);
        g_ptr_array_add (table, cells);
      }
  return table;
}

static void
take_limits (DrillRow *row, const char *words)
{
  g_auto(GStrv) limits = g_strsplit (words, " ", -1);
  for (char **limit = limits; *limit != NULL; limit++)
    if (g_str_has_prefix (*limit, "first="))
      row->first_ms = g_ascii_strtoll (*limit + strlen ("first="), NULL, 10);
    else if (g_str_has_prefix (*limit, "silence="))
      row->silence_ms = g_ascii_strtoll (*limit + strlen ("silence="), NULL, 10);
    else if (g_str_equal (*limit, "few"))
      row->few = TRUE;
    else
      g_assert_cmpstr (*limit, ==, "");
}

static DrillExpected
take_expected (char **cells)
{
  return (DrillExpected) { g_strdup (cells[0]), g_strdup (cells[1]), g_strdup (cells[2]) };
}

GPtrArray *
drill_rows (void)
{
  g_autoptr(GPtrArray) table = read_table ("faults.txt");
  GPtrArray *rows = g_ptr_array_new_with_free_func (row_free);
  for (guint i = 0; i < table->len; i++)
    {
      char **cells = g_ptr_array_index (table, i);
      if (g_strv_length (cells) != 10)
        g_error ("faults.txt: a line of %u cells: %s", g_strv_length (cells), cells[0]);
      DrillRow *row = g_new0 (DrillRow, 1);
      row->fault = g_strdup (cells[0]);
      row->asked = g_strdup (cells[1]);
      row->provider = g_strdup (cells[2]);
      take_limits (row, cells[3]);
      row->alone = take_expected (cells + 4);
      row->moved = take_expected (cells + 7);
      if (g_str_equal (row->moved.reply, "="))
        g_set_str (&row->moved.reply, row->alone.reply);
      g_ptr_array_add (rows, row);
    }
  return rows;
}

/* --- Looking up --- */

static gboolean
fits (const char *list, const char *word)
{
  g_auto(GStrv) words = g_strsplit (list, ",", -1);
  return g_str_equal (list, "any") || g_strv_contains ((const char *const *) words, word);
}

const DrillRow *
drill_row (const GPtrArray *rows, const char *fault, const char *dialect, gboolean streamed)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const DrillRow *row = g_ptr_array_index (rows, i);
      if (g_str_equal (row->fault, fault) && fits (row->asked, streamed ? "streamed" : "whole") && fits (row->provider, dialect))
        return row;
    }
  return NULL;
}

static guint
family_column (const char *caller)
{
  return g_str_has_prefix (caller, "openai") ? 1 : g_str_equal (caller, "anthropic") ? 2 : 3;
}

DrillRefusal
drill_refusal (const char *class_, const char *caller)
{
  g_autoptr(GPtrArray) table = read_table ("replies.txt");
  for (guint i = 0; i < table->len; i++)
    {
      char **cells = g_ptr_array_index (table, i);
      if (!g_str_equal (cells[0], class_))
        continue;
      g_auto(GStrv) words = g_strsplit (cells[family_column (caller)], " ", 2);
      const char *word = words[1] != NULL && !g_str_equal (words[1], "-") ? words[1] : "";
      return (DrillRefusal) { (int) g_ascii_strtoll (words[0], NULL, 10), g_strdup (word) };
    }
  g_error ("replies.txt: no line for %s", class_);
}
