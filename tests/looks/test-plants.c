/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A check that finds nothing proves nothing until it has found something: each one of the looks is shown a fault made for it, and the same without the fault. */
#include "config.h"

#include "../window/fixture-gtk.h"
#include "looks-contrast.h"

#define WIDTH 400
#define HEIGHT 300

typedef struct
{
  const char *check;
  guint       n;
} Count;

static void
count_cb (const char *check,
          const char *what,
          gpointer    data)
{
  Count *count = data;

  g_test_message ("%s: %s", check, what);
  count->n += g_str_equal (check, count->check);
}

static GtkWidget *
label (const char *text)
{
  return g_object_new (GTK_TYPE_LABEL, "label", text, "xalign", 0., NULL);
}

/* --- faults: each is made where FAULT, else its sound twin --- */

static GtkWidget *
two_labels (gboolean fault)
{
  GtkWidget *fixed = gtk_fixed_new ();

  gtk_fixed_put (GTK_FIXED (fixed), label ("The cost of November"), 20, 20);
  gtk_fixed_put (GTK_FIXED (fixed), label ("The cost of October"), 40, fault ? 28 : 60);
  return fixed;
}

/* What lies over the page, as a badge or a sum put over a chart does. */
static GtkWidget *
overlay (gboolean fault)
{
  GtkWidget *over = gtk_overlay_new ();
  GtkWidget *below = label ("Together, all of November"), *above = label ("€342.10");

  g_object_set (below, "halign", GTK_ALIGN_START, "valign", GTK_ALIGN_START, NULL);
  g_object_set (above, "halign", GTK_ALIGN_START, "valign", fault ? GTK_ALIGN_START : GTK_ALIGN_END, NULL);
  gtk_overlay_set_child (GTK_OVERLAY (over), below);
  gtk_overlay_add_overlay (GTK_OVERLAY (over), above);
  return over;
}

static GtkWidget *
shortened (gboolean fault)
{
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *text = label ("A name that is much too long for the room it has");

  if (fault)
    gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_END);
  else
    gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 120);
  adw_clamp_set_child (ADW_CLAMP (clamp), text);
  return clamp;
}

static GtkWidget *
beyond_edge (gboolean fault)
{
  GtkWidget *fixed = gtk_fixed_new ();

  gtk_widget_set_overflow (fixed, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_size_request (fixed, 200, 100);
  g_object_set (fixed, "halign", GTK_ALIGN_START, NULL);
  gtk_fixed_put (GTK_FIXED (fixed), label ("Half of this is out of sight"), fault ? -60 : 0, 20);
  return fixed;
}

static GtkWidget *
faint (gboolean fault)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *text = label ("Hardly to be read");

  gtk_widget_set_opacity (text, fault ? 0.2 : 0.9);
  gtk_box_append (GTK_BOX (box), text);
  return box;
}

static void
check_overlap (GArray *texts, GtkWidget *window, gpointer data)
{
  looks_check_overlap (texts, window, count_cb, data);
}

static void
check_cut (GArray *texts, GtkWidget *window, gpointer data)
{
  for (guint i = 0; i < texts->len; i++)
    looks_check_cut (&g_array_index (texts, LooksText, i), count_cb, data);
}

static void
check_outside (GArray *texts, GtkWidget *window, gpointer data)
{
  for (guint i = 0; i < texts->len; i++)
    looks_check_outside (&g_array_index (texts, LooksText, i), window, count_cb, data);
}

static void
check_contrast (GArray *texts, GtkWidget *window, gpointer data)
{
  looks_check_contrast (texts, window, count_cb, data);
}

typedef struct
{
  const char *name, *check;
  GtkWidget *(*make) (gboolean fault);
  void       (*run)  (GArray *texts, GtkWidget *window, gpointer data);
} Plant;

static const Plant plants[] =
{
  { "overlap", "overlap", two_labels, check_overlap },
  { "overlay", "overlap", overlay, check_overlap },
  { "cut-off", "cut-off", shortened, check_cut },
  { "outside", "outside", beyond_edge, check_outside },
  { "contrast", "contrast", faint, check_contrast },
};

static guint
findings (const Plant *plant,
          gboolean     fault)
{
  Count count = { plant->check, 0 };
  g_autoptr (GArray) texts = g_array_new (FALSE, FALSE, sizeof (LooksText));
  GtkWidget *window = g_object_new (ADW_TYPE_APPLICATION_WINDOW, "default-width", WIDTH, "default-height", HEIGHT, NULL);

  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), plant->make (fault));
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  looks_collect (window, window, texts);
  g_assert_cmpuint (texts->len, >, 0);
  plant->run (texts, window, &count);
  gtk_window_destroy (GTK_WINDOW (window));
  return count.n;
}

static void
test_plant (gconstpointer data)
{
  g_assert_cmpuint (findings (data, FALSE), ==, 0);
  g_assert_cmpuint (findings (data, TRUE), ==, 1);
}

int
main (int    argc,
      char **argv)
{
  if (!test_init (&argc, &argv, "none"))
    return 0;
  for (gsize i = 0; i < G_N_ELEMENTS (plants); i++)
    {
      g_autofree char *path = g_strconcat ("/looks/plants/", plants[i].name, NULL);

      g_test_add_data_func (path, &plants[i], test_plant);
    }
  return g_test_run ();
}
