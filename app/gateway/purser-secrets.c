/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-gateway-private.h"

#include <glib/gi18n-lib.h>

#include "purser-place.h"

/* What only the main thread may ask for: keys, of the keyring, and where a practice provider is served. Each question
 * goes there, and its answer comes back as a post. A key is kept for as long as its version is in use. */
typedef struct
{
  PurserServed    *served;  /* (owned) */
  gint64           provider_id, key_version;
  char            *key_env; /* (owned) (nullable) */
  char            *address; /* (owned) (nullable) to be resolved */
  char            *found, *words; /* (owned) (nullable) */
  PurserSecretFunc secret;
  PurserPlaceFunc  place;
  gpointer         data;
} Errand;

static void
errand_free (Errand *errand)
{
  g_free (errand->key_env);
  g_free (errand->address);
  if (errand->secret != NULL)
    purser_vault_key_free (errand->found);
  else
    g_free (errand->found);
  g_free (errand->words);
  purser_served_unref (errand->served);
  g_free (errand);
}

static char *
secret_name (gint64 provider_id, gint64 key_version, const char *key_env)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s", provider_id, key_version, key_env != NULL ? key_env : "");
}

/* --- Keys --- */

static void
secret_found (gpointer data)
{
  Errand *errand = data;
  if (errand->found != NULL)
    g_hash_table_insert (errand->served->secrets,
                         secret_name (errand->provider_id, errand->key_version, errand->key_env), g_strdup (errand->found));
  errand->secret (errand->found, errand->words, errand->data);
  errand_free (errand);
}

static void
looked_up_cb (GObject *vault, GAsyncResult *result, gpointer data)
{
  Errand *errand = data;
  g_autoptr(GError) error = NULL;
  errand->found = purser_vault_lookup_finish (PURSER_VAULT (vault), result, &error);
  errand->words = g_strdup (error != NULL ? error->message : NULL);
  purser_loop_post (errand->served->plane->loop, secret_found, errand);
}

static gboolean
look_up (gpointer data)
{
  Errand *errand = data;
  purser_vault_lookup_async (errand->served->vault, errand->provider_id, errand->key_version, errand->key_env, NULL, looked_up_cb, errand);
  return G_SOURCE_REMOVE;
}

void
purser_secret_get (PurserServed *served, gint64 provider_id, gint64 key_version, const char *key_env, PurserSecretFunc func, gpointer data)
{
  g_autofree char *name = secret_name (provider_id, key_version, key_env);
  const char *kept = g_hash_table_lookup (served->secrets, name);
  if (kept != NULL)
    {
      func (kept, NULL, data);
      return;
    }
  Errand *errand = g_new0 (Errand, 1);
  errand->served = purser_served_ref (served);
  errand->provider_id = provider_id;
  errand->key_version = key_version;
  errand->key_env = g_strdup (key_env);
  errand->secret = func;
  errand->data = data;
  purser_plane_run_on_main (served->plane, look_up, errand);
}

/* --- Places --- */

static void
place_found (gpointer data)
{
  Errand *errand = data;
  if (errand->found != NULL)
    g_hash_table_insert (errand->served->plane->addresses, g_strdup (errand->address), g_strdup (errand->found));
  errand->place (errand->found, errand->words, errand->data);
  errand_free (errand);
}

static void
resolved_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Errand *errand = data;
  g_autoptr(GError) error = NULL;
  errand->found = purser_address_resolve_finish (result, &error);
  errand->words = g_strdup (error != NULL ? error->message : NULL);
  purser_loop_post (errand->served->plane->loop, place_found, errand);
}

static gboolean
resolve (gpointer data)
{
  Errand *errand = data;
  purser_address_resolve_async (errand->address, NULL, resolved_cb, errand);
  return G_SOURCE_REMOVE;
}

void
purser_place_get (PurserServed *served, const char *address, PurserPlaceFunc func, gpointer data)
{
  const char *known = purser_address_is_practice (address) ? g_hash_table_lookup (served->plane->addresses, address) : address;
  if (known != NULL)
    {
      func (known, NULL, data);
      return;
    }
  Errand *errand = g_new0 (Errand, 1);
  errand->served = purser_served_ref (served);
  errand->address = g_strdup (address);
  errand->place = func;
  errand->data = data;
  purser_plane_run_on_main (served->plane, resolve, errand);
}
