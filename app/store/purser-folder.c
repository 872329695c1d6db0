/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-store.h"

/**
 * purser_store_default_folder:
 *
 * Returns: (transfer full) (type filename): where organisations live
 */
char *
purser_store_default_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "purser", NULL);
}

/* Letters and digits survive, everything else is one hyphen: a file name that troubles no shell. */
static char *
slug (const char *name)
{
  g_autofree char *ascii = g_str_to_ascii (name, NULL);
  GString *out = g_string_new (NULL);
  for (const char *c = ascii; *c != '\0' && out->len < 60; c++)
    if (g_ascii_isalnum (*c))
      g_string_append_c (out, g_ascii_tolower (*c));
    else if (out->len > 0 && out->str[out->len - 1] != '-')
      g_string_append_c (out, '-');
  while (out->len > 0 && out->str[out->len - 1] == '-')
    g_string_truncate (out, out->len - 1);
  if (out->len == 0)
    g_string_append (out, "organisation");
  return g_string_free_and_steal (out);
}

/**
 * purser_store_path_for:
 * @name: an organisation's name
 * @n: 1 for the first file of that name, 2 for the second …
 *
 * Returns: (transfer full) (type filename): where its file belongs
 */
char *
purser_store_path_for (const char *name, guint n)
{
  g_autofree char *folder = purser_store_default_folder ();
  g_autofree char *base = slug (name);
  g_autofree char *file = n > 1 ? g_strdup_printf ("%s-%u.purser", base, n) : g_strconcat (base, ".purser", NULL);
  return g_build_filename (folder, file, NULL);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(char *const *) a, *(char *const *) b);
}

/**
 * purser_store_list_files:
 *
 * Returns: (transfer full) (element-type filename): the organisations' files in that folder, sorted
 */
GPtrArray *
purser_store_list_files (void)
{
  g_autofree char *folder = purser_store_default_folder ();
  GPtrArray *files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL; name = g_dir_read_name (dir))
    if (g_str_has_suffix (name, ".purser"))
      g_ptr_array_add (files, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (files, compare_names);
  return files;
}
