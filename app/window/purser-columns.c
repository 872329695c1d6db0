/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-columns.h"

struct _PurserColumns
{
  GtkLayoutManager parent_instance;

  guint            columns;
};

G_DEFINE_FINAL_TYPE (PurserColumns, purser_columns, GTK_TYPE_LAYOUT_MANAGER)

enum { PROP_COLUMNS = 1 };

#define SPACING 12

static int
column_width (PurserColumns *self,
              int            width)
{
  return MAX ((width - SPACING * ((int) self->columns - 1)) / (int) self->columns, 1);
}

static GtkWidget *
next_visible (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

/* The height of the row that begins at FIRST; FIRST then points to the next one. */
static int
measure_row (PurserColumns  *self,
             GtkWidget     **first,
             int             width)
{
  int highest = 0;

  for (guint i = 0; i < self->columns && *first != NULL;
       i++, *first = next_visible (gtk_widget_get_next_sibling (*first)))
    {
      int natural;

      gtk_widget_measure (*first, GTK_ORIENTATION_VERTICAL, width, NULL, &natural, NULL, NULL);
      highest = MAX (highest, natural);
    }
  return highest;
}

static void
purser_columns_measure (GtkLayoutManager *manager,
                        GtkWidget        *widget,
                        GtkOrientation    orientation,
                        int               for_size,
                        int              *minimum,
                        int              *natural,
                        int              *minimum_baseline,
                        int              *natural_baseline)
{
  PurserColumns *self = PURSER_COLUMNS (manager);
  GtkWidget *child = next_visible (gtk_widget_get_first_child (widget));
  int least = 0, wanted = 0, height = 0;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      for (; child != NULL; child = next_visible (gtk_widget_get_next_sibling (child)))
        {
          int min, nat;

          gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &min, &nat, NULL, NULL);
          least = MAX (least, min);
          wanted = MAX (wanted, nat);
        }
      *minimum = least * (int) self->columns + SPACING * ((int) self->columns - 1);
      *natural = wanted * (int) self->columns + SPACING * ((int) self->columns - 1);
      return;
    }
  while (child != NULL)
    height +=
        measure_row (self, &child, for_size < 0 ? -1 : column_width (self, for_size)) + (height > 0 ? SPACING : 0);
  *minimum = *natural = height;
}

static void
purser_columns_allocate (GtkLayoutManager *manager,
                         GtkWidget        *widget,
                         int               width,
                         int               height,
                         int               baseline)
{
  PurserColumns *self = PURSER_COLUMNS (manager);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkWidget *child = next_visible (gtk_widget_get_first_child (widget));
  GtkAllocation rect = { .width = column_width (self, width) };

  while (child != NULL)
    {
      GtkWidget *next = child;

      rect.height = measure_row (self, &next, rect.width);
      for (guint i = 0; child != next; i++, child = next_visible (gtk_widget_get_next_sibling (child)))
        {
          rect.x = (rect.width + SPACING) * (int) i;
          if (rtl)
            rect.x = width - rect.x - rect.width;
          gtk_widget_size_allocate (child, &rect, -1);
        }
      rect.y += rect.height + SPACING;
    }
}

static GtkSizeRequestMode
purser_columns_get_request_mode (GtkLayoutManager *manager,
                                 GtkWidget        *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
purser_columns_get_property (GObject    *object,
                             guint       id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  if (id == PROP_COLUMNS)
    g_value_set_uint (value, PURSER_COLUMNS (object)->columns);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
purser_columns_set_property (GObject      *object,
                             guint         id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  if (id == PROP_COLUMNS)
    purser_columns_set_columns (PURSER_COLUMNS (object), g_value_get_uint (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
purser_columns_class_init (PurserColumnsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  object_class->get_property = purser_columns_get_property;
  object_class->set_property = purser_columns_set_property;
  layout_class->measure = purser_columns_measure;
  layout_class->allocate = purser_columns_allocate;
  layout_class->get_request_mode = purser_columns_get_request_mode;
  g_object_class_install_property (object_class, PROP_COLUMNS,
                                   g_param_spec_uint ("columns", NULL, NULL, 1, 12, 4,
                                                      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
}

static void
purser_columns_init (PurserColumns *self)
{
  self->columns = 4;
}

void
purser_columns_set_columns (PurserColumns *self,
                            guint          columns)
{
  if (self->columns == columns)
    return;
  self->columns = columns;
  gtk_layout_manager_layout_changed (GTK_LAYOUT_MANAGER (self));
}
