/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-ollama.h"

#include "purser-quick.h"
#include "purser-reader.h"

/* The line that a stream of /api/chat repeats: a piece of text, and not done. */

static gboolean
read_message (PurserQuick *quick, GString *text)
{
  PurserQuickMember member;
  gboolean told = FALSE;
  int more;
  if (!purser_quick_open (quick))
    return FALSE;
  while ((more = purser_quick_member (quick, &member)) > 0)
    if (purser_quick_is (&member, "content"))
      {
        if (told || member.kind != PURSER_QUICK_STRING || !purser_quick_text (&member, text))
          return FALSE;
        told = TRUE;
      }
    else if (member.kind >= PURSER_QUICK_OBJECT
             || (purser_quick_is (&member, "thinking") && !purser_quick_is_idle (&member)))
      return FALSE;
  return more == 0;
}

/* What else the tree reads of a line; of the rest only whether it is an error's. */
static gboolean
is_quiet (const PurserQuickMember *member)
{
  static const char *const loud[] = { "error", "type", "object", "response", "thinking", "logprobs", NULL };
  return member->kind < PURSER_QUICK_OBJECT && (!purser_quick_is_in (member, loud) || member->kind == PURSER_QUICK_NULL);
}

gboolean
purser_ollama_read_quick (PurserReader *reader, gpointer state, const char *event, const char *text, gsize length)
{
  PurserQuick quick = { text, text + length, FALSE };
  GString *said = purser_reader_scratch (reader);
  PurserQuickMember member;
  gboolean message = FALSE, done = FALSE;
  int more;
  if (!purser_reader_is_named (reader) || !purser_quick_open (&quick))
    return FALSE;
  while ((more = purser_quick_member (&quick, &member)) > 0)
    if (purser_quick_is (&member, "message"))
      {
        if (message || member.kind != PURSER_QUICK_OBJECT || !read_message (&quick, said))
          return FALSE;
        message = TRUE;
      }
    else if (purser_quick_is (&member, "done"))
      {
        if (done || member.kind != PURSER_QUICK_FALSE)
          return FALSE;
        done = TRUE;
      }
    else if (!is_quiet (&member))
      return FALSE;
  if (more < 0 || !message || !purser_quick_is_over (&quick))
    return FALSE;
  purser_reader_text (reader, PURSER_EVENT_TEXT, 0, 0, said->str);
  return TRUE;
}
