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
