/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sample organisation's quality test: a real one of the practice models, recorded by data/sample/make. */
#include "config.h"
#include "purser-command-private.h"

#include "purser-json.h"
#include "purser-sample.h"

static JsonNode *
recorded_trial (GError **error)
{
  g_resources_register (purser_sample_get_resource ());
  g_autoptr (GBytes) bytes = g_resources_lookup_data ("/io/github/purser_app/Purser/sample/trial.json", G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  return bytes != NULL ? purser_json_parse (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), error) : NULL;
}

/* Which model stood at POSITION in the setup, under the name it has in this organisation. */
static const PurserModel *
model_at (const PurserOrg *org, JsonObject *setup, gint64 position)
{
  JsonArray *models = purser_json_array (setup, "models");
  JsonNode *node = models != NULL && position < json_array_get_length (models) ? json_array_get_element (models, (guint) position) : NULL;
  const char *ref = node != NULL ? purser_json_string (purser_json_object (node), "ref") : NULL;
  const char *name = ref != NULL ? g_strrstr (ref, "/") : NULL;
  for (guint i = 0; name != NULL && i < org->models->len; i++)
    if (g_str_equal (((const PurserModel *) g_ptr_array_index (org->models, i))->name, name + 1))
      return g_ptr_array_index (org->models, i);
  return NULL;
}

static gboolean
add_result (PurserDb *db, gint64 trial_id, const PurserModel *model, JsonObject *row, GError **error)
{
  PurserTokens tokens = PURSER_TOKENS_UNKNOWN_INIT;
  PurserTrialResult result = { .trial_id = trial_id, .model_id = model->id, .position = (int) purser_json_int (row, "position", 0),
                               .case_id = (char *) purser_json_string (row, "case_id"), .repeat = (int) purser_json_int (row, "repeat", 0),
                               .outcome = (char *) purser_json_string (row, "outcome"), .score = purser_json_double (row, "score", -1),
                               .answer = (char *) purser_json_string (row, "answer"), .detail = (char *) purser_json_string (row, "detail"),
                               .first_text_us = purser_json_int (row, "first_text_us", PURSER_UNKNOWN), .total_us = purser_json_int (row, "total_us", PURSER_UNKNOWN) };
  result.input_tokens = tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = purser_json_int (row, "input_tokens", PURSER_UNKNOWN);
  result.output_tokens = tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = purser_json_int (row, "output_tokens", PURSER_UNKNOWN);
  if (purser_price_charge (model->price, &tokens, NULL, &result.cost_nano) != PURSER_CHARGE_PRICED)
    result.cost_nano = PURSER_UNKNOWN;
  return purser_trial_add_result (db, &result, error);
}

gboolean
purser_sample_add_trial (PurserDb *db, const PurserOrg *org, gint64 ended_at, GError **error)
{
  g_autoptr (JsonNode) node = recorded_trial (error);
  JsonObject *trial = node != NULL ? purser_json_object (node) : NULL;
  JsonArray *results = purser_json_array (trial, "results");
  const PurserWorkload *workload = purser_org_workload_named (org, "summarization");
  if (node == NULL)
    return FALSE;
  g_autoptr (JsonNode) setup = purser_json_parse (purser_json_string (trial, "setup"), -1, error);
  if (setup == NULL)
    return FALSE;
  PurserTrialRow row = { .kind = (char *) "quality", .suite = (char *) purser_json_string (trial, "suite"), .workload_id = workload->id,
                         .started_at = ended_at - 3 * G_TIME_SPAN_MINUTE, .ended_at = ended_at, .state = (char *) "done",
                         .setup = (char *) purser_json_string (trial, "setup"), .summary = (char *) purser_json_string (trial, "summary") };
  gint64 id = purser_trial_put (db, &row, error);
  for (guint i = 0; id != 0 && i < json_array_get_length (results); i++)
    {
      JsonObject *result = purser_json_object (json_array_get_element (results, i));
      const PurserModel *model = model_at (org, purser_json_object (setup), purser_json_int (result, "position", 0));
      if (model != NULL && !add_result (db, id, model, result, error))
        return FALSE;
    }
  return id != 0;
}
