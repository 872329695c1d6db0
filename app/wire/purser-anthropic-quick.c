/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-anthropic-read.h"

#include "purser-quick.h"

/* The event that a stream of Messages repeats: content_block_delta with a piece of text, thinking or arguments. Its
 * members all have to be known, and to say something: all else is the tree's. */

typedef struct
{
  PurserEventType   type;  /* END: no text was seen */
  PurserQuickMember text;
  gboolean          typed;
} Delta;

static gboolean
read_delta (PurserQuick *quick, Delta *delta)
{
  static const struct { const char *member; PurserEventType type; } texts[] = {
    { "text", PURSER_EVENT_TEXT }, { "thinking", PURSER_EVENT_THINKING }, { "partial_json", PURSER_EVENT_TOOL_ARGS }
  };
  PurserQuickMember member;
  int more;
  if (delta->typed || !purser_quick_open (quick))
    return FALSE;
  while ((more = purser_quick_member (quick, &member)) > 0)
    {
      gsize i = 0;
      if (member.kind != PURSER_QUICK_STRING)
        return FALSE;
      while (i < G_N_ELEMENTS (texts) && !purser_quick_is (&member, texts[i].member))
        i++;
      if (i == G_N_ELEMENTS (texts) && (delta->typed || !purser_quick_is (&member, "type")))
        return FALSE;
      delta->typed |= i == G_N_ELEMENTS (texts);
      if (i == G_N_ELEMENTS (texts))
        continue;
      if (delta->type != PURSER_EVENT_END)
        return FALSE;
      delta->type = texts[i].type;
      delta->text = member;
    }
  return more == 0 && delta->typed && delta->type != PURSER_EVENT_END;
}

gboolean
purser_anthropic_read_quick (PurserReader *reader, gpointer state, const char *event, const char *text, gsize length)
{
  PurserQuick quick = { text, text + length, FALSE };
  Delta delta = { .type = PURSER_EVENT_END };
  PurserQuickMember member;
  gboolean typed = FALSE, indexed = FALSE;
  gint64 index = 0;
  int more;
  if (!purser_quick_open (&quick))
    return FALSE;
  while ((more = purser_quick_member (&quick, &member)) > 0)
    if (!typed && purser_quick_is (&member, "type") && purser_quick_says (&member, "content_block_delta"))
      typed = TRUE;
    else if (!indexed && purser_quick_is (&member, "index") && member.kind == PURSER_QUICK_NUMBER)
      {
        indexed = TRUE;
        index = member.number;
      }
    else if (!purser_quick_is (&member, "delta") || member.kind != PURSER_QUICK_OBJECT || !read_delta (&quick, &delta))
      return FALSE;
  GString *said = purser_reader_scratch (reader);
  return more == 0 && typed && delta.typed && purser_quick_is_over (&quick)
         && purser_quick_text (&delta.text, said) && said->len > 0
         && purser_anthropic_read_piece (reader, state, index, delta.type, said->str);
}
