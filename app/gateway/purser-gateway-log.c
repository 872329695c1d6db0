/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-gateway-private.h"

#include <string.h>
#include <unistd.h>

#include "purser-json-wire.h"

/* One JSON object a line on standard error, written by a thread of its own: a slow reader holds up nobody. Names of
 * people, texts and keys are never in it; who called is a number. */

#define MOST_WAITING (1024 * 1024) /* past which lines are left out, and counted */
#define GATHER_US    20000         /* what comes within so long goes out at once: waking the thread for each line costs a tenth of a call */

static struct
{
  GMutex   lock;
  GCond    cond;
  GString *waiting; /* (owned) (nullable) */
  GThread *thread;  /* (owned) (nullable) */
  guint64  dropped;
  gboolean quit;
} log_state;

static void
write_all (const char *text, gsize length)
{
  for (gssize n; length > 0; text += n, length -= (gsize) n)
    if ((n = write (STDERR_FILENO, text, length)) <= 0)
      return;
}

/* The lock is held, but while it waits. */
static void
gather (void)
{
  gint64 until = g_get_monotonic_time () + GATHER_US;
  while (!log_state.quit && g_cond_wait_until (&log_state.cond, &log_state.lock, until))
    continue;
}

static gpointer
log_run (gpointer data)
{
  g_mutex_lock (&log_state.lock);
  for (;;)
    {
      while (log_state.waiting->len == 0 && !log_state.quit)
        g_cond_wait (&log_state.cond, &log_state.lock);
      if (log_state.waiting->len == 0)
        break;
      gather ();
      GString *lines = log_state.waiting;
      log_state.waiting = g_string_sized_new (256);
      g_mutex_unlock (&log_state.lock);
      write_all (lines->str, lines->len);
      g_string_free (lines, TRUE);
      g_mutex_lock (&log_state.lock);
    }
  g_mutex_unlock (&log_state.lock);
  return NULL;
}

static void
add_line (const GString *line)
{
  g_mutex_lock (&log_state.lock);
  gboolean sleeps = log_state.waiting == NULL || log_state.waiting->len == 0;
  if (log_state.thread == NULL)
    {
      log_state.waiting = g_string_sized_new (256);
      log_state.thread = g_thread_new ("purser-log", log_run, NULL);
    }
  if (log_state.waiting->len + line->len > MOST_WAITING)
    log_state.dropped++;
  else
    {
      if (log_state.dropped > 0)
        g_string_append_printf (log_state.waiting, "{\"level\":\"warning\",\"event\":\"log\",\"lines_left_out\":%" G_GUINT64_FORMAT "}\n", log_state.dropped);
      log_state.dropped = 0;
      g_string_append_len (log_state.waiting, line->str, (gssize) line->len);
    }
  if (sleeps)
    g_cond_signal (&log_state.cond);
  g_mutex_unlock (&log_state.lock);
}

void
purser_gateway_log_end (void)
{
  g_mutex_lock (&log_state.lock);
  log_state.quit = TRUE;
  g_cond_signal (&log_state.cond);
  g_mutex_unlock (&log_state.lock);
  g_clear_pointer (&log_state.thread, g_thread_join);
  if (log_state.waiting != NULL)
    g_string_free (g_steal_pointer (&log_state.waiting), TRUE);
  log_state.quit = FALSE;
}

static GString *
line_new (const char *level, const char *event)
{
  GString *line = g_string_sized_new (256);
  gint64 now = g_get_real_time ();
  g_string_append_printf (line, "{\"time\":%" G_GINT64_FORMAT ".%06d,\"level\":\"%s\",\"event\":\"%s\"", now / G_USEC_PER_SEC,
                          (int) (now % G_USEC_PER_SEC), level, event);
  return line;
}

/* Not printf: a line has some twenty members, and there is one for each call. */
static void
add_name (GString *line, const char *name)
{
  g_string_append_len (line, ",\"", 2);
  g_string_append (line, name);
  g_string_append_len (line, "\":", 2);
}

static void
add_text (GString *line, const char *name, const char *text)
{
  if (text == NULL)
    return;
  add_name (line, name);
  purser_json_append_string (line, text, strlen (text));
}

static void
add_number (GString *line, const char *name, gint64 number)
{
  char digits[24], *at = digits + sizeof digits;
  guint64 left = number < 0 ? -(guint64) number : (guint64) number;
  add_name (line, name);
  do
    *--at = (char) ('0' + left % 10);
  while ((left /= 10) > 0);
  if (number < 0)
    *--at = '-';
  g_string_append_len (line, at, digits + sizeof digits - at);
}

static void
finish (GString *line)
{
  g_string_append (line, "}\n");
  add_line (line);
  g_string_free (line, TRUE);
}

void
purser_gateway_log (const char *level, const char *event, ...)
{
  GString *line = line_new (level, event);
  va_list arguments;
  va_start (arguments, event);
  for (const char *name = va_arg (arguments, const char *); name != NULL; name = va_arg (arguments, const char *))
    add_text (line, name, va_arg (arguments, const char *));
  va_end (arguments);
  finish (line);
}

/**
 * purser_gateway_log_call:
 *
 * What a call was, without a word of what was said. What failed upstream and who answered instead is in `route`.
 */
void
purser_gateway_log_call (PurserServed *served, const PurserCallNote *note)
{
  const PurserCallResult *result = note->result;
  const PurserFault *fault = result->fault;
  g_autofree char *route = purser_call_result_route (result);
  GString *line = line_new (fault == NULL ? "info" : "warning", "call");
  add_number (line, "call", result->call_id);
  add_number (line, "principal", note->identity->principal_id);
  add_text (line, "workload", note->workload);
  add_text (line, "dialect", note->dialect);
  add_text (line, "model", result->model);
  add_text (line, "outcome", fault == NULL ? "ok" : note->left ? "left" : "failed");
  add_text (line, "fault", fault != NULL ? purser_fault_class_id (fault->class_) : NULL);
  add_text (line, "code", fault != NULL ? fault->code : NULL);
  add_number (line, "status", fault != NULL ? fault->status : 200);
  add_number (line, "attempts", result->attempts->len);
  add_number (line, "skipped", result->skipped->len);
  add_text (line, "route", route);
  add_number (line, "input_tokens", purser_tokens_input (&result->tokens));
  add_number (line, "output_tokens", purser_tokens_output (&result->tokens));
  if (result->unpriced)
    add_text (line, "cost", "unpriced");
  else
    add_number (line, "cost_nano", result->cost_nano);
  add_number (line, "first_us", result->first_us);
  add_number (line, "took_us", note->took_us);
  finish (line);
}
