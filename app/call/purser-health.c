/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-health.h"

typedef struct
{
  PurserHealthKey key;
  guint     failures;    /* outages in a row */
  gint64    first;       /* monotonic time of the first of them */
  gint64    open_until;  /* 0 = closed */
  gint64    probe_at;    /* since when a probe is under way, 0 = none */
  PurserAsk ask;
} Entry;

struct _PurserHealth
{
  gatomicrefcount refs;
  GMutex          lock;
  GHashTable     *entries; /* (owned) Entry as key and value */
};

static guint
entry_hash (gconstpointer data)
{
  const PurserHealthKey *key = data;
  return (guint) (key->provider_id * 31 + key->key_version * 7 + key->model_id * 131);
}

static gboolean
entry_equal (gconstpointer a, gconstpointer b)
{
  const PurserHealthKey *left = a, *right = b;
  return left->provider_id == right->provider_id && left->key_version == right->key_version
         && left->model_id == right->model_id;
}

static Entry *
entry_get (PurserHealth *health, const PurserHealthKey *key)
{
  Entry *entry = g_hash_table_lookup (health->entries, key);
  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->key = *key;
      g_hash_table_add (health->entries, entry);
    }
  return entry;
}

static void
entry_failed (Entry *entry, gint64 now)
{
  gboolean probe = entry->probe_at != 0;
  entry->probe_at = 0;
  if (entry->failures == 0 || now - entry->first > PURSER_BREAKER_WINDOW_US)
    {
      entry->failures = 0;
      entry->first = now;
    }
  entry->failures++;
  if (probe || entry->failures >= PURSER_BREAKER_FAILURES)
    entry->open_until = now + PURSER_BREAKER_OPEN_US;
}

PurserHealth *
purser_health_new (void)
{
  PurserHealth *health = g_new0 (PurserHealth, 1);
  g_atomic_ref_count_init (&health->refs);
  g_mutex_init (&health->lock);
  health->entries = g_hash_table_new_full (entry_hash, entry_equal, g_free, NULL);
  return health;
}

PurserHealth *
purser_health_ref (PurserHealth *health)
{
  g_atomic_ref_count_inc (&health->refs);
  return health;
}

void
purser_health_unref (PurserHealth *health)
{
  if (!g_atomic_ref_count_dec (&health->refs))
    return;
  g_hash_table_unref (health->entries);
  g_mutex_clear (&health->lock);
  g_free (health);
}

gboolean
purser_health_admit (PurserHealth *health, const PurserHealthKey *key, gint64 now, gint64 *wait_us)
{
  return purser_health_admit_probe (health, key, now, wait_us, NULL);
}

/* How long nobody may go there; a probe that never reports must not shut the way for good: after the open time the next
 * caller may probe. */
static gint64
wait_of (const Entry *entry, gint64 now)
{
  if (entry == NULL || entry->open_until == 0)
    return 0;
  if (entry->open_until > now)
    return entry->open_until - now;
  if (entry->probe_at != 0 && now - entry->probe_at < PURSER_BREAKER_OPEN_US)
    return entry->probe_at + PURSER_BREAKER_OPEN_US - now;
  return 0;
}

gboolean
purser_health_admit_probe (
    PurserHealth *health, const PurserHealthKey *key, gint64 now, gint64 *wait_us, gboolean *probe)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&health->lock);
  Entry *entry = g_hash_table_lookup (health->entries, key);
  gint64 wait = wait_of (entry, now);
  gboolean probes = wait == 0 && entry != NULL && entry->open_until != 0;
  if (wait_us != NULL)
    *wait_us = wait;
  if (probe != NULL)
    *probe = probes;
  if (probes)
    entry->probe_at = now;
  return wait == 0;
}

gboolean
purser_health_rests (PurserHealth *health, const PurserHealthKey *key, gint64 now)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&health->lock);
  const Entry *entry = g_hash_table_lookup (health->entries, key);
  return entry != NULL && entry->open_until > now;
}

void
purser_health_report (PurserHealth *health, const PurserHealthKey *key, PurserHealthReport report, gint64 now)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&health->lock);
  Entry *entry = entry_get (health, key);
  switch (report)
    {
    case PURSER_HEALTH_ANSWERED:
      entry->failures = 0;
      entry->open_until = entry->probe_at = 0;
      break;
    case PURSER_HEALTH_OUTAGE:
      entry_failed (entry, now);
      break;
    case PURSER_HEALTH_NEITHER:
      entry->probe_at = 0;
      break;
    default:
      g_assert_not_reached ();
    }
}

PurserAsk
purser_health_ask (PurserHealth *health, const PurserHealthKey *key)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&health->lock);
  Entry *entry = g_hash_table_lookup (health->entries, key);
  return entry != NULL ? entry->ask : 0;
}

void
purser_health_learn (PurserHealth *health, const PurserHealthKey *key, PurserAsk ask)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&health->lock);
  entry_get (health, key)->ask |= ask;
}
