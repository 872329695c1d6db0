/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-settings.h"

#define MAX_RECENT 8

/**
 * purser_settings_get:
 *
 * Returns: (transfer none) (nullable): the settings, or %NULL where their schema is not installed
 */
GSettings *
purser_settings_get (void)
{
  static GSettings *settings;
  static gsize looked;

  if (g_once_init_enter (&looked))
    {
      GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
      g_autoptr (GSettingsSchema) schema = NULL;

      if (source != NULL)
        schema = g_settings_schema_source_lookup (source, PURSER_APP_ID, TRUE);
      if (schema != NULL)
        settings = g_settings_new_full (schema, NULL, NULL);
      g_once_init_leave (&looked, 1);
    }
  return settings;
}

/**
 * purser_settings_last:
 *
 * Returns: (transfer full) (nullable): the file of the organisation that was open last
 */
char *
purser_settings_last (void)
{
  GSettings *settings = purser_settings_get ();
  g_autofree char *path = settings != NULL ? g_settings_get_string (settings, "last-organisation") : NULL;

  return path != NULL && *path != '\0' ? g_steal_pointer (&path) : NULL;
}

/**
 * purser_settings_recent:
 *
 * Returns: (transfer full): files of organisations, the latest first
 */
char **
purser_settings_recent (void)
{
  GSettings *settings = purser_settings_get ();

  return settings != NULL ? g_settings_get_strv (settings, "recent-organisations") : g_new0 (char *, 1);
}

static void
set_recent (const char *first,
            const char *without)
{
  g_auto (GStrv) old = purser_settings_recent ();
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) recent = NULL;
  guint n = 0;

  if (first != NULL)
    g_strv_builder_add (builder, first), n++;
  for (guint i = 0; old[i] != NULL && n < MAX_RECENT; i++)
    if (!g_str_equal (old[i], without))
      g_strv_builder_add (builder, old[i]), n++;
  recent = g_strv_builder_end (builder);
  g_settings_set_strv (purser_settings_get (), "recent-organisations", (const char *const *) recent);
}

/**
 * purser_settings_remember:
 * @path: the file of the organisation that is open now
 */
void
purser_settings_remember (const char *path)
{
  if (purser_settings_get () == NULL)
    return;
  g_settings_set_string (purser_settings_get (), "last-organisation", path);
  set_recent (path, path);
}

/**
 * purser_settings_forget:
 * @path: a file that is not to be offered again
 */
void
purser_settings_forget (const char *path)
{
  if (purser_settings_get () != NULL)
    set_recent (NULL, path);
}

#define AUTOSTART "gateway-autostart"

static gboolean autostart = TRUE; /* where nothing is remembered */

static GSettings *
settings_with (const char *key)
{
  GSettings *settings = purser_settings_get ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (settings == NULL)
    return NULL;
  g_object_get (settings, "settings-schema", &schema, NULL);
  return schema != NULL && g_settings_schema_has_key (schema, key) ? settings : NULL;
}

gboolean
purser_settings_get_autostart (void)
{
  GSettings *settings = settings_with (AUTOSTART);

  return settings != NULL ? g_settings_get_boolean (settings, AUTOSTART) : autostart;
}

void
purser_settings_set_autostart (gboolean on)
{
  GSettings *settings = settings_with (AUTOSTART);

  autostart = on;
  if (settings != NULL)
    g_settings_set_boolean (settings, AUTOSTART, on);
}
