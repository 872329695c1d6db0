/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-provider-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-format.h"

#define NANO_PER_PICO_PER_MILLION 1000 /* a price of 1 pico-unit per token is 1000 nano-units per million tokens */
#define US_PER_DAY (24 * G_TIME_SPAN_HOUR)

/**
 * purser_provider_state:
 * @provider: a provider
 *
 * Tells in an icon and a word how @provider stands; never by colour alone.
 */
PurserProviderState
purser_provider_state (const PurserProvider *provider)
{
  if (!provider->enabled)
    return (PurserProviderState) { "media-playback-pause-symbolic", "dimmed", _("Switched off") };
  if (provider->checked_at == 0)
    return (PurserProviderState) { "content-loading-symbolic", "dimmed", _("Not checked yet") };
  if (provider->check_result != NULL)
    return (PurserProviderState) { "dialog-warning-symbolic", "warning", _("Does not work") };
  return (PurserProviderState) { "object-select-symbolic", "success", _("Works") };
}

/**
 * purser_provider_is_here:
 * @provider: a provider
 *
 * Returns: whether its models answer on this computer
 */
gboolean
purser_provider_is_here (const PurserProvider *provider)
{
  g_autoptr (GUri) uri = NULL;
  const char *host;

  if (provider->practice)
    return TRUE;
  uri = g_uri_parse (provider->address, G_URI_FLAGS_NONE, NULL);
  host = uri != NULL ? g_uri_get_host (uri) : NULL;
  return host != NULL && (g_str_has_prefix (host, "127.") || g_str_equal (host, "localhost") || g_str_equal (host, "::1"));
}

/**
 * purser_provider_count_models:
 * @org: the snapshot that @provider belongs to
 * @provider: a provider
 *
 * Returns: how many models it lists
 */
guint
purser_provider_count_models (const PurserOrg      *org,
                              const PurserProvider *provider)
{
  guint n = 0;

  for (guint i = 0; i < org->models->len; i++)
    {
      const PurserModel *model = org->models->pdata[i];

      if (model->provider_id == provider->id && model->listed)
        n++;
    }
  return n;
}

/**
 * purser_provider_about:
 * @org: the snapshot that @provider belongs to
 * @provider: a provider
 *
 * One line under its name: what failed at the last look, else how many models and when that was.
 *
 * Returns: (transfer full)
 */
char *
purser_provider_about (const PurserOrg      *org,
                       const PurserProvider *provider)
{
  g_autofree char *when = NULL;
  g_autofree char *models = NULL;
  guint n = purser_provider_count_models (org, provider);

  if (provider->enabled && provider->check_result != NULL)
    return g_strdup (provider->check_result);
  if (n == 0)
    models = g_strdup (_("No models yet"));
  else
    models = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u model", "%u models", n), n);
  if (provider->practice)
    /* Translators: %s is "3 models". */
    return g_strdup_printf (_("%s to practise with, on this computer"), models);
  if (provider->checked_at == 0)
    return g_steal_pointer (&models);
  when = purser_format_when (provider->checked_at, org->timezone);
  /* Translators: "9 models, checked today at 14:32". */
  return g_strdup_printf (_("%s, checked %s"), models, when);
}

/**
 * purser_provider_address_words:
 * @provider: a provider
 *
 * Returns: (transfer full): its address for people; the practice models' inner address means nothing to them
 */
char *
purser_provider_address_words (const PurserProvider *provider)
{
  if (provider->practice)
    return g_strdup (_("On this computer, for practice"));
  return g_strdup (provider->address);
}

/**
 * purser_provider_free_name:
 * @org: the snapshot now in force
 * @wish: the name one would like
 *
 * Returns: (transfer full): @wish, or "@wish 2" and so on where a provider has it already
 */
char *
purser_provider_free_name (const PurserOrg *org,
                           const char      *wish)
{
  g_autofree char *name = g_strdup (wish);

  for (guint n = 2; purser_org_provider_named (org, name) != NULL; n++)
    {
      g_free (name);
      name = g_strdup_printf ("%s %u", wish, n);
    }
  return g_steal_pointer (&name);
}

/**
 * purser_provider_retired_day:
 * @kind: a kind of provider that was retired
 *
 * Returns: (transfer full): the day for people, "30 July 2026"
 */
char *
purser_provider_retired_day (const PurserKind *kind)
{
  g_autofree char *midnight = g_strconcat (kind->retired_on, "T00:00:00Z", NULL);
  g_autoptr (GDateTime) day = g_date_time_new_from_iso8601 (midnight, NULL);

  if (day == NULL)
    return g_strdup (kind->retired_on);
  return purser_format_day ((gint32) (g_date_time_to_unix (day) / (24 * 60 * 60)));
}

/**
 * purser_provider_days_old:
 * @since_us: when, in µs UTC
 *
 * Returns: (transfer full): "set today", "41 days old"
 */
char *
purser_provider_days_old (gint64 since_us)
{
  gint64 days = (g_get_real_time () - since_us) / US_PER_DAY;

  if (days < 1)
    return g_strdup (_("set today"));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d day old", "%d days old", days), (int) days);
}

/**
 * purser_model_usable:
 * @org: the snapshot that @model belongs to
 * @model: a model
 *
 * Returns: whether it can be chosen now: its provider is there and switched on, and still lists it
 */
gboolean
purser_model_usable (const PurserOrg   *org,
                     const PurserModel *model)
{
  const PurserProvider *provider = purser_org_provider (org, model->provider_id);

  return provider != NULL && provider->enabled && provider->kind->supported && model->listed;
}

static gboolean
price_is_told (const PurserPrice *price)
{
  return price != NULL && price->list_pico[PURSER_TOKENS_INPUT_UNCACHED] >= 0
         && price->list_pico[PURSER_TOKENS_OUTPUT_VISIBLE] >= 0;
}

static char *
format_per_million (const PurserPrice *price,
                    PurserTokenKind    kind)
{
  return purser_format_money (price->contract_pico[kind] * NANO_PER_PICO_PER_MILLION, price->currency);
}

/**
 * purser_model_price_words:
 * @org: the snapshot that @model belongs to
 * @model: a model
 *
 * What the organisation pays for it, the discount taken off.
 *
 * Returns: (transfer full)
 */
char *
purser_model_price_words (const PurserOrg   *org,
                          const PurserModel *model)
{
  const PurserPrice *price = model->price;
  g_autofree char *in = NULL;
  g_autofree char *out = NULL;

  if (!price_is_told (price))
    return g_strdup (_("price not known"));
  if (price->list_pico[PURSER_TOKENS_INPUT_UNCACHED] == 0 && price->list_pico[PURSER_TOKENS_OUTPUT_VISIBLE] == 0)
    return g_strdup (_("no charge"));
  in = format_per_million (price, PURSER_TOKENS_INPUT_UNCACHED);
  out = format_per_million (price, PURSER_TOKENS_OUTPUT_VISIBLE);
  /* Translators: prices: "$3.00 in and $15.00 out per million tokens". */
  return g_strdup_printf (_("%s in and %s out per million tokens"), in, out);
}

/**
 * purser_model_about:
 * @org: the snapshot that @model belongs to
 * @model: a model
 *
 * Returns: (transfer full): one line: whose it is and what it costs, or why it cannot be used now
 */
char *
purser_model_about (const PurserOrg   *org,
                    const PurserModel *model)
{
  const PurserProvider *provider = purser_org_provider (org, model->provider_id);
  g_autofree char *price = purser_model_price_words (org, model);

  if (provider == NULL)
    return g_strdup (_("Its provider was removed; calls skip it"));
  if (!provider->enabled)
    return g_strdup_printf (_("%s is switched off; calls skip it"), provider->name);
  if (!model->listed)
    return g_strdup_printf (_("%s no longer lists this model"), provider->name);
  if (model->remote_host != NULL)
    return g_strdup_printf (_("%s, answered by %s, %s"), provider->name, model->remote_host, price);
  if (purser_provider_is_here (provider) && !provider->practice)
    return g_strdup_printf (_("%s on this computer, %s"), provider->name, price);
  return g_strdup_printf ("%s, %s", provider->name, price);
}
