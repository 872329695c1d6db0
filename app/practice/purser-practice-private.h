/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "purser-practice.h"

G_BEGIN_DECLS

/* What a model is asked, whatever the dialect. */
typedef struct
{
  char *role; /* "system", "user", "assistant", "tool" */
  char *text;
} PracticeMessage;

typedef struct
{
  char       *name, *description; /* (owned) (nullable) description */
  JsonObject *schema;             /* (owned) (nullable) of the arguments */
} PracticeTool;

typedef struct
{
  char       *model;      /* (owned) (nullable) as asked for */
  GPtrArray  *messages;   /* (element-type PracticeMessage) */
  GPtrArray  *tools;      /* (element-type PracticeTool) */
  char       *tool_choice;/* (owned) (nullable): "none", "required" or a tool's name; NULL = as it likes */
  char      **stop;       /* (owned) (nullable) */
  gint64      max_tokens; /* -1 = not said */
  gboolean    json;       /* the reply must be JSON */
  gboolean    stream;
  gboolean    stream_usage; /* openai: with a last chunk that has the usage */
} PracticeAsk;

typedef enum { PRACTICE_DONE, PRACTICE_STOP_TEXT, PRACTICE_LENGTH, PRACTICE_TOOLS } PracticeFinish;

typedef struct
{
  const PurserPracticeModel *model;
  char          *text;      /* (owned) "" beside a tool call */
  char          *tool;      /* (owned) (nullable) name of the tool that is called */
  char          *arguments; /* (owned) (nullable) JSON text */
  char          *stop_text; /* (owned) (nullable) which stop text ended it */
  PracticeFinish finish;
  char           id[17];    /* hex */
  gint64         input, cached, output; /* tokens; input includes cached */
} PracticeAnswer;

PracticeAsk *practice_ask_new     (void);
void         practice_ask_add     (PracticeAsk *ask, const char *role, const char *text);
void         practice_ask_free    (PracticeAsk *ask);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PracticeAsk, practice_ask_free)
void         practice_answer_free (PracticeAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PracticeAnswer, practice_answer_free)

/* How a model behaves; one row a model (purser-practice-models.c). */
typedef struct
{
  PurserPracticeModel shown;
  guint    first_ms, word_us;  /* to the first word; from word to word */
  guint    fail_of;            /* of so many requests in a row all but the last fail; 0 = none */
  gboolean hasty;              /* takes the shortcuts that a small, cheap model takes */
} PracticeModel;
const PracticeModel *practice_model_get (const char *name, const char *dialect); /* (nullable) */
const PracticeModel *practice_model_row (guint i);                               /* (nullable) past the last */
double               practice_speed     (void);

/* Tokens: a run of letters or digits is one token for each four characters begun, every other visible
 * character is one, white space is none. */
gint64 practice_count_tokens (const char *text);
gint64 practice_count_ask    (const PracticeAsk *ask);
char  *practice_cut_tokens   (const char *text, gint64 tokens); /* (transfer full) the longest beginning with so many */
char **practice_split_words  (const char *text);                /* (transfer full) pieces that join to the text */

/* The brain: a pure function of the question. */
PracticeAnswer *practice_think (const PracticeModel *model, const PracticeAsk *ask);

/* A dialect: how requests are read and replies are written. */
typedef struct _PracticeDialect PracticeDialect;
struct _PracticeDialect
{
  const char *id;               /* "openai" */
  const char *base;             /* "/openai/v1" */
  const char *chat_path;        /* under the base */
  const char *stream_type;      /* Content-Type of a stream */
  const char *request_id;       /* header of the reply */
  guint       overloaded;       /* the status with which it says so */
  gboolean (*read) (
      JsonObject *body, SoupMessageHeaders *headers, PracticeAsk *ask, char **complaint, char **parameter);
  JsonNode *(*whole)   (const PracticeAnswer *answer, gint64 elapsed_us);
  void      (*begin)   (const PracticeAnswer *answer, GString *out);
  void      (*piece)   (const PracticeAnswer *answer, const char *text, GString *out); /* also of a tool's arguments */
  void      (*end)     (const PracticeAnswer *answer, const PracticeAsk *ask, gint64 elapsed_us, GString *out);
  JsonNode *(*error)   (guint status, const char *message, const char *parameter, const char *id);
};
const PracticeDialect *practice_dialect_get (guint i);               /* (nullable) past the last */
JsonNode *practice_models_list   (const PracticeDialect *dialect);   /* its model list */
JsonNode *practice_ollama_show   (const PracticeModel *model);
char     *practice_json_text     (JsonNode *node);                   /* (transfer full) both ways: frees the node */

extern const PracticeDialect practice_openai, practice_anthropic, practice_ollama;

G_END_DECLS
