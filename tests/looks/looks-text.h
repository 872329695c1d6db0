/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks a window and finds text that cannot be read: cut off, out of its window, one over another, too faint. */
#pragma once

#include <adwaita.h>

#define LEAST_CONTRAST 3.0
#define SLACK 1.5 /* px by which rounding may differ */

typedef struct
{
  GtkWidget       *widget;
  graphene_rect_t  bounds; /* in the window */
  const char      *text;
} LooksText;

typedef void (*LooksReport) (const char *check, const char *what, gpointer data);

static inline void
looks_report (LooksReport  report,
              gpointer     data,
              const char  *check,
              GtkWidget   *widget,
              const char  *format,
              ...) G_GNUC_PRINTF (5, 6);

/* The nearest widget of Purser's own around WIDGET: where to look for what is to be mended. */
static inline const char *
looks_owner (GtkWidget *widget)
{
  for (GtkWidget *w = widget; w != NULL; w = gtk_widget_get_parent (w))
    if (g_str_has_prefix (G_OBJECT_TYPE_NAME (w), "Purser"))
      return G_OBJECT_TYPE_NAME (w);
  return G_OBJECT_TYPE_NAME (gtk_widget_get_root (widget));
}

static inline void
looks_report (LooksReport  report,
              gpointer     data,
              const char  *check,
              GtkWidget   *widget,
              const char  *format,
              ...)
{
  g_autofree char *words = NULL;
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  line = g_strdup_printf ("%s: %s", looks_owner (widget), words);
  g_strdelimit (line, "\n\t", ' ');
  report (check, line, data);
}

static inline gboolean
looks_within (GtkWidget  *widget,
              const char *type)
{
  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    if (g_str_equal (G_OBJECT_TYPE_NAME (widget), type))
      return TRUE;
  return FALSE;
}

/* What is on top: a dialog, or the window. */
static inline GtkWidget *
looks_top (GtkWindow *window)
{
  AdwDialog *dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window));

  return dialog != NULL ? GTK_WIDGET (dialog) : GTK_WIDGET (window);
}

/* The part of the window in which WIDGET can be seen: scrolled areas and whatever else clips cut it. */
static inline gboolean
looks_visible_part (GtkWidget       *widget,
                    GtkWidget       *window,
                    graphene_rect_t *part)
{
  if (!gtk_widget_compute_bounds (widget, window, part))
    return FALSE;
  for (GtkWidget *w = gtk_widget_get_parent (widget); w != NULL; w = gtk_widget_get_parent (w))
    {
      graphene_rect_t around;

      if (w != window && gtk_widget_get_overflow (w) != GTK_OVERFLOW_HIDDEN)
        continue;
      if (!gtk_widget_compute_bounds (w, window, &around) || !graphene_rect_intersection (part, &around, part))
        return FALSE;
    }
  return part->size.width > 0 && part->size.height > 0;
}

static inline void
looks_collect (GtkWidget *widget,
               GtkWidget *window,
               GArray    *texts)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget) && *gtk_label_get_text (GTK_LABEL (widget)) != '\0')
    {
      LooksText text = { .widget = widget, .text = gtk_label_get_text (GTK_LABEL (widget)) };

      if (gtk_widget_compute_bounds (widget, window, &text.bounds) && text.bounds.size.width > 0)
        g_array_append_val (texts, text);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    looks_collect (child, window, texts);
}

/* --- cut off --- */

/* The title of a window or page stands in one line and ends in "…" where the room is short, in every GNOME program. It must
 * still say something. */
static inline gboolean
may_be_shortened (GtkWidget *label)
{
  return looks_within (label, "AdwHeaderBar") && gtk_widget_has_css_class (label, "title") && gtk_widget_get_width (label) >= 75;
}

static inline void
looks_check_cut (const LooksText *text,
                 LooksReport      report,
                 gpointer         data)
{
  PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (text->widget));
  int width = gtk_widget_get_width (text->widget), height = gtk_widget_get_height (text->widget);
  int wanted, wanted_height;

  pango_layout_get_pixel_size (layout, &wanted, &wanted_height);
  if (pango_layout_is_ellipsized (layout) && !may_be_shortened (text->widget))
    looks_report (report, data, "cut-off", text->widget, "“%s” ends in “…”: it has %d px", text->text, width);
  else if (wanted > width + SLACK)
    looks_report (report, data, "cut-off", text->widget, "“%s” needs %d px and has %d", text->text, wanted, width);
  else if (wanted_height > height + SLACK)
    looks_report (report, data, "cut-off", text->widget, "“%s” needs a height of %d px and has %d", text->text, wanted_height, height);
}

/* --- out of what it stands in --- */

static inline gboolean
scrolls (GtkWidget      *widget,
         GtkOrientation  orientation)
{
  GtkPolicyType horizontal, vertical;

  if (widget == NULL || !GTK_IS_SCROLLED_WINDOW (widget))
    return FALSE;
  gtk_scrolled_window_get_policy (GTK_SCROLLED_WINDOW (widget), &horizontal, &vertical);
  return (orientation == GTK_ORIENTATION_HORIZONTAL ? horizontal : vertical) != GTK_POLICY_NEVER;
}

/* Whether WIDGET is what a scrolled window moves about, or a part of it: a table's body clips its rows, the table the body. */
static inline gboolean
scrolls_inside (GtkWidget      *widget,
                GtkOrientation  orientation)
{
  GtkWidget *parent = gtk_widget_get_parent (widget);

  if (scrolls (widget, orientation))
    return TRUE;
  if (!GTK_IS_SCROLLABLE (widget) && !GTK_IS_SCROLLABLE (parent))
    return FALSE;
  while (parent != NULL && !GTK_IS_SCROLLED_WINDOW (parent))
    parent = gtk_widget_get_parent (parent);
  return scrolls (parent, orientation);
}

/* Beyond a scrolled area's edge is where one scrolls to; beyond any other edge nobody ever sees it. */
static inline void
looks_check_outside (const LooksText *text,
                     GtkWidget       *window,
                     LooksReport      report,
                     gpointer         data)
{
  gboolean across = FALSE, down = FALSE;

  for (GtkWidget *w = gtk_widget_get_parent (text->widget); w != NULL; w = gtk_widget_get_parent (w))
    {
      graphene_rect_t around;
      float left, right, above, below;

      across |= scrolls_inside (w, GTK_ORIENTATION_HORIZONTAL);
      down |= scrolls_inside (w, GTK_ORIENTATION_VERTICAL);
      if ((w != window && gtk_widget_get_overflow (w) != GTK_OVERFLOW_HIDDEN) || !gtk_widget_compute_bounds (w, window, &around))
        continue;
      left = around.origin.x - text->bounds.origin.x;
      right = text->bounds.origin.x + text->bounds.size.width - around.origin.x - around.size.width;
      above = around.origin.y - text->bounds.origin.y;
      below = text->bounds.origin.y + text->bounds.size.height - around.origin.y - around.size.height;
      if (!across && MAX (left, right) > SLACK)
        looks_report (report, data, "outside", text->widget, "“%s” stands out of its %s by %.0f px", text->text, G_OBJECT_TYPE_NAME (w), MAX (left, right));
      else if (!down && MAX (above, below) > SLACK)
        looks_report (report, data, "outside", text->widget, "“%s” stands out of its %s by %.0f px of height", text->text, G_OBJECT_TYPE_NAME (w), MAX (above, below));
      else
        continue;
      return;
    }
}

/* --- one over another --- */

/* An entry row holds its title twice, one large and one small, and shows one. */
static inline gboolean
takes_turns (GtkWidget *label)
{
  return looks_within (label, "AdwEntryRow") || looks_within (label, "AdwPasswordEntryRow") || looks_within (label, "AdwToast");
}

static inline void
looks_check_overlap (GArray      *texts,
                     GtkWidget   *window,
                     LooksReport  report,
                     gpointer     data)
{
  for (guint i = 0; i < texts->len; i++)
    for (guint j = i + 1; j < texts->len; j++)
      {
        const LooksText *one = &g_array_index (texts, LooksText, i), *other = &g_array_index (texts, LooksText, j);
        graphene_rect_t a, b, common;

        if (takes_turns (one->widget) || takes_turns (other->widget) || !looks_visible_part (one->widget, window, &a)
            || !looks_visible_part (other->widget, window, &b) || !graphene_rect_intersection (&a, &b, &common))
          continue;
        if (common.size.width > 2 && common.size.height > 2)
          looks_report (report, data, "overlap", one->widget, "“%s” and “%s” lie over each other by %.0f × %.0f px", one->text, other->text,
                        common.size.width, common.size.height);
      }
}

/* --- too wide --- */

/* Names the innermost widget that makes a page wider than its window; the first is enough to begin with. A header bar lies over its
 * edges by 1 px a side. */
static inline gboolean
looks_check_width (GtkWidget   *widget,
                   GtkWidget   *window,
                   int          width,
                   LooksReport  report,
                   gpointer     data)
{
  graphene_rect_t bounds;

  if (!gtk_widget_get_mapped (widget))
    return FALSE;
  if (!scrolls (widget, GTK_ORIENTATION_HORIZONTAL)) /* what is inside that may be as wide as it likes */
    for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
      if (looks_check_width (child, window, width, report, data))
        return TRUE;
  /* libadwaita's header bar reaches a pixel under the window's frame on each side. */
  if (!gtk_widget_compute_bounds (widget, window, &bounds) || bounds.size.width <= width + 2 * SLACK || widget == window)
    return FALSE;
  looks_report (report, data, "width", widget, "%s is %.0f px wide in a window of %d", G_OBJECT_TYPE_NAME (widget), bounds.size.width, width);
  return TRUE;
}
