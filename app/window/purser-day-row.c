/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-day-row.h"

#include <glib/gi18n-lib.h>
#include "purser-format.h"
#include "purser-say.h"

#define SECONDS_PER_DAY 86400
#define EPOCH_JULIAN 719163 /* of 1970-01-01 */

struct _PurserDayRow
{
  AdwActionRow   parent_instance;

  gint32         day;
  char          *none;     /* (owned) (nullable) */
  GtkMenuButton *button;
  GtkEntry      *entry;    /* a day is typed sooner than found in a calendar */
  GtkCalendar   *calendar;
  gboolean       filling;  /* the calendar is being set, not used */
};

G_DEFINE_FINAL_TYPE (PurserDayRow, purser_day_row, ADW_TYPE_ACTION_ROW)

static guint changed_signal;

static void
show (PurserDayRow *self)
{
  g_autofree char *text = self->day != PURSER_NO_DAY ? purser_format_day (self->day) : g_strdup (self->none != NULL ? self->none : "");
  /* Translators: what a day is asked for, and the day: "Holds from: 1 November 2026". */
  g_autofree char *said = g_strdup_printf (_("%s: %s"), adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)), text);

  gtk_menu_button_set_label (self->button, text);
  purser_say_menu_button (self->button, said);
}

static void
choose (PurserDayRow *self,
        gint32        day)
{
  self->day = day;
  show (self);
  g_signal_emit (self, changed_signal, 0);
}

/* The day in entry and calendar, too. */
static void
fill (PurserDayRow *self)
{
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *iso = NULL;

  if (self->day == PURSER_NO_DAY)
    return;
  date = g_date_time_new_from_unix_utc ((gint64) self->day * SECONDS_PER_DAY);
  iso = g_date_time_format (date, "%Y-%m-%d");
  self->filling = TRUE;
  gtk_calendar_select_day (self->calendar, date);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), iso);
  gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
  self->filling = FALSE;
}

static void
day_selected_cb (PurserDayRow *self)
{
  g_autoptr (GDateTime) date = gtk_calendar_get_date (self->calendar);
  GDate julian;

  if (self->filling)
    return;
  g_date_clear (&julian, 1);
  g_date_set_dmy (&julian, (GDateDay) g_date_time_get_day_of_month (date), (GDateMonth) g_date_time_get_month (date),
                  (GDateYear) g_date_time_get_year (date));
  choose (self, (gint32) g_date_get_julian (&julian) - EPOCH_JULIAN);
  fill (self);
}

/* As ISO has it, or as the locale writes days. */
static void
typed_cb (PurserDayRow *self)
{
  g_autoptr (GDate) date = g_date_new ();

  g_date_set_parse (date, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  if (!g_date_valid (date))
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
      gtk_widget_error_bell (GTK_WIDGET (self->entry));
      return;
    }
  choose (self, (gint32) g_date_get_julian (date) - EPOCH_JULIAN);
  fill (self);
  gtk_menu_button_popdown (self->button);
}

static void
none_cb (PurserDayRow *self)
{
  choose (self, PURSER_NO_DAY);
  gtk_menu_button_popdown (self->button);
}

static void
purser_day_row_finalize (GObject *object)
{
  g_free (PURSER_DAY_ROW (object)->none);
  G_OBJECT_CLASS (purser_day_row_parent_class)->finalize (object);
}

static void
purser_day_row_class_init (PurserDayRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = purser_day_row_finalize;
  changed_signal = g_signal_new ("changed", PURSER_TYPE_DAY_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
purser_day_row_init (PurserDayRow *self)
{
  self->day = PURSER_NO_DAY;
  self->button = GTK_MENU_BUTTON (gtk_menu_button_new ());
  self->calendar = GTK_CALENDAR (gtk_calendar_new ());
  self->entry = GTK_ENTRY (gtk_entry_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Day, year first"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->calendar), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Calendar"), -1);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (typed_cb), self);
  gtk_widget_set_valign (GTK_WIDGET (self->button), GTK_ALIGN_CENTER);
  gtk_menu_button_set_always_show_arrow (self->button, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->button), "numeric");
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->button));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), GTK_WIDGET (self->button));
  g_signal_connect_swapped (self->calendar, "day-selected", G_CALLBACK (day_selected_cb), self);
}

/**
 * purser_day_row_new:
 * @title: what the day is for
 * @none: (nullable): what it means that there is none; else a day must be chosen
 *
 * Returns: (transfer floating): the row
 */
GtkWidget *
purser_day_row_new (const char *title,
                    const char *none)
{
  PurserDayRow *self = g_object_new (PURSER_TYPE_DAY_ROW, "title", title, NULL);
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->none = g_strdup (none);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->entry));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->calendar));
  if (none != NULL)
    {
      GtkWidget *button = gtk_button_new_with_label (none);

      gtk_widget_add_css_class (button, "flat");
      g_signal_connect_swapped (button, "clicked", G_CALLBACK (none_cb), self);
      gtk_box_append (GTK_BOX (box), button);
    }
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  gtk_menu_button_set_popover (self->button, popover);
  show (self);
  return GTK_WIDGET (self);
}

void
purser_day_row_set_day (PurserDayRow *self,
                        gint32        day)
{
  self->day = day;
  fill (self);
  show (self);
}

gint32
purser_day_row_get_day (PurserDayRow *self)
{
  return self->day;
}
