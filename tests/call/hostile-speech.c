/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile-private.h"

#include <string.h>

#include "../wire/frames.h"

/* What a provider of each dialect says, in pieces. "$TEXT" and "$USAGE" are filled in. Bedrock's lines "type payload" become binary frames. */
typedef struct
{
  const char *dialect, *what, *says;
} Piece;

#define SSE(event, data) "event: " event "\ndata: " data "\n\n"
#define RESPONSE(event, members) SSE (event, "{\"type\":\"" event "\"," members "}")
#define RESPONSES_WHOLE(output, status)                                                                                          \
  "{\"id\":\"resp_1\",\"object\":\"response\",\"created_at\":1800000000,\"status\":\"" status "\",\"model\":\"m\",\"output\":[" \
  output "]$USAGE}"
#define MESSAGE(status, text)                                                                                    \
  "{\"id\":\"msg_1\",\"type\":\"message\",\"status\":\"" status "\",\"role\":\"assistant\",\"content\":[" text "]}"
#define OUTPUT_TEXT "{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[],\"text\":\"$TEXT\"}"

static const Piece pieces[] = {
  { "openai-chat", "start", "data: {\"id\":\"x\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"}}]}\n\n" },
  { "openai-chat", "text", "data: {\"id\":\"x\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"$TEXT\"}}]}\n\n" },
  { "openai-chat", "finish", "data: {\"id\":\"x\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n" },
  { "openai-chat", "end", "data: {\"id\":\"x\",\"model\":\"m\",\"choices\":[]$USAGE}\n\ndata: [DONE]\n\n" },
  { "openai-chat", "end-empty", "data: [DONE]\n\n" },
  { "openai-chat", "fault", "data: {\"error\":{\"message\":\"Overloaded\",\"type\":\"overloaded_error\"}}\n\n" },
  { "openai-chat", "garbage", "data: {]\n\n" },
  { "openai-chat", "ping", ": keep-alive\n\n" },
  { "openai-chat", "line", "data: " },
  { "openai-chat", "whole", "{\"id\":\"x\",\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                            "\"content\":\"$TEXT\"},\"finish_reason\":\"stop\"}]$USAGE}" },
  { "openai-chat", "whole-fault", "{\"error\":{\"message\":\"Overloaded\",\"type\":\"overloaded_error\"}}" },
  { "openai-chat", "whole-empty", "{\"id\":\"x\",\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[]}" },
  { "openai-chat", "words", "{\"error\":{\"message\":\"$TEXT\",\"type\":\"error\"}}" },

  { "openai-responses", "start",
    RESPONSE ("response.created", "\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"status\":\"in_progress\",\"model\":\"m\",\"output\":[],"
                                  "\"usage\":null}")
    RESPONSE ("response.output_item.added", "\"output_index\":0,\"item\":" MESSAGE ("in_progress", ""))
    RESPONSE ("response.content_part.added", "\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"part\":{\"type\":\"output_text\","
                                             "\"annotations\":[],\"text\":\"\"}") },
  { "openai-responses", "text",
    RESPONSE ("response.output_text.delta", "\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"$TEXT\"") },
  { "openai-responses", "finish", "" },
  { "openai-responses", "end",
    RESPONSE ("response.completed", "\"response\":" RESPONSES_WHOLE (MESSAGE ("completed", OUTPUT_TEXT), "completed")) },
  { "openai-responses", "end-empty", RESPONSE ("response.completed", "\"response\":" RESPONSES_WHOLE ("", "completed")) },
  { "openai-responses", "fault", SSE ("error", "{\"type\":\"error\",\"error\":{\"type\":\"server_error\",\"code\":\"overloaded\",\"message\":\"Overloaded\","
                                               "\"param\":null}}") },
  { "openai-responses", "garbage", "event: response.output_text.delta\ndata: {]\n\n" },
  { "openai-responses", "ping", ": keep-alive\n\n" },
  { "openai-responses", "line", "data: " },
  { "openai-responses", "whole", RESPONSES_WHOLE (MESSAGE ("completed", OUTPUT_TEXT), "completed") },
  { "openai-responses", "whole-fault", "{\"error\":{\"message\":\"Overloaded\",\"type\":\"server_error\",\"code\":\"overloaded\"}}" },
  { "openai-responses", "whole-empty", "{\"id\":\"resp_1\",\"object\":\"response\",\"model\":\"m\",\"output\":[]}" },
  { "openai-responses", "words", "{\"error\":{\"message\":\"$TEXT\",\"type\":\"error\"}}" },

  { "anthropic", "start",
    SSE ("message_start", "{\"type\":\"message_start\",\"message\":{\"id\":\"x\",\"model\":\"m\",\"role\":\"assistant\",\"content\":[]$EARLY}}")
    SSE ("content_block_start", "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}") },
  { "anthropic", "text", SSE ("content_block_delta", "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"$TEXT\"}}") },
  { "anthropic", "finish",
    SSE ("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":0}")
    SSE ("message_delta", "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}$LATE}") },
  { "anthropic", "end", SSE ("message_stop", "{\"type\":\"message_stop\"}") },
  { "anthropic", "end-empty", SSE ("message_stop", "{\"type\":\"message_stop\"}") },
  { "anthropic", "fault", SSE ("error", "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}") },
  { "anthropic", "garbage", "event: content_block_delta\ndata: {]\n\n" },
  { "anthropic", "ping", SSE ("ping", "{\"type\":\"ping\"}") },
  { "anthropic", "line", "data: " },
  { "anthropic", "whole", "{\"id\":\"x\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[{\"type\":\"text\",\"text\":\"$TEXT\"}],"
                          "\"stop_reason\":\"end_turn\"$USAGE}" },
  { "anthropic", "whole-fault", "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}" },
  { "anthropic", "whole-empty", "{\"id\":\"x\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[]}" },
  { "anthropic", "words", "{\"type\":\"error\",\"error\":{\"type\":\"x\",\"message\":\"$TEXT\"}}" },

  { "ollama", "start", "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":false}\n" },
  { "ollama", "text", "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"$TEXT\"},\"done\":false}\n" },
  { "ollama", "finish", "" },
  { "ollama", "end", "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\"$USAGE}\n" },
  { "ollama", "end-empty", "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true}\n" },
  { "ollama", "fault", "{\"error\":\"server busy, overloaded\"}\n" },
  { "ollama", "garbage", "{]\n" },
  { "ollama", "ping", "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":false}\n" },
  { "ollama", "line", "{\"model\":\"" },
  { "ollama", "whole", "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"$TEXT\"},\"done\":true,\"done_reason\":\"stop\"$USAGE}" },
  { "ollama", "whole-fault", "{\"error\":\"server busy, overloaded\"}" },
  { "ollama", "whole-empty", "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true}" },
  { "ollama", "words", "{\"error\":\"$TEXT\"}" },

  { "bedrock", "start", "messageStart {\"role\":\"assistant\"}\n" },
  { "bedrock", "text", "contentBlockDelta {\"contentBlockIndex\":0,\"delta\":{\"text\":\"$TEXT\"}}\n" },
  { "bedrock", "finish", "contentBlockStop {\"contentBlockIndex\":0}\nmessageStop {\"stopReason\":\"end_turn\"}\n" },
  { "bedrock", "end", "metadata {\"metrics\":{\"latencyMs\":5}$USAGE}\n" },
  { "bedrock", "end-empty", "metadata {\"metrics\":{\"latencyMs\":5}}\n" },
  { "bedrock", "fault", "!serviceUnavailableException {\"message\":\"Overloaded\"}\n" },
  { "bedrock", "garbage", "contentBlockDelta {]\n" },
  { "bedrock", "ping", "messageStart {\"role\":\"assistant\"}\n" },
  { "bedrock", "whole", "{\"metrics\":{\"latencyMs\":5},\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\"$TEXT\"}]}},"
                        "\"stopReason\":\"end_turn\"$USAGE}" },
  { "bedrock", "whole-fault", "{\"message\":\"Overloaded\",\"__type\":\"ServiceUnavailableException\"}" },
  { "bedrock", "whole-empty", "{\"metrics\":{\"latencyMs\":5},\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[]}}}" },
  { "bedrock", "words", "{\"message\":\"$TEXT\"}" },
};

/* What each says that it read and wrote: 100 tokens and 20, or nonsense. LATE and EARLY: what Anthropic says at the end of a stream, and at its start where that is something else. */
static const struct
{
  const char *dialect, *variant, *usage, *late, *early;
} usages[] = {
  { "openai-chat", "good", ",\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20,\"total_tokens\":120}", "" },
  { "openai-chat", "zero", ",\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}", "" },
  { "openai-chat", "over", ",\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":20,\"total_tokens\":27,\"prompt_tokens_details\":{\"cached_tokens\":163}}", "" },
  { "openai-chat", "absurd", ",\"usage\":{\"prompt_tokens\":9000000000000000000,\"completion_tokens\":9000000000000000000}", "" },
  { "openai-chat", "odd", ",\"usage\":{\"prompt_tokens\":-5,\"completion_tokens\":\"many\"}", "" },
  { "openai-responses", "good", ",\"usage\":{\"input_tokens\":100,\"output_tokens\":20,\"total_tokens\":120}", "" },
  { "openai-responses", "zero", ",\"usage\":{\"input_tokens\":0,\"output_tokens\":0,\"total_tokens\":0}", "" },
  { "openai-responses", "over", ",\"usage\":{\"input_tokens\":7,\"output_tokens\":20,\"total_tokens\":27,\"input_tokens_details\":{\"cached_tokens\":163}}", "" },
  { "openai-responses", "absurd", ",\"usage\":{\"input_tokens\":9000000000000000000,\"output_tokens\":9000000000000000000}", "" },
  { "openai-responses", "odd", ",\"usage\":{\"input_tokens\":-5,\"output_tokens\":\"many\"}", "" },
  { "anthropic", "good", ",\"usage\":{\"input_tokens\":100,\"output_tokens\":20}", ",\"usage\":{\"output_tokens\":20}",
    ",\"usage\":{\"input_tokens\":100,\"output_tokens\":1}" },
  { "anthropic", "zero", ",\"usage\":{\"input_tokens\":0,\"output_tokens\":0}", ",\"usage\":{\"output_tokens\":0}" },
  { "anthropic", "over", ",\"usage\":{\"input_tokens\":7,\"cache_read_input_tokens\":163,\"output_tokens\":20}", ",\"usage\":{\"output_tokens\":20}" },
  { "anthropic", "absurd", ",\"usage\":{\"input_tokens\":9000000000000000000,\"output_tokens\":9000000000000000000}", ",\"usage\":{\"output_tokens\":9000000000000000000}" },
  { "anthropic", "odd", ",\"usage\":{\"input_tokens\":-5,\"output_tokens\":\"many\"}", ",\"usage\":{\"output_tokens\":\"many\"}" },
  { "ollama", "good", ",\"prompt_eval_count\":100,\"eval_count\":20", "" },
  { "ollama", "zero", ",\"prompt_eval_count\":0,\"eval_count\":0", "" },
  { "ollama", "over", ",\"prompt_eval_count\":170,\"eval_count\":20", "" }, /* it counts no cache */
  { "ollama", "absurd", ",\"prompt_eval_count\":9000000000000000000,\"eval_count\":9000000000000000000", "" },
  { "ollama", "odd", ",\"prompt_eval_count\":-5,\"eval_count\":\"many\"", "" },
  { "bedrock", "good", ",\"usage\":{\"inputTokens\":100,\"outputTokens\":20,\"totalTokens\":120}", "" },
  { "bedrock", "zero", ",\"usage\":{\"inputTokens\":0,\"outputTokens\":0,\"totalTokens\":0}", "" },
  { "bedrock", "over", ",\"usage\":{\"inputTokens\":7,\"cacheReadInputTokens\":163,\"outputTokens\":20,\"totalTokens\":190}", "" },
  { "bedrock", "absurd", ",\"usage\":{\"inputTokens\":9000000000000000000,\"outputTokens\":9000000000000000000}", "" },
  { "bedrock", "odd", ",\"usage\":{\"inputTokens\":-5,\"outputTokens\":\"many\"}", "" },
};

/* "none" fills in nothing: not a word about it. */
static void
fill_usage (GString *text, const char *dialect, const char *variant)
{
  const char *usage = "", *late = "", *early = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (usages); i++)
    if (g_str_equal (usages[i].dialect, dialect) && g_str_equal (usages[i].variant, variant))
      {
        usage = usages[i].usage;
        late = usages[i].late;
        early = usages[i].early;
      }
  g_string_replace (text, "$USAGE", usage, 0);
  g_string_replace (text, "$EARLY", early != NULL ? early : usage, 0);
  g_string_replace (text, "$LATE", late, 0);
}

/* Lines "type payload", "!type payload" for an exception. */
static void
add_frames (GByteArray *bytes, const char *lines)
{
  g_auto(GStrv) split = g_strsplit (lines, "\n", -1);
  for (char **line = split; *line != NULL && **line != '\0'; line++)
    {
      char *payload = strchr (*line, ' ');
      *payload++ = '\0';
      if (**line == '!')
        frames_add (bytes, "exception", ":exception-type", *line + 1, payload);
      else
        frames_add_event (bytes, *line, payload);
    }
}

static const Piece *
find_piece (const char *dialect, const char *what)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    if (g_str_equal (pieces[i].dialect, dialect) && g_str_equal (pieces[i].what, what))
      return &pieces[i];
  return NULL;
}

/**
 * hostile_say:
 * @dialect: the provider's
 * @what: the name of a piece, after ":" its text ("text:Hel")
 * @usage: which tokens it tells: "good", "none", "zero" …
 *
 * Adds to @bytes how @dialect says it; nothing where the dialect has no word for it.
 */
void
hostile_say (const char *dialect, const char *what, const char *usage, GByteArray *bytes)
{
  g_auto(GStrv) named = g_strsplit (what, ":", 2);
  const Piece *piece = find_piece (dialect, named[0]);
  g_autoptr(GString) text = g_string_new (piece != NULL ? piece->says : "");
  g_string_replace (text, "$TEXT", named[1] != NULL ? named[1] : "Hello", 0);
  fill_usage (text, dialect, usage);
  if (g_str_equal (dialect, "bedrock") && !g_str_has_prefix (what, "whole") && !g_str_equal (named[0], "words"))
    add_frames (bytes, text->str);
  else
    g_byte_array_append (bytes, (const guint8 *) text->str, (guint) text->len);
}
