/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-plot.h"

#include <adwaita.h>
#include <math.h>

#define MIN_WIDTH 240
#define NATURAL_WIDTH 460

#define PURSER_TYPE_TEST_MARK (purser_test_mark_get_type ())
G_DECLARE_FINAL_TYPE (PurserTestMark, purser_test_mark, PURSER, TEST_MARK, GtkWidget)

/* A mark draws nothing but its focus ring (CSS node "plotmark"). */
struct _PurserTestMark
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (PurserTestMark, purser_test_mark, GTK_TYPE_WIDGET)

typedef struct
{
  GPtrArray *marks; /* (owned) (element-type GtkWidget): unowned children */
  guint      last;  /* the mark that has or last had the focus */
} PurserTestPlotPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (PurserTestPlot, purser_test_plot, GTK_TYPE_WIDGET)

static PurserTestPlotPrivate *
get (PurserTestPlot *self)
{
  return purser_test_plot_get_instance_private (self);
}

static void
purser_test_mark_class_init (PurserTestMarkClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_css_name (widget_class, "plotmark");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
purser_test_mark_init (PurserTestMark *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}

static int
focused_mark (PurserTestPlot *self)
{
  GPtrArray *marks = get (self)->marks;

  for (guint i = 0; i < marks->len; i++)
    if (gtk_widget_is_focus (marks->pdata[i]))
      return i;
  return -1;
}

static gboolean
focus_mark (PurserTestPlot *self,
            int             i)
{
  GPtrArray *marks = get (self)->marks;

  if (i < 0 || i >= (int) marks->len)
    return FALSE;
  get (self)->last = i;
  return gtk_widget_grab_focus (marks->pdata[i]);
}

static gboolean
key_cb (PurserTestPlot        *self,
        guint                  keyval,
        guint                  keycode,
        GdkModifierType        state,
        GtkEventControllerKey *controller)
{
  int at = focused_mark (self);
  int n = get (self)->marks->len;

  if (at < 0 || (state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return FALSE;
  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_Up:
      focus_mark (self, MAX (at - 1, 0));
      return TRUE;
    case GDK_KEY_Right:
    case GDK_KEY_Down:
      focus_mark (self, MIN (at + 1, n - 1));
      return TRUE;
    case GDK_KEY_Home:
      focus_mark (self, 0);
      return TRUE;
    case GDK_KEY_End:
      focus_mark (self, n - 1);
      return TRUE;
    default:
      return FALSE;
    }
}

/* Tab comes in once, at the mark where one was last, and goes out again. */
static gboolean
purser_test_plot_focus (GtkWidget        *widget,
                        GtkDirectionType  direction)
{
  PurserTestPlot *self = PURSER_TEST_PLOT (widget);

  if (focused_mark (self) >= 0)
    return FALSE;
  return focus_mark (self, MIN (get (self)->last, get (self)->marks->len > 0 ? get (self)->marks->len - 1 : 0));
}

static void
purser_test_plot_snapshot (GtkWidget   *widget,
                           GtkSnapshot *snapshot)
{
  PurserTestPlot *self = PURSER_TEST_PLOT (widget);

  PURSER_TEST_PLOT_GET_CLASS (self)->draw (self, snapshot, gtk_widget_get_width (widget),
                                           gtk_widget_get_height (widget));
  GTK_WIDGET_CLASS (purser_test_plot_parent_class)->snapshot (widget, snapshot);
}

static void
purser_test_plot_size_allocate (GtkWidget *widget,
                                int        width,
                                int        height,
                                int        baseline)
{
  PurserTestPlot *self = PURSER_TEST_PLOT (widget);
  GPtrArray *marks = get (self)->marks;

  for (guint i = 0; i < marks->len; i++)
    {
      graphene_rect_t area = GRAPHENE_RECT_INIT (0, 0, 0, 0);
      GtkAllocation box;
      int least;

      PURSER_TEST_PLOT_GET_CLASS (self)->place (self, i, width, height, &area);
      gtk_widget_measure (marks->pdata[i], GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
      box = (GtkAllocation) { floorf (area.origin.x), floorf (area.origin.y), MAX (least, ceilf (area.size.width)),
                              ceilf (area.size.height) };
      gtk_widget_size_allocate (marks->pdata[i], &box, -1);
    }
}

static void
purser_test_plot_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  PurserTestPlot *self = PURSER_TEST_PLOT (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN_WIDTH;
      *natural = NATURAL_WIDTH;
    }
  else
    {
      *minimum = *natural = ceilf (PURSER_TEST_PLOT_GET_CLASS (self)->height (self));
    }
}

static void
purser_test_plot_dispose (GObject *object)
{
  purser_test_plot_clear (PURSER_TEST_PLOT (object));
  G_OBJECT_CLASS (purser_test_plot_parent_class)->dispose (object);
}

static void
purser_test_plot_finalize (GObject *object)
{
  g_ptr_array_unref (get (PURSER_TEST_PLOT (object))->marks);
  G_OBJECT_CLASS (purser_test_plot_parent_class)->finalize (object);
}

static void
purser_test_plot_class_init (PurserTestPlotClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_test_plot_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_test_plot_finalize;
  widget_class->snapshot = purser_test_plot_snapshot;
  widget_class->size_allocate = purser_test_plot_size_allocate;
  widget_class->measure = purser_test_plot_measure;
  widget_class->focus = purser_test_plot_focus;
  gtk_widget_class_set_css_name (widget_class, "plot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
purser_test_plot_init (PurserTestPlot *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  get (self)->marks = g_ptr_array_new ();
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}

/**
 * purser_test_plot_clear:
 * @self: the plot
 *
 * Takes all marks away.
 */
void
purser_test_plot_clear (PurserTestPlot *self)
{
  GPtrArray *marks = get (self)->marks;

  for (guint i = 0; i < marks->len; i++)
    gtk_widget_unparent (marks->pdata[i]);
  g_ptr_array_set_size (marks, 0);
  get (self)->last = 0;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * purser_test_plot_add_mark:
 * @self: the plot
 * @words: what the mark says, also as its tooltip
 */
void
purser_test_plot_add_mark (PurserTestPlot *self,
                           const char     *words)
{
  GtkWidget *mark = g_object_new (PURSER_TYPE_TEST_MARK, "tooltip-text", words, NULL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (mark), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_set_parent (mark, GTK_WIDGET (self));
  g_ptr_array_add (get (self)->marks, mark);
}

guint
purser_test_plot_get_n (PurserTestPlot *self)
{
  return get (self)->marks->len;
}
