/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json.h"

static void
wipe (char **secret)
{
  if (*secret != NULL)
    explicit_bzero (*secret, strlen (*secret));
  g_clear_pointer (secret, g_free);
}

PurserCommand *
purser_command_new (const char *action, PurserCommandApply apply)
{
  PurserCommand *command = g_new0 (PurserCommand, 1);
  command->action = action;
  command->apply = apply;
  command->outcome = g_new0 (PurserOutcome, 1);
  return command;
}

void
purser_command_free (PurserCommand *command)
{
  if (command == NULL)
    return;
  char **owned[] = { &command->name, &command->text, &command->kind, &command->address, &command->key_env, &command->ca_file,
                     &command->team,
                     &command->subject, &command->before, &command->after, &command->key_label, &command->actor };
  for (gsize i = 0; i < G_N_ELEMENTS (owned); i++)
    g_free (*owned[i]);
  wipe (&command->key);
  g_free (command->ids);
  g_clear_pointer (&command->listed, g_ptr_array_unref);
  g_clear_pointer (&command->changes, g_ptr_array_unref);
  g_clear_pointer (&command->list, purser_price_list_unref);
  purser_price_draft_free (command->draft);
  purser_contract_free (command->contract);
  if (command->asked != NULL)
    command->asked_free (command->asked);
  g_clear_pointer (&command->outcome, purser_outcome_free);
  g_free (command);
}

void
purser_outcome_free (PurserOutcome *outcome)
{
  if (outcome == NULL)
    return;
  wipe (&outcome->secret);
  g_free (outcome);
}

void
purser_command_replace (char **field, char *value)
{
  g_free (*field);
  *field = value;
}

void
purser_command_subject (PurserCommand *command, const char *what, gint64 id)
{
  purser_command_replace (&command->subject, g_strdup_printf ("%s %" G_GINT64_FORMAT, what, id));
}

char *
purser_command_json (const char *member, ...)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  va_list args;

  json_node_take_object (node, object);
  va_start (args, member);
  for (const char *name = member; name != NULL; name = va_arg (args, const char *))
    {
      const char *value = va_arg (args, const char *);
      if (value != NULL)
        json_object_set_string_member (object, name, value);
      else
        json_object_set_null_member (object, name);
    }
  va_end (args);
  return purser_json_to_string (node, FALSE);
}

char *
purser_command_take_json (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  return purser_json_to_string (node, FALSE);
}

JsonArray *
purser_command_strings (const char *const *strings)
{
  JsonArray *array = json_array_new ();
  for (guint i = 0; strings != NULL && strings[i] != NULL; i++)
    json_array_add_string_element (array, strings[i]);
  return array;
}

const char *
purser_command_gone (void)
{
  return _("This is no longer there: someone else removed it meanwhile. The page shows what is there now.");
}

gboolean
purser_command_fail (GError **error, int code, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, PURSER_STORE_ERROR, code, message);
  return FALSE;
}

char *
purser_command_free_name (const PurserOrg *org, const char *base, PurserNameTaken taken)
{
  if (!taken (org, base))
    return g_strdup (base);
  for (guint i = 2;; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s %u", base, i);
      if (!taken (org, name))
        return g_steal_pointer (&name);
    }
}

gboolean
purser_command_provider_taken (const PurserOrg *org, const char *name)
{
  return purser_org_provider_named (org, name) != NULL;
}

const PurserProvider *
purser_command_provider (PurserCommand *command, const PurserOrg *org, GError **error)
{
  const PurserProvider *provider = purser_org_provider (org, command->id);
  if (provider == NULL)
    purser_command_fail (error, PURSER_STORE_ERROR_NOT_FOUND, "%s", purser_command_gone ());
  return provider;
}

const PurserModel *
purser_command_model (PurserCommand *command, const PurserOrg *org, GError **error)
{
  const PurserModel *model = purser_org_model (org, command->id);
  if (model == NULL)
    purser_command_fail (error, PURSER_STORE_ERROR_NOT_FOUND, "%s", purser_command_gone ());
  return model;
}

const PurserWorkload *
purser_command_workload (PurserCommand *command, const PurserOrg *org, GError **error)
{
  const PurserWorkload *workload = purser_org_workload (org, command->id);
  if (workload == NULL)
    purser_command_fail (error, PURSER_STORE_ERROR_NOT_FOUND, "%s", purser_command_gone ());
  return workload;
}

const PurserPrincipal *
purser_command_principal (PurserCommand *command, const PurserOrg *org, GError **error)
{
  const PurserPrincipal *principal = purser_org_principal (org, command->id);
  if (principal == NULL)
    purser_command_fail (error, PURSER_STORE_ERROR_NOT_FOUND, "%s", purser_command_gone ());
  return principal;
}

char *
purser_command_time (gint64 time_us)
{
  if (time_us == 0)
    return g_strdup ("ever");
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);
  return time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup_printf ("%" G_GINT64_FORMAT, time_us);
}

char *
purser_command_text (const char *text)
{
  return text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}
