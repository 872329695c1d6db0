/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-openai-chat.h"

#include "purser-quick.h"
#include "purser-reader.h"

/* What an upstream of Chat Completions says most often: one choice that is a piece of text, or nothing but how it ended and
 * what it took. A stream repeats it a thousand times, and most whole replies are so too. Members that the tree reads
 * (purser-openai-chat-reply.c) are in the tables here; what they cannot say is left to the tree. */

#define MOST_DEPTH 4 /* of usage */

typedef struct
{
  GString          *text;  /* (unowned) */
  const char       *said;  /* "delta", or "message" of a whole reply */
  gboolean          choices, choice, index_told, delta, content;
  gint64            index;
  PurserQuickMember id, model, tier, finish; /* kind NULL: not told */
  JsonObject       *usage; /* (owned) (nullable) */
} Chunk;

/* Once only: of two of one name the tree takes the later. */
static gboolean
first (gboolean *seen)
{
  gboolean is_first = !*seen;
  *seen = TRUE;
  return is_first;
}

static gboolean
read_delta (PurserQuick *quick, Chunk *chunk)
{
  static const char *const loud[] = { "reasoning_content", "reasoning",  "reasoning_details", "refusal",
                                      "tool_calls",        "function_call", "annotations",    NULL };
  PurserQuickMember member;
  int more;
  if (!purser_quick_open (quick))
    return FALSE;
  while ((more = purser_quick_member (quick, &member)) > 0)
    if (purser_quick_is (&member, "content"))
      {
        if (!first (&chunk->content)
            || (member.kind == PURSER_QUICK_STRING ? !purser_quick_text (&member, chunk->text)
                                                   : member.kind != PURSER_QUICK_NULL))
          return FALSE;
      }
    else if (member.kind >= PURSER_QUICK_OBJECT
             || (purser_quick_is_in (&member, loud) && !purser_quick_is_idle (&member)
                 && member.kind != PURSER_QUICK_NOTHING))
      return FALSE;
  return more == 0;
}

/* A string that the tree would hand out as it stands here, or nothing. Told once only. */
static gboolean
take_word (PurserQuickMember *word, const PurserQuickMember *member)
{
  if (purser_quick_is_idle (member))
    return TRUE;
  if (word->kind != PURSER_QUICK_NULL || member->kind != PURSER_QUICK_STRING || member->escaped || member->foreign)
    return FALSE;
  *word = *member;
  return TRUE;
}

static gboolean
read_choice (PurserQuick *quick, Chunk *chunk)
{
  PurserQuickMember member;
  int more;
  chunk->choice = TRUE;
  if (!purser_quick_open_list (quick) || !purser_quick_open (quick))
    return FALSE;
  while ((more = purser_quick_member (quick, &member)) > 0)
    if (purser_quick_is (&member, chunk->said))
      {
        if (!first (&chunk->delta) || !read_delta (quick, chunk))
          return FALSE;
      }
    else if (member.kind >= PURSER_QUICK_OBJECT)
      return FALSE;
    else if (purser_quick_is (&member, "index"))
      {
        if (!first (&chunk->index_told) || member.kind != PURSER_QUICK_NUMBER || member.number < 0)
          return FALSE;
        chunk->index = member.number;
      }
    else if (purser_quick_is (&member, "finish_reason") && !take_word (&chunk->finish, &member))
      return FALSE;
  return more == 0 && chunk->delta && purser_quick_close_list (quick);
}

/* It is kept as it came, so it is a tree after all, but a small one. (transfer full) (nullable) */
static JsonObject *
take_object (PurserQuick *quick, int depth)
{
  g_autoptr(JsonObject) object = json_object_new ();
  PurserQuickMember member;
  int more;
  if (depth > MOST_DEPTH || !purser_quick_open (quick))
    return NULL;
  while ((more = purser_quick_member (quick, &member)) > 0)
    {
      g_autofree char *name = g_strndup (member.name, member.name_length);
      if (!g_str_is_ascii (name))
        return NULL;
      JsonObject *inner = member.kind == PURSER_QUICK_OBJECT ? take_object (quick, depth + 1) : NULL;
      if (inner != NULL)
        json_object_set_object_member (object, name, inner);
      else if (member.kind == PURSER_QUICK_NUMBER)
        json_object_set_int_member (object, name, member.number);
      else if (member.kind == PURSER_QUICK_NULL)
        json_object_set_null_member (object, name);
      else
        return NULL;
    }
  return more == 0 ? g_steal_pointer (&object) : NULL;
}

static gboolean
read_usage (PurserQuick *quick, const PurserQuickMember *member, Chunk *chunk)
{
  if (member->kind == PURSER_QUICK_NULL)
    return TRUE;
  if (chunk->usage != NULL || member->kind != PURSER_QUICK_OBJECT)
    return FALSE;
  chunk->usage = take_object (quick, 0);
  return chunk->usage != NULL;
}

/* A member beside the choices: an error (purser_fault_find()), or what is read only where it says something. */
static gboolean
read_beside (const PurserQuickMember *member, Chunk *chunk)
{
  if (member->kind >= PURSER_QUICK_OBJECT)
    return FALSE;
  if (purser_quick_is (member, "error") || purser_quick_is (member, "type"))
    return member->kind == PURSER_QUICK_NULL;
  if (purser_quick_is (member, "object"))
    return member->kind != PURSER_QUICK_STRING || (!member->escaped && !purser_quick_says (member, "error"));
  return purser_quick_is (member, "id")             ? take_word (&chunk->id, member)
         : purser_quick_is (member, "model")        ? take_word (&chunk->model, member)
         : purser_quick_is (member, "service_tier") ? take_word (&chunk->tier, member)
                                                    : TRUE;
}

static gboolean
read_chunk (PurserQuick *quick, Chunk *chunk)
{
  PurserQuickMember member;
  int more;
  if (!purser_quick_open (quick))
    return FALSE;
  while ((more = purser_quick_member (quick, &member)) > 0)
    if (purser_quick_is (&member, "choices"))
      {
        if (!first (&chunk->choices)
            || (member.kind == PURSER_QUICK_ARRAY ? !read_choice (quick, chunk) : member.kind != PURSER_QUICK_NOTHING))
          return FALSE;
      }
    else if (purser_quick_is (&member, "usage") ? !read_usage (quick, &member, chunk) : !read_beside (&member, chunk))
      return FALSE;
  return more == 0 && chunk->choices && purser_quick_is_over (quick);
}

static char *
word_of (const PurserQuickMember *member)
{
  return member->kind == PURSER_QUICK_STRING ? g_strndup (member->start, member->length) : NULL;
}

static gboolean
say (PurserReader *reader, gpointer state, const Chunk *chunk, gboolean whole)
{
  gboolean named = purser_openai_chat_is_named (state);
  gboolean same_tier = chunk->tier.kind == PURSER_QUICK_NULL || purser_openai_chat_knows_tier (state, &chunk->tier);
  g_autofree char *id = named ? NULL : word_of (&chunk->id), *model = named ? NULL : word_of (&chunk->model);
  g_autofree char *finish = word_of (&chunk->finish), *tier = same_tier ? NULL : word_of (&chunk->tier);
  PurserOpenaiChatPiece piece = { id,     model, tier, chunk->text->str, finish, chunk->choice ? chunk->index : -1,
                                  chunk->usage, whole };
  return purser_openai_chat_say (reader, state, &piece);
}

static gboolean
read_text (PurserReader *reader, gpointer state, const char *text, gsize length, gboolean whole)
{
  PurserQuick quick = { text, text + length, FALSE };
  Chunk chunk = { .text = purser_reader_scratch (reader), .said = whole ? "message" : "delta" };
  gboolean done = read_chunk (&quick, &chunk) && (chunk.choice || !whole) && say (reader, state, &chunk, whole);
  g_clear_pointer (&chunk.usage, json_object_unref);
  return done;
}

gboolean
purser_openai_chat_read_quick (PurserReader *reader, gpointer state, const char *event, const char *text, gsize length)
{
  return *event == 0 && read_text (reader, state, text, length, FALSE);
}

gboolean
purser_openai_chat_read_whole_quick (PurserReader *reader, gpointer state, const char *text, gsize length)
{
  return read_text (reader, state, text, length, TRUE);
}
