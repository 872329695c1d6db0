/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-bedrock-blocks.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-fault.h"
#include "purser-json.h"

#define MAX_TOOLS 1024 /* more calls in one reply are none */

void
purser_bedrock_block_free (gpointer data)
{
  PurserBedrockBlock *block = data;
  if (block->signature != NULL)
    g_string_free (block->signature, TRUE);
  g_free (block->redacted);
  g_free (block);
}

gpointer
purser_bedrock_state_new (void)
{
  PurserBedrockState *state = g_new0 (PurserBedrockState, 1);
  state->open = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, purser_bedrock_block_free);
  return state;
}

void
purser_bedrock_state_free (gpointer data)
{
  PurserBedrockState *state = data;
  g_hash_table_unref (state->open);
  g_free (state);
}

PurserBedrockBlock *
purser_bedrock_block_new (PurserReader *reader, PurserBedrockKind kind, JsonNode *opaque)
{
  static const char *const names[] = { "text", "toolUse", "reasoningContent", "other" };
  PurserBedrockBlock *block = g_new0 (PurserBedrockBlock, 1);
  block->kind = kind;
  purser_reader_block_with (reader, names[kind], opaque);
  return block;
}

/* Tools that run at AWS are none of the caller's. */
gboolean
purser_bedrock_is_callers (JsonObject *use)
{
  return use != NULL && g_strcmp0 (purser_json_string (use, "type"), "server_tool_use") != 0;
}

PurserBedrockBlock *
purser_bedrock_open_tool (PurserReader *reader, PurserBedrockState *state, JsonObject *use)
{
  PurserBedrockBlock *block = purser_bedrock_block_new (reader, PURSER_BEDROCK_TOOL, NULL);
  block->tool = state->tools++;
  if (block->tool >= MAX_TOOLS)
    purser_reader_fail (reader,
                        purser_fault_new (PURSER_FAULT_TOO_LARGE, 0, _("The reply calls more than 1,024 tools.")),
                        NULL);
  purser_reader_tool (reader, 0, block->tool, purser_json_string (use, "toolUseId"), purser_json_string (use, "name"),
                      FALSE);
  return block;
}

void
purser_bedrock_close (PurserReader *reader, PurserBedrockBlock *block)
{
  if (block->kind == PURSER_BEDROCK_TOOL)
    purser_reader_tool_end (reader, 0, block->tool);
  if (block->signature != NULL)
    purser_reader_opaque (reader, PURSER_EVENT_SIGNATURE, 0, block->signature->str, NULL, NULL);
  if (block->redacted != NULL)
    purser_reader_opaque (reader, PURSER_EVENT_REDACTED, 0, block->redacted, NULL, NULL);
  purser_reader_block_end (reader);
}

PurserBedrockBlock *
purser_bedrock_find (PurserBedrockState *state, gint64 index)
{
  return g_hash_table_lookup (state->open, &index);
}

void
purser_bedrock_forget (PurserReader *reader, PurserBedrockState *state, gint64 index)
{
  PurserBedrockBlock *block = purser_bedrock_find (state, index);
  if (block != NULL)
    purser_bedrock_close (reader, block);
  g_hash_table_remove (state->open, &index);
}

/* The block of a delta: one that nothing announced begins with it. */
PurserBedrockBlock *
purser_bedrock_block_at (PurserReader *reader, PurserBedrockState *state, gint64 index, PurserBedrockKind kind)
{
  PurserBedrockBlock *block = purser_bedrock_find (state, index);
  if (block == NULL)
    {
      block = purser_bedrock_block_new (reader, kind, NULL);
      g_hash_table_insert (state->open, g_memdup2 (&index, sizeof index), block);
    }
  return block;
}

static int
compare_blocks (gconstpointer a, gconstpointer b)
{
  gint64 first = **(gint64 *const *) a, second = **(gint64 *const *) b;
  return first < second ? -1 : first > second;
}

void
purser_bedrock_close_all (PurserReader *reader, PurserBedrockState *state)
{
  g_autoptr(GPtrArray) indices = g_hash_table_get_keys_as_ptr_array (state->open);
  g_ptr_array_sort (indices, compare_blocks);
  for (guint i = 0; i < indices->len; i++)
    purser_bedrock_close (reader, g_hash_table_lookup (state->open, g_ptr_array_index (indices, i)));
  g_hash_table_remove_all (state->open);
}

/* Two pieces of base64 do not make one: the bytes are joined. */
void
purser_bedrock_add_redacted (PurserBedrockBlock *block, const char *piece)
{
  gsize first_length, second_length;
  if (block->redacted == NULL)
    {
      block->redacted = g_strdup (piece);
      return;
    }
  g_autofree guchar *first = g_base64_decode (block->redacted, &first_length);
  g_autofree guchar *second = g_base64_decode (piece, &second_length);
  g_autoptr(GByteArray) both = g_byte_array_new ();
  g_byte_array_append (both, first, first_length);
  g_byte_array_append (both, second, second_length);
  g_free (block->redacted);
  block->redacted = g_base64_encode (both->data, both->len);
}

void
purser_bedrock_add_signature (PurserBedrockBlock *block, const char *piece)
{
  if (block->signature == NULL)
    block->signature = g_string_new (NULL);
  g_string_append (block->signature, piece);
}
