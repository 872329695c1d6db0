/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-practice-private.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

/* Prices are invented: dear and cheap as a large and a small model are, so that a cost ratio means something. */
static const PracticeModel models[] = {
  { .shown = { "practice-careful", N_("Practice, careful"), "anthropic",
               N_("Follows the whole task; slower and dearer"), "4.00", "16.00", 64000, 4096 },
   .first_ms = 600,
   .word_us = 18000 },
  { .shown = { "practice-flaky", N_("Practice, flaky"), "anthropic",
               N_("Overloaded two times of three, to practise fallbacks with"), "1.00", "4.00", 32000, 4096 },
   .first_ms = 350,
   .word_us = 10000,
   .fail_of = 3 },
  { .shown = { "practice-quick", N_("Practice, quick"), "openai",
               N_("Fast and cheap; overlooks instructions and the ends of texts"), "0.40", "1.60", 16000, 2048 },
   .first_ms = 180,
   .word_us = 5000,
   .hasty = TRUE },
  { .shown = { "practice-local", N_("Practice, local"), "ollama",
               N_("As if it ran on this machine: free, a slow start, hasty"), NULL, NULL, 8192, 2048 },
   .first_ms = 900,
   .word_us = 25000,
   .hasty = TRUE },
};

/* A factor on every wait, in thousandths: an int, because any thread may read it. -1: nobody has said. */
static int speed_milli = -1;

/**
 * purser_practice_models:
 * @n: (out): how many there are
 *
 * Returns: (transfer none) (array length=n): the practice models
 */
const PurserPracticeModel *
purser_practice_models (guint *n)
{
  static PurserPracticeModel shown[G_N_ELEMENTS (models)];
  static gsize once;
  if (g_once_init_enter (&once))
    {
      for (guint i = 0; i < G_N_ELEMENTS (models); i++)
        shown[i] = models[i].shown;
      g_once_init_leave (&once, 1);
    }
  *n = G_N_ELEMENTS (models);
  return shown;
}

const PracticeModel *
practice_model_row (guint i)
{
  return i < G_N_ELEMENTS (models) ? &models[i] : NULL;
}

const PracticeModel *
practice_model_get (const char *name, const char *dialect)
{
  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    if (g_strcmp0 (models[i].shown.name, name) == 0 && g_strcmp0 (models[i].shown.dialect, dialect) == 0)
      return &models[i];
  return NULL;
}

/**
 * purser_practice_set_speed:
 * @factor: what every wait is multiplied by: 1 as the models are described, 0 no waiting
 *
 * For tests and demonstrations. Until it is called, $PURSER_PRACTICE_SPEED decides, else 1.
 */
void
purser_practice_set_speed (double factor)
{
  g_atomic_int_set (&speed_milli, (int) lround (CLAMP (factor, 0, 1000) * 1000));
}

double
practice_speed (void)
{
  int milli = g_atomic_int_get (&speed_milli);
  if (milli >= 0)
    return milli / 1000.0;
  const char *environment = g_getenv ("PURSER_PRACTICE_SPEED");
  purser_practice_set_speed (environment != NULL && *environment != '\0' ? g_ascii_strtod (environment, NULL) : 1);
  return g_atomic_int_get (&speed_milli) / 1000.0;
}

PracticeAsk *
practice_ask_new (void)
{
  PracticeAsk *ask = g_new0 (PracticeAsk, 1);
  ask->max_tokens = -1;
  ask->messages = g_ptr_array_new ();
  ask->tools = g_ptr_array_new ();
  return ask;
}

void
practice_ask_add (PracticeAsk *ask, const char *role, const char *text)
{
  PracticeMessage *message = g_new0 (PracticeMessage, 1);
  message->role = g_strdup (role);
  message->text = g_utf8_make_valid (text, -1);
  g_ptr_array_add (ask->messages, message);
}

void
practice_ask_free (PracticeAsk *ask)
{
  for (guint i = 0; i < ask->messages->len; i++)
    {
      PracticeMessage *message = g_ptr_array_index (ask->messages, i);
      g_free (message->role);
      g_free (message->text);
      g_free (message);
    }
  for (guint i = 0; i < ask->tools->len; i++)
    {
      PracticeTool *tool = g_ptr_array_index (ask->tools, i);
      g_free (tool->name);
      g_free (tool->description);
      g_clear_pointer (&tool->schema, json_object_unref);
      g_free (tool);
    }
  g_ptr_array_unref (ask->messages);
  g_ptr_array_unref (ask->tools);
  g_free (ask->model);
  g_free (ask->tool_choice);
  g_strfreev (ask->stop);
  g_free (ask);
}

void
practice_answer_free (PracticeAnswer *answer)
{
  g_free (answer->text);
  g_free (answer->tool);
  g_free (answer->arguments);
  g_free (answer->stop_text);
  g_free (answer);
}

/* Walks over one token: *P behind it, or at the end. */
static void
next_token (const char **p)
{
  while (**p != '\0' && g_unichar_isspace (g_utf8_get_char (*p)))
    *p = g_utf8_next_char (*p);
  if (**p == '\0')
    return;
  gboolean word = g_unichar_isalnum (g_utf8_get_char (*p));
  *p = g_utf8_next_char (*p);
  for (int i = 1; word && i < 4 && **p != '\0' && g_unichar_isalnum (g_utf8_get_char (*p)); i++)
    *p = g_utf8_next_char (*p);
}

static gboolean
only_space (const char *p)
{
  while (*p != '\0' && g_unichar_isspace (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  return *p == '\0';
}

gint64
practice_count_tokens (const char *text)
{
  gint64 count = 0;
  for (const char *p = text; !only_space (p); count++)
    next_token (&p);
  return count;
}

/* Each message and each tool costs three tokens more than its text, as real chat formats do. */
gint64
practice_count_ask (const PracticeAsk *ask)
{
  gint64 count = 0;
  for (guint i = 0; i < ask->messages->len; i++)
    count += 3 + practice_count_tokens (((PracticeMessage *) g_ptr_array_index (ask->messages, i))->text);
  for (guint i = 0; i < ask->tools->len; i++)
    {
      const PracticeTool *tool = g_ptr_array_index (ask->tools, i);
      g_autofree char *schema = NULL;
      if (tool->schema != NULL)
        {
          JsonNode *node = json_node_new (JSON_NODE_OBJECT);
          json_node_set_object (node, tool->schema);
          schema = practice_json_text (node);
        }
      count += 3 + practice_count_tokens (tool->name)
               + practice_count_tokens (tool->description != NULL ? tool->description : "")
               + practice_count_tokens (schema != NULL ? schema : "");
    }
  return count;
}

char *
practice_cut_tokens (const char *text, gint64 tokens)
{
  const char *p = text;
  for (gint64 i = 0; i < tokens; i++)
    next_token (&p);
  return g_strndup (text, p - text);
}

/* A piece is white space and the word after it, as real models stream. */
char **
practice_split_words (const char *text)
{
  g_autoptr(GStrvBuilder) pieces = g_strv_builder_new ();
  for (const char *p = text; *p != '\0';)
    {
      const char *start = p;
      while (*p != '\0' && g_ascii_isspace (*p))
        p++;
      while (*p != '\0' && !g_ascii_isspace (*p))
        p++;
      g_strv_builder_take (pieces, g_strndup (start, p - start));
    }
  return g_strv_builder_end (pieces);
}
