/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile-private.h"

#include <string.h>

/* --- Writing --- */

static gboolean
write_all (Request *request, const char *text, gssize length)
{
  return g_output_stream_write_all (request->out, text, length >= 0 ? (gsize) length : strlen (text), NULL, NULL, NULL);
}

static gboolean
write_chunk (Request *request, const char *text)
{
  g_autofree char *chunk = g_strdup_printf ("%zx\r\n%s\r\n", strlen (text), text);
  return *text == '\0' || write_all (request, chunk, -1);
}

static void
begin_stream (Request *request, int status)
{
  g_autofree char *head =
      g_strdup_printf ("HTTP/1.1 %d OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\nx-request-id: "
                       "req-9\r\n\r\n",
                       status, g_str_equal (request->dialect, "ollama") ? "application/x-ndjson" : "text/event-stream");
  write_all (request, head, -1);
}

static void
end_stream (Request *request)
{
  if (write_all (request, "0\r\n\r\n", -1))
    g_atomic_int_inc (&request->hostile->clean);
}

static void
send_whole (Request *request, int status, const char *headers, const char *type, const char *body)
{
  g_autofree char *head =
      g_strdup_printf ("HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %zu\r\nx-request-id: req-9\r\n%s\r\n",
                       status, type, strlen (body), headers);
  if (write_all (request, head, -1) && write_all (request, body, -1))
    g_atomic_int_inc (&request->hostile->clean);
}

static void
send_piece (Request *request, const char *what)
{
  g_autofree char *bytes = script_bytes (request->dialect, what);
  write_chunk (request, bytes);
}

static void
wait_for_hangup (Request *request)
{
  char byte;
  g_input_stream_read (request->in, &byte, 1, NULL, NULL);
}

/* --- Faults --- */

static void
fault_ok (Request *request)
{
  static const char *const streamed[] = { "start", "text=Hel", "text=lo", "finish", "usage", "end" };
  if (!request->streamed)
    {
      g_autofree char *body = script_bytes (request->dialect, "whole");
      send_whole (request, 200, "", "application/json", body);
      return;
    }
  begin_stream (request, 200);
  for (gsize i = 0; i < G_N_ELEMENTS (streamed); i++)
    send_piece (request, streamed[i]);
  end_stream (request);
}

static void
fault_slow (Request *request)
{
  static const char *const pieces[] = { "start",  "text=H", "text=e", "text=l", "text=l",
                                        "text=o", "finish", "usage",  "end" };
  begin_stream (request, 200);
  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_usleep (30000);
      send_piece (request, pieces[i]);
    }
  end_stream (request);
}

/* A server that does not stream. */
static void
fault_whole (Request *request)
{
  g_autofree char *body = script_bytes (request->dialect, "whole");
  send_whole (request, 200, "", "application/json", body);
}

static void
fault_silent (Request *request)
{
  wait_for_hangup (request);
}

static void
fault_silent_start (Request *request)
{
  begin_stream (request, 200);
  send_piece (request, "start");
  wait_for_hangup (request);
}

static void
fault_stalls (Request *request)
{
  begin_stream (request, 200);
  send_piece (request, "start");
  send_piece (request, "text=Hel");
  wait_for_hangup (request);
}

static void
fault_endless (Request *request)
{
  gboolean more = TRUE;
  begin_stream (request, 200);
  send_piece (request, "start");
  g_autofree char *bytes = script_bytes (request->dialect, "text=and so on ");
  while (more && !g_atomic_int_get (&request->hostile->closing))
    {
      more = write_chunk (request, bytes);
      g_usleep (200);
    }
}

static void
fault_embedding (Request *request)
{
  send_whole (request, 200, "", "application/json",
              "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.25,-1e-3]}],\"model\":\"m\","
              "\"usage\":{\"prompt_tokens\":5,\"total_tokens\":5}}");
}

/* As fast as they are taken. */
static void
fault_flood (Request *request)
{
  gboolean more = TRUE;
  begin_stream (request, 200);
  send_piece (request, "start");
  g_autofree char *words = g_strnfill (2000, 'w'), *what = g_strconcat ("text=", words, NULL);
  g_autofree char *bytes = script_bytes (request->dialect, what);
  while (more && !g_atomic_int_get (&request->hostile->closing))
    more = write_chunk (request, bytes);
}

static void
fault_cut_headers (Request *request)
{
}

static void
fault_cut_head_half (Request *request)
{
  write_all (request, "HTTP/1.1 200 OK\r\nContent-Ty", -1);
}

static void
fault_cut_start (Request *request)
{
  begin_stream (request, 200);
  send_piece (request, "start");
}

static void
fault_cut (Request *request)
{
  g_autofree char *bytes = script_bytes (request->dialect, "text=lo");
  if (!request->streamed)
    {
      write_all (request,
                 "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"id\":\"x\",\"mod",
                 -1);
      return;
    }
  begin_stream (request, 200);
  send_piece (request, "start");
  send_piece (request, "text=Hel");
  bytes[strlen (bytes) / 2] = '\0'; /* in the middle of a token's event */
  write_chunk (request, bytes);
}

static void
fault_no_end (Request *request)
{
  begin_stream (request, 200);
  send_piece (request, "start");
  send_piece (request, "text=Hel");
  end_stream (request);
}

static void
fault_inside (Request *request)
{
  begin_stream (request, 200);
  send_piece (request, "start");
  send_piece (request, "fault");
  end_stream (request);
}

static void
fault_inside_late (Request *request)
{
  begin_stream (request, 200);
  send_piece (request, "start");
  send_piece (request, "text=Hel");
  send_piece (request, "fault");
  end_stream (request);
}

static void
fault_no_usage (Request *request)
{
  if (g_str_equal (request->dialect, "ollama"))
    {
      send_whole (request, 200, "", "application/x-ndjson",
                  "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"Hello\"},\"done\":true,\"done_"
                  "reason\":\"stop\"}\n");
      return;
    }
  begin_stream (request, 200);
  send_piece (request, "start");
  send_piece (request, "text=Hello");
  send_piece (request, "finish");
  send_piece (request, "end");
  end_stream (request);
}

static void
fault_odd_usage (Request *request)
{
  begin_stream (request, 200);
  send_piece (request, "start");
  send_piece (request, "text=Hello");
  send_piece (request, "finish");
  send_piece (request, "odd-usage");
  send_piece (request, "end");
  end_stream (request);
}

static void
fault_garbage (Request *request)
{
  send_whole (request, 200, "", "application/json", "}{ this is no JSON at all");
}

static void
fault_html (Request *request)
{
  send_whole (request, 200, "", "text/html; charset=utf-8", "<!DOCTYPE html><html><body>Please sign in</body></html>");
}

static void
fault_html_404 (Request *request)
{
  send_whole (request, 404, "", "text/html", "<html><body>404 Not Found</body></html>");
}

static void
fault_huge (Request *request)
{
  g_autofree char *garbage = g_strnfill (10 * 1024 * 1024, 'x');
  send_whole (request, 200, "", request->streamed ? "text/event-stream" : "application/json", garbage);
}

static void
fault_line (Request *request)
{
  g_autofree char *garbage = g_strnfill (1024 * 1024, 'y');
  begin_stream (request, 200);
  write_chunk (request, "data: ");
  for (int i = 0; i < 20; i++)
    if (!write_chunk (request, garbage))
      return;
  end_stream (request);
}

static void
fault_not_http (Request *request)
{
  write_all (request, "SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n", -1);
}

/* The connection stays open as if it could be used again, and is shut on whoever does. */
static void
fault_keep (Request *request)
{
  char byte;
  send_whole (request, 200, "Connection: keep-alive\r\n", "application/json",
              "{\"id\":\"x\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
              "\"Hello\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20}}");
  g_atomic_int_inc (&request->hostile->idle);
  if (g_input_stream_read (request->in, &byte, 1, NULL, NULL) == 1)
    g_atomic_int_inc (&request->hostile->reused);
  g_atomic_int_add (&request->hostile->idle, -1);
}

static const struct { const char *name; void (*send) (Request *request);
} faults[] = {
  { "ok", fault_ok },
  { "whole", fault_whole },
  { "slow", fault_slow },
  { "silent", fault_silent },
  { "silent-start", fault_silent_start },
  { "stalls", fault_stalls },
  { "endless", fault_endless },
  { "flood", fault_flood },
  { "embedding", fault_embedding },
  { "cut-headers", fault_cut_headers },
  { "cut-head-half", fault_cut_head_half },
  { "cut-start", fault_cut_start },
  { "cut", fault_cut },
  { "no-end", fault_no_end },
  { "inside", fault_inside },
  { "inside-late", fault_inside_late },
  { "no-usage", fault_no_usage },
  { "odd-usage", fault_odd_usage },
  { "garbage", fault_garbage },
  { "html", fault_html },
  { "html-404", fault_html_404 },
  { "huge", fault_huge },
  { "line", fault_line },
  { "not-http", fault_not_http },
  { "keep", fault_keep },
};

static const struct { const char *name; int status; const char *headers, *words;
} statuses[] = {
  { "400", 400, "", "messages: at least one message is required" },
  { "no-stream-options", 400, "", "Unsupported parameter: stream_options" },
  { "no-max-tokens", 400, "",
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead." },
  { "401", 401, "", "Incorrect API key provided" },
  { "402", 402, "", "No credit" },
  { "403", 403, "", "Not allowed" },
  { "404", 404, "", "Nothing here" },
  { "no-model", 404, "", "The model `m` does not exist" },
  { "405", 405, "", "Method not allowed" },
  { "410", 410, "", "Gone" },
  { "413", 413, "", "Too large" },
  { "422", 422, "", "Unprocessable" },
  { "429", 429, "", "Slow down" },
  { "429-1", 429, "retry-after: 1\r\n", "Slow down" },
  { "429-600", 429, "retry-after: 600\r\n", "Slow down" },
  { "500", 500, "", "Oh" },
  { "503", 503, "", "Busy" },
  { "529", 529, "", "Overloaded" },
  { "redirect", 307, "Location: http://127.0.0.1:1/elsewhere\r\n", "Moved" },
  { "empty-500", 500, "", NULL },
};

void
hostile_send_fault (Request *request, const char *name)
{
  if (g_str_has_prefix (name, "drill-"))
    {
      hostile_send_plan (request, name + strlen ("drill-"));
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    if (g_str_equal (faults[i].name, name))
      {
        faults[i].send (request);
        return;
      }
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (g_str_equal (statuses[i].name, name))
      {
        g_autofree char *what = g_strconcat ("words=", statuses[i].words, NULL);
        g_autofree char *body = statuses[i].words != NULL ? script_bytes (request->dialect, what) : g_strdup ("");
        send_whole (request, statuses[i].status, statuses[i].headers, "application/json", body);
        return;
      }
  if (!hostile_send_wire_fault (request, name))
    g_error ("hostile: no such fault: %s", name);
}

/* --- Lists --- */

#define OPENAI_LIST                                                                                                   \
  "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"object\":\"model\"},{\"id\":\"text-embedding-3-small\",\"object\":" \
  "\"model\"}]}"
#define ANTHROPIC_PAGE_1                                                                                          \
  "{\"data\":[{\"id\":\"m\",\"type\":\"model\",\"display_name\":\"M\"},{\"id\":\"n\",\"type\":\"model\"}],\"has_" \
  "more\":true,\"first_id\":\"m\",\"last_id\":\"n\"}"
#define ANTHROPIC_PAGE_2                                                                                             \
  "{\"data\":[{\"id\":\"o\",\"type\":\"model\",\"max_input_tokens\":200000}],\"has_more\":false,\"first_id\":\"o\"," \
  "\"last_id\":\"o\"}"

static const struct { const char *end, *body;
} documents[] = {
  { "/v1/models?limit=1000", ANTHROPIC_PAGE_1 },
  { "/v1/models?limit=1000&after_id=n", ANTHROPIC_PAGE_2 },
  { "/models", OPENAI_LIST },
  { "/api/tags", "{\"models\":[{\"name\":\"m\",\"model\":\"m\"},{\"name\":\"cloud:cloud\",\"model\":\"cloud:cloud\","
                 "\"remote_host\":\"https://ollama.com\"}]}" },
  { "/api/show", "{\"model_info\":{\"general.architecture\":\"qwen3\",\"qwen3.context_length\":40960},\"capabilities\":"
                 "[\"completion\",\"tools\"]}" },
  { "/api/version", "{\"version\":\"0.33.0\"}" },
};

/* Lists follow the first fault too, where it is one of the whole service; "wants-key" asks for a key. */
gboolean
hostile_send_document (Request *request)
{
  static const char *const of_service[] = { "html",   "html-404",    "redirect", "404",  "405",     "410", "500",
                                            "silent", "cut-headers", "not-http", "huge", "garbage", "401", NULL };
  g_auto(GStrv) names = g_strsplit (request->faults, ",", -1);
  g_autofree char *lower = g_ascii_strdown (request->head, -1);
  for (gsize i = 0; i < G_N_ELEMENTS (documents); i++)
    if (g_str_has_suffix (request->rest, documents[i].end))
      {
        gboolean key =
            strstr (lower, "authorization: bearer good-key") != NULL || strstr (lower, "x-api-key: good-key") != NULL;
        if (g_str_has_prefix (names[0], "list-"))
          hostile_send_fault (request, names[0] + 5);
        else if (g_strv_contains (of_service, names[0]))
          hostile_send_fault (request, names[0]);
        else if (g_str_equal (names[0], "wants-key") && !key)
          hostile_send_fault (request, "401");
        else
          send_whole (request, 200, "", "application/json", documents[i].body);
        return TRUE;
      }
  return FALSE;
}
