/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-call.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdio.h>

#include "purser-json.h"

/* Follows the ledger: a line for each call as it ends, whichever process made it. */

static char *for_seconds;
static const GOptionEntry OPTIONS[] = {
  { "for", 0, 0, G_OPTION_ARG_STRING, &for_seconds, N_("End after so many seconds"), "SECONDS" },
  { NULL },
};

enum
{
  PAGE = 200,
  LOOK_BACK = 1000 /* calls at the start among which those still running are looked for */
};

typedef struct
{
  PurserTerminal *terminal;
  GMainLoop      *loop;    /* (owned) */
  gint64          seen;    /* the newest call that was looked at */
  GArray         *running; /* (owned) ids of those that had not ended then, ascending */
  GPtrArray      *ended;   /* (owned) (element-type PurserCallRecord) found by this look, in order */
  GError         *error;   /* (owned) (nullable) */
} Follow;

static gboolean
is_running (const PurserCallRow *call)
{
  return g_str_equal (call->outcome, "open");
}

static gboolean
take_ended (Follow *follow, PurserDb *db, gint64 call_id, GError **error)
{
  PurserCallRecord *record = purser_ledger_call (db, call_id, error);
  if (record == NULL)
    return FALSE;
  g_ptr_array_add (follow->ended, record);
  return TRUE;
}

static gboolean
look_at_running (Follow *follow, PurserDb *db, GError **error)
{
  g_autoptr (GArray) before = g_steal_pointer (&follow->running);
  follow->running = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < before->len; i++)
    {
      gint64 id = g_array_index (before, gint64, i);
      PurserCallRecord *record = purser_ledger_call (db, id, error);
      if (record == NULL)
        return FALSE;
      if (!is_running (record->call))
        g_ptr_array_add (follow->ended, record);
      else
        {
          g_array_append_val (follow->running, id);
          purser_call_record_free (record);
        }
    }
  return TRUE;
}

/* Those after SEEN, newest first, page by page. */
static GPtrArray *
new_calls (Follow *follow, PurserDb *db, GError **error)
{
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_call_row_free);
  gint64 before = 0;
  for (gboolean more = TRUE; more;)
    {
      g_autoptr (GPtrArray) page = purser_ledger_recent (db, before, PAGE, error);
      if (page == NULL)
        return NULL;
      more = page->len == PAGE;
      while (page->len > 0)
        {
          PurserCallRow *call = g_ptr_array_steal_index (page, 0);
          before = call->call_id;
          g_ptr_array_add (calls, call);
          if (call->call_id <= follow->seen)
            {
              g_ptr_array_remove_index (calls, calls->len - 1);
              return g_steal_pointer (&calls);
            }
        }
    }
  return g_steal_pointer (&calls);
}

static gboolean
look_job (PurserDb *db, gpointer data, GError **error)
{
  Follow *follow = data;
  g_autoptr (GPtrArray) calls = NULL;
  if (!look_at_running (follow, db, error) || (calls = new_calls (follow, db, error)) == NULL)
    return FALSE;
  for (guint i = calls->len; i > 0; i--)
    {
      const PurserCallRow *call = g_ptr_array_index (calls, i - 1);
      follow->seen = call->call_id;
      if (is_running (call))
        g_array_append_val (follow->running, call->call_id);
      else if (!take_ended (follow, db, call->call_id, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
first_look_job (PurserDb *db, gpointer data, GError **error)
{
  Follow *follow = data;
  g_autoptr (GPtrArray) calls = purser_ledger_recent (db, 0, LOOK_BACK, error);
  for (guint i = calls != NULL ? calls->len : 0; i > 0; i--)
    {
      const PurserCallRow *call = g_ptr_array_index (calls, i - 1);
      follow->seen = call->call_id;
      if (is_running (call))
        g_array_append_val (follow->running, call->call_id);
    }
  return calls != NULL;
}

/* ------------------------------------------------------------------ a line for each */

static void
print_json (PurserTerminal *terminal, const PurserCallRecord *record, const GPtrArray *route)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = purser_terminal_call_object (terminal, record->call);
  purser_terminal_set_text (object, "behalf", record->behalf);
  json_object_set_int_member (object, "took_us", purser_terminal_took (record));
  json_object_set_array_member (object, "route", purser_terminal_strings (route));
  json_node_take_object (node, object);
  g_autofree char *text = purser_json_to_string (node, FALSE);
  g_print ("%s\n", text);
}

static char *
clock_time (gint64 time_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);
  return g_date_time_format (local, "%H:%M:%S");
}

/* Only where the way was not straight. */
static char *
route_words (const PurserCallRecord *record, const GPtrArray *route)
{
  if (record->attempts->len < 2 && record->skips->len == 0 && g_str_equal (record->call->outcome, "ok"))
    return g_strdup ("");
  g_autoptr (GString) words = g_string_new (NULL);
  for (guint i = 0; i < route->len; i++)
    g_string_append_printf (words, "%s%s", i == 0 ? "  · " : "; ", (const char *) g_ptr_array_index (route, i));
  return g_string_free_and_steal (g_steal_pointer (&words));
}

static void
print_line (PurserTerminal *terminal, const PurserCallRecord *record, const GPtrArray *route)
{
  const PurserCallRow *call = record->call;
  gint64 took_us = purser_terminal_took (record);
  const PurserPrincipal *principal = purser_org_principal (terminal->org, call->principal_id);
  const PurserWorkload *workload = purser_org_workload (terminal->org, call->workload_id);
  g_autofree char *at = clock_time (call->opened_at), *model = purser_terminal_model_name (terminal, call->model_id), *way = route_words (record, route);
  g_autofree char *cost = call->unpriced ? g_strdup (_("unpriced")) : purser_money_format (call->cost_nano, terminal->org->currency);
  g_autofree char *took = took_us >= 0 ? g_strdup_printf ("%" PRId64 " ms", took_us / 1000) : g_strdup (_("not measured"));
  g_autofree char *tokens = g_strdup_printf (_("%" PRId64 " tokens in, %" PRId64 " out"), MAX (call->input_tokens, 0), MAX (call->output_tokens, 0));
  g_print ("%s  %s  %s  %s  %s  %s  %s%s\n", at, principal != NULL ? principal->name : "–", workload != NULL ? workload->name : "–", model, tokens, cost, took, way);
}

static void
look (Follow *follow)
{
  PurserTerminal *terminal = follow->terminal;
  g_clear_pointer (&terminal->org, purser_org_unref);
  terminal->org = purser_store_get_org (terminal->store); /* someone may have been added meanwhile */
  if (follow->error != NULL)
    return;
  if (!purser_store_read (terminal->store, look_job, follow, &follow->error))
    g_main_loop_quit (follow->loop);
  for (guint i = 0; i < follow->ended->len; i++)
    {
      const PurserCallRecord *record = g_ptr_array_index (follow->ended, i);
      g_autoptr (GPtrArray) route = purser_terminal_route (terminal, record);
      (terminal->json ? print_json : print_line) (terminal, record, route);
    }
  g_ptr_array_set_size (follow->ended, 0);
  fflush (stdout);
}

static void
ledger_changed_cb (PurserStore *store, gpointer data)
{
  look (data);
}

static gboolean
end_cb (gpointer data)
{
  Follow *follow = data;
  g_main_loop_quit (follow->loop);
  return G_SOURCE_CONTINUE; /* removed below, once */
}

int
purser_terminal_follow (PurserTerminal *terminal, const char *seconds, GError **error)
{
  gint64 ms;
  Follow follow = { .terminal = terminal };
  if (!purser_terminal_wait_ms (seconds, &ms, error))
    return PURSER_EXIT_FAILED;
  follow.loop = g_main_loop_new (NULL, FALSE);
  follow.running = g_array_new (FALSE, FALSE, sizeof (gint64));
  follow.ended = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_call_record_free);
  gulong changed = g_signal_connect (terminal->store, "ledger-changed", G_CALLBACK (ledger_changed_cb), &follow);
  if (purser_store_read (terminal->store, first_look_job, &follow, &follow.error))
    {
      guint ends[] = { g_unix_signal_add (SIGINT, end_cb, &follow), g_unix_signal_add (SIGTERM, end_cb, &follow),
                       ms >= 0 ? g_timeout_add ((guint) MIN (ms, G_MAXINT), end_cb, &follow) : 0 };
      g_main_loop_run (follow.loop);
      look (&follow); /* what ended since the last news */
      for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
        if (ends[i] != 0)
          g_source_remove (ends[i]);
    }
  g_signal_handler_disconnect (terminal->store, changed);
  g_main_loop_unref (follow.loop);
  g_array_unref (follow.running);
  g_ptr_array_unref (follow.ended);
  if (follow.error == NULL)
    return PURSER_EXIT_DONE;
  g_propagate_error (error, follow.error);
  return PURSER_EXIT_FAILED;
}

static int
live (PurserTerminal *terminal, char **arguments, GError **error)
{
  return purser_terminal_follow (terminal, for_seconds, error);
}

const PurserVerb purser_verbs_usage_live[] = {
  { "usage", "live", "[--for SECONDS]", 0, 0, N_("Follow the calls as they end: who, workload, model, tokens, cost, and the way they took"), TRUE, OPTIONS, live },
  { NULL },
};
