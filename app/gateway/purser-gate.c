/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-gateway-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#define SECONDS_PER_MINUTE 60.0

static PurserFault *
local_fault (const char *code, char *words /* (transfer full) */)
{
  PurserFault *fault = purser_fault_new (PURSER_FAULT_LOCAL, 0, words);
  fault->code = g_strdup (code);
  g_free (words);
  return fault;
}

/* --- Who calls --- */

/* The credential, wherever this dialect's clients put it; NULL where there is none. */
static const char *
credential (PurserHttp *http)
{
  const char *bearer = purser_http_header (http, "Authorization");
  if (bearer != NULL && g_ascii_strncasecmp (bearer, "Bearer ", 7) == 0)
    return bearer + 7;
  const char *key = purser_http_header (http, "x-api-key");
  return key != NULL ? key : purser_http_header (http, "api-key");
}

static gboolean
is_live (const PurserAccessKey *key, gint64 now)
{
  return key->revoked_at == 0 && (key->expires_at == 0 || now < key->expires_at);
}

/* The digest of 256 random bits is looked up, so what the look-up's time tells is of no use; the last comparison takes
 * the same time for every key all the same. */
static const PurserAccessKey *
find_key (PurserServed *served, const char *secret)
{
  guint8 digest[32], differ = 0;
  gsize length = sizeof digest;
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, (const guchar *) secret, (gssize) strlen (secret));
  g_checksum_get_digest (checksum, digest, &length);
  const PurserAccessKey *key = g_hash_table_lookup (served->keys, digest);
  for (gsize i = 0; key != NULL && i < sizeof digest; i++)
    differ |= digest[i] ^ key->sha256[i];
  return differ == 0 ? key : NULL;
}

static gboolean
identify_keyless (PurserServed *served, PurserIdentity *identity, PurserFault **fault)
{
  const PurserGateway *gateway = &served->org->gateway;
  if (served->loopback && gateway->keyless_principal_id != 0
      && purser_org_principal (served->org, gateway->keyless_principal_id) != NULL)
    {
      *identity = (PurserIdentity) { gateway->keyless_principal_id, 0 };
      return TRUE;
    }
  *fault = local_fault ("access_key", g_strdup (_("No access key was sent. Ask whoever looks after Purser for one, and give it to this program as its API key.")));
  return FALSE;
}

/* What clients send that want a key and were given none. Those that can send none at all may send such a word. */
static gboolean
is_placeholder (const char *secret)
{
  static const char *const words[] = { "", "ollama", "none", "no-key", "dummy", "EMPTY", "sk-no-key-required" };
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (secret, words[i]))
      return TRUE;
  return FALSE;
}

gboolean
purser_gate_identify (PurserHttp *http, PurserIdentity *identity, PurserFault **fault)
{
  PurserServed *served = purser_http_served (http);
  const char *secret = credential (http);
  if (secret == NULL || (is_placeholder (secret) && served->org->gateway.keyless_principal_id != 0))
    return identify_keyless (served, identity, fault);
  const PurserAccessKey *key = find_key (served, secret);
  const char *words = NULL;
  if (key == NULL)
    words = _("This access key is not known here. Check that it was copied whole, and that this is the address of the organisation it belongs to.");
  else if (key->revoked_at != 0)
    words = _("This access key was revoked. Ask whoever looks after Purser for a new one.");
  else if (!is_live (key, purser_store_now (served->store)))
    words = _("This access key has expired. Ask whoever looks after Purser for a new one.");
  else if (purser_org_principal (served->org, key->principal_id) == NULL)
    words = _("Whoever this access key belongs to has been removed from the organisation.");
  if (words != NULL)
    {
      *fault = local_fault ("access_key", g_strdup (words));
      return FALSE;
    }
  *identity = (PurserIdentity) { key->principal_id, key->id };
  return TRUE;
}

gboolean
purser_gate_still_holds (PurserServed *served, const PurserIdentity *identity)
{
  if (purser_org_principal (served->org, identity->principal_id) == NULL)
    return FALSE;
  if (identity->access_key_id == 0)
    return served->org->gateway.keyless_principal_id == identity->principal_id;
  const PurserAccessKey *key = purser_org_access_key (served->org, identity->access_key_id);
  return key != NULL && key->revoked_at == 0; /* a key that expires meanwhile was good when the call began */
}

/* --- What they may ask for --- */

static gboolean
contains (const gint64 *ids, guint n, gint64 id)
{
  for (guint i = 0; i < n; i++)
    if (ids[i] == id)
      return TRUE;
  return FALSE;
}

gboolean
purser_gate_allows_workload (PurserServed *served, const PurserIdentity *identity, const PurserWorkload *workload)
{
  const PurserGateway *gateway = &served->org->gateway;
  if (identity->access_key_id == 0)
    return contains (gateway->keyless_workloads, gateway->n_keyless_workloads, workload->id);
  const PurserAccessKey *key = purser_org_access_key (served->org, identity->access_key_id);
  return key != NULL && (key->workloads == NULL || contains (key->workloads, key->n_workloads, workload->id));
}

static gboolean
allows_model (PurserServed *served, const PurserIdentity *identity, const PurserModel *model)
{
  const PurserAccessKey *key = purser_org_access_key (served->org, identity->access_key_id);
  return key != NULL && (key->any_model || contains (key->models, key->n_models, model->id));
}

/* Those that the caller may ask for, for the words of a refusal. */
static char *
allowed_names (PurserServed *served, const PurserIdentity *identity)
{
  GString *names = g_string_new (NULL);
  for (guint i = 0; i < served->org->workloads->len; i++)
    {
      const PurserWorkload *workload = g_ptr_array_index (served->org->workloads, i);
      if (purser_gate_allows_workload (served, identity, workload))
        g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", workload->name);
    }
  return g_string_free (names, FALSE);
}

static PurserFault *
unknown (PurserServed *served, const PurserIdentity *identity, const char *name)
{
  g_autofree char *names = allowed_names (served, identity), *shown = g_utf8_make_valid (name, -1);
  if (g_utf8_strlen (shown, -1) > 100)
    *g_utf8_offset_to_pointer (shown, 100) = '\0';
  return local_fault ("unknown_model",
                      *names != '\0'
                          ? g_strdup_printf (_("“%s” is no workload here. Put one of these in the place of the model’s name: %s."), shown, names)
                          : g_strdup_printf (_("“%s” is no workload here, and this access key may use none. Ask whoever looks after Purser."), shown));
}

/* Ollama's clients write a tag behind every name. */
static const PurserWorkload *
workload_named (const PurserOrg *org, const char *name)
{
  const PurserWorkload *workload = purser_org_workload_named (org, name);
  if (workload != NULL || !g_str_has_suffix (name, ":latest"))
    return workload;
  g_autofree char *bare = g_strndup (name, strlen (name) - strlen (":latest"));
  return purser_org_workload_named (org, bare);
}

gboolean
purser_gate_resolve (PurserServed *served,
                     const PurserIdentity *identity,
                     const char *name,
                     const char **workload,
                     const char **model,
                     PurserFault **fault)
{
  const PurserWorkload *found = name != NULL ? workload_named (served->org, name) : NULL;
  const PurserModel *direct = found == NULL && name != NULL ? purser_org_model_ref (served->org, name) : NULL;
  *workload = *model = NULL;
  if (found != NULL && purser_gate_allows_workload (served, identity, found))
    *workload = found->name;
  else if (found != NULL)
    *fault = local_fault ("policy", g_strdup_printf (_("This access key may not use the workload “%s”."), found->name));
  else if (direct != NULL && allows_model (served, identity, direct))
    *model = name;
  else if (direct != NULL)
    *fault = local_fault ("policy", g_strdup_printf (_("This access key may not ask for the model “%s” itself. Ask for a workload instead."), name));
  else
    *fault = unknown (served, identity, name != NULL ? name : "");
  return *workload != NULL || *model != NULL;
}

/* --- How much --- */

static PurserTally *
tally_of (PurserServed *served, gint64 principal_id)
{
  PurserTally *tally = g_hash_table_lookup (served->tallies, &principal_id);
  if (tally != NULL)
    return tally;
  tally = g_new0 (PurserTally, 1);
  tally->principal_id = principal_id;
  tally->filled = -1;
  g_hash_table_insert (served->tallies, &tally->principal_id, tally);
  return tally;
}

/* A bucket that holds a minute's calls and fills again evenly. */
static void
fill (PurserTally *tally, gint64 per_minute, gint64 now)
{
  double more = tally->filled < 0 ? (double) per_minute
                                  : (double) (now - tally->filled) / G_USEC_PER_SEC * (double) per_minute / SECONDS_PER_MINUTE;
  tally->tokens = MIN (tally->tokens + more, (double) per_minute);
  tally->filled = now;
}

gboolean
purser_gate_enter (PurserServed *served, const PurserIdentity *identity, PurserFault **fault)
{
  const PurserPrincipal *principal = purser_org_principal (served->org, identity->principal_id);
  PurserTally *tally = tally_of (served, identity->principal_id);
  if (principal->calls_at_once > 0 && tally->running >= principal->calls_at_once)
    {
      *fault = local_fault ("rate", g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s has %" PRId64 " call running, which is all that is allowed at once. Try again when it has ended.",
                                                                  "%s has %" PRId64 " calls running, which is all that is allowed at once. Try again when one has ended.", (gulong) principal->calls_at_once),
                                                     principal->name, principal->calls_at_once));
      (*fault)->retry_after_ms = 1000;
      return FALSE;
    }
  if (principal->calls_per_minute > 0)
    {
      fill (tally, principal->calls_per_minute, g_get_monotonic_time ());
      if (tally->tokens < 1)
        {
          *fault = local_fault ("rate", g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s may make %" PRId64 " call a minute, and has made it.",
                                                                      "%s may make %" PRId64 " calls a minute, and has made them.", (gulong) principal->calls_per_minute),
                                                         principal->name, principal->calls_per_minute));
          (*fault)->retry_after_ms =
              (gint64) ((1 - tally->tokens) * SECONDS_PER_MINUTE * 1000 / (double) principal->calls_per_minute) + 1;
          return FALSE;
        }
      tally->tokens -= 1;
    }
  tally->running++;
  return TRUE;
}

void
purser_gate_leave (PurserServed *served, const PurserIdentity *identity)
{
  PurserTally *tally = g_hash_table_lookup (served->tallies, &identity->principal_id);
  if (tally != NULL && tally->running > 0)
    tally->running--;
}
