/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-org.h"

#include <glib/gi18n-lib.h>
#include <string.h>

enum
{
  NAME_MAX_CHARS = 100,
  WORKLOAD_NAME_MAX = 64
};

static gboolean
refuse (GError **error, const char *words)
{
  g_set_error_literal (error, PURSER_ORG_ERROR, PURSER_ORG_ERROR_NAME, words);
  return FALSE;
}

static gboolean
has_control (const char *name)
{
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029)
        return TRUE;
    }
  return FALSE;
}

/**
 * purser_name_check:
 * @name: (nullable): a name as given
 * @allow_slash: whether "/" may occur; a provider's name goes before one in "provider/model"
 * @error: return location for words for the field
 *
 * Returns: whether @name may be kept as it stands
 */
gboolean
purser_name_check (const char *name, gboolean allow_slash, GError **error)
{
  if (name == NULL || *name == '\0')
    return refuse (error, _("The name is empty. Enter a name."));
  if (!g_utf8_validate (name, -1, NULL))
    return refuse (error, _("The name contains bytes that are not text. Enter it again."));
  if (g_unichar_isspace (g_utf8_get_char (name))
      || g_unichar_isspace (g_utf8_get_char (g_utf8_find_prev_char (name, name + strlen (name)))))
    return refuse (error, _("The name begins or ends with a space. Remove it."));
  if (g_utf8_strlen (name, -1) > NAME_MAX_CHARS)
    return refuse (error, _("The name is longer than 100 characters. Shorten it."));
  if (has_control (name))
    return refuse (error, _("The name contains a line break or another control character. Enter it as one line."));
  if (!allow_slash && strchr (name, '/') != NULL)
    return refuse (error, _("A provider’s name cannot contain “/”, which stands between provider and model. Choose "
                             "another character."));
  return TRUE;
}

/**
 * purser_workload_name_check:
 * @name: (nullable): a workload's name, as callers will send it
 * @error: return location for words for the field
 *
 * Returns: whether @name is 1 to 64 small letters, digits and hyphens
 */
gboolean
purser_workload_name_check (const char *name, GError **error)
{
  if (name == NULL || *name == '\0')
    return refuse (error, _("The name is empty. Enter a name."));
  if (strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen (name))
    return refuse (error, _("Programs send this name: use only small letters a–z, digits and hyphens, for example "
                             "“contract-review”."));
  if (strlen (name) > WORKLOAD_NAME_MAX)
    return refuse (error, _("The name is longer than 64 characters. Shorten it."));
  return TRUE;
}
