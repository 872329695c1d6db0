/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-diff.h"

#include <string.h>

#define MAX_WORDS 2000 /* of each text: the table of common words has their product */

/* A piece of a text: a word with the white space after it. */
typedef struct
{
  const char *start;
  guint       word;  /* bytes */
  guint       space; /* bytes after it */
  gboolean    common;
} Piece;

static GArray *
split (const char *text)
{
  GArray *pieces = g_array_new (FALSE, TRUE, sizeof (Piece));
  const char *p = text;

  while (*p != '\0')
    {
      Piece piece = { .start = p };

      while (*p != '\0' && !g_unichar_isspace (g_utf8_get_char (p)))
        p = g_utf8_next_char (p);
      piece.word = p - piece.start;
      while (*p != '\0' && g_unichar_isspace (g_utf8_get_char (p)))
        p = g_utf8_next_char (p);
      piece.space = p - piece.start - piece.word;
      g_array_append_val (pieces, piece);
    }
  return pieces;
}

static gboolean
same (const Piece *a,
      const Piece *b)
{
  return a->word == b->word && memcmp (a->start, b->start, a->word) == 0;
}

/* Marks the longest common sequence of words (the classic table, filled from the ends). */
static void
mark_common (GArray *one,
             GArray *two)
{
  guint n = one->len;
  guint m = two->len;
  g_autofree guint16 *length = g_new0 (guint16, (gsize) (n + 1) * (m + 1));
  guint i = 0;
  guint j = 0;

#define AT(a, b) length[(gsize) (a) * (m + 1) + (b)]
#define PIECE(array, k) (&g_array_index (array, Piece, k))
  for (guint a = n; a-- > 0;)
    for (guint b = m; b-- > 0;)
      AT (a, b) = same (PIECE (one, a), PIECE (two, b)) ? AT (a + 1, b + 1) + 1 : MAX (AT (a + 1, b), AT (a, b + 1));
  while (i < n && j < m)
    {
      if (same (PIECE (one, i), PIECE (two, j)))
        {
          PIECE (one, i++)->common = TRUE;
          PIECE (two, j++)->common = TRUE;
        }
      else if (AT (i + 1, j) >= AT (i, j + 1))
        i++;
      else
        j++;
    }
#undef AT
#undef PIECE
}

static void
mark_all (GArray *pieces)
{
  for (guint i = 0; i < pieces->len; i++)
    g_array_index (pieces, Piece, i).common = TRUE;
}

static void
append_escaped (GString    *markup,
                const char *text,
                gsize       length)
{
  g_autofree char *safe = g_markup_escape_text (text, length);

  g_string_append (markup, safe);
}

/* Neighbouring words of one kind share one span, the space between them included. */
static char *
write_markup (GArray     *pieces,
              const char *color,
              guint       alpha_percent)
{
  GString *markup = g_string_new (NULL);

  for (guint i = 0; i < pieces->len; i++)
    {
      const Piece *piece = &g_array_index (pieces, Piece, i);
      gboolean before = i > 0 && !g_array_index (pieces, Piece, i - 1).common;
      gboolean after = i + 1 < pieces->len && !g_array_index (pieces, Piece, i + 1).common;

      if (!piece->common && !before)
        g_string_append_printf (markup, "<span background=\"%s\" background_alpha=\"%u%%\" underline=\"single\">", color,
                                alpha_percent);
      append_escaped (markup, piece->start, piece->word);
      if (!piece->common && !after)
        g_string_append (markup, "</span>");
      append_escaped (markup, piece->start + piece->word, piece->space);
    }
  return g_string_free (markup, FALSE);
}

/**
 * purser_test_diff:
 * @one: a text
 * @two: another
 * @color_one: the tint of what only @one has, "#rrggbb"
 * @color_two: the same for @two
 * @alpha_percent: how strong the tints are
 * @markup_one: (out) (transfer full): @one as Pango markup
 * @markup_two: (out) (transfer full): @two as Pango markup
 */
void
purser_test_diff (const char  *one,
                  const char  *two,
                  const char  *color_one,
                  const char  *color_two,
                  guint        alpha_percent,
                  char       **markup_one,
                  char       **markup_two)
{
  g_autofree char *valid_one = g_utf8_make_valid (one, -1);
  g_autofree char *valid_two = g_utf8_make_valid (two, -1);
  g_autoptr (GArray) pieces_one = split (valid_one);
  g_autoptr (GArray) pieces_two = split (valid_two);

  if (pieces_one->len <= MAX_WORDS && pieces_two->len <= MAX_WORDS)
    {
      mark_common (pieces_one, pieces_two);
    }
  else
    {
      mark_all (pieces_one);
      mark_all (pieces_two);
    }
  *markup_one = write_markup (pieces_one, color_one, alpha_percent);
  *markup_two = write_markup (pieces_two, color_two, alpha_percent);
}
