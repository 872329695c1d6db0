/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-practice-task.h"

#include <string.h>

/* Letters and notices from facts: each fact becomes a sentence, under an opening that fits the order. */

typedef struct
{
  const PracticeTask *task;
  char      *to, *from;     /* (owned) (nullable) */
  GPtrArray *facts;         /* (element-type utf8) sentences */
  GPtrArray *list;          /* (element-type utf8) (nullable) items of the fact that is a list */
  char      *list_name;     /* (owned) (nullable) */
} Draft;

#define TO_LABEL   "^(customer|client|applicant|employee|to|recipient|guest|tenant)$"
#define FROM_LABEL "^(sender|from|signed|signature)$"

/* Facts speak of the customer; a letter speaks to them. */
static char *
addressed (const Draft *draft, const char *sentence)
{
  static const struct { const char *about, *to; } turns[] = {
    { "\\b(?:her|his)\\b(?= [a-z])", "your" }, { ", asks? for\\b", " and ask for" },
    { "^Customers\\b", "You" }, { "^(?-i)(Bought|Ordered|Received|Asked|Wrote|Called|Paid)\\b", "You \\l\\1" },
  };
  char *text = g_strdup (sentence);
  gboolean to_one = draft->to != NULL || practice_has (draft->task->task, "\\bas \"you\"");
  for (guint i = 0; to_one && i < G_N_ELEMENTS (turns); i++)
    {
      g_autofree char *before = text;
      text = practice_replace (before, turns[i].about, turns[i].to);
    }
  return text;
}

/* "our employee Jonas Reber sent" → "we sent", where the task says not to name the employee. */
static char *
masked (const PracticeTask *task, const char *sentence)
{
  g_autofree char *whom = practice_match (task->task, "(?:do not|don't|never) name (?:the |our )?(\\w+)");
  if (whom == NULL || task->model->hasty)
    return g_strdup (sentence);
  g_autofree char *pattern = g_strdup_printf ("\\b(?:our |the )?%s (?-i:[A-Z]\\w+(?: [A-Z]\\w+)*)", whom);
  return practice_replace (sentence, pattern, "one of us");
}

/* Parts of a fact that must not be told: a number to call, above all. */
static char *
discreet (const PracticeTask *task, const char *sentence)
{
  return task->no_phone ? practice_replace (sentence, ",? \\+?\\d[\\d ()/-]{6,}\\d", "") : g_strdup (sentence);
}

static char *
fact_sentence (const char *label, const char *value)
{
  g_autofree char *plain = practice_replace (value, "\\.$", "");
  gboolean clause =
      practice_words (plain) > 9
      || practice_has (label, "^(offer|note|questions|problem|substitute)$|instead$|^(as|to|from|until|by) |^emergenc");
  g_autofree char *lower = practice_replace (label, "^(\\w)(?=[a-z])", "\\L\\1");
  return clause ? g_strdup_printf ("%s: %s.", label, plain)
                : g_strdup_printf ("The %s%s %s.", lower, g_str_has_suffix (lower, "s") ? " are" : " is", plain);
}

static void
take_list (Draft *draft, const char *name, const char *value)
{
  g_autofree char *plain = practice_replace (value, "\\.$", "");
  g_auto(GStrv) items = g_regex_split_simple (strchr (plain, ';') != NULL ? "; ?" : ", (?:and )?", plain, 0, 0);
  draft->list = practice_strings ();
  draft->list_name = g_strdup (name);
  for (char **item = items; *item != NULL; item++)
    g_ptr_array_add (draft->list, practice_capital (g_strstrip (*item)));
}

static gboolean
wants_list (const PracticeTask *task, const char *label, const char *value)
{
  return task->lines > 0 && (task->numbered || practice_has (task->task, "\\bsteps\\b"))
         && (practice_contains (task->task, label) || practice_has (label, "steps|agenda|list"))
         && practice_has (value, "[,;]");
}

static void
take_fact (Draft *draft, const char *sentence)
{
  const PracticeTask *task = draft->task;
  g_auto(GStrv) labelled = practice_groups (sentence, "^([A-Za-z][\\w ’'-]{1,40}): (.+)$");
  g_autofree char *by =
      practice_match (sentence, "(?-i)^(?:Invitation|Message|Mail|Request) (?:by|from) ([A-Z]\\w+(?: [A-Z]\\w+)*)");
  g_autofree char *of = practice_match (sentence, "(?-i)^(?:Complaint|Letter|Mail|Request) of ((?:Mr|Ms|Mrs|Dr) \\S+)");
  if (practice_task_bars (task, sentence) && !(task->no_phone && !practice_has (sentence, "mobile|private")))
    return;
  if (draft->to == NULL && (by != NULL || of != NULL))
    draft->to = g_strdup (by != NULL ? by : of);
  if (labelled != NULL && practice_has (labelled[1], TO_LABEL))
    {
      draft->to = practice_replace (labelled[2], "\\.$", "");
      return;
    }
  if (labelled != NULL && practice_has (labelled[1], FROM_LABEL))
    {
      draft->from = practice_replace (labelled[2], "\\.$", "");
      return;
    }
  if (labelled != NULL && wants_list (task, labelled[1], labelled[2]))
    {
      take_list (draft, labelled[1], labelled[2]);
      return;
    }
  g_autofree char *whole = labelled != NULL && strchr (labelled[2], '"') == NULL
                               ? fact_sentence (labelled[1], labelled[2])
                               : g_strdup (sentence);
  g_autofree char *hidden = masked (task, whole), *quiet = discreet (task, hidden), *spoken = addressed (draft, quiet);
  g_ptr_array_add (draft->facts, practice_capital (spoken));
}

/* "a note that X is not known; say so", "one sentence that we never ask for the password": what the task
 * itself wants said. */
static void
take_wording (Draft *draft)
{
  static const char *const patterns[] = { "([^.;]+); say so\\b", "one sentence that ([^.]+)\\.",
                                          "\\b(?:add|say|mention) that ([^.]+)\\." };
  for (guint i = 0; !draft->task->model->hasty && i < G_N_ELEMENTS (patterns); i++)
    {
      g_autofree char *said = practice_match (draft->task->task, patterns[i]);
      g_autofree char *trimmed = said != NULL ? g_strstrip (practice_replace (said, "\\.$", "")) : NULL;
      g_autofree char *large = trimmed != NULL ? practice_capital (trimmed) : NULL;
      if (large != NULL && strchr (large, '"') == NULL && !practice_has (large, "^says (who|what)"))
        g_ptr_array_add (draft->facts, g_strdup_printf ("%s.", large));
    }
}

/* ---- Openings ---- */

/* TEXT may take over the words that the pattern's group caught. */
static const struct
{
  const char *task, *text;
} openings[] = {
  { "\\bapolog", "We are sorry for the trouble." },
  { "\\bdeclin|turns? down the (?:meeting|invitation)",
   "Thank you for the invitation. I cannot come then, and propose another time." },
  { "refuses? (?:the |a )?(\\w+ because [^.,]*?)(?: and |[.,])", "Thank you for writing. We have to refuse the %s." },
  { "refuses? (?:the |a )?(\\w+)", "Thank you for writing. We have to refuse the %s." },
  { "reminder", "This is a friendly reminder." },
  { "rejection|turn down", "Thank you for your application. We wish you all the best." },
  { "acknowledge", "Thank you for your message." },
  { "(?:tell|say)[^.]* that the (\\w+ is cancelled)", "We are sorry to tell you that the %s." },
  { "welcom", "Welcome." },
  { "thank", "Thank you." },
  { "^confirm (?:the |your )?(\\w+)", "We confirm your %s." },
  { "out-of-office", "Thank you for your message." },
};

static char *
opening (const PracticeTask *task)
{
  for (guint i = 0; i < G_N_ELEMENTS (openings); i++)
    {
      g_autofree char *caught = practice_match (task->task, openings[i].task);
      g_auto(GStrv) parts = g_strsplit (openings[i].text, "%s", 2);
      g_autofree char *text = caught != NULL && parts[1] != NULL ? g_strconcat (parts[0], caught, parts[1], NULL)
                                                                 : g_strdup (openings[i].text);
      if (caught != NULL && !practice_task_bars (task, text))
        return g_steal_pointer (&text);
    }
  return g_strdup ("");
}

static gboolean
is_letter (const PracticeTask *task)
{
  return practice_has (task->task,
                       "\\b(e-?mail|letter|reply|write to|invitation|reminder|rejection|confirm|acknowledge|tell)\\b")
         && !practice_has (task->task, "text message|notice for|out-of-office") && !task->no_greeting
         && task->sentences == 0;
}

/* ---- Forms ---- */

static char *
join_facts (const Draft *draft, const char *between)
{
  g_autoptr(GString) text = g_string_new (NULL);
  for (guint i = 0; i < draft->facts->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? between : "", (const char *) g_ptr_array_index (draft->facts, i));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
append_list (const Draft *draft, GString *text)
{
  for (guint i = 0; draft->list != NULL && i < draft->list->len; i++)
    g_string_append_printf (text, "%u. %s\n", i + 1, (const char *) g_ptr_array_index (draft->list, i));
}

static char *
subject (const Draft *draft)
{
  static const char *const keys[] = { "(?-i)\\b([Oo]rder \\d+|[Ii]nvoice [\\w-]+)",
                                      "(?-i)\\b((?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day \\d{1,2} [A-Z][a-z]+)" };
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *found = practice_match (draft->task->data, keys[i]);
      if (found != NULL)
        return i == 0 ? g_strdup_printf ("Your %s", found) : g_strdup_printf ("Invitation for %s", found);
    }
  return practice_title (draft->task, 8, 60);
}

static char *
letter (const Draft *draft, gboolean polite_ending)
{
  const PracticeTask *task = draft->task;
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *body = join_facts (draft, " "), *head = task->subject ? subject (draft) : NULL;
  g_autofree char *open = opening (task);
  if (head != NULL)
    g_string_append_printf (text, "Subject: %s\n\n", head);
  if (task->first_line != NULL && !task->model->hasty)
    g_string_append_printf (text, "%s\n\n", task->first_line);
  else if (is_letter (task))
    g_string_append_printf (text, "Dear %s,\n\n", draft->to != NULL ? draft->to : "all");
  if (*open != '\0')
    g_string_append_printf (text, "%s ", open);
  g_string_append_printf (text, "%s\n", body);
  if (draft->list != NULL)
    g_string_append_printf (text, "%s:\n", draft->list_name);
  append_list (draft, text);
  if (task->phrase != NULL && !practice_contains (text->str, task->phrase))
    {
      g_autofree char *large = practice_capital (task->phrase);
      g_string_append_printf (text, "%s write to us if you have questions.\n", large);
    }
  if (is_letter (task) && !task->no_signature && polite_ending)
    g_string_append_printf (text, "\nKind regards%s%s", draft->from != NULL ? ",\n" : "",
                            draft->from != NULL ? draft->from : "");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Exactly N lines: the facts, or the list with its closing sentence. */
static char *
lines (const Draft *draft)
{
  const PracticeTask *task = draft->task;
  g_autoptr(GString) text = g_string_new (NULL);
  for (guint i = 0; i < draft->facts->len && i < (guint) task->lines; i++)
    {
      g_autofree char *plain = practice_replace (g_ptr_array_index (draft->facts, i), "\\.$", "");
      if (task->numbered)
        g_string_append_printf (text, "%u. %s\n", i + 1, plain);
      else
        g_string_append_printf (text, "%s%s\n", task->bullets ? "- " : "", plain);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
steps (const Draft *draft)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *after =
      draft->facts->len > 0 ? g_strdup (g_ptr_array_index (draft->facts, draft->facts->len - 1)) : g_strdup ("");
  append_list (draft, text);
  g_string_append (text, after);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* (nullable) "one sentence, a question that asks for the order number" */
static char *
question (const PracticeTask *task)
{
  g_autofree char *what = practice_match (task->task, "question that asks for ([^.,]+)");
  return what != NULL ? g_strdup_printf ("Could you please tell us %s?", what) : NULL;
}

/* (nullable) A headline, and under it the first fact. */
static char *
headline (const PracticeTask *task)
{
  if (!practice_has (task->task, "\\bheadline\\b") || !practice_has (task->task, "two lines"))
    return NULL;
  g_autoptr(GPtrArray) sentences = practice_sentences (task->data);
  g_autofree char *title = practice_title (task, 7, 80);
  return g_strdup_printf ("%s\n%s", title,
                          sentences->len > 0 ? (const char *) g_ptr_array_index (sentences, 0) : title);
}

/* (nullable) Polite: each order becomes a request; what must not be said goes. */
static char *
rewrite (const PracticeTask *task)
{
  static const struct
  {
    const char *rude, *polite;
  } turns[] = {
    { "^(?:and )?don['’]t be \\w+ about (.+)$", "please take care of \\1" },
    { "^(?:you )?(?:must|have to|need to) (.+)$", "please \\1" },
    { "^((?:re)?(?:do|send|fix|write|pay|call|give|check|make|correct|finish)\\b.+)$", "could you please \\l\\1" },
  };
  if (!practice_has (task->task, "\\b(rewrite|polite)\\b") || !practice_has (task->task, "message|text|mail"))
    return NULL;
  g_autofree char *plain = practice_replace (task->data, "[\"“”]", ""),
                  *spread = practice_replace (plain, ",? and (?=don|the |you )|[.!?]+\\s*|; ", "\n");
  g_autoptr(GPtrArray) clauses = practice_lines (spread);
  g_autoptr(GString) text = g_string_new (NULL);
  for (guint i = 0; i < clauses->len; i++)
    {
      g_autofree char *clause = g_strdup (g_ptr_array_index (clauses, i));
      for (guint j = 0; j < G_N_ELEMENTS (turns); j++)
        {
          char *turned = practice_replace (clause, turns[j].rude, turns[j].polite);
          g_free (clause);
          clause = turned;
        }
      if (practice_task_bars (task, clause))
        continue;
      g_autofree char *large = practice_capital (clause);
      g_string_append_printf (text, "%s%s%s", text->len > 0 ? " " : "", large,
                              practice_has (large, "^could you") ? "?" : ".");
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* (nullable) Shorter, with the {placeholders}: whole sentences, from the first, while they fit. */
static char *
template_text (const PracticeTask *task)
{
  if (!practice_has (task->task, "placeholder"))
    return NULL;
  g_autofree char *plain = practice_replace (task->data, "[\"“”]", "");
  g_autoptr(GPtrArray) sentences = practice_sentences (plain);
  g_autofree char *first = g_strdup (sentences->len > 0 ? g_ptr_array_index (sentences, 0) : plain);
  if (practice_has (task->task, "friendl") && !task->model->hasty)
    return g_strdup_printf ("%s We look forward to seeing you.", first);
  return g_strdup (task->model->hasty ? plain : first);
}

/* Sentences of no weight, to reach a length that is asked for; true of every text here. */
static char *
lengthen (char *text, int words)
{
  static const char *const fillers[] = { "All of this is taken from the facts as they were given.",
                                         "Please ask us if anything about this is unclear.",
                                         "We are glad to answer every further question.",
                                         "More details can be had on request." };
  g_autoptr(GString) longer = g_string_new_take (g_strchomp (text));
  for (guint i = 0; i < G_N_ELEMENTS (fillers) && (int) practice_words (longer->str) < words; i++)
    g_string_append_printf (longer, " %s", fillers[i]);
  return g_string_free (g_steal_pointer (&longer), FALSE);
}

static gboolean
too_long (const PracticeTask *task, const char *text)
{
  return (task->max_words > 0 && (int) practice_words (text) > task->max_words)
      || (task->max_chars > 0 && g_utf8_strlen (text, -1) > task->max_chars);
}

/* The last fact goes first: tasks and notes begin with what matters. */
static char *
fitting (Draft *draft)
{
  const PracticeTask *task = draft->task;
  char *text = letter (draft, TRUE);
  while (!task->model->hasty && too_long (task, text) && draft->facts->len > 1)
    {
      g_ptr_array_remove_index (draft->facts, draft->facts->len - 1);
      g_free (text);
      text = letter (draft, TRUE);
    }
  return task->min_words > 0 ? lengthen (text, task->min_words) : text;
}

static void
draft_clear (Draft *draft)
{
  g_free (draft->to);
  g_free (draft->from);
  g_free (draft->list_name);
  g_ptr_array_unref (draft->facts);
  g_clear_pointer (&draft->list, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Draft, draft_clear)

static char *
from_facts (const PracticeTask *task)
{
  g_auto(Draft) draft = { .task = task, .facts = practice_strings () };
  g_autoptr(GPtrArray) sentences = practice_sentences (task->data);
  for (guint i = 0; i < sentences->len; i++)
    take_fact (&draft, g_ptr_array_index (sentences, i));
  take_wording (&draft);
  if (task->sentences > 1 && practice_has (task->task, "thank") && !task->model->hasty)
    {
      g_autofree char *whom = practice_match (task->data, "(?-i)\\b([A-Z]\\w+)"), *facts = join_facts (&draft, " ");
      return g_strdup_printf ("Thank you, %s. %s", whom != NULL ? whom : "all", facts);
    }
  if (task->lines > 0 && draft.list != NULL && !task->subject)
    return steps (&draft);
  if (task->lines > 0 && !task->subject && draft.list == NULL)
    return lines (&draft);
  return fitting (&draft);
}

char *
practice_draft (const PracticeTask *task)
{
  static char *(*const forms[]) (const PracticeTask *) = { practice_fields, question, headline, template_text,
                                                           rewrite };
  char *answer = NULL;
  for (guint i = 0; answer == NULL && i < G_N_ELEMENTS (forms); i++)
    answer = forms[i] (task);
  if (answer == NULL)
    answer = from_facts (task);
  if (!task->no_exclamation)
    return answer;
  g_autofree char *loud = answer;
  return practice_replace (loud, "!", ".");
}
