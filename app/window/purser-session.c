/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-session.h"

#include <glib/gi18n-lib.h>
#include "purser-admin.h"
#include "purser-window.h"

struct _PurserSession
{
  GObject       parent_instance;

  PurserStore  *store;   /* (owned) */
  PurserVault  *vault;   /* (owned) */
  PurserCaller *caller;  /* (owned) */
  PurserAdmin  *admin;   /* (owned) */
  PurserControl *control; /* (owned) (nullable) */
  PurserOutages *outages; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (PurserSession, purser_session, G_TYPE_OBJECT)

enum
{
  ORG_CHANGED,
  LEDGER_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* One command on its way, with what to do when it is done. */
typedef struct
{
  PurserSession     *session;      /* (owned) */
  GWeakRef           origin;       /* GtkWidget: may be gone when the answer comes */
  GWeakRef           window;       /* PurserWindow around it: outlives dialogs */
  char              *done;         /* (owned) (nullable) */
  PurserCommand     *undo;         /* (owned) (nullable) */
  PurserSessionFunc  callback;     /* (nullable) */
  gpointer           user_data;
} Run;

static void
run_free (Run *run)
{
  g_weak_ref_clear (&run->origin);
  g_weak_ref_clear (&run->window);
  g_clear_pointer (&run->undo, purser_command_free);
  g_clear_object (&run->session);
  g_free (run->done);
  g_free (run);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)

static void
store_changed_cb (PurserSession *self)
{
  g_signal_emit (self, signals[ORG_CHANGED], 0);
}

static void
ledger_changed_cb (PurserSession *self)
{
  g_signal_emit (self, signals[LEDGER_CHANGED], 0);
}

static void
say_done (Run *run)
{
  g_autoptr (GtkWidget) window = g_weak_ref_get (&run->window);

  if (window == NULL)
    return;
  if (run->undo != NULL)
    purser_window_offer_undo (PURSER_WINDOW (window), run->done, g_steal_pointer (&run->undo));
  else if (run->done != NULL)
    purser_window_toast (window, run->done);
}

static void
run_cb (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (Run) run = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserOutcome) outcome = purser_admin_run_finish (PURSER_ADMIN (object), result, &error);
  g_autoptr (GtkWidget) origin = g_weak_ref_get (&run->origin);
  g_autoptr (GtkWidget) window = g_weak_ref_get (&run->window);

  if (outcome != NULL)
    say_done (run);
  else if (origin != NULL && gtk_widget_get_root (origin) != NULL)
    purser_window_say_error (origin, NULL, error);
  else if (window != NULL)
    purser_window_say_error (window, NULL, error);

  if (run->callback != NULL && origin != NULL)
    run->callback (origin, outcome, error, run->user_data);
}

static void
purser_session_dispose (GObject *object)
{
  PurserSession *self = PURSER_SESSION (object);

  g_clear_object (&self->outages);
  g_clear_object (&self->control);
  g_clear_object (&self->admin);
  g_clear_object (&self->caller);
  g_clear_object (&self->vault);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (purser_session_parent_class)->dispose (object);
}

static void
purser_session_class_init (PurserSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_session_dispose;
  signals[ORG_CHANGED] = g_signal_new ("org-changed", PURSER_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
  signals[LEDGER_CHANGED] = g_signal_new ("ledger-changed", PURSER_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 0);
}

static void
purser_session_init (PurserSession *self)
{
}

/**
 * purser_session_new:
 * @store: an open organisation
 *
 * Makes what pages need of @store: vault, caller and admin.
 *
 * Returns: (transfer full): the session
 */
PurserSession *
purser_session_new (PurserStore *store)
{
  PurserSession *self = g_object_new (PURSER_TYPE_SESSION, NULL);

  self->store = g_object_ref (store);
  self->vault = purser_vault_new (purser_store_get_uid (store));
  purser_vault_set_interactive (self->vault, TRUE); /* someone sits here: a locked keyring may ask */
  self->caller = purser_caller_new (store, self->vault);
  self->admin = purser_admin_new (store, self->vault, g_get_user_name ());
  g_signal_connect_object (store, "changed", G_CALLBACK (store_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "ledger-changed", G_CALLBACK (ledger_changed_cb), self, G_CONNECT_SWAPPED);
  return self;
}

PurserStore *
purser_session_get_store (PurserSession *self)
{
  return self->store;
}

PurserVault *
purser_session_get_vault (PurserSession *self)
{
  return self->vault;
}

PurserCaller *
purser_session_get_caller (PurserSession *self)
{
  return self->caller;
}

PurserAdmin *
purser_session_get_admin (PurserSession *self)
{
  return self->admin;
}

PurserOrg *
purser_session_get_org (PurserSession *self)
{
  return purser_store_get_org (self->store);
}

PurserControl *
purser_session_get_control (PurserSession *self)
{
  if (self->control == NULL)
    self->control = purser_control_new ();
  return self->control;
}

PurserOutages *
purser_session_get_outages (PurserSession *self)
{
  if (self->outages == NULL)
    self->outages = purser_outages_new (self->store);
  return self->outages;
}

/**
 * purser_session_run:
 * @self: the session
 * @origin: the widget that asks
 * @command: (transfer full): the change
 * @done: (nullable): what a toast says once it is made
 * @undo: (transfer full) (nullable): the change that takes it back
 * @callback: (nullable): told the outcome while @origin lives
 *
 * Runs @command; a failure is shown over @origin, or over its window where @origin is gone.
 */
void
purser_session_run (PurserSession     *self,
                    GtkWidget         *origin,
                    PurserCommand     *command,
                    const char        *done,
                    PurserCommand     *undo,
                    PurserSessionFunc  callback,
                    gpointer           user_data)
{
  Run *run = g_new0 (Run, 1);

  run->session = g_object_ref (self);
  g_weak_ref_init (&run->origin, origin);
  g_weak_ref_init (&run->window, purser_window_of (origin));
  run->done = g_strdup (done);
  run->undo = undo;
  run->callback = callback;
  run->user_data = user_data;
  purser_admin_run_async (self->admin, command, NULL, run_cb, run);
}
