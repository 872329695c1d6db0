/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-practice-exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <purser-json.h>

#define MIN_CACHED_TOKENS 128 /* shorter beginnings are not cached, as with real providers */
#define MAX_PREFIXES      512

PracticeState *
practice_state_new (const char *log_file)
{
  PracticeState *state = g_new0 (PracticeState, 1);
  state->log_file = g_strdup (log_file != NULL && *log_file != '\0' ? log_file : NULL);
  state->exchanges = g_hash_table_new (NULL, NULL);
  state->prefixes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  state->asked = g_hash_table_new (NULL, NULL);
  g_queue_init (&state->order);
  state->serial = g_random_int ();
  return state;
}

/* Unique among the replies of this server; nothing is derived from the question. */
void
practice_state_id (PracticeState *state, char id[17])
{
  g_snprintf (id, 17, "%08x%08x", ++state->serial, g_random_int ());
}

/* Counted, not drawn: the same row of requests always fails in the same places. */
gboolean
practice_state_fails (PracticeState *state, const PracticeModel *model)
{
  if (model->fail_of == 0)
    return FALSE;
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (state->asked, model)) + 1;
  g_hash_table_insert (state->asked, (gpointer) model, GUINT_TO_POINTER (count));
  return count % model->fail_of != 0;
}

static void
remember (PracticeState *state, const char *digest)
{
  if (g_hash_table_contains (state->prefixes, digest))
    return;
  char *copy = g_strdup (digest);
  g_hash_table_add (state->prefixes, copy);
  g_queue_push_tail (&state->order, copy);
  if (state->order.length > MAX_PREFIXES)
    g_hash_table_remove (state->prefixes, g_queue_pop_head (&state->order));
}

/* The longest run of whole messages from the beginning that this model has read before. The last message is
 * always read anew. */
gint64
practice_state_cached (PracticeState *state, const PracticeModel *model, const PracticeAsk *ask)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr(GPtrArray) digests = g_ptr_array_new_with_free_func (g_free);
  gint64 tokens = practice_count_ask (ask), cached = 0;
  for (guint i = 0; i < ask->messages->len; i++)
    tokens -= 3 + practice_count_tokens (((PracticeMessage *) g_ptr_array_index (ask->messages, i))->text);
  g_checksum_update (checksum, (const guchar *) model->shown.name, -1);
  for (guint i = 0; i < ask->tools->len; i++)
    g_checksum_update (checksum, (const guchar *) ((PracticeTool *) g_ptr_array_index (ask->tools, i))->name, -1);
  for (guint i = 0; i < ask->messages->len; i++)
    {
      const PracticeMessage *message = g_ptr_array_index (ask->messages, i);
      g_checksum_update (checksum, (const guchar *) message->role, strlen (message->role) + 1);
      g_checksum_update (checksum, (const guchar *) message->text, strlen (message->text) + 1);
      tokens += 3 + practice_count_tokens (message->text);
      g_autoptr(GChecksum) so_far = g_checksum_copy (checksum);
      g_ptr_array_add (digests, g_strdup (g_checksum_get_string (so_far)));
      if (tokens >= MIN_CACHED_TOKENS && i + 1 < ask->messages->len
          && g_hash_table_contains (state->prefixes, g_ptr_array_index (digests, i)))
        cached = tokens;
    }
  for (guint i = 0; i < digests->len; i++)
    remember (state, g_ptr_array_index (digests, i));
  return cached;
}

static char *
log_text (const PracticeLogLine *line)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S.%fZ"), *json = NULL;
  JsonObject *object = json_object_new ();
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  json_object_set_string_member (object, "time", time);
  json_object_set_string_member (object, "model", line->model != NULL ? line->model : "");
  json_object_set_string_member (object, "dialect", line->dialect);
  json_object_set_int_member (object, "status", line->status);
  json_object_set_int_member (object, "input_tokens", line->input);
  json_object_set_int_member (object, "output_tokens", line->output);
  json_object_set_int_member (object, "cached_tokens", line->cached);
  json_object_set_boolean_member (object, "streamed", line->streamed);
  json_object_set_string_member (object, "outcome", line->outcome);
  json = purser_json_to_string (node, FALSE);
  return g_strconcat (json, "\n", NULL);
}

/* One write a line, so that several processes may share the file. Called before the last bytes of a reply:
 * who has read the reply finds its line. */
void
practice_state_log (PracticeState *state, const PracticeLogLine *line)
{
  if (state->log_file == NULL)
    return;
  g_autofree char *text = log_text (line);
  int fd = open (state->log_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  gsize length = strlen (text);
  if (fd < 0 || write (fd, text, length) != (gssize) length)
    g_warning ("The practice log “%s” cannot be written: %s", state->log_file, g_strerror (errno));
  if (fd >= 0)
    close (fd);
}
