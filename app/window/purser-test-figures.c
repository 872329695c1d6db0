/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-figures.h"

#include <glib/gi18n-lib.h>

#include "purser-test-draw.h"
#include "purser-test-figure.h"

#define NARROW_CHARACTERS 9 /* a figure's width on a phone: its words break over lines, and the columns stay straight */
#define COLUMN_GAP 18
#define COLUMN_GAP_NARROW 12

struct _PurserTestFigures
{
  AdwBin               parent_instance;

  char               **titles;  /* (owned) (nullable): the models */
  gboolean             narrow;
  GPtrArray           *names;   /* (owned) (element-type GtkLabel): the models' names over the columns, unowned */
  AdwPreferencesGroup *group;
  GtkListBox          *list;
};

G_DEFINE_FINAL_TYPE (PurserTestFigures, purser_test_figures, ADW_TYPE_BIN)

static void
fit_figure (GtkLabel *label,
            gboolean  narrow)
{
  gtk_label_set_wrap (label, narrow);
  gtk_label_set_max_width_chars (label, narrow ? NARROW_CHARACTERS : -1);
}

static void
purser_test_figures_finalize (GObject *object)
{
  PurserTestFigures *self = PURSER_TEST_FIGURES (object);

  g_strfreev (self->titles);
  g_ptr_array_unref (self->names);
  G_OBJECT_CLASS (purser_test_figures_parent_class)->finalize (object);
}

static void
purser_test_figures_class_init (PurserTestFiguresClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = purser_test_figures_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-test-figures.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserTestFigures, group);
  gtk_widget_class_bind_template_child (widget_class, PurserTestFigures, list);
}

static void
purser_test_figures_init (PurserTestFigures *self)
{
  self->names = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* One line: words that may break, then a figure a model, each as wide as its column. */
static GtkWidget *
make_line (PurserTestFigures *self,
           const char        *words)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, self->narrow ? COLUMN_GAP_NARROW : COLUMN_GAP);
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", words, "xalign", 0.0, "wrap", TRUE, "hexpand", TRUE, NULL);

  gtk_widget_add_css_class (line, "purser-figures-line");
  gtk_box_append (GTK_BOX (line), label);
  return line;
}

static GtkWidget *
make_row (GtkWidget *line)
{
  return g_object_new (GTK_TYPE_LIST_BOX_ROW, "child", line, "activatable", FALSE, NULL);
}

static GtkWidget *
make_head (PurserTestFigures *self,
           GPtrArray         *columns)
{
  GtkWidget *line = make_line (self, "");
  GtkWidget *row = make_row (line);

  g_ptr_array_set_size (self->names, 0);
  for (guint i = 0; self->titles[i] != NULL; i++)
    {
      GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
      GtkWidget *badge = purser_test_badge_new (i);
      GtkWidget *name = g_object_new (GTK_TYPE_LABEL, "label", self->titles[i], "wrap", TRUE, "visible", !self->narrow,
                                      NULL);

      gtk_widget_add_css_class (name, "caption-heading");
      gtk_widget_set_hexpand (badge, TRUE);
      gtk_widget_set_hexpand (head, FALSE); /* the badge expands within it, not the column */
      gtk_widget_set_halign (badge, GTK_ALIGN_END);
      gtk_box_append (GTK_BOX (head), badge);
      gtk_box_append (GTK_BOX (head), name);
      gtk_box_append (GTK_BOX (line), head);
      gtk_size_group_add_widget (columns->pdata[i], head);
      g_ptr_array_add (self->names, name);
    }
  gtk_widget_set_focusable (row, FALSE);
  return row;
}

static GtkWidget *
make_figure (PurserTestFigures *self,
             PurserTestFigure  *figure,
             GPtrArray         *columns)
{
  GtkWidget *line = make_line (self, purser_test_figure_get_cell (figure, 0));
  GtkWidget *row = make_row (line);
  g_autofree char *words = purser_test_figure_say (figure, (const char *const *) self->titles);

  for (guint i = 0; self->titles[i] != NULL; i++)
    {
      GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", purser_test_figure_get_cell (figure, i + 1), "xalign",
                                       1.0, "justify", GTK_JUSTIFY_RIGHT, NULL);

      fit_figure (GTK_LABEL (label), self->narrow);
      gtk_widget_add_css_class (label, "numeric");
      gtk_box_append (GTK_BOX (line), label);
      gtk_size_group_add_widget (columns->pdata[i], label);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  return row;
}

/**
 * purser_test_figures_show:
 * @self: the table
 * @outcome: a test's outcome
 * @titles: (array zero-terminated=1): what its models are called
 * @org: the snapshot now in force
 */
void
purser_test_figures_show (PurserTestFigures        *self,
                          const PurserTrialOutcome *outcome,
                          const char *const        *titles,
                          const PurserOrg          *org)
{
  g_autoptr (GPtrArray) rows = purser_test_figures_of (outcome, org);
  g_autoptr (GPtrArray) columns = g_ptr_array_new_with_free_func (g_object_unref);

  g_strfreev (self->titles);
  self->titles = g_strdupv ((char **) titles);
  for (guint i = 0; titles[i] != NULL; i++)
    g_ptr_array_add (columns, gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL));
  gtk_list_box_remove_all (self->list);
  gtk_list_box_append (self->list, make_head (self, columns));
  for (guint i = 0; i < rows->len; i++)
    gtk_list_box_append (self->list, make_figure (self, rows->pdata[i], columns));
  adw_preferences_group_set_description (self->group, _("Failed calls are left out of the times. A time that 9 in 10 "
                                                        "stay under needs 20 answers, 95 in 100 needs 40, 99 in 100 "
                                                        "needs 200."));
}

/**
 * purser_test_figures_set_narrow:
 * @self: the table
 * @narrow: letters alone stand over the columns; the legend says whose they are
 */
void
purser_test_figures_set_narrow (PurserTestFigures *self,
                                gboolean           narrow)
{
  GtkListBoxRow *row;

  self->narrow = narrow;
  for (guint i = 0; i < self->names->len; i++)
    gtk_widget_set_visible (self->names->pdata[i], !narrow);
  for (guint i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    {
      GtkWidget *line = gtk_list_box_row_get_child (row);
      GtkWidget *words = gtk_widget_get_first_child (line);

      gtk_box_set_spacing (GTK_BOX (line), narrow ? COLUMN_GAP_NARROW : COLUMN_GAP);
      for (GtkWidget *cell = gtk_widget_get_next_sibling (words); cell != NULL; cell = gtk_widget_get_next_sibling (cell))
        if (GTK_IS_LABEL (cell)) /* not the head's boxes */
          fit_figure (GTK_LABEL (cell), narrow);
    }
}

/**
 * purser_test_figures_focus:
 * @self: the table
 *
 * Puts the focus on the first figure.
 */
void
purser_test_figures_focus (PurserTestFigures *self)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, 1);

  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}
