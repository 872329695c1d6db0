/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-org.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/* What a provider's recorded terms say, against what a workload asks of them. */

static gboolean
has_policy (const PurserWorkload *workload)
{
  return workload != NULL && (workload->no_training || workload->retention_limited || workload->regions != NULL);
}

static gboolean
is_loopback (const char *address)
{
  g_autoptr(GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  if (host == NULL)
    return FALSE;
  g_autoptr(GInetAddress) inet = g_inet_address_new_from_string (host);
  return inet != NULL ? g_inet_address_get_is_loopback (inet) : g_ascii_strcasecmp (host, "localhost") == 0;
}

/* Ollama also serves models that it only passes on to a host elsewhere. Any other server on this machine may pass on everything. */
static gboolean
stays_here (const PurserProvider *provider, const PurserModel *model)
{
  return provider->practice
         || (g_str_equal (provider->kind->id, "ollama") && model->remote_host == NULL
             && is_loopback (provider->address));
}

/* Terms hold to the end of the day on which they expire, in the reporting zone. */
static gboolean
is_over (const PurserOrg *org, const char *expires_on, gint64 when)
{
  if (expires_on == NULL || *expires_on == '\0')
    return FALSE;
  g_autoptr(GTimeZone) zone = org->timezone != NULL ? g_time_zone_new_identifier (org->timezone) : NULL;
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (when / G_USEC_PER_SEC);
  g_autoptr(GDateTime) here = utc == NULL    ? NULL
                               : zone != NULL ? g_date_time_to_timezone (utc, zone)
                                              : g_date_time_ref (utc);
  g_autofree char *today = here != NULL ? g_date_time_format (here, "%Y-%m-%d") : NULL;
  return today == NULL || strcmp (today, expires_on) > 0;
}

static char *
training_obstacle (const PurserProvider *provider, const PurserTerms *terms)
{
  if (terms->trains == 0)
    return NULL;
  return terms->trains > 0
             ? g_strdup_printf (_("%s may train on what it is sent"), provider->name)
             : g_strdup_printf (_("it is not recorded whether %s trains on what it is sent"), provider->name);
}

static char *
retention_obstacle (const PurserWorkload *workload, const PurserTerms *terms)
{
  if (terms->retention_days < 0)
    return g_strdup (_("it is not recorded how long it keeps data"));
  if (terms->retention_days <= workload->max_retention_days)
    return NULL;
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                       "it keeps data %" PRId64 " day, and at most %" PRId64 " are allowed",
                                       "it keeps data %" PRId64 " days, and at most %" PRId64 " are allowed",
                                       (gulong) terms->retention_days),
                          terms->retention_days, workload->max_retention_days);
}

static gboolean
names (char *const *regions, const char *region)
{
  for (; *regions != NULL; regions++)
    if (g_ascii_strcasecmp (*regions, region) == 0)
      return TRUE;
  return FALSE;
}

static char *
region_obstacle (const PurserWorkload *workload, const PurserTerms *terms)
{
  g_autoptr(GPtrArray) others = g_ptr_array_new ();
  if (terms->regions == NULL || terms->regions[0] == NULL)
    return g_strdup (_("it is not recorded where it works"));
  for (guint i = 0; terms->regions[i] != NULL; i++)
    if (!names (workload->regions, terms->regions[i]))
      g_ptr_array_add (others, terms->regions[i]);
  if (others->len == 0)
    return NULL;
  g_ptr_array_add (others, NULL);
  g_autofree char *works = g_strjoinv (", ", (char **) others->pdata);
  g_autofree char *allowed = g_strjoinv (", ", workload->regions);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "it works in %s, and only %s is allowed",
                                       "it works in %s, and only %s are allowed", g_strv_length (workload->regions)),
                          works, allowed);
}

/**
 * purser_policy_obstacle:
 * @org: the configuration
 * @workload: (nullable): whose policy it is
 * @model: which model
 * @when: µs UTC
 *
 * Why the policy of @workload forbids @model: the first thing found, as a part of a sentence. What is not recorded, or no longer holds, counts as the
 * worst. What never leaves this machine needs no terms.
 *
 * Returns: (transfer full) (nullable): the words, or %NULL where nothing forbids it
 */
char *
purser_policy_obstacle (const PurserOrg *org, const PurserWorkload *workload, const PurserModel *model, gint64 when)
{
  if (!has_policy (workload))
    return NULL;
  const PurserProvider *provider = purser_org_provider (org, model->provider_id);
  if (provider != NULL && stays_here (provider, model))
    return NULL;
  const PurserTerms *terms = provider != NULL ? purser_org_terms (org, provider->id) : NULL;
  if (terms == NULL)
    return g_strdup (_("its terms are not recorded"));
  if (is_over (org, terms->expires_on, when))
    return g_strdup_printf (_("its terms expired on %s"), terms->expires_on);
  char *words = workload->no_training ? training_obstacle (provider, terms) : NULL;
  if (words == NULL && workload->retention_limited)
    words = retention_obstacle (workload, terms);
  if (words == NULL && workload->regions != NULL)
    words = region_obstacle (workload, terms);
  return words;
}
