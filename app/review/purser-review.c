/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-review.h"

#include <glib/gi18n-lib.h>

#include "purser-db.h"
#include "purser-names.h"

/* One table for what usage can be split by: its word, and whom rows without a key belong to. */
static const struct
{
  PurserSplit split;
  const char *id;
  const char *nobody; /* name of key 0 */
} SPLITS[] = {
  { PURSER_BY_PRINCIPAL, "principal", N_("Nobody named") }, { PURSER_BY_PERSON, "person", N_("Nobody named") },
  { PURSER_BY_AGENT, "agent", N_("Nobody named") },         { PURSER_BY_TEAM, "team", N_("No team") },
  { PURSER_BY_WORKLOAD, "workload", N_("No workload") },    { PURSER_BY_MODEL, "model", N_("No model answered") },
  { PURSER_BY_PROVIDER, "provider", N_("No provider answered") }, { PURSER_BY_NOTHING, "nothing", N_("All") },
};

const char *
purser_split_id (PurserSplit split)
{
  for (guint i = 0; i < G_N_ELEMENTS (SPLITS); i++)
    if (SPLITS[i].split == split)
      return SPLITS[i].id;
  g_return_val_if_reached ("");
}

gboolean
purser_split_parse (const char *id, PurserSplit *split)
{
  for (guint i = 0; i < G_N_ELEMENTS (SPLITS); i++)
    if (g_strcmp0 (SPLITS[i].id, id) == 0)
      {
        *split = SPLITS[i].split;
        return TRUE;
      }
  return FALSE;
}

static const char *
nobody (PurserSplit split)
{
  for (guint i = 0; i < G_N_ELEMENTS (SPLITS); i++)
    if (SPLITS[i].split == split)
      return _(SPLITS[i].nobody);
  return "";
}

void
purser_usage_row_add (PurserUsageRow *to, const PurserUsageRow *from)
{
  to->calls += from->calls;
  to->failed_calls += from->failed_calls;
  to->fallback_calls += from->fallback_calls;
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    to->tokens[i] += from->tokens[i];
  to->cost_nano += from->cost_nano;
  to->list_nano += from->list_nano;
  to->unpriced_tokens += from->unpriced_tokens;
  to->unpriced_calls += from->unpriced_calls;
  to->estimated_calls += from->estimated_calls;
}

static void
series_free (PurserSeries *series)
{
  g_free (series->name);
  g_free (series->detail);
  g_free (series->days);
  g_free (series);
}

void
purser_answer_free (PurserAnswer *answer)
{
  if (answer == NULL)
    return;
  g_ptr_array_unref (answer->series);
  g_free (answer);
}

/* "with invoice-bot": a person's share holds that of the agents they own. */
static char *
owned_agents (const PurserOrg *org, gint64 person_id)
{
  g_autoptr (GString) names = g_string_new (NULL);
  for (guint i = 0; i < org->principals->len; i++)
    {
      const PurserPrincipal *p = g_ptr_array_index (org->principals, i);
      if (p->agent && p->owner_id == person_id && person_id > 0)
        g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", p->name);
    }
  /* Translators: a person's costs include those of the agents named. */
  return names->len > 0 ? g_strdup_printf (_("with %s"), names->str) : NULL;
}

static char *
principal_name (PurserDb *db, const PurserOrg *org, gint64 key)
{
  const PurserPrincipal *p = purser_org_principal (org, key);
  return p != NULL ? g_strdup (p->name) : purser_catalogue_name (db, "principal", key);
}

static char *
model_name (PurserDb *db, const PurserOrg *org, gint64 key)
{
  const PurserModel *m = purser_org_model (org, key);
  return m != NULL ? purser_org_model_ref_of (org, m) : purser_catalogue_name (db, "model", key);
}

static char *
key_name (PurserDb *db, const PurserOrg *org, PurserSplit split, gint64 key)
{
  if (key == 0)
    return g_strdup (nobody (split));
  if (key == PURSER_KEY_UNOWNED_AGENTS)
    return g_strdup (_("Agents nobody owns"));
  if (key == PURSER_KEY_PEOPLE)
    return g_strdup (_("People themselves"));
  switch (split)
    {
    case PURSER_BY_PRINCIPAL:
    case PURSER_BY_PERSON:
    case PURSER_BY_AGENT:
      return principal_name (db, org, key);
    case PURSER_BY_MODEL:
      return model_name (db, org, key);
    case PURSER_BY_TEAM:
      {
        const PurserTeam *team = purser_org_team (org, key);
        return team != NULL ? g_strdup (team->name) : purser_catalogue_name (db, "team", key);
      }
    case PURSER_BY_WORKLOAD:
      {
        const PurserWorkload *workload = purser_org_workload (org, key);
        return workload != NULL ? g_strdup (purser_workload_title (workload)) : purser_catalogue_name (db, "workload", key);
      }
    case PURSER_BY_PROVIDER:
      {
        const PurserProvider *provider = purser_org_provider (org, key);
        return provider != NULL ? g_strdup (provider->name) : purser_catalogue_name (db, "provider", key);
      }
    case PURSER_BY_NOTHING:
    default:
      return g_strdup (nobody (split));
    }
}

static int
dearest_first (gconstpointer a, gconstpointer b)
{
  const PurserSeries *x = *(const PurserSeries *const *) a, *y = *(const PurserSeries *const *) b;
  gint64 tokens_x = 0, tokens_y = 0;
  if (x->total.cost_nano != y->total.cost_nano)
    return x->total.cost_nano < y->total.cost_nano ? 1 : -1;
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    {
      tokens_x += x->total.tokens[i];
      tokens_y += y->total.tokens[i];
    }
  if (tokens_x != tokens_y)
    return tokens_x < tokens_y ? 1 : -1;
  return x->key < y->key ? -1 : x->key > y->key;
}

static PurserSeries *
series_for (PurserAnswer *answer, GHashTable *by_key, PurserDb *db, const PurserOrg *org, gint64 key)
{
  PurserSeries *series = g_hash_table_lookup (by_key, &key);
  if (series != NULL)
    return series;
  series = g_new0 (PurserSeries, 1);
  series->key = key;
  series->name = key_name (db, org, answer->question.split, key);
  series->detail = answer->question.split == PURSER_BY_PERSON ? owned_agents (org, key) : NULL;
  series->days = g_new0 (PurserUsageRow, answer->n_days);
  g_ptr_array_add (answer->series, series);
  g_hash_table_insert (by_key, &series->key, series);
  return series;
}

typedef struct
{
  PurserQuestion question;
  PurserAnswer  *answer; /* (owned) (nullable) */
} Ask;

static void
ask_free (Ask *ask)
{
  g_clear_pointer (&ask->answer, purser_answer_free);
  g_free (ask);
}

static gboolean
ask_job (PurserDb *db, gpointer data, GError **error)
{
  Ask *ask = data;
  const PurserQuestion *q = &ask->question;
  g_autoptr (PurserOrg) org = purser_catalogue_load (db, error);
  g_autoptr (GArray) rows = org != NULL ? purser_ledger_usage (db, q->split, TRUE, q->first_day, q->last_day, TRUE, q->tests, error) : NULL;
  if (rows == NULL)
    return FALSE;
  g_autoptr (GHashTable) by_key = g_hash_table_new (g_int64_hash, g_int64_equal);
  PurserAnswer *answer = ask->answer = g_new0 (PurserAnswer, 1);
  answer->question = *q;
  answer->n_days = (guint) (q->last_day - q->first_day + 1);
  answer->series = g_ptr_array_new_with_free_func ((GDestroyNotify) series_free);
  g_strlcpy (answer->currency, org->currency, sizeof answer->currency);
  for (guint i = 0; i < rows->len; i++)
    {
      const PurserUsageRow *row = &g_array_index (rows, PurserUsageRow, i);
      PurserSeries *series = series_for (answer, by_key, db, org, row->key);
      purser_usage_row_add (&series->days[row->day - q->first_day], row);
      purser_usage_row_add (&series->total, row);
      purser_usage_row_add (&answer->total, row);
    }
  g_ptr_array_sort (answer->series, dearest_first);
  return TRUE;
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  Ask *ask = g_task_get_task_data (task);
  if (!purser_store_run_finish (PURSER_STORE (source), result, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&ask->answer), (GDestroyNotify) purser_answer_free);
}

/**
 * purser_review_ask_async:
 * @question: what to count, by what, over which days
 *
 * Reads the roll-ups on the store's reader thread. Days without use are there too, with zeros.
 */
void
purser_review_ask_async (PurserStore *store, const PurserQuestion *question, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (store, cancellable, callback, user_data);
  Ask *ask = g_new0 (Ask, 1);
  g_return_if_fail (question->last_day >= question->first_day);
  ask->question = *question;
  g_task_set_source_tag (task, purser_review_ask_async);
  g_task_set_task_data (task, ask, (GDestroyNotify) ask_free);
  purser_store_read_async (store, ask_job, ask, NULL, cancellable, asked_cb, task);
}

PurserAnswer *
purser_review_ask_finish (PurserStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

PurserAnswer *
purser_review_ask (PurserStore *store, const PurserQuestion *question, GError **error)
{
  Ask ask = { .question = *question };
  if (purser_store_read (store, ask_job, &ask, error))
    return ask.answer;
  g_clear_pointer (&ask.answer, purser_answer_free);
  return NULL;
}
