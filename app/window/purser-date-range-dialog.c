/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-date-range-dialog.h"

struct _PurserDateRangeDialog
{
  AdwDialog    parent_instance;

  GtkBox      *calendars;
  GtkCalendar *from, *to;
  GtkWidget   *show_button;
};

G_DEFINE_FINAL_TYPE (PurserDateRangeDialog, purser_date_range_dialog, ADW_TYPE_DIALOG)

static guint chosen;

/* The calendar's date as it stands there, whatever this computer's zone. */
static gint32
day_of (GtkCalendar *calendar)
{
  g_autoptr (GDateTime) date = gtk_calendar_get_date (calendar);
  g_autoptr (GDateTime) utc = g_date_time_new_utc (g_date_time_get_year (date), g_date_time_get_month (date),
                                                   g_date_time_get_day_of_month (date), 0, 0, 0);

  return (gint32) (g_date_time_to_unix (utc) / 86400);
}

static void
set_day (GtkCalendar *calendar,
         gint32       day)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc ((gint64) day * 86400);
  g_autoptr (GDateTime) date = g_date_time_new_local (g_date_time_get_year (utc), g_date_time_get_month (utc),
                                                      g_date_time_get_day_of_month (utc), 12, 0, 0);

  gtk_calendar_select_day (calendar, date);
}

static void
show_cb (PurserDateRangeDialog *self)
{
  gint32 first = day_of (self->from), last = day_of (self->to);

  g_signal_emit (self, chosen, 0, MIN (first, last), MAX (first, last));
  adw_dialog_close (ADW_DIALOG (self));
}

static void
purser_date_range_dialog_class_init (PurserDateRangeDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  chosen = g_signal_new ("chosen", PURSER_TYPE_DATE_RANGE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                         G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-date-range-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserDateRangeDialog, calendars);
  gtk_widget_class_bind_template_child (widget_class, PurserDateRangeDialog, from);
  gtk_widget_class_bind_template_child (widget_class, PurserDateRangeDialog, to);
  gtk_widget_class_bind_template_child (widget_class, PurserDateRangeDialog, show_button);
  gtk_widget_class_bind_template_callback (widget_class, show_cb);
}

static void
purser_date_range_dialog_init (PurserDateRangeDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_date_range_dialog_new:
 * @first: day to begin with
 * @last: day to end with
 *
 * Returns: (transfer floating): the dialog
 */
AdwDialog *
purser_date_range_dialog_new (gint32 first,
                              gint32 last)
{
  PurserDateRangeDialog *self = g_object_new (PURSER_TYPE_DATE_RANGE_DIALOG, NULL);

  set_day (self->from, first);
  set_day (self->to, last);
  return ADW_DIALOG (self);
}
