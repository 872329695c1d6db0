/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-principal-limits.h"

#include <glib/gi18n-lib.h>
#include "purser-wait-row.h"

struct _PurserPrincipalLimits
{
  AdwBin         parent_instance;

  PurserSession *session; /* (owned) (nullable) */
  gint64         id;
  GtkWidget     *minute_row, *once_row;
};

G_DEFINE_FINAL_TYPE (PurserPrincipalLimits, purser_principal_limits, ADW_TYPE_BIN)

#define MAX_PER_MINUTE 100000
#define MAX_AT_ONCE 10000

static void
settled_cb (gpointer data)
{
  PurserPrincipalLimits *self = data;
  gint64 minute = (gint64) purser_wait_row_get (self->minute_row), once = (gint64) purser_wait_row_get (self->once_row);
  g_autoptr (PurserOrg) org = NULL;
  const PurserPrincipal *before;

  if (self->session == NULL)
    return;
  org = purser_session_get_org (self->session);
  before = purser_org_principal (org, self->id);
  if (before == NULL || (before->calls_per_minute == minute && before->calls_at_once == once))
    return;
  purser_session_run (self->session, GTK_WIDGET (self), purser_command_set_limits (self->id, minute, once), _("Limit changed"),
                      purser_command_set_limits (self->id, before->calls_per_minute, before->calls_at_once), NULL, NULL);
}

void
purser_principal_limits_show (PurserPrincipalLimits *self,
                              PurserSession         *session,
                              const PurserOrg       *org,
                              const PurserPrincipal *principal)
{
  g_set_object (&self->session, session);
  self->id = principal->id;
  purser_wait_row_set (self->minute_row, (double) principal->calls_per_minute);
  purser_wait_row_set (self->once_row, (double) principal->calls_at_once);
}

static void
purser_principal_limits_dispose (GObject *object)
{
  g_clear_object (&PURSER_PRINCIPAL_LIMITS (object)->session);
  G_OBJECT_CLASS (purser_principal_limits_parent_class)->dispose (object);
}

static void
purser_principal_limits_class_init (PurserPrincipalLimitsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_principal_limits_dispose;
}

static void
purser_principal_limits_init (PurserPrincipalLimits *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  adw_preferences_group_set_title (group, _("Limits"));
  adw_preferences_group_set_description (group, _("For all keys together. A call above a limit is refused, and the tool is told to wait."));
  self->minute_row = purser_wait_row_new (_("Calls per minute"), NULL, _("No limit"), MAX_PER_MINUTE, 1, 0, settled_cb, self);
  self->once_row = purser_wait_row_new (_("Calls at once"), NULL, _("No limit"), MAX_AT_ONCE, 1, 0, settled_cb, self);
  adw_preferences_group_add (group, self->minute_row);
  adw_preferences_group_add (group, self->once_row);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (group));
}
