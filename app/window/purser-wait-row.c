/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-wait-row.h"

#include <math.h>

#define SETTLE_MS 800
#define WAIT_KEY  "purser-wait"

typedef struct
{
  GtkWidget      *row;     /* not owned: it owns this */
  char           *zero;    /* (owned) */
  PurserWaitFunc  settled;
  gpointer        data;
  gboolean        filling;
  guint           late;    /* source */
} Wait;

static void
wait_free (gpointer data)
{
  Wait *wait = data;

  g_clear_handle_id (&wait->late, g_source_remove);
  g_free (wait->zero);
  g_free (wait);
}

static gboolean
output_cb (AdwSpinRow *row,
           Wait       *wait)
{
  if (adw_spin_row_get_value (row) > 0)
    return FALSE;
  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (row)), wait->zero) != 0)
    gtk_editable_set_text (GTK_EDITABLE (row), wait->zero);
  return TRUE;
}

static int
input_cb (AdwSpinRow *row,
          double     *value,
          Wait       *wait)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (row));
  char *end;

  *value = g_strtod (text, &end);
  if (end != text && *end == '\0')
    return TRUE;
  if (*text != '\0' && g_strcmp0 (text, wait->zero) != 0)
    return FALSE; /* the row's own reading: the locale's decimals */
  *value = 0;
  return TRUE;
}

static void
settled_cb (gpointer user_data)
{
  Wait *wait = user_data;

  wait->late = 0;
  wait->settled (wait->data);
}

static void
value_cb (Wait *wait)
{
  if (wait->filling)
    return;
  g_clear_handle_id (&wait->late, g_source_remove);
  wait->late = g_timeout_add_once (SETTLE_MS, settled_cb, wait);
}

static void
unrealize_cb (Wait *wait)
{
  if (wait->late == 0)
    return;
  g_clear_handle_id (&wait->late, g_source_remove);
  wait->settled (wait->data); /* left at once: what was turned counts */
}

/**
 * purser_wait_row_new:
 * @title: what is set
 * @subtitle: what it means
 * @zero: what 0 means
 * @max: the largest value
 * @step: of the buttons
 * @digits: decimals
 * @settled: called after the user changed it
 * @data: for @settled
 *
 * Returns: (transfer floating): an #AdwSpinRow
 */
GtkWidget *
purser_wait_row_new (const char     *title,
                     const char     *subtitle,
                     const char     *zero,
                     double          max,
                     double          step,
                     guint           digits,
                     PurserWaitFunc  settled,
                     gpointer        data)
{
  GtkWidget *row = adw_spin_row_new (gtk_adjustment_new (0, 0, max, step, step * 10, 0), step, digits);
  Wait *wait = g_new0 (Wait, 1);

  wait->row = row;
  wait->zero = g_strdup (zero);
  wait->settled = settled;
  wait->data = data;
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle != NULL ? subtitle : "");
  g_object_set_data_full (G_OBJECT (row), WAIT_KEY, wait, wait_free);
  g_signal_connect (row, "output", G_CALLBACK (output_cb), wait);
  g_signal_connect (row, "input", G_CALLBACK (input_cb), wait);
  g_signal_connect_swapped (row, "notify::value", G_CALLBACK (value_cb), wait);
  g_signal_connect_swapped (row, "unrealize", G_CALLBACK (unrealize_cb), wait);
  gtk_editable_set_width_chars (GTK_EDITABLE (row), (int) g_utf8_strlen (zero, -1) + 1);
  gtk_editable_set_text (GTK_EDITABLE (row), zero);
  return row;
}

void
purser_wait_row_set (GtkWidget *row,
                     double     value)
{
  Wait *wait = g_object_get_data (G_OBJECT (row), WAIT_KEY);

  if (wait->late != 0 || fabs (adw_spin_row_get_value (ADW_SPIN_ROW (row)) - value) < 1e-9)
    return;
  wait->filling = TRUE;
  adw_spin_row_set_value (ADW_SPIN_ROW (row), value);
  wait->filling = FALSE;
}

double
purser_wait_row_get (GtkWidget *row)
{
  return adw_spin_row_get_value (ADW_SPIN_ROW (row));
}
