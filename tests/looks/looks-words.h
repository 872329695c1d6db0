/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds text that stays English in German: what both languages say, and is no name. */
#pragma once

#include <stdio.h>
#include <string.h>
#include "purser-session.h"

/* Words that German has too, or that are names. */
static const char *const same_words[] =
{
  "Purser", "Name", "Team", "Teams", "Token", "Tokens", "Person", "Agent", "Agenten", "OK", "Anthropic", "OpenAI", "Ollama", "OpenAI-compatible",
  "Azure OpenAI", "Amazon Bedrock", "GitHub Models", "EUR", "USD", "Euro", "UTC", "Europe/Berlin", "A", "B", "C", "D", "min", "ms", "s", "k", "h", "v",
  "Nov", "Oct", "Sep", "Aug", "Jul", "Jun", "Mai", "Apr", "November", "September", "August", "April", "in", "Online", "Text", "Version", "URL", "€", "System",
  "Strg", "Ctrl", "Alt", "F", "T", "Test", "Tests", "Organisation", "Gateway", "Port",
};

static inline void
looks_write_line (FILE       *file,
                  GtkWidget  *widget,
                  const char *text)
{
  g_autofree char *line = g_strdup (text);

  if (text == NULL || *text == '\0')
    return;
  g_strdelimit (line, "\n\t", ' ');
  fprintf (file, "%s\t%s\n", looks_owner (widget), line);
}

static inline void
looks_write_menu (GMenuModel *menu,
                  GtkWidget  *widget,
                  FILE       *file)
{
  for (int i = 0; menu != NULL && i < g_menu_model_get_n_items (menu); i++)
    {
      g_autofree char *label = NULL;

      if (g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_LABEL, "s", &label))
        looks_write_line (file, widget, label);
      for (guint l = 0; l < 2; l++)
        {
          g_autoptr (GMenuModel) link = g_menu_model_get_item_link (menu, i, l == 0 ? G_MENU_LINK_SECTION : G_MENU_LINK_SUBMENU);

          looks_write_menu (link, widget, file);
        }
    }
}

/* Stored answers and the built-in cases' titles are what they are in every language. */
static inline gboolean
looks_is_material (GtkWidget *widget)
{
  for (GtkWidget *w = widget; w != NULL; w = gtk_widget_get_parent (w))
    if (gtk_widget_has_css_class (w, "purser-material"))
      return TRUE;
  return looks_within (widget, "PurserTestDisagreements") || gtk_widget_has_css_class (widget, "purser-mark") || GTK_IS_TEXT (widget) || GTK_IS_TEXT_VIEW (widget);
}

static inline void
looks_write_words (GtkWidget *widget,
                   FILE      *file)
{
  if (!gtk_widget_get_mapped (widget) || looks_is_material (widget))
    return;
  if (GTK_IS_LABEL (widget))
    looks_write_line (file, widget, gtk_label_get_text (GTK_LABEL (widget)));
  if (GTK_IS_MENU_BUTTON (widget))
    looks_write_menu (gtk_menu_button_get_menu_model (GTK_MENU_BUTTON (widget)), widget, file);
  if (GTK_IS_SEARCH_ENTRY (widget))
    looks_write_line (file, widget, gtk_search_entry_get_placeholder_text (GTK_SEARCH_ENTRY (widget)));
  looks_write_line (file, widget, gtk_widget_get_tooltip_text (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    looks_write_words (child, file);
}

/* The names that an organisation gives: no translator touches them. */
static inline void
looks_write_names (PurserSession *session,
                   const char    *path)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);
  GString *names = g_string_new (org->name);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < org->providers->len; i++)
    g_string_append_printf (names, "\n%s", ((const PurserProvider *) org->providers->pdata[i])->name);
  for (guint i = 0; i < org->models->len; i++)
    g_string_append_printf (names, "\n%s\n%s", ((const PurserModel *) org->models->pdata[i])->name,
                            purser_model_title (org->models->pdata[i]));
  for (guint i = 0; i < org->principals->len; i++)
    g_string_append_printf (names, "\n%s", ((const PurserPrincipal *) org->principals->pdata[i])->name);
  for (guint i = 0; i < org->teams->len; i++)
    g_string_append_printf (names, "\n%s", ((const PurserTeam *) org->teams->pdata[i])->name);
  for (guint i = 0; i < org->workloads->len; i++)
    {
      const PurserWorkload *workload = org->workloads->pdata[i];

      g_string_append_printf (names, "\n%s", workload->name);
      if (!workload->builtin && workload->title != NULL)
        g_string_append_printf (names, "\n%s", workload->title);
    }
  g_file_set_contents (path, names->str, names->len, &error);
  g_assert_no_error (error);
  g_string_free (names, TRUE);
}

static inline int
looks_longest_first (gconstpointer a,
                     gconstpointer b)
{
  return (int) strlen (*(const char *const *) b) - (int) strlen (*(const char *const *) a);
}

/* TEXT without names, numbers and signs: the words that a translator is responsible for. */
static inline char *
looks_own_words (const char *text,
                 GPtrArray  *names)
{
  GString *rest = g_string_new (text);
  GString *words = g_string_new (NULL);
  g_auto (GStrv) parts = NULL;

  for (guint i = 0; i < names->len; i++)
    if (strlen (names->pdata[i]) > 1)
      g_string_replace (rest, names->pdata[i], " ", 0);
  for (char *p = rest->str; *p != '\0'; p = g_utf8_next_char (p))
    if (!g_unichar_isalpha (g_utf8_get_char (p)) && *p != '-' && *p != '/')
      memset (p, ' ', g_utf8_next_char (p) - p);
  parts = g_strsplit (rest->str, " ", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0' && !g_strv_contains (((const char *const[]) { "-", "/", "--", NULL }), parts[i]))
      g_string_append_printf (words, "%s%s", words->len > 0 ? " " : "", parts[i]);
  g_string_free (rest, TRUE);
  return g_string_free (words, FALSE);
}

static inline GStrv
looks_read_lines (const char *root_folder,
                  const char *language,
                  const char *file)
{
  g_autofree char *path = g_build_filename (root_folder, language, file, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return g_strsplit (text, "\n", -1);
}

static inline gboolean
looks_is_same_word (const char *words)
{
  g_auto (GStrv) parts = g_strsplit (words, " ", -1);
  guint known = 0, n = g_strv_length (parts);

  for (guint i = 0; i < G_N_ELEMENTS (same_words); i++)
    if (g_str_equal (words, same_words[i]))
      return TRUE;
  for (guint p = 0; p < n; p++)
    for (guint i = 0; i < G_N_ELEMENTS (same_words); i++)
      if (g_str_equal (parts[p], same_words[i]))
        {
          known++;
          break;
        }
  return known == n;
}

static inline guint
looks_compare_words (const char *root_folder,
                     const char *one,
                     const char *other)
{
  g_auto (GStrv) english = looks_read_lines (root_folder, one, "said");
  g_auto (GStrv) german = looks_read_lines (root_folder, other, "said");
  g_auto (GStrv) name_lines = looks_read_lines (root_folder, one, "names");
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = 0;

  for (guint i = 0; name_lines[i] != NULL; i++)
    g_ptr_array_add (names, name_lines[i]);
  g_ptr_array_sort (names, looks_longest_first);
  for (guint i = 0; english[i] != NULL; i++)
    {
      const char *text = strchr (english[i], '\t');

      if (text != NULL)
        g_hash_table_add (known, looks_own_words (text + 1, names));
    }
  for (guint i = 0; german[i] != NULL; i++)
    {
      const char *text = strchr (german[i], '\t');
      g_autofree char *words = text != NULL ? looks_own_words (text + 1, names) : g_strdup ("");

      if (*words == '\0' || looks_is_same_word (words) || !g_hash_table_contains (known, words) || !g_hash_table_add (told, g_strdup (words)))
        continue;
      g_test_message ("%.*s: “%s”", (int) (text - german[i]), german[i], text + 1);
      n++;
    }
  return n;
}
