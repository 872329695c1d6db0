/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-org-form.h"

#include <glib/gi18n-lib.h>
#include "purser-currencies.h"

struct _PurserOrgForm
{
  AdwPreferencesGroup parent_instance;

  AdwEntryRow   *name_row;
  AdwComboRow   *currency_row;
  AdwComboRow   *timezone_row;
  GtkStringList *timezones;
};

G_DEFINE_FINAL_TYPE (PurserOrgForm, purser_org_form, ADW_TYPE_PREFERENCES_GROUP)

enum { CHANGED, APPLIED, N_SIGNALS };
static guint signals[N_SIGNALS];

enum { PROP_VALID = 1 };
static GParamSpec *properties[PROP_VALID + 1];

static int
compare_strings (gconstpointer a,
                 gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The IANA zones that this system's data knows, else none. */
static GStrv
read_zones (void)
{
  static const char *const tables[] = { "/usr/share/zoneinfo/zone1970.tab", "/usr/share/zoneinfo/zone.tab" };
  g_autoptr (GPtrArray) zones = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (tables) && text == NULL; i++)
    g_file_get_contents (tables[i], &text, NULL, NULL);
  lines = g_strsplit (text != NULL ? text : "", "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], "\t", 4);

      if (lines[i][0] != '#' && g_strv_length (fields) >= 3)
        g_ptr_array_add (zones, g_strdup (fields[2]));
    }
  g_ptr_array_sort (zones, compare_strings);
  g_ptr_array_add (zones, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&zones), FALSE);
}

/* Selects VALUE, adding it where the list does not know it. */
static void
select_value (AdwComboRow   *row,
              GtkStringList *list,
              const char    *value)
{
  guint position = gtk_string_list_find (list, value);

  if (position == G_MAXUINT)
    {
      position = g_list_model_get_n_items (G_LIST_MODEL (list));
      gtk_string_list_append (list, value);
    }
  adw_combo_row_set_selected (row, position);
}

static const char *
selected_value (AdwComboRow   *row,
                GtkStringList *list)
{
  return gtk_string_list_get_string (list, adw_combo_row_get_selected (row));
}

static gboolean
is_valid (PurserOrgForm *self)
{
  g_autofree char *name = purser_org_form_get_name (self);

  return purser_name_check (name, TRUE, NULL);
}

static void
changed_cb (PurserOrgForm *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALID]);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
activated_cb (PurserOrgForm *self)
{
  if (is_valid (self))
    g_signal_emit (self, signals[APPLIED], 0);
}

static gboolean
purser_org_form_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (PURSER_ORG_FORM (widget)->name_row));
}

static void
purser_org_form_get_property (GObject    *object,
                              guint       id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  if (id == PROP_VALID)
    g_value_set_boolean (value, is_valid (PURSER_ORG_FORM (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
purser_org_form_class_init (PurserOrgFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->get_property = purser_org_form_get_property;
  widget_class->grab_focus = purser_org_form_grab_focus;
  properties[PROP_VALID] = g_param_spec_boolean ("valid", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_VALID, properties[PROP_VALID]);
  signals[CHANGED] =
      g_signal_new ("changed", PURSER_TYPE_ORG_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[APPLIED] =
      g_signal_new ("applied", PURSER_TYPE_ORG_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-org-form.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserOrgForm, name_row);
  gtk_widget_class_bind_template_child (widget_class, PurserOrgForm, currency_row);
  gtk_widget_class_bind_template_child (widget_class, PurserOrgForm, timezone_row);
  gtk_widget_class_bind_template_child (widget_class, PurserOrgForm, timezones);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
}

static void
purser_org_form_init (PurserOrgForm *self)
{
  g_auto (GStrv) zones = read_zones ();

  gtk_widget_init_template (GTK_WIDGET (self));
  purser_currencies_fill (self->currency_row, NULL);
  gtk_string_list_append (self->timezones, "UTC");
  gtk_string_list_splice (self->timezones, 1, 0, (const char *const *) zones);
}

GtkWidget *
purser_org_form_new (void)
{
  return g_object_new (PURSER_TYPE_ORG_FORM, NULL);
}

void
purser_org_form_set_values (PurserOrgForm *self,
                            const char    *name,
                            const char    *currency,
                            const char    *zone)
{
  gtk_editable_set_text (GTK_EDITABLE (self->name_row), name);
  purser_currencies_select (self->currency_row, currency);
  select_value (self->timezone_row, self->timezones, zone);
}

/**
 * purser_org_form_set_defaults:
 * @self: the form
 *
 * Fills in what this computer suggests: the locale's currency, the clock's zone.
 */
void
purser_org_form_set_defaults (PurserOrgForm *self)
{
  g_autofree char *currency = purser_currencies_default ();
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  const char *identifier = g_time_zone_get_identifier (zone);
  g_autoptr (GTimeZone) known = identifier != NULL ? g_time_zone_new_identifier (identifier) : NULL;

  purser_org_form_set_values (self, _("My organisation"), currency,
                              known != NULL && strchr (identifier, '/') != NULL ? identifier : "UTC");
}

char *
purser_org_form_get_name (PurserOrgForm *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name_row))));
}

const char *
purser_org_form_get_currency (PurserOrgForm *self)
{
  return purser_currencies_selected (self->currency_row);
}

const char *
purser_org_form_get_timezone (PurserOrgForm *self)
{
  return selected_value (self->timezone_row, self->timezones);
}
