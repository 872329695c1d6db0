/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-practice-exchange.h"

#include <sys/socket.h>

/* One reply under way. It ends once, whoever ends it first: the last word, the client, or the server's end. */
typedef struct
{
  PracticeState         *state;    /* (not owned) */
  SoupServerMessage     *message;  /* (owned) */
  const PracticeDialect *dialect;
  PracticeAsk           *ask;      /* (owned) */
  PracticeAnswer        *answer;   /* (owned) */
  char                 **pieces;   /* (owned) */
  guint                  n_pieces, next;
  gint64                 started_us, first_us, word_us;
  GSource               *timer, *watch; /* (owned) (nullable) */
  gulong                 finished_id;
  gboolean               logged;
} PracticeExchange;

static gboolean tick_cb (gpointer user_data);

static void
stop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static gint64
tokens_sent (PracticeExchange *self)
{
  g_autoptr(GString) text = g_string_new (NULL);
  for (guint i = 0; i < self->next; i++)
    g_string_append (text, self->pieces[i]);
  return practice_count_tokens (text->str);
}

/* A real provider bills what it has written when the client goes away; so does this log. */
static void
write_log (PracticeExchange *self, const char *outcome)
{
  if (self->logged)
    return;
  self->logged = TRUE;
  gboolean whole = self->next >= self->n_pieces;
  practice_state_log (self->state, &(PracticeLogLine){ .model = self->answer->model->name,
                                                       .dialect = self->dialect->id,
                                                       .status = 200,
                                                       .input = self->answer->input,
                                                       .cached = self->answer->cached,
                                                       .output = whole ? self->answer->output : tokens_sent (self),
                                                       .streamed = self->ask->stream,
                                                       .outcome = outcome });
}

static void
exchange_free (PracticeExchange *self)
{
  write_log (self, "cancelled");
  stop_source (&self->timer);
  stop_source (&self->watch);
  g_signal_handler_disconnect (self->message, self->finished_id);
  g_hash_table_remove (self->state->exchanges, self);
  practice_ask_free (self->ask);
  practice_answer_free (self->answer);
  g_strfreev (self->pieces);
  g_object_unref (self->message);
  g_free (self);
}

static void
finished_cb (SoupServerMessage *message, gpointer user_data)
{
  exchange_free (user_data);
}

static void
append (PracticeExchange *self, GString *bytes)
{
  if (bytes->len > 0)
    soup_message_body_append (soup_server_message_get_response_body (self->message), SOUP_MEMORY_COPY, bytes->str,
                              bytes->len);
  g_string_truncate (bytes, 0);
}

/* libsoup notices a client that went away only when it writes. */
static gboolean
watch_cb (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  PracticeExchange *self = user_data;
  char byte;
  gssize got = recv (g_socket_get_fd (socket), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  stop_source (&self->watch);
  if (got > 0) /* the client sends its next request early: nothing to learn here any more */
    return G_SOURCE_REMOVE;
  write_log (self, "cancelled");
  stop_source (&self->timer);
  if (self->ask->stream)
    soup_message_body_complete (soup_server_message_get_response_body (self->message));
  else
    soup_server_message_set_status (self->message, SOUP_STATUS_SERVICE_UNAVAILABLE, NULL);
  soup_server_message_unpause (self->message); /* it fails to write, and is finished */
  return G_SOURCE_REMOVE;
}

static void
watch_client (PracticeExchange *self)
{
  GSocket *socket = soup_server_message_get_socket (self->message);
  if (socket == NULL)
    return;
  self->watch = g_socket_create_source (socket, G_IO_IN | G_IO_HUP | G_IO_ERR, NULL);
  g_source_set_callback (self->watch, G_SOURCE_FUNC (watch_cb), self, NULL);
  g_source_attach (self->watch, g_main_context_get_thread_default ());
}

static gint64
due_us (PracticeExchange *self, guint piece)
{
  return self->started_us + self->first_us + piece * self->word_us;
}

static void
schedule (PracticeExchange *self, gint64 when)
{
  gint64 wait = MAX (0, when - g_get_monotonic_time ());
  self->timer = g_timeout_source_new ((wait + 999) / 1000);
  g_source_set_callback (self->timer, tick_cb, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

static void
send_whole (PracticeExchange *self)
{
  JsonNode *node = self->dialect->whole (self->answer, g_get_monotonic_time () - self->started_us);
  char *text = practice_json_text (node);
  self->next = self->n_pieces;
  write_log (self, "done");
  soup_server_message_set_status (self->message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (self->message, "application/json", SOUP_MEMORY_TAKE, text, strlen (text));
}

/* All pieces whose time has come; TRUE with the last one. */
static gboolean
send_due (PracticeExchange *self)
{
  g_autoptr(GString) bytes = g_string_new (NULL);
  gint64 now = g_get_monotonic_time ();
  if (self->next == 0)
    self->dialect->begin (self->answer, bytes);
  append (self, bytes);
  for (; self->next < self->n_pieces && due_us (self, self->next) <= now; append (self, bytes))
    self->dialect->piece (self->answer, self->pieces[self->next++], bytes);
  if (self->next < self->n_pieces)
    return FALSE;
  write_log (self, "done");
  self->dialect->end (self->answer, self->ask, now - self->started_us, bytes);
  append (self, bytes);
  soup_message_body_complete (soup_server_message_get_response_body (self->message));
  return TRUE;
}

static gboolean
tick_cb (gpointer user_data)
{
  PracticeExchange *self = user_data;
  stop_source (&self->timer);
  if (!self->ask->stream)
    send_whole (self);
  else if (!send_due (self))
    schedule (self, due_us (self, self->next));
  if (self->timer == NULL)
    stop_source (&self->watch);
  soup_server_message_unpause (self->message);
  return G_SOURCE_REMOVE;
}

/* From three quarters to five quarters of the model's usual time, and double every sixteenth time: drawn
 * from the question, so equal questions wait equally long, and percentiles have something to show. */
static double
mood (const PracticeAsk *ask)
{
  const PracticeMessage *last = g_ptr_array_index (ask->messages, ask->messages->len - 1);
  guint hash = g_str_hash (last->text) * 2654435761u >> 16;
  return (0.75 + (hash & 0xff) / 512.0) * ((hash >> 8) % 16 == 0 ? 2 : 1);
}

void
practice_exchange_start (PracticeState *state,
                         SoupServerMessage *message,
                         const PracticeDialect *dialect,
                         const PracticeModel *model,
                         PracticeAsk *ask,
                         PracticeAnswer *answer)
{
  PracticeExchange *self = g_new0 (PracticeExchange, 1);
  double speed = practice_speed ();
  self->state = state;
  self->message = g_object_ref (message);
  self->dialect = dialect;
  self->ask = ask;
  self->answer = answer;
  self->pieces = practice_split_words (answer->tool != NULL ? answer->arguments : answer->text);
  self->n_pieces = g_strv_length (self->pieces);
  self->started_us = g_get_monotonic_time ();
  self->first_us = (gint64) (model->first_ms * 1000 * mood (ask) * speed);
  self->word_us = (gint64) (model->word_us * speed);
  self->finished_id = g_signal_connect (message, "finished", G_CALLBACK (finished_cb), self);
  g_hash_table_add (state->exchanges, self);
  soup_server_message_pause (message);
  watch_client (self);
  if (ask->stream)
    {
      SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
      soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
      soup_message_headers_set_content_type (headers, dialect->stream_type, NULL);
      soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
      soup_server_message_unpause (message); /* the headers go out; the body follows at the model's pace */
    }
  schedule (self, ask->stream ? due_us (self, 0) : due_us (self, self->n_pieces));
}

void
practice_state_free (PracticeState *state)
{
  g_autoptr(GList) open = g_hash_table_get_keys (state->exchanges);
  for (GList *l = open; l != NULL; l = l->next)
    exchange_free (l->data);
  g_hash_table_unref (state->exchanges);
  g_queue_clear (&state->order);
  g_hash_table_unref (state->prefixes);
  g_hash_table_unref (state->asked);
  g_free (state->log_file);
  g_free (state);
}
