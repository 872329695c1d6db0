/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-gateway-private.h"

#include <string.h>

/* What Prometheus reads. Names follow OpenTelemetry's conventions for generative AI 1.41, in Prometheus' spelling. No label names a
 * person: agents are programs, people are left out. */

#define MOST_SERIES 5000 /* past which new combinations of labels are not begun */
#define MOST_BUCKETS 16

typedef struct
{
  const char *name, *help;
  const double *bounds; /* (nullable): of a histogram, ended by 0; NULL = a counter */
} Family;

static const double token_bounds[] = { 1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864, 0 };
static const double second_bounds[] = { .01, .02, .04, .08, .16, .32, .64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 0 };

typedef enum
{
  FAMILY_TOKENS,
  FAMILY_DURATION,
  FAMILY_FIRST_CHUNK,
  FAMILY_FIRST_TEXT,
  FAMILY_COST,
  FAMILY_REQUESTS,
  FAMILY_FALLBACKS,
  FAMILY_UNPRICED,
  N_FAMILIES
} FamilyId;

static const Family families[N_FAMILIES] = {
  { "gen_ai_client_token_usage", "Tokens of a call, by kind", token_bounds },
  { "gen_ai_client_operation_duration_seconds", "How long a call took, as its caller saw it", second_bounds },
  { "gen_ai_client_operation_time_to_first_chunk_seconds", "Until the first content of a streamed reply", second_bounds },
  { "purser_first_text_seconds", "Until the first words of a streamed reply", second_bounds },
  { "purser_cost_total", "What calls cost, in the currency of the label", NULL },
  { "purser_requests_total", "Calls by how they ended", NULL },
  { "purser_fallbacks_total", "Attempts that failed and were answered by another model", NULL },
  { "purser_unpriced_requests_total", "Calls whose cost is not known, which is not the same as nothing", NULL },
};

typedef struct
{
  double  sum;
  guint64 count;
  guint64 buckets[MOST_BUCKETS];
} Series;

struct _PurserMetrics
{
  GHashTable *series[N_FAMILIES]; /* labels → Series */
  guint       n_series;
};

PurserMetrics *
purser_metrics_new (void)
{
  PurserMetrics *metrics = g_new0 (PurserMetrics, 1);
  for (guint i = 0; i < N_FAMILIES; i++)
    metrics->series[i] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return metrics;
}

void
purser_metrics_free (PurserMetrics *metrics)
{
  for (guint i = 0; i < N_FAMILIES; i++)
    g_hash_table_unref (metrics->series[i]);
  g_free (metrics);
}

static void
add (PurserMetrics *metrics, FamilyId id, const char *labels, double value)
{
  Series *series = g_hash_table_lookup (metrics->series[id], labels);
  if (series == NULL && metrics->n_series >= MOST_SERIES)
    return;
  if (series == NULL)
    {
      series = g_new0 (Series, 1);
      g_hash_table_insert (metrics->series[id], g_strdup (labels), series);
      metrics->n_series++;
    }
  series->sum += value;
  series->count++;
  for (guint i = 0; families[id].bounds != NULL && families[id].bounds[i] > 0; i++)
    series->buckets[i] += value <= families[id].bounds[i];
}

/* --- Labels --- */

static void
add_label (GString *labels, const char *name, const char *value)
{
  if (labels->len > 0)
    g_string_append_c (labels, ',');
  g_string_append (labels, name);
  g_string_append_len (labels, "=\"", 2);
  for (const char *at = value != NULL ? value : ""; *at != '\0'; at++)
    if (*at == '\\' || *at == '"')
      {
        g_string_append_c (labels, '\\');
        g_string_append_c (labels, *at);
      }
    else if (*at == '\n')
      g_string_append (labels, "\\n");
    else
      g_string_append_c (labels, *at);
  g_string_append_c (labels, '"');
}

/* As OpenTelemetry's registry calls them. */
static const char *
provider_label (const PurserProvider *provider)
{
  static const char *const names[][2] = { { "azure-openai", "azure.ai.openai" }, { "bedrock", "aws.bedrock" } };
  for (gsize i = 0; provider != NULL && i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (provider->kind->id, names[i][0]))
      return names[i][1];
  return provider != NULL ? provider->kind->id : "";
}

static GString *
call_labels (const PurserCallNote *note)
{
  GString *labels = g_string_new (NULL);
  const PurserModel *model = purser_org_model (note->org, note->result->model_id);
  const PurserProvider *provider = model != NULL ? purser_org_provider (note->org, model->provider_id) : NULL;
  const PurserPrincipal *principal = purser_org_principal (note->org, note->identity->principal_id);
  add_label (labels, "gen_ai_operation_name", strstr (note->dialect, "embeddings") != NULL ? "embeddings" : "chat");
  add_label (labels, "gen_ai_provider_name", provider_label (provider));
  add_label (labels, "gen_ai_request_model", model != NULL ? model->name : "");
  add_label (labels, "workload", note->workload);
  if (principal != NULL && principal->agent)
    add_label (labels, "agent", principal->name);
  return labels;
}

static void
add_with (PurserMetrics *metrics, FamilyId id, const GString *labels, const char *name, const char *value, double amount)
{
  g_autoptr(GString) all = g_string_new_len (labels->str, (gssize) labels->len);
  if (value != NULL)
    add_label (all, name, value);
  add (metrics, id, all->str, amount);
}

static void
count_fallbacks (PurserMetrics *metrics, const PurserCallNote *note)
{
  const GPtrArray *attempts = note->result->attempts;
  for (guint i = 0; i + 1 < attempts->len; i++)
    {
      const PurserCallAttempt *from = g_ptr_array_index (attempts, i), *to = g_ptr_array_index (attempts, i + 1);
      g_autoptr(GString) labels = g_string_new (NULL);
      if (from->model_id == to->model_id || from->fault == NULL)
        continue;
      add_label (labels, "from", from->model);
      add_label (labels, "to", to->model);
      add_label (labels, "reason", purser_fault_class_id (from->fault->class_));
      add (metrics, FAMILY_FALLBACKS, labels->str, 1);
    }
}

void
purser_metrics_count (PurserMetrics *metrics, const PurserCallNote *note)
{
  const PurserCallResult *result = note->result;
  g_autoptr(GString) labels = call_labels (note);
  gint64 input = purser_tokens_input (&result->tokens), output = purser_tokens_output (&result->tokens);
  const char *error = result->fault != NULL ? purser_fault_class_id (result->fault->class_) : NULL;
  if (input >= 0)
    add_with (metrics, FAMILY_TOKENS, labels, "gen_ai_token_type", "input", (double) input);
  if (output >= 0)
    add_with (metrics, FAMILY_TOKENS, labels, "gen_ai_token_type", "output", (double) output);
  add_with (metrics, FAMILY_DURATION, labels, "error_type", error, (double) note->took_us / G_USEC_PER_SEC);
  if (note->streamed && result->first_us >= 0)
    add (metrics, FAMILY_FIRST_CHUNK, labels->str, (double) result->first_us / G_USEC_PER_SEC);
  if (note->streamed && result->first_text_us >= 0)
    add (metrics, FAMILY_FIRST_TEXT, labels->str, (double) result->first_text_us / G_USEC_PER_SEC);
  add_with (metrics, FAMILY_REQUESTS, labels, "outcome", error == NULL ? "ok" : note->left ? "cancelled" : "failed", 1);
  if (result->unpriced)
    add (metrics, FAMILY_UNPRICED, labels->str, 1);
  else if (result->cost_nano != 0)
    {
      add_label (labels, "currency", note->org->currency);
      add_with (metrics, FAMILY_COST, labels, "source", "local", (double) result->cost_nano / 1e9);
    }
  count_fallbacks (metrics, note);
}

/* --- The text --- */

static void
append_number (GString *text, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append (text, g_ascii_formatd (buffer, sizeof buffer, "%.12g", value));
  g_string_append_c (text, '\n');
}

static void
append_histogram (GString *text, const Family *family, const char *labels, const Series *series)
{
  char bound[G_ASCII_DTOSTR_BUF_SIZE];
  const char *comma = *labels != '\0' ? "," : "";
  for (guint i = 0; family->bounds[i] > 0; i++)
    g_string_append_printf (text, "%s_bucket{%s%sle=\"%s\"} %" G_GUINT64_FORMAT "\n", family->name, labels, comma,
                            g_ascii_formatd (bound, sizeof bound, "%.12g", family->bounds[i]), series->buckets[i]);
  g_string_append_printf (text, "%s_bucket{%s%sle=\"+Inf\"} %" G_GUINT64_FORMAT "\n%s_sum{%s} ", family->name, labels, comma, series->count,
                          family->name, labels);
  append_number (text, series->sum);
  g_string_append_printf (text, "%s_count{%s} %" G_GUINT64_FORMAT "\n", family->name, labels, series->count);
}

static void
append_family (GString *text, const Family *family, GHashTable *all)
{
  GHashTableIter iter;
  gpointer labels, series;
  g_string_append_printf (text, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help, family->name,
                          family->bounds != NULL ? "histogram" : "counter");
  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, &labels, &series))
    if (family->bounds != NULL)
      append_histogram (text, family, labels, series);
    else
      {
        g_string_append_printf (text, "%s{%s} ", family->name, (const char *) labels);
        append_number (text, ((const Series *) series)->sum);
      }
}

static char *
budget_label (const PurserOrg *org, const PurserBudget *budget)
{
  const PurserTeam *team = budget->scope == PURSER_SCOPE_TEAM ? purser_org_team (org, budget->scope_id) : NULL;
  const PurserWorkload *workload = budget->scope == PURSER_SCOPE_WORKLOAD ? purser_org_workload (org, budget->scope_id) : NULL;
  const PurserPrincipal *principal = budget->scope == PURSER_SCOPE_PRINCIPAL ? purser_org_principal (org, budget->scope_id) : NULL;
  const char *name = team != NULL                                ? team->name
                     : workload != NULL                          ? workload->name
                     : principal != NULL && principal->agent     ? principal->name
                                                                 : NULL;
  return name != NULL ? g_strdup_printf ("%s %s %s", purser_budget_scope_id (budget->scope), name, purser_budget_period_id (budget->period))
         : budget->scope == PURSER_SCOPE_ORGANISATION
             ? g_strdup_printf ("organisation %s", purser_budget_period_id (budget->period))
             : g_strdup_printf ("%s #%" G_GINT64_FORMAT " %s", purser_budget_scope_id (budget->scope), budget->scope_id, purser_budget_period_id (budget->period));
}

static void
append_budgets (GString *text, PurserServed *served)
{
  g_string_append (text, "# HELP purser_budget_used_ratio How much of a budget is spent in its present period\n# TYPE purser_budget_used_ratio gauge\n");
  for (guint i = 0; served->budgets != NULL && i < served->budgets->len; i++)
    {
      const PurserBudgetState *state = &g_array_index (served->budgets, PurserBudgetState, i);
      const PurserBudget *budget = purser_org_budget (served->org, state->budget_id);
      g_autoptr(GString) label = g_string_new (NULL);
      if (budget == NULL)
        continue;
      g_autofree char *name = budget_label (served->org, budget);
      add_label (label, "budget", name);
      g_string_append_printf (text, "purser_budget_used_ratio{%s} ", label->str);
      append_number (text, (double) state->spent_nano / (double) budget->cap_nano);
    }
}

char *
purser_metrics_text (PurserMetrics *metrics, PurserServed *served)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < N_FAMILIES; i++)
    append_family (text, &families[i], metrics->series[i]);
  append_budgets (text, served);
  g_string_append_printf (text,
                          "# HELP purser_calls_running Calls under way\n# TYPE purser_calls_running gauge\npurser_calls_running %u\n"
                          "# HELP purser_build_info Which Purser this is\n# TYPE purser_build_info gauge\npurser_build_info{version=\"%s\",conventions=\"1.41\"} 1\n",
                          served->relays.length, PURSER_VERSION);
  purser_served_refresh_budgets (served);
  return g_string_free (text, FALSE);
}
