/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-practice-private.h"
#include "purser-practice-text.h"

G_BEGIN_DECLS

/* A member that a JSON reply is to have: its name, and what stands in brackets after it. */
typedef struct
{
  char *name, *note;
  int max_chars;
  GPtrArray *values; /* (nullable) (element-type utf8) */
} PracticeMember;

/* A question taken apart: what to do, with what, and within which limits. 0 or NULL = not said. */
typedef struct
{
  const PracticeModel *model;
  char      *system;     /* what the system says */
  char      *order;      /* … and the task */
  char      *task;       /* the task alone */
  char      *data;       /* what it is to be done with */
  int        max_words, min_words, max_chars, sentences, max_sentences, lines, line_words;
  gboolean   bullets, numbered, subject, json, json_list;
  gboolean   no_names, no_phone, no_greeting, no_signature, no_exclamation;
  char      *first_line, *phrase;
  GPtrArray *forbidden;  /* (element-type utf8) words */
  GPtrArray *avoid;      /* (element-type utf8) topics */
  GPtrArray *members;    /* (element-type PracticeMember) */
} PracticeTask;

PracticeTask *practice_task_new  (const PracticeModel *model, const PracticeAsk *ask);
void          practice_task_free (PracticeTask *task);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PracticeTask, practice_task_free)
gboolean      practice_task_bars (const PracticeTask *task, const char *sentence); /* has what must not be said */

char *practice_task_plain (const PracticeTask *task,
                           const char *sentence); /* (transfer full) without the words that have a plainer one */

/* The skills: each returns its answer (transfer full), or NULL where the question is none of its own. */
char *practice_summarise (const PracticeTask *task);
char *practice_draft     (const PracticeTask *task);
char *practice_analyse   (const PracticeTask *task);
char *practice_tables    (const PracticeTask *task); /* rows and columns: a part of analysis */
char *practice_fields    (const PracticeTask *task); /* a JSON object with the members asked for */
char *practice_json_list (GPtrArray *strings);
char *practice_title     (const PracticeTask *task, guint max_words, guint max_chars);
char *practice_iso_date (
    const char *text, const char *order); /* (nullable) the first date in it; a missing year is looked for in ORDER */

G_END_DECLS
