/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "purser-dialect.h"
#include "purser-fault.h"
#include "purser-json.h"

/* Events written down as JSON: each an object whose member names its type and holds what it says. */

static inline void
events_json_usage (PurserUsage *usage, JsonObject *said)
{
  const struct
  {
    const char *name;
    gint64 *count;
  } counts[] = {
    { "input_total", &usage->input_total },
    { "input_uncached", &usage->input_uncached },
    { "cache_read", &usage->cache_read },
    { "cache_write_5m", &usage->cache_write_5m },
    { "cache_write_1h", &usage->cache_write_1h },
    { "cache_write_other", &usage->cache_write_other },
    { "output", &usage->output },
    { "reasoning", &usage->reasoning },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    *counts[i].count = purser_json_int (said, counts[i].name, -1);
}

static inline PurserFinish
events_json_finish (const char *word)
{
  static const char *const words[] = { "none", "done", "stop_text", "length", "tools", "refused", "pause", "other" };
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (words[i], word) == 0)
      return i;
  g_error ("no such finish: %s", word);
}

/* Hands the event that OBJECT says to FUNC. */
static inline void
events_json_tell (JsonObject *object, PurserEventFunc func, gpointer user_data)
{
  static const struct
  {
    const char *name;
    PurserEventType type;
  } texts[] = {
    { "text", PURSER_EVENT_TEXT },           { "thinking", PURSER_EVENT_THINKING },
    { "signature", PURSER_EVENT_SIGNATURE }, { "redacted", PURSER_EVENT_REDACTED },
    { "refusal", PURSER_EVENT_REFUSAL },
  };
  static const struct
  {
    const char *name;
    PurserEventType type;
  } tools[] = {
    { "tool", PURSER_EVENT_TOOL_START },
    { "args", PURSER_EVENT_TOOL_ARGS },
    { "tool_end", PURSER_EVENT_TOOL_END },
  };
  PurserEvent event = { .type = PURSER_EVENT_END, .choice = (int) purser_json_int (object, "choice", 0) };
  g_autoptr(PurserUsage) usage = purser_usage_new ();
  g_autoptr(PurserFault) fault = NULL;
  JsonObject *start = purser_json_member (object, "start");
  event.json = purser_json_node (object, "json");
  event.id = purser_json_string (object, "id");
  event.name = purser_json_string (object, "name");
  for (gsize i = 0; i < G_N_ELEMENTS (tools); i++)
    if (json_object_has_member (object, tools[i].name))
      {
        event.type = tools[i].type;
        event.tool = (int) purser_json_int (object, tools[i].name, 0);
        event.text = event.type == PURSER_EVENT_TOOL_ARGS ? purser_json_string (object, "text") : NULL;
        goto tell;
      }
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (json_object_has_member (object, texts[i].name))
      {
        event.type = texts[i].type;
        event.text = purser_json_string (object, texts[i].name);
        goto tell;
      }
  if (start != NULL)
    {
      event.type = PURSER_EVENT_START;
      event.id = purser_json_string (start, "id");
      event.model = purser_json_string (start, "model");
    }
  else if (json_object_has_member (object, "block"))
    {
      event.type = PURSER_EVENT_BLOCK;
      event.name = purser_json_string (object, "block");
    }
  else if (json_object_has_member (object, "block_end"))
    event.type = PURSER_EVENT_BLOCK_END;
  else if (json_object_has_member (object, "citation"))
    {
      event.type = PURSER_EVENT_CITATION;
      event.json = purser_json_node (object, "citation");
    }
  else if (json_object_has_member (object, "usage"))
    {
      event.type = PURSER_EVENT_USAGE;
      events_json_usage (usage, purser_json_member (object, "usage"));
      event.usage = usage;
    }
  else if (json_object_has_member (object, "finish"))
    {
      event.type = PURSER_EVENT_FINISH;
      event.finish = events_json_finish (purser_json_string (object, "finish"));
      event.text = purser_json_string (object, "raw");
    }
  else if (json_object_has_member (object, "meta"))
    {
      event.type = PURSER_EVENT_META;
      event.name = purser_json_string (object, "meta");
    }
  else if (json_object_has_member (object, "error"))
    {
      event.type = PURSER_EVENT_ERROR;
      event.fault = fault = purser_fault_new (PURSER_FAULT_OVERLOADED, 529, purser_json_string (object, "error"));
    }
  else
    g_assert_true (json_object_has_member (object, "end"));
tell:
  event.length = event.text != NULL ? strlen (event.text) : 0;
  func (&event, user_data);
}
