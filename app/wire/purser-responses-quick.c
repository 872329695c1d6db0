/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-responses.h"

/* The event that a stream of Responses repeats: a fragment of an item that is open. Which of them a type is, the tree's reader
 * knows (purser-responses-reply.c); all members beside are plain, and nobody's. */

typedef enum { TOLD_TYPE = 1, TOLD_DELTA = 2, TOLD_OUTPUT = 4, TOLD_CONTENT = 8, TOLD_SUMMARY = 16 } Told;

/* Each once, and of its kind. */
static gboolean
take (PurserResponsesPiece *piece, const PurserQuickMember *member, GString *text, guint *told)
{
  const struct { const char *name; PurserQuickKind kind; Told told; gint64 *number; } members[] = {
    { "type", PURSER_QUICK_STRING, TOLD_TYPE, NULL },
    { "delta", PURSER_QUICK_STRING, TOLD_DELTA, NULL },
    { "output_index", PURSER_QUICK_NUMBER, TOLD_OUTPUT, &piece->output_index },
    { "content_index", PURSER_QUICK_NUMBER, TOLD_CONTENT, &piece->content_index },
    { "summary_index", PURSER_QUICK_NUMBER, TOLD_SUMMARY, &piece->summary_index },
  };
  gsize i = 0;
  while (i < G_N_ELEMENTS (members) && !purser_quick_is (member, members[i].name))
    i++;
  if (i == G_N_ELEMENTS (members))
    return member->kind < PURSER_QUICK_OBJECT;
  if (member->kind != members[i].kind || (*told & members[i].told) != 0)
    return FALSE;
  *told |= members[i].told;
  if (members[i].number != NULL)
    *members[i].number = member->number;
  else if (members[i].told == TOLD_TYPE)
    piece->type = *member;
  else
    return purser_quick_text (member, text);
  return TRUE;
}

gboolean
purser_responses_read_quick (PurserReader *reader, gpointer state, const char *event, const char *text, gsize length)
{
  PurserQuick quick = { text, text + length, FALSE };
  PurserResponsesPiece piece = { .output_index = -1 };
  PurserQuickMember member;
  GString *said = purser_reader_scratch (reader);
  guint told = 0;
  int more;
  if (!purser_quick_open (&quick))
    return FALSE;
  while ((more = purser_quick_member (&quick, &member)) > 0)
    if (!take (&piece, &member, said, &told))
      return FALSE;
  piece.text = said->str;
  return more == 0 && purser_quick_is_over (&quick) && (told & (TOLD_TYPE | TOLD_DELTA)) == (TOLD_TYPE | TOLD_DELTA)
         && piece.output_index >= 0 && purser_responses_read_piece (reader, state, &piece);
}
