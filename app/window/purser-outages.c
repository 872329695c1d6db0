/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-outages.h"

struct _PurserOutages
{
  GObject       parent_instance;

  PurserStore  *store;       /* (owned) */
  GCancellable *cancellable; /* (owned): ends with it */
  GPtrArray    *list;        /* (owned) (element-type PurserOutage) */
  GHashTable   *known;       /* (owned) ids of those that were told of, as gint64 */
  gboolean      looked;      /* at least once */
  gboolean      loading, stale;
};

G_DEFINE_FINAL_TYPE (PurserOutages, purser_outages, G_TYPE_OBJECT)

enum { CHANGED, BEGAN, N_SIGNALS };
static guint signals[N_SIGNALS];

#define KEPT_US (7 * 24 * 60 * 60 * G_GINT64_CONSTANT (1000000)) /* ended ones are still worth a look for so long */

static void load (PurserOutages *self);

typedef struct
{
  PurserOutages *self;  /* (owned) */
  gint64         since;
  GPtrArray     *list;  /* (owned) (nullable) */
} Read;

static void
read_free (Read *read)
{
  g_clear_pointer (&read->list, g_ptr_array_unref);
  g_object_unref (read->self);
  g_free (read);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Read, read_free)

static gboolean
read_outages (PurserDb *db,
              gpointer  data,
              GError  **error)
{
  Read *read = data;

  return (read->list = purser_ledger_outages (db, read->since, error)) != NULL;
}

static gboolean
differs (GPtrArray *a,
         GPtrArray *b)
{
  for (guint i = 0; a->len == b->len && i < a->len; i++)
    {
      const PurserOutage *x = g_ptr_array_index (a, i), *y = g_ptr_array_index (b, i);

      if (x->id != y->id || x->last_at != y->last_at || x->ended_at != y->ended_at || x->moved != y->moved)
        return TRUE;
    }
  return a->len != b->len;
}

static void
tell (PurserOutages *self)
{
  gboolean looked = self->looked;

  self->looked = TRUE;
  for (guint i = 0; i < self->list->len; i++)
    {
      const PurserOutage *outage = g_ptr_array_index (self->list, i);

      if (outage->ended_at == 0 && g_hash_table_add (self->known, g_memdup2 (&outage->id, sizeof outage->id)) && looked)
        g_signal_emit (self, signals[BEGAN], 0, outage);
    }
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Read) read = user_data;
  PurserOutages *self = read->self;
  gboolean changed;

  self->loading = FALSE;
  if (!purser_store_run_finish (PURSER_STORE (object), result, NULL) || self->store == NULL)
    return; /* closed; or the file is in trouble, which the Overview says */
  changed = differs (self->list, read->list);
  g_ptr_array_unref (self->list);
  self->list = g_steal_pointer (&read->list);
  tell (self);
  if (changed)
    g_signal_emit (self, signals[CHANGED], 0);
  if (self->stale)
    load (self);
}

static void
load (PurserOutages *self)
{
  Read *read;

  self->stale = self->loading;
  if (self->loading)
    return;
  self->loading = TRUE;
  read = g_new0 (Read, 1);
  read->self = g_object_ref (self);
  read->since = purser_store_now (self->store) - KEPT_US;
  purser_store_read_async (self->store, read_outages, read, NULL, self->cancellable, loaded_cb, read);
}

static void
purser_outages_dispose (GObject *object)
{
  PurserOutages *self = PURSER_OUTAGES (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (purser_outages_parent_class)->dispose (object);
}

static void
purser_outages_finalize (GObject *object)
{
  PurserOutages *self = PURSER_OUTAGES (object);

  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->list);
  g_hash_table_unref (self->known);
  G_OBJECT_CLASS (purser_outages_parent_class)->finalize (object);
}

static void
purser_outages_class_init (PurserOutagesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_outages_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_outages_finalize;
  signals[CHANGED] = g_signal_new ("changed", PURSER_TYPE_OUTAGES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[BEGAN] = g_signal_new ("began", PURSER_TYPE_OUTAGES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
purser_outages_init (PurserOutages *self)
{
  self->cancellable = g_cancellable_new ();
  self->list = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_outage_free);
  self->known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

/**
 * purser_outages_new:
 * @store: an open organisation
 *
 * Returns: (transfer full): empty until the first read is done
 */
PurserOutages *
purser_outages_new (PurserStore *store)
{
  PurserOutages *self = g_object_new (PURSER_TYPE_OUTAGES, NULL);

  self->store = g_object_ref (store);
  g_signal_connect_object (store, "ledger-changed", G_CALLBACK (load), self, G_CONNECT_SWAPPED);
  load (self);
  return self;
}

GPtrArray *
purser_outages_get (PurserOutages *self)
{
  return self->list;
}
