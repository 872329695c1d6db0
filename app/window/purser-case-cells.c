/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-case-cells.h"

#include <adwaita.h>
#include <math.h>
#include "purser-palette.h"

struct _PurserCaseCells
{
  GtkWidget parent_instance;

  guint     passed, cases;
};

G_DEFINE_FINAL_TYPE (PurserCaseCells, purser_case_cells, GTK_TYPE_WIDGET)

#define HEIGHT 36
#define MAX_CELL 9.f
#define GAP 3.f

/* The largest cell with which all cases fit into the picture. */
static float
cell_size (float width,
           float height,
           guint cases)
{
  float cell = MAX_CELL;

  while (cell > 1 && floorf ((width + GAP) / (cell + GAP)) * floorf ((height + GAP) / (cell + GAP)) < cases)
    cell -= .5f;
  return cell;
}

static void
purser_case_cells_snapshot (GtkWidget   *widget,
                            GtkSnapshot *snapshot)
{
  PurserCaseCells *self = PURSER_CASE_CELLS (widget);
  float width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  float cell = cell_size (width, height, self->cases);
  guint columns = MAX ((guint) floorf ((width + GAP) / (cell + GAP)), 1);
  guint rows = (self->cases + columns - 1) / columns;
  float top = height - rows * (cell + GAP) + GAP;
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GdkRGBA good, bad;

  purser_palette_color (2, adw_style_manager_get_dark (adw_style_manager_get_default ()), &good);
  gtk_widget_get_color (widget, &bad);
  for (guint i = 0; i < self->cases; i++)
    {
      float x = (i % columns) * (cell + GAP), y = top + (i / columns) * (cell + GAP);
      GskRoundedRect shape;

      gsk_rounded_rect_init_from_rect (&shape, &GRAPHENE_RECT_INIT (rtl ? width - x - cell : x, y, cell, cell),
                                       cell > 4 ? 2 : 0);
      if (i < self->passed)
        {
          gtk_snapshot_push_rounded_clip (snapshot, &shape);
          gtk_snapshot_append_color (snapshot, &good, &shape.bounds);
          gtk_snapshot_pop (snapshot);
        }
      else
        gtk_snapshot_append_border (snapshot, &shape, (const float[4]) { 1.5f, 1.5f, 1.5f, 1.5f },
                                    (const GdkRGBA[4]) { bad, bad, bad, bad });
    }
}

static void
purser_case_cells_measure (GtkWidget      *widget,
                           GtkOrientation  orientation,
                           int             for_size,
                           int            *minimum,
                           int            *natural,
                           int            *minimum_baseline,
                           int            *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 40;
}

static void
purser_case_cells_class_init (PurserCaseCellsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = purser_case_cells_snapshot;
  widget_class->measure = purser_case_cells_measure;
  gtk_widget_class_set_css_name (widget_class, "casecells");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
purser_case_cells_init (PurserCaseCells *self)
{
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

GtkWidget *
purser_case_cells_new (void)
{
  return g_object_new (PURSER_TYPE_CASE_CELLS, NULL);
}

void
purser_case_cells_set_values (PurserCaseCells *self,
                              guint            passed,
                              guint            cases)
{
  self->passed = passed;
  self->cases = cases;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
