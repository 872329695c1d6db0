/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include "purser-application.h"

int
main (int    argc,
      char **argv)
{
  g_autoptr (GtkApplication) application = NULL;
  const char *locale_folder = g_getenv ("PURSER_LOCALEDIR"); /* where it is not installed: make run */

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_folder != NULL ? locale_folder : PURSER_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  application = purser_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
