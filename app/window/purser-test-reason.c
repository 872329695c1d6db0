/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-reason.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define OPENING "“"
#define CLOSING "”"

/* What the checks of patterns say, and what is said instead: of one text, of several, of a pattern that cannot be read aloud. The reason was stored in the
 * language of whoever ran the test: this one's, or the program's own. */
typedef struct
{
  const char *said;
  const char *whole; /* the pattern is all the answer may be */
  const char *one;
  const char *several;
  const char *other;
} Words;

static const Words words[] =
{
  /* Translators: %s is a regular expression in quotation marks. */
  { N_("Does not match the pattern %s"), N_("Is not just “%s”"), N_("Does not mention “%s”"), N_("Mentions none of %s"), N_("Does not fit the pattern") },
  { N_("Matches the pattern %s"), N_("Is just “%s”"), N_("Mentions “%s”"), N_("Mentions one of %s"), N_("Fits the pattern that no answer should fit") },
};

/* What stands in quotation marks after the words of FORMAT, or NULL. */
static char *
quoted_in (const char *reason,
           const char *format)
{
  const char *place = strstr (format, "%s");
  gsize before = place != NULL ? (gsize) (place - format) : 0;
  const char *start = reason + before;
  gsize length = strlen (reason);

  if (place == NULL || length < before || strncmp (reason, format, before) != 0 || !g_str_has_suffix (reason, place + 2))
    return NULL;
  length -= before + strlen (place + 2);
  if (length < strlen (OPENING CLOSING) || !g_str_has_prefix (start, OPENING)
      || strncmp (start + length - strlen (CLOSING), CLOSING, strlen (CLOSING)) != 0)
    return NULL;
  return g_strndup (start + strlen (OPENING), length - strlen (OPENING CLOSING));
}

static gboolean
take (const char **text,
      const char  *prefix)
{
  if (!g_str_has_prefix (*text, prefix))
    return FALSE;
  *text += strlen (prefix);
  return TRUE;
}

/* What may stand around a text without changing what is looked for. */
static const char *
skip_start (const char *pattern,
            gboolean   *anchored)
{
  take (&pattern, "(?i)");
  *anchored = take (&pattern, "^");
  while (take (&pattern, "\\s*") || take (&pattern, "\\b") || take (&pattern, " *"))
    ;
  return pattern;
}

static void
cut_end (GString  *text,
         gboolean *anchored)
{
  static const char *const ends[] = { "\\s*", "\\b", "\\.?", " *" };
  gboolean cut = TRUE;

  *anchored = *anchored && g_str_has_suffix (text->str, "$");
  if (g_str_has_suffix (text->str, "$"))
    g_string_truncate (text, text->len - 1);
  while (cut)
    {
      cut = FALSE;
      for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
        if (g_str_has_suffix (text->str, ends[i]))
          {
            g_string_truncate (text, text->len - strlen (ends[i]));
            cut = TRUE;
          }
    }
}

/* PART of a pattern as the text it stands for, or NULL where it stands for more than one. */
static char *
plain_text (const char *part)
{
  g_autoptr (GString) plain = g_string_new (NULL);

  if (strstr (part, "…") != NULL)
    return NULL; /* its end was cut off */
  for (const char *c = part; *c != '\0'; c++)
    {
      if (*c == '\\' && c[1] == 'b')
        c++;
      else if (*c == '\\' && c[1] != '\0' && !g_ascii_isalnum (c[1]))
        g_string_append_c (plain, *++c);
      else if (strchr ("\\^$.|?*+()[]{}", *c) != NULL)
        return NULL;
      else
        g_string_append_c (plain, *c);
    }
  g_strstrip (plain->str);
  return *plain->str != '\0' ? g_strdup (plain->str) : NULL;
}

/* The texts that PATTERN is a choice of, or NULL. */
static GStrv
plain_texts (const char *pattern,
             gboolean   *anchored)
{
  g_autoptr (GString) text = g_string_new (skip_start (pattern, anchored));
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;

  cut_end (text, anchored);
  if (g_str_has_prefix (text->str, "(") && g_str_has_suffix (text->str, ")") && strchr (text->str + 1, '(') == NULL)
    {
      g_string_truncate (text, text->len - 1);
      g_string_erase (text, 0, 1);
    }
  parts = g_strsplit (text->str, "|", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      char *plain = plain_text (parts[i]);

      if (plain == NULL)
        return NULL;
      g_strv_builder_take (texts, plain);
    }
  return g_strv_builder_end (texts);
}

static char *
list_of (const GStrv texts)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; texts[i] != NULL; i++)
    g_string_append_printf (list, "%s" OPENING "%s" CLOSING, i > 0 ? ", " : "", texts[i]);
  return g_string_free (list, FALSE);
}

static char *
say (const Words *w,
     char        *found,
     char       **pattern)
{
  gboolean anchored = FALSE;
  g_auto (GStrv) texts = plain_texts (found, &anchored);
  g_autofree char *list = NULL;

  if (texts == NULL || texts[0] == NULL)
    {
      *pattern = found;
      return g_strdup (_(w->other));
    }
  g_free (found);
  if (texts[1] == NULL)
    return g_strdup_printf (anchored ? _(w->whole) : _(w->one), texts[0]);
  list = list_of (texts);
  return g_strdup_printf (_(w->several), list);
}

/**
 * purser_test_reason:
 * @reason: what was stored with the answer
 * @pattern: (out) (nullable) (transfer full): a pattern that the words do not tell
 *
 * Returns: (transfer full): the same in words
 */
char *
purser_test_reason (const char  *reason,
                    char       **pattern)
{
  *pattern = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      char *found = quoted_in (reason, _(words[i].said));

      if (found == NULL)
        found = quoted_in (reason, words[i].said);
      if (found != NULL)
        return say (&words[i], found, pattern);
    }
  return g_strdup (reason);
}
