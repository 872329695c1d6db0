/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The neutral request: what a caller asks of a model, whatever the dialect. Built once, then immutable and atomically counted. */
typedef enum { PURSER_ROLE_SYSTEM, PURSER_ROLE_USER, PURSER_ROLE_ASSISTANT, PURSER_ROLE_TOOL } PurserRole;
typedef enum
{
  PURSER_PART_TEXT,        /* text; json = citations as they came (nullable) */
  PURSER_PART_IMAGE,       /* media_type + data (base64), or url; detail */
  PURSER_PART_FILE,        /* the same, and name; data may be plain text where media_type is text/plain and `is_text` is set */
  PURSER_PART_AUDIO,       /* media_type ("wav", "mp3") + data (base64) */
  PURSER_PART_TOOL_CALL,   /* id, name, json (arguments; NULL = none); text: arguments that are no JSON, or a custom tool's input (`custom`) */
  PURSER_PART_TOOL_RESULT, /* id of the call, name (nullable) of the tool, is_error; text, or `parts` where it is more than text */
  PURSER_PART_THINKING,    /* text, signature, id; or redacted data in `data`; `dialect` whose opaque state it is; json: OpenRouter's detail as it came */
  PURSER_PART_REFUSAL,     /* text */
  PURSER_PART_OPAQUE,      /* json: a block or item of `dialect` that the neutral model has no place for; only that dialect sends it */
} PurserPartType;

typedef enum { PURSER_CACHE_NONE, PURSER_CACHE_SHORT /* 5 minutes */, PURSER_CACHE_LONG /* 1 hour */ } PurserCacheMark;

typedef struct
{
  PurserPartType type;
  char *text, *media_type, *data, *url, *id, *name, *signature; /* (owned) (nullable) */
  JsonNode *json;      /* (owned) (nullable) */
  gboolean  is_error;
  char *detail;        /* (owned) (nullable) IMAGE: "low", "high", "auto" */
  char *dialect;       /* (owned) (nullable) THINKING, OPAQUE: whose it is; NULL = of whoever it is sent to */
  char *phase;         /* (owned) (nullable) TEXT of an assistant: OpenAI's commentary or final_answer */
  GPtrArray *parts;    /* (owned) (nullable) (element-type PurserPart) TOOL_RESULT: text, images, files in order */
  PurserCacheMark cache; /* the prefix up to here is worth caching */
  gboolean  custom;    /* TOOL_CALL: a free-form tool's */
  gboolean  is_text;   /* FILE: data is text, not base64 */
} PurserPart;

typedef struct
{
  PurserRole role;
  GPtrArray *parts; /* (element-type PurserPart) */
  char *name;       /* (owned) (nullable) OpenAI's name of the speaker */
} PurserMessage;

typedef struct
{
  char     *name, *description; /* (owned) */
  JsonNode *schema;             /* (owned) (nullable) JSON schema of the arguments */
  int       strict;             /* 1 yes, -1 no, 0 not said */
  PurserCacheMark cache;
  gboolean  custom;             /* free-form (OpenAI): `native` holds its format */
  char     *space;              /* (owned) (nullable) the namespace (Responses) it belongs to; `name` is "space.name" then */
  JsonNode *native;             /* (owned) (nullable) the tool as it came, where it is the provider's own (web search …) or custom; only the dialect it came from sends it */
} PurserTool;

typedef struct
{
  gatomicrefcount refs;
  GPtrArray *messages;     /* (element-type PurserMessage) system text first */
  GPtrArray *tools;        /* (element-type PurserTool) */
  char      *tool_choice;  /* (nullable) "auto", "none", "required" or a tool's name */
  gint64     max_tokens;   /* -1 = not said */
  double     temperature;  /* NAN = not said */
  double     top_p;        /* NAN = not said */
  gint64     seed;         /* -1 = not said */
  char     **stop;         /* (nullable) */
  JsonNode  *schema;       /* (nullable) wanted output schema */
  gboolean   json_output;  /* any JSON object */
  char      *effort;       /* (nullable) none, minimal, low, medium, high, xhigh, max */

  /* What decoding a caller's request fills beside. */
  char      *dialect;      /* (nullable) the dialect it came in; NULL = made here */
  GBytes    *raw;          /* (nullable) the body as it came: sent on untouched where the other side speaks the same dialect */
  gboolean   embeddings;   /* texts are to be embedded: `raw` is all there is */
  char      *model;        /* (nullable) as asked for: a workload's name, or provider/model */
  gboolean   stream;
  gboolean   include_usage; /* openai-chat: the stream's usage chunk was asked for */
  int        parallel_tools; /* 1 yes, -1 no, 0 not said */
  gint64     top_k;        /* -1 = not said */
  double     frequency_penalty, presence_penalty; /* NAN = not said */
  gint64     n;            /* choices; 0 = not said */
  gint64     thinking_budget; /* Anthropic's budget_tokens; -1 = not said. `effort` is set from it as well (PROVIDERS §4.4) */
  char      *thinking;     /* (nullable) Anthropic's thinking.type as said: adaptive, enabled, disabled, between_tools; NULL: thinking was not mentioned, whatever `effort` says */
  char      *thinking_display; /* (nullable) Anthropic's "summarized" or "omitted"; OpenAI's reasoning.summary */
  char      *schema_name;  /* (nullable) */
  int        schema_strict; /* 1, -1, 0 not said */
  char      *verbosity;    /* (nullable) low, medium, high */
  char      *service_tier; /* (nullable) as asked */
  char      *user;         /* (nullable) whom the caller says it is for: user, safety_identifier, metadata.user_id */
  char      *cache_key;    /* (nullable) prompt_cache_key */
  PurserCacheMark cache;   /* Anthropic's top-level cache_control */
  JsonNode  *metadata;     /* (nullable) object */
  gint64     logprobs;     /* -1 = not asked; else top_logprobs */
  GPtrArray *spaces;       /* (owned) (nullable) (element-type JsonNode) Responses' namespaces of tools as they came: only that dialect sends them, others the tools in them */
  gboolean   undecoded;    /* only the outermost members were looked at: purser_chat_decode() reads the rest */
  gboolean   tooled;       /* of an undecoded one: it has tools */
  gint64     estimate;     /* of an undecoded one: purser_chat_estimate_tokens() */
  JsonObject *native;      /* (nullable) members of the request that the neutral model has no place for, by name, as they came */
} PurserChat;

PurserChat *purser_chat_new       (void);  /* builder: fill the fields, then hand it out */
PurserChat *purser_chat_new_text  (const char *system /* nullable */, const char *user); /* the usual one-turn question */
void        purser_chat_add_text  (PurserChat *chat, PurserRole role, const char *text);
PurserChat *purser_chat_ref       (PurserChat *chat);
void        purser_chat_unref     (PurserChat *chat);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserChat, purser_chat_unref)
/* All of a chat that was only looked at (purser_dialect_peek_request()); CHAT itself where it is whole already. (transfer full) (nullable): NULL and ERROR where it cannot be read */
PurserChat *purser_chat_decode    (PurserChat *chat, GError **error);
gint64      purser_chat_estimate_tokens (const PurserChat *chat); /* rough local estimate (about 4 bytes a token), for reservations and marked estimates */
/* Builders, only while the request is being made. (transfer none) */
PurserMessage *purser_chat_add_message (PurserChat *chat, PurserRole role);
PurserPart    *purser_message_add      (PurserMessage *message, PurserPartType type, const char *text /* nullable */);
PurserMessage *purser_message_new      (PurserRole role); /* (transfer full) */
void purser_part_free (PurserPart *part);
void purser_message_free (PurserMessage *message);
void purser_tool_free (PurserTool *tool);

G_END_DECLS
