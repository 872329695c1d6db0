/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

/* The gateway's settings: where it listens, who may call without a key, what a settled call survives. */

enum
{
  PORT_MIN = 1024,
  PORT_MAX = 65535
};

static void
gateway_free (gpointer data)
{
  PurserGateway *gateway = data;
  g_free (gateway->address);
  g_free (gateway->certificate);
  g_free (gateway->private_key);
  g_free (gateway->keyless_workloads);
  g_free (gateway);
}

/* "[::1]" is how an address of version 6 stands in a link. */
static char *
bare_address (const char *typed)
{
  char *address = g_strstrip (g_strdup (typed != NULL ? typed : "127.0.0.1"));
  gsize length = strlen (address);
  if (length > 2 && address[0] == '[' && address[length - 1] == ']')
    {
      address[length - 1] = '\0';
      memmove (address, address + 1, length - 1);
    }
  return address;
}

static PurserGateway *
gateway_copy (const PurserGateway *from)
{
  PurserGateway *copy = g_memdup2 (from, sizeof *from);
  copy->address = bare_address (from->address);
  copy->certificate = purser_command_text (from->certificate);
  copy->private_key = purser_command_text (from->private_key);
  copy->enabled = from->enabled != FALSE;
  copy->metrics = from->metrics != FALSE;
  /* Without someone to call as, there is nothing to ask for. */
  gboolean any = from->keyless_principal_id != 0 && from->n_keyless_workloads > 0;
  copy->keyless_workloads = any ? g_memdup2 (from->keyless_workloads, from->n_keyless_workloads * sizeof *from->keyless_workloads) : NULL;
  copy->n_keyless_workloads = any ? from->n_keyless_workloads : 0;
  return copy;
}

/* ------------------------------------------------------------------ what is checked */

static gboolean
address_fits (const char *address, gboolean *loopback, GError **error)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);
  *loopback = g_str_equal (address, "localhost") || (inet != NULL && g_inet_address_get_is_loopback (inet));
  if (*loopback || (inet != NULL && !g_inet_address_get_is_multicast (inet)))
    return TRUE;
  return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED,
                              _("“%s” is not an address of this computer: write it in numbers, such as 127.0.0.1 for this computer alone, or 192.168.1.20."), address);
}

static gboolean
file_is_there (const char *path, GError **error)
{
  if (!g_path_is_absolute (path))
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("Give the whole path of “%s”, from / on."), path);
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR) || access (path, R_OK) != 0)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("%s is not there, or cannot be read by you. Choose the file again."), path);
  return TRUE;
}

static gboolean
certificate_fits (const PurserGateway *gateway, GError **error)
{
  g_autoptr (GError) why = NULL;
  if (gateway->certificate == NULL || gateway->private_key == NULL)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("A certificate and its private key belong together: give both files, or neither."));
  if (!file_is_there (gateway->certificate, error) || !file_is_there (gateway->private_key, error))
    return FALSE;
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_files (gateway->certificate, gateway->private_key, &why);
  if (certificate == NULL)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("%s and %s cannot be used: %s. Both must be PEM files, the private key without a password."), gateway->certificate,
                                gateway->private_key, why->message);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc (), until = g_tls_certificate_get_not_valid_after (certificate);
  if (until == NULL || g_date_time_compare (until, now) > 0)
    return TRUE;
  g_autofree char *day = g_date_time_format (until, "%Y-%m-%d");
  return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("The certificate %s ended on %s. Get a newer one."), gateway->certificate, day);
}

/* A certificate that was good when it was chosen and is gone now is for the gateway to tell: it must not stand in the way of another change. */
static gboolean
same_place (const PurserGateway *a, const PurserGateway *b)
{
  return g_strcmp0 (a->address, b->address) == 0 && g_strcmp0 (a->certificate, b->certificate) == 0 && g_strcmp0 (a->private_key, b->private_key) == 0;
}

static gboolean
place_fits (const PurserGateway *gateway, const PurserGateway *now, gboolean *loopback, GError **error)
{
  if (gateway->port < PORT_MIN || gateway->port > PORT_MAX)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("The port is a number from %d to %d; 8377 is the usual one."), PORT_MIN, PORT_MAX);
  if (!address_fits (gateway->address, loopback, error))
    return FALSE;
  if (same_place (gateway, now))
    return TRUE;
  if (gateway->certificate != NULL || gateway->private_key != NULL)
    return certificate_fits (gateway, error);
  if (*loopback)
    return TRUE;
  return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED,
                              _("At %s other computers can call, and their keys would cross the network readable by anyone. Give a certificate and its private key first, or stay at 127.0.0.1."), gateway->address);
}

static gboolean
keyless_fits (const PurserOrg *org, const PurserGateway *gateway, gboolean loopback, GError **error)
{
  if (gateway->keyless_principal_id == 0)
    return TRUE;
  if (!loopback)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("Calls without a key are for this computer alone: anyone at %s could make them. Choose 127.0.0.1, or ask for a key."), gateway->address);
  if (purser_org_principal (org, gateway->keyless_principal_id) == NULL)
    return purser_command_fail (error, PURSER_STORE_ERROR_NOT_FOUND, _("The person or agent that calls without a key are counted for is no longer there. Choose another."));
  if (gateway->n_keyless_workloads == 0)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("Choose at least one workload that calls without a key may ask for."));
  for (guint i = 0; i < gateway->n_keyless_workloads; i++)
    if (purser_org_workload (org, gateway->keyless_workloads[i]) == NULL)
      return purser_command_fail (error, PURSER_STORE_ERROR_NOT_FOUND, _("One of these workloads is no longer there. Choose again."));
  return TRUE;
}

/* ------------------------------------------------------------------ the commands */

static void
set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
  else
    json_object_set_null_member (object, member);
}

static JsonArray *
keyless_names (const PurserOrg *org, const PurserGateway *gateway)
{
  JsonArray *names = json_array_new ();
  for (guint i = 0; i < gateway->n_keyless_workloads; i++)
    {
      const PurserWorkload *workload = purser_org_workload (org, gateway->keyless_workloads[i]);
      json_array_add_string_element (names, workload != NULL ? workload->name : "?");
    }
  return names;
}

/* For the audit trail. */
static char *
describe (const PurserOrg *org, const PurserGateway *gateway)
{
  JsonObject *object = json_object_new ();
  json_object_set_boolean_member (object, "on", gateway->enabled);
  json_object_set_int_member (object, "port", gateway->port);
  set_text (object, "address", gateway->address);
  set_text (object, "certificate", gateway->certificate);
  set_text (object, "private_key", gateway->private_key);
  json_object_set_int_member (object, "keyless_principal", gateway->keyless_principal_id);
  json_object_set_array_member (object, "keyless_workloads", keyless_names (org, gateway));
  json_object_set_string_member (object, "durability", purser_durability_id (gateway->durability));
  json_object_set_boolean_member (object, "metrics", gateway->metrics);
  return purser_command_take_json (object);
}

static gboolean
put (PurserCommand *command, PurserDb *db, const PurserOrg *org, const PurserGateway *gateway, GError **error)
{
  command->before = describe (org, &org->gateway);
  command->after = describe (org, gateway);
  command->same = g_str_equal (command->before, command->after);
  purser_command_subject (command, "gateway", 1);
  command->outcome->id = 1;
  return command->same || purser_catalogue_set_gateway (db, gateway, error);
}

static gboolean
apply_set (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserGateway *gateway = command->asked;
  gboolean loopback = FALSE;
  if (gateway->durability < 0 || gateway->durability >= PURSER_N_DURABILITIES)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("Say what an answered call survives: process, answered or strict."));
  return place_fits (gateway, &org->gateway, &loopback, error) && keyless_fits (org, gateway, loopback, error) && put (command, db, org, gateway, error);
}

/**
 * purser_command_set_gateway:
 * @gateway: the settings as a whole; copied
 *
 * Where the gateway listens and what it allows. Whether the port is free shows when it starts.
 */
PurserCommand *
purser_command_set_gateway (const PurserGateway *gateway)
{
  PurserCommand *command = purser_command_new ("gateway.set", apply_set);
  command->asked = gateway_copy (gateway);
  command->asked_free = gateway_free;
  return command;
}

static gboolean
apply_switch (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  PurserGateway changed = org->gateway;
  changed.enabled = command->flag;
  return put (command, db, org, &changed, error);
}

/** purser_command_switch_gateway: whether this organisation is served; the gateway itself looks again when it is told to. */
PurserCommand *
purser_command_switch_gateway (gboolean on)
{
  PurserCommand *command = purser_command_new ("gateway.switch", apply_switch);
  command->flag = on != FALSE;
  return command;
}

gboolean
purser_command_forget_keyless (PurserDb *db, const PurserOrg *org, gint64 principal_id, gint64 workload_id, gboolean *changed, GError **error)
{
  const PurserGateway *now = &org->gateway;
  g_autofree gint64 *left = g_new (gint64, now->n_keyless_workloads + 1);
  PurserGateway after = *now;
  after.keyless_workloads = left;
  after.n_keyless_workloads = 0;
  for (guint i = 0; i < now->n_keyless_workloads; i++)
    if (now->keyless_workloads[i] != workload_id)
      left[after.n_keyless_workloads++] = now->keyless_workloads[i];
  if (now->keyless_principal_id == principal_id || after.n_keyless_workloads == 0)
    after.keyless_principal_id = after.n_keyless_workloads = 0;
  *changed = now->keyless_principal_id != 0 && (after.keyless_principal_id == 0 || after.n_keyless_workloads != now->n_keyless_workloads);
  return !*changed || purser_catalogue_set_gateway (db, &after, error);
}
