/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-carry.h"

#include <string.h>

/**
 * purser_carry_wrap:
 * @dialect: whose state it is
 * @id: (nullable): of the item it belongs to (OpenAI's reasoning items have one); holds no full stop
 * @opaque: the state as the provider gave it
 *
 * Returns: (transfer full): text that another dialect's caller can carry
 */
char *
purser_carry_wrap (const char *dialect, const char *id, const char *opaque)
{
  return g_strconcat (PURSER_CARRY_MARK, dialect, ".", id != NULL && strchr (id, '.') == NULL ? id : "", ".", opaque,
                      NULL);
}

/**
 * purser_carry_unwrap:
 * @text: a signature or its like as a caller sent it
 * @dialect: (out): whose it is
 * @id: (out) (nullable): its item's id
 * @opaque: (out): the state as the provider gave it
 *
 * Returns: FALSE where @text is not wrapped; nothing is set then
 */
gboolean
purser_carry_unwrap (const char *text, char **dialect, char **id, char **opaque)
{
  if (text == NULL || !g_str_has_prefix (text, PURSER_CARRY_MARK))
    return FALSE;
  g_auto(GStrv) pieces = g_strsplit (text + strlen (PURSER_CARRY_MARK), ".", 3);
  if (g_strv_length (pieces) != 3 || *pieces[0] == 0)
    return FALSE;
  *dialect = g_strdup (pieces[0]);
  *id = *pieces[1] != 0 ? g_strdup (pieces[1]) : NULL;
  *opaque = g_strdup (pieces[2]);
  return TRUE;
}
