/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

/* Data terms: what a provider does with what it is sent, as the organisation's own evidence says. Never changed, only recorded anew. */

enum
{
  RETENTION_MAX_DAYS = 36500,
  DOCUMENT_MAX_CHARS = 500
};

static PurserTerms *
copy_terms (const PurserTerms *terms)
{
  PurserTerms *copy = g_new0 (PurserTerms, 1);
  copy->provider_id = terms->provider_id;
  copy->trains = terms->trains;
  copy->retention_days = terms->retention_days;
  copy->regions = g_strdupv (terms->regions);
  copy->document = purser_command_text (terms->document);
  copy->checked_on = purser_command_text (terms->checked_on);
  copy->expires_on = purser_command_text (terms->expires_on);
  return copy;
}

static gboolean
is_day (const char *text)
{
  int year, month, day;
  char rest;
  return strlen (text) == 10 && text[4] == '-' && text[7] == '-' && sscanf (text, "%4d-%2d-%2d%c", &year, &month, &day, &rest) == 3 && year >= 1 && month >= 1 && month <= 12 &&
         day >= 1 && g_date_valid_dmy (day, month, year);
}

static char *
today_of (PurserDb *db, const PurserOrg *org)
{
  gint32 day = purser_day_of (org->timezone, purser_db_now (db));
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc ((gint64) day * 86400);
  return g_date_time_format (date, "%Y-%m-%d");
}

/* Days in this form sort as text does. */
static gboolean
days_fit (PurserDb *db, const PurserOrg *org, const PurserTerms *terms, GError **error)
{
  const char *days[] = { terms->checked_on, terms->expires_on };
  for (gsize i = 0; i < G_N_ELEMENTS (days); i++)
    if (days[i] != NULL && !is_day (days[i]))
      return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("“%s” is not a day. Write it as 2026-11-23."), days[i]);
  g_autofree char *today = today_of (db, org);
  if (terms->checked_on != NULL && strcmp (terms->checked_on, today) > 0)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("The terms cannot have been checked on %s: that day is still to come."), terms->checked_on);
  if (terms->checked_on != NULL && terms->expires_on != NULL && strcmp (terms->expires_on, terms->checked_on) <= 0)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("The terms expire after the day on which they were checked (%s)."), terms->checked_on);
  return TRUE;
}

static gboolean
document_fits (const char *document, GError **error)
{
  if (document == NULL)
    return TRUE;
  if (!g_utf8_validate (document, -1, NULL) || g_utf8_strlen (document, -1) > DOCUMENT_MAX_CHARS)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("Name the document in at most %d characters: a file's name, a number or an address."), DOCUMENT_MAX_CHARS);
  for (const char *p = document; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("Name the document in one line."));
  return TRUE;
}

/* For the audit trail: null = not known. */
static char *
describe (const PurserTerms *terms)
{
  JsonObject *object = json_object_new ();
  const struct { const char *member, *text; } texts[] = { { "document", terms->document }, { "checked", terms->checked_on }, { "expires", terms->expires_on } };
  if (terms->trains >= 0)
    json_object_set_boolean_member (object, "trains", terms->trains == 1);
  else
    json_object_set_null_member (object, "trains");
  if (terms->retention_days != PURSER_UNKNOWN)
    json_object_set_int_member (object, "retention_days", terms->retention_days);
  else
    json_object_set_null_member (object, "retention_days");
  if (terms->regions != NULL)
    json_object_set_array_member (object, "regions", purser_command_strings ((const char *const *) terms->regions));
  else
    json_object_set_null_member (object, "regions");
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i].text != NULL)
      json_object_set_string_member (object, texts[i].member, texts[i].text);
    else
      json_object_set_null_member (object, texts[i].member);
  return purser_command_take_json (object);
}

static gboolean
figures_fit (const PurserTerms *terms, GError **error)
{
  if (terms->trains < -1 || terms->trains > 1)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("Say whether the provider trains on what it is sent: yes, no, or not known."));
  if (terms->retention_days != PURSER_UNKNOWN && (terms->retention_days < 0 || terms->retention_days > RETENTION_MAX_DAYS))
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("Give the days for which the provider keeps what it is sent: 0 to %d. 0 means not at all."), RETENTION_MAX_DAYS);
  return TRUE;
}

static gboolean
apply (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  PurserTerms *terms = command->asked;
  g_auto (GStrv) typed = g_steal_pointer (&terms->regions);
  command->id = terms->provider_id;
  if (purser_command_provider (command, org, error) == NULL || !figures_fit (terms, error) || !document_fits (terms->document, error) || !days_fit (db, org, terms, error) ||
      !purser_command_regions ((const char *const *) typed, &terms->regions, error))
    return FALSE;
  const PurserTerms *now = purser_org_terms (org, terms->provider_id);
  command->before = now != NULL ? describe (now) : NULL;
  command->after = describe (terms);
  command->same = g_strcmp0 (command->before, command->after) == 0;
  command->outcome->id = command->same ? now->id : purser_catalogue_add_terms (db, terms, error);
  purser_command_subject (command, "provider", terms->provider_id);
  return command->outcome->id != 0;
}

/**
 * purser_command_set_terms:
 * @terms: copied; its id and time are ignored
 *
 * Records a provider's data terms. Those recorded before stay readable; the newest count.
 */
PurserCommand *
purser_command_set_terms (const PurserTerms *terms)
{
  PurserCommand *command = purser_command_new ("provider.terms", apply);
  command->asked = copy_terms (terms);
  command->asked_free = (GDestroyNotify) purser_terms_free;
  return command;
}
