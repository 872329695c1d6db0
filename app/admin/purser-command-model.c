/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <glib/gi18n-lib.h>

#include "purser-practice.h"
#include "purser-price-list-private.h"

static const PurserPracticeModel *
practice_model (const char *name)
{
  guint n;
  const PurserPracticeModel *models = purser_practice_models (&n);
  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (models[i].name, name) == 0)
      return &models[i];
  return NULL;
}

/* What costs nothing or an invented price has always done so: calls before today are charged alike. */
static gboolean
put_price_from_ever (PurserDb *db, const PurserOrg *org, gint64 model_id, const char *origin, gint64 input, gint64 output, GError **error)
{
  g_autoptr (PurserPrice) price = purser_price_new ();
  g_strlcpy (price->currency, org->currency, sizeof price->currency);
  price->origin = g_strdup (origin);
  price->source = g_strdup (origin);
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    price->list_pico[i] = i == PURSER_TOKENS_OUTPUT_VISIBLE || i == PURSER_TOKENS_OUTPUT_REASONING || i == PURSER_PRICED_AUDIO_OUT ? output : input;
  price->list_pico[PURSER_TOKENS_CACHE_READ] = input / 10; /* as the real ones do: a read of the cache costs a tenth */
  price->list_pico[PURSER_PRICED_SERVER_TOOL] = 0;
  return purser_price_apply_contract (price, NULL, error) && purser_catalogue_add_price (db, model_id, price, error) != 0;
}

static gboolean
put_practice_price (PurserDb *db, const PurserOrg *org, const PurserPracticeModel *model, gint64 model_id, GError **error)
{
  gint64 input = 0, output = 0;
  if (model->input_price != NULL &&
      (!purser_price_parse_per_million (model->input_price, &input, error) || !purser_price_parse_per_million (model->output_price, &output, error)))
    return FALSE;
  return put_price_from_ever (db, org, model_id, "practice", input, output, error);
}

/* Every version that the list has, also past and announced ones. */
static gboolean
put_list_prices (PurserDb *db, const PurserListedPrice *entry, gint64 model_id, GError **error)
{
  for (guint i = 0; entry != NULL && i < entry->prices->len; i++)
    if (purser_catalogue_add_price (db, model_id, g_ptr_array_index (entry->prices, i), error) == 0)
      return FALSE;
  return TRUE;
}

/* A model on the organisation's own Ollama: none that Ollama only passes on, nor one at a service that the list knows. */
static gboolean
runs_here (const PurserProvider *provider, const PurserListedModel *listed, const PurserPriceList *list)
{
  return g_strcmp0 (provider->kind->id, "ollama") == 0 && listed->remote_host == NULL && !purser_price_list_has_address (list, provider);
}

/* A practice model costs what its table invents; a local Ollama nothing but electricity; all others what the list says, if it knows them. */
static gboolean
price_new_model (PurserDb *db, const PurserOrg *org, const PurserProvider *provider, const PurserListedModel *listed, const PurserListedPrice *entry,
                 const PurserPriceList *list, gint64 model_id, GError **error)
{
  const PurserPracticeModel *practice = provider->practice ? practice_model (listed->name) : NULL;
  if (practice != NULL)
    return put_practice_price (db, org, practice, model_id, error);
  if (list == NULL)
    return TRUE;
  return runs_here (provider, listed, list) ? put_price_from_ever (db, org, model_id, "local", 0, 0, error) : put_list_prices (db, entry, model_id, error);
}

gboolean
purser_listed_price_has_news (const PurserListedPrice *listed, const PurserModel *model)
{
  return (model->context_tokens < 0 && listed->context_tokens >= 0) || (model->max_output < 0 && listed->max_output >= 0) ||
         (listed->tools >= 0 && listed->tools != model->tools) || (listed->vision >= 0 && listed->vision != model->vision) ||
         (listed->reasoning >= 0 && listed->reasoning != model->reasoning) ||
         (listed->retires_on != NULL && g_strcmp0 (listed->retires_on, model->retires_on) != 0) ||
         (listed->replacement != NULL && g_strcmp0 (listed->replacement, model->replacement) != 0);
}

gboolean
purser_command_put_facts (PurserDb *db, const PurserModel *model, const PurserListedPrice *listed, gboolean *changed, GError **error)
{
  if (listed == NULL || !purser_listed_price_has_news (listed, model))
    return TRUE;
  *changed = TRUE;
  g_autoptr (PurserModel) better = purser_model_copy (model);
  if (better->context_tokens < 0)
    better->context_tokens = listed->context_tokens;
  if (better->max_output < 0)
    better->max_output = listed->max_output;
  return purser_catalogue_put_model (db, better, error) != 0 &&
         purser_prices_set_facts (db, model->id, listed->tools, listed->vision, listed->reasoning, listed->retires_on, listed->replacement, error);
}

/* The list that new models are priced by; none for practice models. */
static PurserPriceList *
list_for (PurserCommand *command)
{
  if (command->list == NULL)
    command->list = purser_price_list_shipped ();
  return command->list;
}

static const PurserModel *
model_named (const PurserOrg *org, gint64 provider_id, const char *name)
{
  for (guint i = 0; i < org->models->len; i++)
    {
      const PurserModel *model = g_ptr_array_index (org->models, i);
      if (model->provider_id == provider_id && g_strcmp0 (model->name, name) == 0)
        return model;
    }
  return NULL;
}

static gboolean
is_day (const char *text)
{
  gint64 unused;
  return text != NULL && purser_price_list_day (text, &unused);
}

/* What the provider says of its model; what it leaves out stays as it was. */
static PurserModel *
merge_listed (const PurserModel *known, const PurserProvider *provider, const PurserListedModel *listed)
{
  PurserModel *model = known != NULL ? purser_model_copy (known) : g_new0 (PurserModel, 1);
  if (known == NULL)
    {
      model->provider_id = provider->id;
      model->context_tokens = model->max_output = PURSER_UNKNOWN;
      model->tools = model->vision = model->reasoning = -1;
      model->name = g_strdup (listed->name);
    }
  if (listed->context_tokens >= 0)
    model->context_tokens = listed->context_tokens;
  if (listed->max_output >= 0)
    model->max_output = listed->max_output;
  if (listed->title != NULL)
    purser_command_replace (&model->title, g_strdup (listed->title));
  purser_command_replace (&model->remote_host, g_strdup (listed->remote_host));
  if (is_day (listed->shutdown_date))
    purser_command_replace (&model->retires_on, g_strdup (listed->shutdown_date));
  model->listed = TRUE;
  return model;
}

static gboolean
put_listed (PurserDb *db, const PurserOrg *org, const PurserProvider *provider, const PurserListedModel *listed, const PurserPriceList *list, gint64 *id,
            GError **error)
{
  const PurserModel *known = model_named (org, provider->id, listed->name);
  g_autoptr (PurserListedPrice) entry = list != NULL ? purser_price_list_find (list, provider, listed->name) : NULL;
  g_autoptr (PurserModel) model = merge_listed (known, provider, listed);
  gboolean priced = known != NULL && (known->price != NULL || (known->prices != NULL && known->prices->len > 0));
  gboolean changed = FALSE;
  if (entry != NULL && is_day (listed->shutdown_date)) /* the provider knows best when it ends */
    g_clear_pointer (&entry->retires_on, g_free);
  if (entry != NULL && model->title == NULL)
    model->title = g_strdup (entry->title);
  *id = model->id = purser_catalogue_put_model (db, model, error);
  return model->id != 0 &&
         (!is_day (listed->shutdown_date) || purser_prices_set_facts (db, model->id, -1, -1, -1, listed->shutdown_date, NULL, error)) &&
         purser_command_put_facts (db, model, entry, &changed, error) &&
         (priced || price_new_model (db, org, provider, listed, entry, list, model->id, error));
}

static gboolean
apply_set_models (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserProvider *provider = purser_command_provider (command, org, error);
  if (provider == NULL || !purser_catalogue_unlist_models (db, provider->id, error))
    return FALSE;
  guint n = 0;
  for (guint i = 0; i < command->listed->len; i++)
    {
      const PurserListedModel *listed = g_ptr_array_index (command->listed, i);
      if (!listed->chat || listed->name == NULL || *listed->name == '\0')
        continue;
      gint64 id;
      if (!put_listed (db, org, provider, listed, list_for (command), &id, error))
        return FALSE;
      n++;
    }
  command->outcome->id = provider->id;
  purser_command_subject (command, "provider", provider->id);
  command->after = g_strdup_printf ("{\"models\":%u}", n);
  return TRUE;
}

/**
 * purser_command_set_models:
 * @listed: (element-type PurserListedModel): the provider's list as it was read; a reference is taken
 *
 * New models are added, models no longer listed are marked, none is deleted. Those that are not for chat stay out.
 */
PurserCommand *
purser_command_set_models (gint64 provider_id, GPtrArray *listed)
{
  PurserCommand *command = purser_command_new ("provider.models", apply_set_models);
  command->id = provider_id;
  command->listed = g_ptr_array_ref (listed);
  return command;
}

static gboolean
apply_add_model (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserProvider *provider = purser_command_provider (command, org, error);
  g_autofree char *name = g_strstrip (g_strdup (command->name));
  if (provider == NULL || !purser_name_check (name, TRUE, error))
    return FALSE;
  if (model_named (org, provider->id, name) != NULL)
    return purser_command_fail (error, PURSER_STORE_ERROR_CONSTRAINT, _("%s has a model called “%s” already."), provider->name, name);
  PurserListedModel listed = { .name = name, .title = command->text, .context_tokens = PURSER_UNKNOWN, .max_output = PURSER_UNKNOWN, .chat = TRUE };
  if (!put_listed (db, org, provider, &listed, list_for (command), &command->outcome->id, error))
    return FALSE;
  purser_command_subject (command, "model", command->outcome->id);
  command->after = purser_command_json ("name", name, NULL);
  return TRUE;
}

/** purser_command_add_model: a model by hand, where a server lists none. */
PurserCommand *
purser_command_add_model (gint64 provider_id, const char *name, const char *title)
{
  PurserCommand *command = purser_command_new ("model.add", apply_add_model);
  command->id = provider_id;
  command->name = g_strdup (name);
  command->text = purser_command_text (title);
  return command;
}

/* The practice providers, one for each dialect that a practice model speaks. */
static const struct { const char *dialect, *kind, *address, *name; } PRACTICE[] = {
  { "anthropic", "anthropic", "practice:anthropic", N_("Practice A") },
  { "openai", "openai-compatible", "practice:openai", N_("Practice B") },
  { "ollama", "ollama", "practice:ollama", N_("Practice C") },
};

static gboolean
add_practice_models (PurserDb *db, const PurserOrg *org, const PurserProvider *provider, const char *dialect, GError **error)
{
  guint n;
  const PurserPracticeModel *models = purser_practice_models (&n);
  for (guint i = 0; i < n; i++)
    {
      PurserListedModel listed = { .name = (char *) models[i].name, .title = (char *) _(models[i].title), .context_tokens = models[i].context_tokens,
                                   .max_output = models[i].max_output, .chat = TRUE };
      gint64 id;
      if (g_strcmp0 (models[i].dialect, dialect) == 0 && !put_listed (db, org, provider, &listed, NULL, &id, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_practice_model (const char *dialect)
{
  guint n;
  const PurserPracticeModel *models = purser_practice_models (&n);
  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (models[i].dialect, dialect) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
practice_present (const PurserOrg *org)
{
  for (guint i = 0; i < org->providers->len; i++)
    if (((const PurserProvider *) g_ptr_array_index (org->providers, i))->practice)
      return TRUE;
  return FALSE;
}

gboolean
purser_command_put_practice (PurserDb *db, const PurserOrg *org, gint64 *first_id, GError **error)
{
  if (practice_present (org))
    return purser_command_fail (error, PURSER_STORE_ERROR_CONSTRAINT, _("The practice models are here already."));
  for (guint i = 0; i < G_N_ELEMENTS (PRACTICE); i++)
    {
      if (!has_practice_model (PRACTICE[i].dialect))
        continue;
      g_autofree char *name = purser_command_free_name (org, _(PRACTICE[i].name), purser_command_provider_taken);
      PurserProvider provider = { .kind = purser_kind_get (PRACTICE[i].kind), .name = name, .address = (char *) PRACTICE[i].address,
                                  .multiplier_ppm = PURSER_PPM, .enabled = TRUE, .practice = TRUE };
      provider.id = purser_catalogue_put_provider (db, &provider, error);
      if (provider.id == 0 || !add_practice_models (db, org, &provider, PRACTICE[i].dialect, error))
        return FALSE;
      if (*first_id == 0)
        *first_id = provider.id;
    }
  return TRUE;
}

static gboolean
apply_practice (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  if (!purser_command_put_practice (db, org, &command->outcome->id, error))
    return FALSE;
  purser_command_subject (command, "provider", command->outcome->id);
  return TRUE;
}

/** purser_command_add_practice: registers the practice models, with their invented prices. */
PurserCommand *
purser_command_add_practice (void)
{
  return purser_command_new ("practice.add", apply_practice);
}
