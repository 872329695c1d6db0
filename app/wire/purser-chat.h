/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The neutral request: what a caller asks of a model, whatever the dialect. Built once, then immutable and atomically counted. */
typedef enum { PURSER_ROLE_SYSTEM, PURSER_ROLE_USER, PURSER_ROLE_ASSISTANT, PURSER_ROLE_TOOL } PurserRole;
typedef enum
{
  PURSER_PART_TEXT,        /* text */
  PURSER_PART_IMAGE,       /* media_type + data (base64), or url */
  PURSER_PART_FILE,        /* the same, and name */
  PURSER_PART_TOOL_CALL,   /* id, name, json (arguments) */
  PURSER_PART_TOOL_RESULT, /* id of the call, text, is_error */
  PURSER_PART_THINKING,    /* text, signature; or redacted data in `data` */
} PurserPartType;

typedef struct
{
  PurserPartType type;
  char *text, *media_type, *data, *url, *id, *name, *signature; /* (owned) (nullable) */
  JsonNode *json;      /* (owned) (nullable) */
  gboolean  is_error;
} PurserPart;

typedef struct
{
  PurserRole role;
  GPtrArray *parts; /* (element-type PurserPart) */
} PurserMessage;

typedef struct
{
  char     *name, *description; /* (owned) */
  JsonNode *schema;             /* (owned) (nullable) JSON schema of the arguments */
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
} PurserChat;

PurserChat *purser_chat_new       (void);  /* builder: fill the fields, then hand it out */
PurserChat *purser_chat_new_text  (const char *system /* nullable */, const char *user); /* the usual one-turn question */
void        purser_chat_add_text  (PurserChat *chat, PurserRole role, const char *text);
PurserChat *purser_chat_ref       (PurserChat *chat);
void        purser_chat_unref     (PurserChat *chat);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserChat, purser_chat_unref)
gint64      purser_chat_estimate_tokens (const PurserChat *chat); /* rough local estimate (about 4 bytes a token), for reservations and marked estimates */
void purser_part_free (PurserPart *part);
void purser_message_free (PurserMessage *message);
void purser_tool_free (PurserTool *tool);

G_END_DECLS
