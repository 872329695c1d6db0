/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drill-shots.h"

#include <string.h>

#define AT_ONCE 150
#define RUN_SECONDS 300 /* after which something hangs */

const struct DrillProvider drill_providers[] = {
  { "openai-chat", "openai-compatible", "m" }, { "anthropic", "anthropic", "m" },     { "ollama", "ollama", "m" },
  { "openai-responses", "openai", "gpt-5-pro" }, { "bedrock", "bedrock", "m" },
};
const char *const drill_callers[] = { "openai-chat", "openai-responses", "anthropic", "ollama", "ollama-generate" };

/* Of those that move many megabytes: one for each provider's dialect, or all. */
static gboolean
is_wanted (const Shot *shot)
{
  return !shot->row->few || shot->caller == shot->provider || g_getenv ("PURSER_LONG") != NULL;
}

/* --- The organisation --- */

static gint64
put_provider (Drill *drill, PurserDb *db, const char *name, guint i, const char *fault, GError **error)
{
  g_autofree char *there = g_strconcat ("drill-", fault, NULL);
  g_autofree char *address = g_str_equal (fault, "refused") ? g_strdup (g_str_equal (drill_providers[i].kind, "bedrock") ? "http://bedrock-runtime.localhost:1" : "http://127.0.0.1:1")
                                                            : hostile_address (drill->gateway->base.hostile, name, there, drill_providers[i].kind);
  PurserProvider provider = { .kind = purser_kind_get (drill_providers[i].kind), .name = (char *) name, .address = address, .key_env = (char *) "PURSER_TEST_KEY",
                              .multiplier_ppm = PURSER_PPM, .enabled = TRUE };
  return purser_catalogue_put_provider (db, &provider, error);
}

static gint64
put_model (PurserDb *db, gint64 provider_id, const char *name, gint64 context, GError **error)
{
  PurserModel model = { .provider_id = provider_id, .name = (char *) name, .context_tokens = context, .max_output = 1000, .listed = TRUE };
  PurserPrice price = { .valid_from = 1, .currency = "EUR", .source = (char *) "test" };
  for (gsize kind = 0; kind < PURSER_N_TOKEN_KINDS; kind++)
    price.list_pico[kind] = price.contract_pico[kind] = 1000 * (gint64) (kind >= PURSER_TOKENS_OUTPUT_VISIBLE ? DRILL_WRITTEN_NANO : DRILL_READ_NANO);
  gint64 id = purser_catalogue_put_model (db, &model, error);
  return id != 0 && purser_catalogue_add_price (db, id, &price, error) != 0 ? id : 0;
}

static gboolean
put_shot (Drill *drill, PurserDb *db, Shot *shot, guint n, gint64 provider_id, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s-%u", drill_providers[shot->provider].model, n);
  gint64 models[2] = { put_model (db, provider_id, name, 8000, error), drill->healthy[(shot->provider + 1) % DRILL_PROVIDERS] };
  PurserWorkload workload = { .name = shot->workload, .models = models, .n_models = shot->moved ? 2 : 1,
                              .first_content_ms = shot->row->first_ms, .silence_ms = shot->row->silence_ms };
  return models[0] != 0 && purser_catalogue_put_workload (db, &workload, error) != 0;
}

static void
add_shots (Drill *drill, const char *fault, guint provider)
{
  for (guint i = 0; i < DRILL_CALLERS * 4; i++)
    {
      Shot shot = { .provider = provider, .caller = i / 4, .streamed = (i & 1) != 0, .moved = (i & 2) != 0 };
      shot.row = drill_row (drill->rows, fault, drill_providers[provider].dialect, shot.streamed);
      if (shot.row == NULL || !is_wanted (&shot))
        continue;
      shot.workload = g_strdup_printf ("s%u", drill->shots->len);
      g_ptr_array_add (drill->shots, g_memdup2 (&shot, sizeof shot));
    }
}

gboolean
drill_prepare_job (PurserDb *db, gpointer data, GError **error)
{
  Drill *drill = data;
  for (guint i = 0; i < DRILL_PROVIDERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("healthy-%s", drill_providers[i].dialect);
      gint64 id = put_provider (drill, db, name, i, "other", error);
      g_autofree char *workload_name = g_strdup_printf ("w%u", i);
      if (id == 0 || (drill->healthy[i] = put_model (db, id, drill_providers[i].model, 16000, error)) == 0)
        return FALSE;
      PurserWorkload workload = { .name = workload_name, .models = &drill->healthy[i], .n_models = 1 };
      if (purser_catalogue_put_workload (db, &workload, error) == 0)
        return FALSE;
    }
  for (guint f = 0; f < drill->faults->len; f++)
    for (guint i = 0; i < DRILL_PROVIDERS; i++)
      {
        const char *fault = g_ptr_array_index (drill->faults, f);
        g_autofree char *name = g_strdup_printf ("%s-%s", fault, drill_providers[i].dialect);
        gint64 id = put_provider (drill, db, name, i, fault, error);
        guint n = drill->shots->len;
        add_shots (drill, fault, i);
        for (; id != 0 && n < drill->shots->len; n++)
          if (!put_shot (drill, db, g_ptr_array_index (drill->shots, n), n, id, error))
            return FALSE;
        if (id == 0)
          return FALSE;
      }
  return TRUE;
}

/* --- Calls --- */

static void
fire (Drill *drill, Shot *shot)
{
  const char *caller = drill_callers[shot->caller];
  g_autofree char *body = dialect_body (caller, shot->workload, shot->streamed);
  shot->ask = ask_start (drill->gateway, "POST", dialect_path (caller), NULL, body);
  shot->fired = TRUE;
}

/* "Hello", "Hel… timeout", "refused 504 timeout". */
static char *
describe_reply (Shot *shot, const Reply *reply)
{
  DrillHeard heard = drill_hear (drill_callers[shot->caller], shot->streamed && reply->status == 200, reply->body);
  GString *words = g_string_new (NULL);
  if (heard.text->len > 1000)
    g_string_truncate (heard.text, 0);
  if (reply->status != 200)
    g_string_append_printf (words, "refused %d %s", reply->status, heard.word != NULL ? heard.word : "");
  else if (heard.error)
    g_string_append_printf (words, "%s… %s", heard.text->str, heard.word != NULL ? heard.word : "");
  else
    g_string_append (words, heard.text->str);
  if (heard.strange || !reply->whole || (reply->status == 200 && heard.terminal == heard.error))
    g_string_append_printf (words, " (%s%s%s)", heard.strange ? "strange " : "", reply->whole ? "" : "cut ", heard.terminal ? "ended" : "not ended");
  drill_heard_clear (&heard);
  return g_strchomp (g_string_free (words, FALSE));
}

static void
take (Shot *shot)
{
  Reply reply = ask_end (g_steal_pointer (&shot->ask));
  g_autofree char *id = reply_header (&reply, "purser-call-id");
  shot->call_id = id != NULL ? g_ascii_strtoll (id, NULL, 10) : 0;
  shot->attempts_told = reply_header (&reply, "purser-attempts");
  shot->cost_told = reply_header (&reply, "purser-cost");
  shot->reply = describe_reply (shot, &reply);
  shot->done = TRUE;
  reply_clear (&reply);
}

G_GNUC_NORETURN static void
fail_hanging (Drill *drill)
{
  for (guint i = 0; i < drill->shots->len; i++)
    {
      const Shot *shot = g_ptr_array_index (drill->shots, i);
      if (shot->fired && !shot->done)
        g_printerr ("hangs: %s %s ← %s, %s, %s, workload %s\n", shot->row->fault, drill_callers[shot->caller], drill_providers[shot->provider].dialect,
                    shot->streamed ? "streamed" : "whole", shot->moved ? "with a fallback" : "alone", shot->workload);
    }
  g_error ("calls do not end");
}

void
drill_run (Drill *drill)
{
  guint next = 0, first = 0, under_way = 0;
  gint64 limit = g_get_monotonic_time () + RUN_SECONDS * G_USEC_PER_SEC;
  while (first < drill->shots->len)
    {
      for (; next < drill->shots->len && under_way < AT_ONCE; next++, under_way++)
        fire (drill, g_ptr_array_index (drill->shots, next));
      for (guint i = first; i < next; i++)
        {
          Shot *shot = g_ptr_array_index (drill->shots, i);
          if (!shot->done && ask_done (shot->ask))
            {
              take (shot);
              under_way--;
            }
          first += i == first && shot->done;
        }
      g_main_context_iteration (NULL, FALSE);
      g_usleep (200);
      if (g_get_monotonic_time () > limit)
        fail_hanging (drill);
    }
}

/* --- Lifetime --- */

static void
shot_free (gpointer data)
{
  Shot *shot = data;
  g_free (shot->workload);
  g_free (shot->reply);
  g_free (shot->attempts_told);
  g_free (shot->cost_told);
  g_clear_pointer (&shot->record, purser_call_record_free);
  g_free (shot);
}

static void
name_faults (Drill *drill)
{
  const char *only = g_getenv ("PURSER_DRILL"); /* one fault, for whoever looks for a cause */
  for (guint i = 0; i < drill->rows->len; i++)
    {
      const DrillRow *row = g_ptr_array_index (drill->rows, i);
      if ((only == NULL || g_str_equal (only, row->fault)) && !g_ptr_array_find_with_equal_func (drill->faults, row->fault, g_str_equal, NULL))
        g_ptr_array_add (drill->faults, row->fault);
    }
}

void
drill_init (Drill *drill, Gateway *gateway)
{
  *drill = (Drill) { .gateway = gateway, .rows = drill_rows (), .shots = g_ptr_array_new_with_free_func (shot_free), .faults = g_ptr_array_new () };
  name_faults (drill);
}

void
drill_clear (Drill *drill)
{
  g_ptr_array_unref (drill->faults);
  g_ptr_array_unref (drill->shots);
  g_ptr_array_unref (drill->rows);
}
