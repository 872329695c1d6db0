/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-caller-private.h"

G_DEFINE_FINAL_TYPE (PurserCaller, purser_caller, G_TYPE_OBJECT)

static void
purser_caller_dispose (GObject *object)
{
  PurserCaller *self = PURSER_CALLER (object);
  purser_caller_drop_kept (self);
  g_clear_object (&self->store);
  g_clear_object (&self->vault);
  G_OBJECT_CLASS (purser_caller_parent_class)->dispose (object);
}

static void
purser_caller_finalize (GObject *object)
{
  PurserCaller *self = PURSER_CALLER (object);
  purser_transport_free (self->transport);
  purser_health_unref (self->health);
  g_rand_free (self->random);
  G_OBJECT_CLASS (purser_caller_parent_class)->finalize (object);
}

static void
purser_caller_class_init (PurserCallerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->dispose = purser_caller_dispose;
  object_class->finalize = purser_caller_finalize;
}

static void
purser_caller_init (PurserCaller *self)
{
  self->transport = purser_soup_transport_new ();
  self->random = g_rand_new ();
  self->limits = purser_default_limits;
  g_queue_init (&self->unsettled);
}

/* Two windows on one organisation must not each hammer an ailing provider. */
static PurserHealth *
health_of (PurserStore *store)
{
  static GMutex lock;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&lock);
  PurserHealth *health = g_object_get_data (G_OBJECT (store), "purser-health");
  if (health == NULL)
    {
      health = purser_health_new ();
      g_object_set_data_full (G_OBJECT (store), "purser-health", health, (GDestroyNotify) purser_health_unref);
    }
  return purser_health_ref (health);
}

/**
 * purser_caller_new:
 * @vault: (nullable): where keys are; without it only providers that need none can be called
 *
 * A caller belongs to the thread that makes it; its calls run on the thread-default main context at the time of
 * the call.
 *
 * Returns: (transfer full): the way to the models of one organisation
 */
PurserCaller *
purser_caller_new (PurserStore *store, PurserVault *vault)
{
  g_return_val_if_fail (PURSER_IS_STORE (store), NULL);
  PurserCaller *self = g_object_new (PURSER_TYPE_CALLER, NULL);
  self->store = g_object_ref (store);
  self->vault = vault != NULL ? g_object_ref (vault) : NULL;
  self->health = health_of (store);
  return self;
}

PurserLimits *
purser_caller_get_limits (PurserCaller *self)
{
  return &self->limits;
}

gsize
purser_caller_count_unsettled (PurserCaller *self)
{
  return self->unsettled.length;
}
