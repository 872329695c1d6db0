/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <glib/gi18n-lib.h>

#include "purser-practice.h"

gboolean
purser_command_put_price (PurserDb *db, const PurserProvider *provider, gint64 model_id, PurserPrice *price, GError **error)
{
  price->valid_from = purser_db_now (db);
  return purser_price_apply_discount (price, provider->multiplier_ppm, error) && purser_catalogue_add_price (db, model_id, price, error) != 0;
}

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

static gboolean
put_practice_price (PurserDb *db, const PurserOrg *org, const PurserProvider *provider, const PurserPracticeModel *model, gint64 model_id, GError **error)
{
  PurserPrice price = { .source = (char *) "practice", .list_pico = { 0 } };
  gint64 input = 0, output = 0;
  if (model->input_price != NULL &&
      (!purser_price_parse_per_million (model->input_price, &input, error) || !purser_price_parse_per_million (model->output_price, &output, error)))
    return FALSE;
  g_strlcpy (price.currency, org->currency, sizeof price.currency);
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    price.list_pico[i] = i >= PURSER_TOKENS_OUTPUT_VISIBLE ? output : input;
  price.list_pico[PURSER_TOKENS_CACHE_READ] = input / 10; /* as the real ones do: a read of the cache costs a tenth */
  return purser_command_put_price (db, provider, model_id, &price, error);
}

/* A local Ollama costs nothing but electricity; a practice model what its table invents; all others wait for a price. */
static gboolean
price_new_model (PurserDb *db, const PurserOrg *org, const PurserProvider *provider, const PurserListedModel *listed, gint64 model_id, GError **error)
{
  const PurserPracticeModel *practice = provider->practice ? practice_model (listed->name) : NULL;
  if (practice != NULL)
    return put_practice_price (db, org, provider, practice, model_id, error);
  if (g_strcmp0 (provider->kind->id, "ollama") != 0 || listed->remote_host != NULL)
    return TRUE;
  PurserPrice price = { .source = (char *) "local", .list_pico = { 0 } };
  g_strlcpy (price.currency, org->currency, sizeof price.currency);
  return purser_command_put_price (db, provider, model_id, &price, error);
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
put_listed (PurserDb *db, const PurserOrg *org, const PurserProvider *provider, const PurserListedModel *listed, GError **error)
{
  const PurserModel *known = model_named (org, provider->id, listed->name);
  PurserModel model = { .id = known != NULL ? known->id : 0, .provider_id = provider->id, .name = listed->name, .title = listed->title,
                        .context_tokens = listed->context_tokens, .max_output = listed->max_output, .remote_host = listed->remote_host, .listed = TRUE };
  if (known != NULL && model.context_tokens < 0)
    model.context_tokens = known->context_tokens;
  if (known != NULL && model.max_output < 0)
    model.max_output = known->max_output;
  if (known != NULL && model.title == NULL)
    model.title = known->title;
  gint64 id = purser_catalogue_put_model (db, &model, error);
  return id != 0 && (known != NULL || price_new_model (db, org, provider, listed, id, error));
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
      if (!put_listed (db, org, provider, listed, error))
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
  PurserModel model = { .provider_id = provider->id, .name = name, .title = command->text, .context_tokens = PURSER_UNKNOWN,
                        .max_output = PURSER_UNKNOWN, .listed = TRUE };
  command->outcome->id = purser_catalogue_put_model (db, &model, error);
  purser_command_subject (command, "model", command->outcome->id);
  command->after = purser_command_json ("name", name, NULL);
  return command->outcome->id != 0 && price_new_model (db, org, provider, &listed, command->outcome->id, error);
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

/* Which kinds of tokens each typed price stands for. Reasoning is output; a write of unknown lifetime costs what a write costs. */
static const struct { guint typed; PurserTokenKind kind; } PRICED[] = {
  { 0, PURSER_TOKENS_INPUT_UNCACHED },  { 1, PURSER_TOKENS_OUTPUT_VISIBLE }, { 1, PURSER_TOKENS_OUTPUT_REASONING },
  { 2, PURSER_TOKENS_CACHE_READ },      { 3, PURSER_TOKENS_CACHE_WRITE_5M }, { 3, PURSER_TOKENS_CACHE_WRITE_1H },
  { 3, PURSER_TOKENS_CACHE_WRITE_OTHER },
};

static gboolean
apply_set_price (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserModel *model = purser_org_model (org, command->id);
  const PurserProvider *provider = model != NULL ? purser_org_provider (org, model->provider_id) : NULL;
  if (provider == NULL)
    return purser_command_fail (error, PURSER_STORE_ERROR_NOT_FOUND, "%s", purser_command_gone ());
  if (command->price[0] == NULL || command->price[1] == NULL)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("A price needs both figures: for what is sent and for what comes back."));
  g_autoptr (PurserPrice) price = g_new0 (PurserPrice, 1);
  g_strlcpy (price->currency, org->currency, sizeof price->currency);
  price->source = g_strdup (command->text != NULL ? command->text : "admin");
  for (guint i = 0; i < G_N_ELEMENTS (PRICED); i++)
    {
      const char *typed = command->price[PRICED[i].typed];
      gint64 *pico = &price->list_pico[PRICED[i].kind];
      *pico = -1;
      if (typed != NULL && !purser_price_parse_per_million (typed, pico, error))
        return FALSE;
    }
  purser_command_subject (command, "model", model->id);
  command->outcome->id = model->id;
  command->after = purser_command_json ("input", command->price[0], "output", command->price[1], "cache_read", command->price[2],
                                        "cache_write", command->price[3], "currency", org->currency, "source", price->source, NULL);
  return purser_command_put_price (db, provider, model->id, price, error);
}

/**
 * purser_command_set_price:
 * @input, @output: per million tokens, as typed, in the organisation's currency
 * @cache_read, @cache_write: (nullable): likewise; tokens of a kind without a price are unpriced, never free
 * @source: (nullable): where the figures come from
 */
PurserCommand *
purser_command_set_price (gint64 model_id, const char *input, const char *output, const char *cache_read, const char *cache_write,
                          const char *source)
{
  PurserCommand *command = purser_command_new ("price.set", apply_set_price);
  const char *typed[] = { input, output, cache_read, cache_write };
  command->id = model_id;
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    command->price[i] = purser_command_text (typed[i]);
  command->text = purser_command_text (source);
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
      if (g_strcmp0 (models[i].dialect, dialect) == 0 && !put_listed (db, org, provider, &listed, error))
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
