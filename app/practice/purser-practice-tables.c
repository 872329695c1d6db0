/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-practice-task.h"

#include <math.h>
#include <string.h>

/* Sums, shares, orders: whatever is a row of labels with numbers. */

typedef struct { char *label; double value; } Pair;

static void
pair_free (gpointer data)
{
  g_free (((Pair *) data)->label);
  g_free (data);
}

/* "phone 187", "North 1,045": a label and the number behind it. */
static GPtrArray *
read_pairs (const PracticeTask *task, const char *pattern)
{
  GPtrArray *pairs = g_ptr_array_new_with_free_func (pair_free);
  g_autoptr(GPtrArray) found = practice_match_all (task->data, pattern);
  for (guint i = 0; i < found->len; i++)
    {
      g_auto(GStrv) groups = practice_groups (g_ptr_array_index (found, i), "^(.*?)[ :;\\t]+(-?\\d[\\d.,]*?)\\W*$");
      if (groups == NULL)
        continue;
      Pair *pair = g_new0 (Pair, 1);
      pair->label = g_strstrip (g_strdup (groups[1]));
      pair->value = practice_number (groups[2]);
      g_ptr_array_add (pairs, pair);
    }
  return pairs;
}

#define LABEL_PAIR "([A-Za-z][\\w-]*[ :]+\\d[\\d.,]*)"
#define LINE_PAIR  "^([A-Za-z0-9][\\w:. -]*?[ ;\\t]+-?\\d[\\d.,]*)[ \\t]*$"

typedef struct { char **names; GPtrArray *rows; } Table;

static void
table_clear (Table *table)
{
  g_strfreev (table->names);
  g_clear_pointer (&table->rows, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Table, table_clear)

/* Lines of cells under a line of names. */
static gboolean
read_table (const char *data, Table *table)
{
  g_autoptr(GPtrArray) lines = practice_lines (data);
  const char *first = lines->len > 1 ? g_ptr_array_index (lines, 0) : "";
  const char *mark = strchr (first, ';') != NULL    ? ";"
                     : strchr (first, '\t') != NULL ? "\t"
                     : strchr (first, '|') != NULL  ? "|"
                     : strchr (first, ',') != NULL  ? ","
                                                    : NULL;
  if (mark == NULL || practice_has (first, "\\d"))
    return FALSE;
  table->names = g_strsplit (first, mark, -1);
  table->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  for (guint i = 1; i < lines->len; i++)
    {
      char **cells = g_strsplit (g_ptr_array_index (lines, i), mark, -1);
      if (g_strv_length (cells) == g_strv_length (table->names))
        g_ptr_array_add (table->rows, cells);
      else
        g_strfreev (cells);
    }
  return table->rows->len > 0;
}

static int
find_column (const Table *table, const char *pattern)
{
  for (int i = 0; table->names[i] != NULL; i++)
    if (practice_has (table->names[i], pattern))
      return i;
  return -1;
}

static double
cell (const Table *table, guint row, int column)
{
  return practice_number (((char **) g_ptr_array_index (table->rows, row))[column]);
}

/* The column that the task names, else the last that holds numbers. */
static int
asked_column (const Table *table, const char *task)
{
  int last = -1;
  for (int i = 0; table->names[i] != NULL; i++)
    {
      const char *value = ((char **) g_ptr_array_index (table->rows, 0))[i];
      if (!practice_has (value, "^\\s*-?\\d"))
        continue;
      if (practice_contains (task, table->names[i]))
        return i;
      last = i;
    }
  return last;
}

static GArray *
read_numbers (const char *text)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr(GPtrArray) found = practice_match_all (text, "(?<![\\w.,-])(-?\\d[\\d,]*(?:\\.\\d+)?)(?![\\w-])");
  for (guint i = 0; i < found->len; i++)
    {
      double number = practice_number (g_ptr_array_index (found, i));
      g_array_append_val (numbers, number);
    }
  return numbers;
}

static int
by_value (gconstpointer a, gconstpointer b)
{
  double one = *(const double *) a, two = *(const double *) b;
  return (one > two) - (one < two);
}

static char *
rounded (const PracticeTask *task, double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  if (practice_has (task->task, "one decimal"))
    return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.1f", number));
  if (practice_has (task->task, "two decimals"))
    return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.2f", number));
  return practice_number_text (number);
}

/* ---- One number out of many ---- */

static char *
total (const PracticeTask *task)
{
  g_auto(Table) table = { 0 };
  double sum = 0;
  if (read_table (task->data, &table) && asked_column (&table, task->task) >= 0)
    for (guint i = 0; i < table.rows->len; i++)
      sum += cell (&table, i, asked_column (&table, task->task));
  else
    {
      g_autoptr(GArray) numbers = read_numbers (task->data);
      for (guint i = 0; i < numbers->len; i++)
        sum += g_array_index (numbers, double, i);
    }
  return rounded (task, sum);
}

static char *
median (const PracticeTask *task)
{
  g_autoptr(GArray) numbers = read_numbers (task->data);
  if (numbers->len == 0)
    return NULL;
  g_array_sort (numbers, by_value);
  double upper = g_array_index (numbers, double, numbers->len / 2),
         lower = g_array_index (numbers, double, (numbers->len - 1) / 2);
  return rounded (task, (upper + lower) / 2);
}

/* "30 answers, average 4.0": weighted by how many there are; the hasty take the mean of the means. */
static char *
average (const PracticeTask *task)
{
  g_autoptr(GPtrArray) groups =
      practice_match_all (task->data, "(\\d+ \\w+,? (?:with )?(?:an )?average (?:of )?\\d[\\d.]*)");
  double weight = 0, sum = 0;
  for (guint i = 0; i < groups->len; i++)
    {
      g_autoptr(GArray) two = read_numbers (g_ptr_array_index (groups, i));
      double count = task->model->hasty ? 1 : g_array_index (two, double, 0);
      weight += count;
      sum += count * g_array_index (two, double, two->len - 1);
    }
  if (weight > 0)
    return rounded (task, sum / weight);
  g_autoptr(GArray) numbers = read_numbers (task->data);
  for (guint i = 0; i < numbers->len; i++)
    sum += g_array_index (numbers, double, i);
  return numbers->len > 0 ? rounded (task, sum / numbers->len) : NULL;
}

static char *
share (const PracticeTask *task)
{
  g_autoptr(GPtrArray) pairs = read_pairs (task, LABEL_PAIR);
  double sum = 0, part = -1;
  for (guint i = 0; i < pairs->len; i++)
    {
      const Pair *pair = g_ptr_array_index (pairs, i);
      sum += pair->value;
      if (practice_contains (task->task, pair->label))
        part = pair->value;
    }
  return part >= 0 && sum > 0 ? g_strdup_printf ("%.0f%%", round (100 * part / sum)) : NULL;
}

/* "How many are both over 500 and open?" */
static char *
count (const PracticeTask *task)
{
  g_auto(Table) table = { 0 };
  g_autofree char *over = practice_match (task->task, "(?:over|above|more than|greater than) (\\d[\\d.,]*)");
  guint counted = 0;
  if (!read_table (task->data, &table))
    return NULL;
  int column = asked_column (&table, "amount value price total");
  for (guint i = 0; i < table.rows->len; i++)
    {
      char **cells = g_ptr_array_index (table.rows, i);
      gboolean large = over == NULL || column < 0 || cell (&table, i, column) > practice_number (over), named = FALSE,
               words = FALSE;
      for (char **value = cells; *value != NULL; value++)
        {
          words = words || practice_has (*value, "^\\s*[a-z]{3,}\\s*$");
          named = named || (practice_has (*value, "^\\s*[a-z]{3,}\\s*$") && practice_contains (task->task, *value));
        }
      counted += large && (named || !words);
    }
  return g_strdup_printf ("%u", counted);
}

/* ---- One row out of many ---- */

/* Profit as a share of the price; the hasty look at the profit alone. */
static char *
best_margin (const PracticeTask *task)
{
  g_auto(Table) table = { 0 };
  int price, cost, best = -1;
  double most = 0;
  if (!read_table (task->data, &table) || (price = find_column (&table, "price|revenue|sales")) < 0
      || (cost = find_column (&table, "cost")) < 0)
    return NULL;
  for (guint i = 0; i < table.rows->len; i++)
    {
      double profit = cell (&table, i, price) - cell (&table, i, cost);
      double value = practice_has (task->task, "share|percent|%|margin") && !task->model->hasty
                         ? profit / cell (&table, i, price)
                         : profit;
      if (best >= 0 && value <= most)
        continue;
      best = i;
      most = value;
    }
  return g_strdup (((char **) g_ptr_array_index (table.rows, best))[0]);
}

static char *
strongest_growth (const PracticeTask *task)
{
  g_autoptr(GPtrArray) pairs = read_pairs (task, LINE_PAIR);
  gboolean percent = practice_has (task->task, "percent|%|relative");
  guint best = 0;
  double most = -INFINITY;
  for (guint i = 1; i < pairs->len; i++)
    {
      const Pair *before = g_ptr_array_index (pairs, i - 1), *now = g_ptr_array_index (pairs, i);
      double growth = percent ? now->value / before->value : now->value - before->value;
      if (growth <= most + 1e-9)
        continue;
      best = i;
      most = growth;
    }
  return best > 0 ? g_strdup (((Pair *) g_ptr_array_index (pairs, best))->label) : NULL;
}

/* "Vance: 25 kg for 60, delivery 15." The hasty forget the delivery. */
static char *
cheapest_unit (const PracticeTask *task)
{
  g_autoptr(GPtrArray) lines = practice_lines (task->data);
  const char *best = NULL;
  double least = INFINITY;
  for (guint i = 0; i < lines->len; i++)
    {
      const char *line = g_ptr_array_index (lines, i);
      g_auto(GStrv) offer = practice_groups (line, "^[^:]+: (\\d[\\d.,]*) ?\\w+ (?:for|at) (\\d[\\d.,]*)");
      g_autofree char *extra = practice_match (line, "(?:delivery|shipping|postage|freight) (\\d[\\d.,]*)");
      if (offer == NULL)
        continue;
      double price = (practice_number (offer[2]) + (extra != NULL && !task->model->hasty ? practice_number (extra) : 0))
                     / practice_number (offer[1]);
      if (price >= least)
        continue;
      least = price;
      best = line;
    }
  return best != NULL ? practice_match (best, "^([^:]+):") : NULL;
}

/* The value farthest from the median. */
static char *
outlier (const PracticeTask *task)
{
  g_autoptr(GPtrArray) pairs = read_pairs (task, LINE_PAIR);
  g_autoptr(GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint i = 0; i < pairs->len; i++)
    g_array_append_val (values, ((Pair *) g_ptr_array_index (pairs, i))->value);
  g_array_sort (values, by_value);
  const Pair *worst = NULL;
  double middle = values->len > 0 ? g_array_index (values, double, values->len / 2) : 0, most = -1;
  for (guint i = 0; i < pairs->len; i++)
    {
      const Pair *pair = g_ptr_array_index (pairs, i);
      if (fabs (pair->value - middle) <= most)
        continue;
      most = fabs (pair->value - middle);
      worst = pair;
    }
  return worst != NULL ? g_strdup (worst->label) : NULL;
}

static int
pair_by_value (gconstpointer a, gconstpointer b)
{
  const Pair *one = *(Pair *const *) a, *two = *(Pair *const *) b;
  return (two->value > one->value) - (two->value < one->value);
}

static char *
sorted (const PracticeTask *task)
{
  g_autoptr(GPtrArray) pairs = read_pairs (task, LINE_PAIR);
  g_autoptr(GString) text = g_string_new (NULL);
  gboolean upward = practice_has (task->task, "from (the )?(lowest|smallest|least|cheapest)|ascending");
  if (pairs->len < 2)
    return NULL;
  g_ptr_array_sort (pairs, pair_by_value);
  for (guint i = 0; i < pairs->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            ((Pair *) g_ptr_array_index (pairs, upward ? pairs->len - 1 - i : i))->label);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* An identifier that stands on two lines. */
static char *
duplicate (const PracticeTask *task)
{
  g_autoptr(GPtrArray) lines = practice_lines (task->data);
  for (guint i = 0; i < lines->len; i++)
    for (guint j = 0; j < i; j++)
      {
        const char *pattern = "\\b([A-Z]+-?\\d+)\\b";
        g_autofree char *one = practice_match (g_ptr_array_index (lines, j), pattern),
                        *two = practice_match (g_ptr_array_index (lines, i), pattern);
        if (one != NULL && g_strcmp0 (one, two) == 0)
          return g_steal_pointer (&one);
      }
  return NULL;
}

char *
practice_tables (const PracticeTask *task)
{
  static const struct { const char *asked; char *(*work) (const PracticeTask *task); } skills[] = {
    { "\\b(list|sort|order|rank)\\b.*\\b(highest|lowest|largest|smallest|ascending|descending)", sorted },
    { "twice|duplicate|double", duplicate }, { "faulty|outlier|cannot be right|wrong reading", outlier },
    { "grow|growth|increase most|rose most", strongest_growth }, { "margin|profit as|profit", best_margin },
    { "\\b(cheapest|lowest price)\\b.*\\bper\\b", cheapest_unit },
    { "percentage|what share|per ?cent of", share }, { "median", median }, { "average|mean\\b", average },
    { "^how many|number of", count }, { "\\b(total|sum|add up|altogether)\\b", total },
  };
  for (guint i = 0; i < G_N_ELEMENTS (skills); i++)
    {
      char *answer = practice_has (task->task, skills[i].asked) ? skills[i].work (task) : NULL;
      if (answer != NULL)
        return answer;
    }
  return NULL;
}
