/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Where data may be, or is, processed: short codes in capitals, as EU, CH, US. */

enum
{
  REGIONS_MAX = 20,
  CODE_MIN = 2,
  CODE_MAX = 12
};

static char *
code_of (const char *typed)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (typed));
  char *code = g_ascii_strup (trimmed, -1);
  gsize length = strlen (code);
  if (length >= CODE_MIN && length <= CODE_MAX && strspn (code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == length && g_ascii_isalpha (code[0]) && g_ascii_isalpha (code[length - 1]))
    return code;
  g_free (code);
  return NULL;
}

gboolean
purser_command_regions (const char *const *typed, char ***regions, GError **error)
{
  g_autoptr (GPtrArray) codes = g_ptr_array_new_with_free_func (g_free);
  *regions = NULL;
  for (guint i = 0; typed != NULL && typed[i] != NULL; i++)
    {
      g_autofree char *code = code_of (typed[i]);
      if (code == NULL)
        return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("“%s” is no code of a region: write 2 to 12 letters, such as EU, DE or US-EAST."), typed[i]);
      if (!g_ptr_array_find_with_equal_func (codes, code, g_str_equal, NULL))
        g_ptr_array_add (codes, g_steal_pointer (&code));
    }
  if (codes->len > REGIONS_MAX)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("These are more than %d regions. Name the larger ones that hold them, such as EU."), REGIONS_MAX);
  if (codes->len == 0)
    return TRUE;
  g_ptr_array_add (codes, NULL);
  *regions = (char **) g_ptr_array_free (g_steal_pointer (&codes), FALSE);
  return TRUE;
}
