/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The D-Bus interface by which window, terminal and gateway know each other. The gateway owns the name; asking for it
 * starts the gateway (D-Bus activation). */
#define PURSER_CONTROL_NAME      "io.github.purser_app.Purser.Gateway"
#define PURSER_CONTROL_PATH      "/io/github/purser_app/Purser/Gateway"
#define PURSER_CONTROL_INTERFACE "io.github.purser_app.Purser.Gateway1"

/* One organisation that the gateway serves, or would. */
typedef struct
{
  char   *file;      /* (owned) path of its database */
  char   *name;      /* (owned) of the organisation */
  char   *url;       /* (owned) (nullable) "http://127.0.0.1:8377"; NULL: it is not served */
  char   *problem;   /* (owned) (nullable) why not, in words */
  gint64  since;     /* µs UTC, 0 = not served */
  guint   calls_running;
  guint64 calls_done; /* since then */
} PurserServedState;

/* A call on its way through the gateway. */
typedef struct
{
  gint64   call_id;       /* 0 while it is not opened yet */
  gint64   principal_id, workload_id, model_id; /* 0 = none (yet); model_id: the one being asked now */
  gint64   started;       /* µs UTC */
  char    *dialect;       /* (owned) the caller's */
  gboolean streamed;
  char    *state;         /* (owned) "waiting", "answering", "settling" */
  guint    attempts;
} PurserLiveCall;

void purser_served_state_free (PurserServedState *state);
void purser_live_call_free    (PurserLiveCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserServedState, purser_served_state_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserLiveCall, purser_live_call_free)

/* --- The gateway's side --- */
typedef struct
{
  GPtrArray *(*served)  (gpointer data);                                 /* (transfer full) (element-type PurserServedState) */
  GPtrArray *(*calls)   (const char *file, gpointer data);               /* (transfer full) (element-type PurserLiveCall) */
  void       (*refresh) (gpointer data);                                 /* an organisation was switched on or off, or its settings changed: look again */
  void       (*stop)    (gboolean drain, gpointer data);                 /* end; DRAIN: let running calls finish first */
} PurserControlHandlers;
typedef struct _PurserControlServer PurserControlServer;
/* LOST is called when another gateway owns the name, or the bus goes. (nullable) and ERROR: there is no bus */
PurserControlServer *purser_control_server_new     (GDBusConnection *bus, const PurserControlHandlers *handlers, void (*lost) (gpointer data), gpointer data);
void                 purser_control_server_changed (PurserControlServer *server); /* tell everyone that `served` differs now */
gboolean             purser_control_server_owned   (PurserControlServer *server); /* the name was this process's at some time */
void                 purser_control_server_free    (PurserControlServer *server);

/* --- Window's and terminal's side: a GObject with the signal "changed" --- */
#define PURSER_TYPE_CONTROL (purser_control_get_type ())
G_DECLARE_FINAL_TYPE (PurserControl, purser_control, PURSER, CONTROL, GObject)
PurserControl *purser_control_new          (void); /* watches the name on the session bus; never starts the gateway by itself */
gboolean       purser_control_is_running   (PurserControl *self);
GPtrArray     *purser_control_get_served   (PurserControl *self);              /* (transfer container) (element-type PurserServedState) as last told; empty while it does not run */
const PurserServedState *purser_control_get_state (PurserControl *self, const char *file); /* (nullable) */
/* Asks the running gateway what it serves, never starting it; then the above are right at once. Not running is no error. */
void           purser_control_look_async     (PurserControl *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean       purser_control_look_finish    (PurserControl *self, GAsyncResult *result, GError **error);
/* Asks the running gateway, or starts it by D-Bus, to look again; ERROR in words where there is no bus or it cannot be started. */
void           purser_control_refresh_async  (PurserControl *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean       purser_control_refresh_finish (PurserControl *self, GAsyncResult *result, GError **error);
void           purser_control_stop_async     (PurserControl *self, gboolean drain, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean       purser_control_stop_finish    (PurserControl *self, GAsyncResult *result, GError **error);
void           purser_control_calls_async    (PurserControl *self, const char *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray     *purser_control_calls_finish   (PurserControl *self, GAsyncResult *result, GError **error); /* (transfer full) (element-type PurserLiveCall) */

/* --- Starting with the session --- */
typedef enum
{
  PURSER_AUTOSTART_SYSTEMD, /* a systemd user unit is installed and can be enabled */
  PURSER_AUTOSTART_PORTAL,  /* inside a Flatpak: the Background portal */
  PURSER_AUTOSTART_NONE     /* neither: the gateway runs until logout */
} PurserAutostart;
/* Asks that the gateway start with the session, or no longer. WORDS (out) (nullable): what the user should know, e.g. that it runs until logout only, because …; never an error dialog. PARENT_WINDOW: the portal's handle, "" = none. */
void            purser_autostart_set_async  (gboolean on, const char *parent_window, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
PurserAutostart purser_autostart_set_finish (GAsyncResult *result, char **words);

G_END_DECLS
