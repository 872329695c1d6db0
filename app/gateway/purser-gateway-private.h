/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <microhttpd.h>

#include "purser-engine-jobs.h"
#include "purser-loop.h"
#include "purser-caller.h"
#include "purser-plane.h"

G_BEGIN_DECLS

/* For this room and its tests. Everything here lives on the data plane's thread, but for what says otherwise. */

typedef struct _PurserClient  PurserClient;  /* one connection of a caller */
typedef struct _PurserHttp    PurserHttp;    /* one request on it, with its reply */
typedef struct _PurserRelay   PurserRelay;   /* one call of a model for such a request */
typedef struct _PurserMetrics PurserMetrics;

#define PURSER_GATEWAY_MAX_BODY   (32u * 1024 * 1024)  /* what the largest provider takes */
#define PURSER_GATEWAY_MAX_HELD   (256u * 1024 * 1024) /* request bodies and waiting replies of the whole process */
#define PURSER_GATEWAY_CLIENT_HELD (256u * 1024)       /* of one reply that its caller does not take; then the provider is paused */
#define PURSER_GATEWAY_CONNECTIONS 4096
#define PURSER_GATEWAY_CONNECTION_MEMORY (16 * 1024)   /* of the HTTP server: bounds a request's headers */

struct _PurserPlane
{
  gatomicrefcount  refs;       /* its own, and that of everything it serves: the store's thread may answer after its end */
  PurserLoop      *loop;       /* (owned) */
  GThread         *thread;     /* (owned) */
  GMainContext    *main;       /* (owned) the main thread's */
  PurserTransport *transport;  /* (owned) */
  GRand           *random;     /* (owned) */
  GHashTable      *addresses;  /* (owned) "practice:…" → where it is served */
  GQueue           served;     /* (element-type PurserServed) those that listen */
  gsize            held;       /* bytes of bodies and replies that wait */
  GMutex           lock;       /* of answered */
  GQueue           answered;   /* (element-type PurserQuestion) the store has answered */
};

/* purser-plane.c */
PurserPlane *purser_plane_ref   (PurserPlane *plane);
void         purser_plane_unref (PurserPlane *plane); /* what is left of it; not on its own thread */
void purser_plane_run_on_main (PurserPlane *plane, GSourceFunc func, gpointer data);
/* Runs FUNC on the data plane and waits for it; for the main thread only. */
void purser_plane_ask (PurserPlane *plane, PurserLoopFunc func, gpointer data);

/* How many calls of one principal run, and how many may begin. */
typedef struct { gint64 principal_id; guint running; double tokens; gint64 filled; } PurserTally;

struct _PurserServed
{
  gatomicrefcount    refs;
  PurserPlane       *plane;     /* (owned) */
  GList              link;      /* in plane->served */
  PurserStore       *store;     /* (owned) */
  PurserVault       *vault;     /* (owned) used on the main thread only */
  char              *url;       /* (owned) */
  gboolean           loopback, tls;
  gulong             changed;   /* signal handler, main thread */

  struct MHD_Daemon *daemon;
  PurserWatch       *watch;     /* (owned) */
  PurserTimer       *tick;      /* (owned) deadlines of connections, once a second */
  PurserTimer       *again;     /* (owned) the HTTP server has more to do */
  GQueue             clients;   /* (element-type PurserClient) */
  GQueue             relays;    /* (element-type PurserRelay) running calls, oldest first */
  gint64             since;     /* µs UTC */
  guint64            done;      /* calls that ended */

  PurserOrg         *org;       /* (owned) the snapshot in force */
  GHashTable        *keys;      /* (owned) digest → PurserAccessKey of ORG */
  GHashTable        *secrets;   /* (owned) provider and key version → key */
  GHashTable        *tallies;   /* (owned) principal id → PurserTally */
  PurserHealth      *health;    /* (owned) */
  GQueue             reloading; /* (element-type PurserRelay) wait for a newer snapshot */
  GQueue             kept;      /* (element-type PurserLedgerJob) settles that could not be written */
  PurserTimer       *kept_timer; /* (owned) */
  gboolean           kept_busy; /* one is on its way */
  char              *kept_words; /* (owned) (nullable) why */
  PurserMetrics     *metrics;   /* (owned) */
  GArray            *budgets;   /* (owned) (nullable) (element-type PurserBudgetState) as of the last look at the metrics */
  gboolean           looking;

  gboolean           closing;   /* takes no new calls */
  gboolean           drain, hurried, given_up; /* running calls may finish; they may no longer; nobody waits for them */
  gboolean           closed;    /* nothing listens any more */
  PurserTimer       *closing_timer; /* (owned) (nullable) */
  void             (*gone) (gpointer data); /* main thread */
  gpointer           gone_data;
};
PurserServed *purser_served_ref     (PurserServed *served);
void          purser_served_unref   (PurserServed *served);
void          purser_served_take_org (PurserServed *served, PurserOrg *org /* (transfer full) */);
void          purser_served_refresh_budgets (PurserServed *served);
void          purser_served_check_end (PurserServed *served); /* after a call ended: may be the last one */
void          purser_served_end_all (PurserPlane *plane); /* main thread: cancels what still runs, and waits until it is settled */

/* --- purser-listener.c: connections --- */
struct _PurserClient
{
  PurserServed *served;
  int           fd;
  GList         link;       /* in served->clients */
  PurserWatch  *watch;      /* (owned) tells at once when the caller leaves (DESIGN §9: a suspended connection is not watched) */
  PurserHttp   *http;       /* (nullable) the request under way */
  gint64        deadline;   /* monotonic; -1 = none */
  gboolean      gone;
};
/* How long a connection may take for each of its steps, in µs. The HTTP library's own time-out begins anew with every byte, so that who sends one now and then holds it for ever; these do not. */
typedef struct
{
  gint64 first_us;   /* until the first request line */
  gint64 idle_us;    /* until the next one */
  gint64 headers_us; /* from the request line to the end of the headers */
  gint64 body_us;    /* until a request's body is there */
  gint64 take_us;    /* a caller that takes nothing for so long is gone */
  gint64 tick_us;    /* how often is looked */
  gint64 ping_us;    /* status, headers and a word that commits to nothing, while nothing is answered (DESIGN §3.4) */
} PurserListenerLimits;
extern PurserListenerLimits purser_listener_limits; /* changed by tests only */
gboolean purser_listener_start (PurserServed *served, int fd /* (transfer full) */, const char *certificate, const char *private_key, GError **error);
void     purser_listener_stop  (PurserServed *served);
void     purser_listener_wake  (PurserServed *served); /* work for the HTTP server at the end of this turn */

/* --- purser-http.c: one request and its reply --- */
typedef struct
{
  gint64 principal_id, access_key_id; /* access_key_id 0: a client that sends none */
} PurserIdentity;
typedef struct
{
  const char *method, *path;         /* as they came; valid as long as the request */
  struct MHD_Connection *connection;
  gconstpointer  endpoint;           /* (nullable) purser-endpoints.c */
  PurserIdentity identity;
} PurserHttpHead;
PurserServed *purser_http_served (PurserHttp *http);
PurserHttpHead *purser_http_head (PurserHttp *http);
const char   *purser_http_header (PurserHttp *http, const char *name); /* (nullable) of the request */
GBytes       *purser_http_body   (PurserHttp *http);                   /* (transfer full) */
/* What the reply says beside its body. Before reply() or begin() only. VALUE is copied. */
void          purser_http_add_header (PurserHttp *http, const char *name, const char *value);
/* The whole reply. BODY: (transfer full) */
void          purser_http_reply  (PurserHttp *http, int status, const char *content_type, GBytes *body);
/* A reply whose bytes come one after the other, without a length. */
void          purser_http_begin  (PurserHttp *http, int status, const char *content_type);
void          purser_http_write  (PurserHttp *http, const char *bytes, gsize length);
void          purser_http_end    (PurserHttp *http, gboolean whole /* FALSE: the connection is cut, so that nobody takes it for the end */);
gsize         purser_http_waiting (PurserHttp *http);                  /* bytes that the caller has not taken */
/* The call behind it, told when its caller leaves (HTTP is gone then) and when what waited was taken. */
void          purser_http_set_relay (PurserHttp *http, PurserRelay *relay /* (nullable) */);
/* For the listener. */
enum MHD_Result purser_http_step (PurserClient *client, struct MHD_Connection *connection, const char *method, const char *path, const char *upload, size_t *upload_size, void **slot);
gboolean      purser_http_wants_more (PurserHttp *http); /* its request is not there as a whole, and it was not answered */
void          purser_http_gone   (PurserHttp *http); /* the caller left while we were at work */
void          purser_http_free   (PurserHttp *http);

/* --- purser-endpoints.c: what is served where --- */
/* Looks at the head before the body is read; answers at once where it must be refused. FALSE: it was answered. */
gboolean      purser_endpoint_admit (PurserHttp *http);
/* The body is there. */
void          purser_endpoint_serve (PurserHttp *http);
const PurserDialect *purser_endpoint_dialect (PurserHttp *http); /* in which errors are said */
void          purser_http_refuse (PurserHttp *http, const PurserFault *fault);
void          purser_http_refuse_words (PurserHttp *http, const char *code, const char *words); /* a LOCAL fault */

/* --- purser-gate.c: who calls, and what they may ask for --- */
/* FALSE and a fault: (transfer full) */
gboolean purser_gate_identify (PurserHttp *http, PurserIdentity *identity, PurserFault **fault);
gboolean purser_gate_still_holds (PurserServed *served, const PurserIdentity *identity); /* not revoked, not expired */
/* What NAME (a caller's "model") means to who may ask: a workload, or a model. */
gboolean purser_gate_resolve (PurserServed *served, const PurserIdentity *identity, const char *name, const char **workload, const char **model, PurserFault **fault);
/* Whether IDENTITY may ask for that workload at all. */
gboolean purser_gate_allows_workload (PurserServed *served, const PurserIdentity *identity, const PurserWorkload *workload);
gboolean purser_gate_enter (PurserServed *served, const PurserIdentity *identity, PurserFault **fault); /* limits; then leave() */
void     purser_gate_leave (PurserServed *served, const PurserIdentity *identity);

/* --- purser-relay.c: one call --- */
void     purser_relay_start  (PurserHttp *http, const PurserDialect *dialect, PurserChat *chat /* (transfer full) */, const PurserIdentity *identity, const char *workload, const char *model);
void     purser_relay_left   (PurserRelay *relay);  /* its caller is gone, and so is its http */
void     purser_relay_taken  (PurserRelay *relay);  /* what waited was taken */
void     purser_relay_cancel (PurserRelay *relay);  /* revoked, or the gateway ends */
void     purser_relay_reloaded (PurserRelay *relay);
const PurserIdentity *purser_relay_identity (PurserRelay *relay);
PurserLiveCall *purser_relay_live (PurserRelay *relay); /* (transfer full) */

/* --- purser-question.c: the store --- */
typedef void (*PurserAnswerFunc) (PurserLedgerJob *job, const GError *error, gpointer data);
/* ACTION is (transfer full); FUNC gets the job back on the data plane's thread, and its action stays the job's. */
void     purser_question_ask (PurserServed *served, PurserAction *action, PurserAnswerFunc func, gpointer data);
void     purser_question_drain (gpointer plane); /* a PurserLoopFunc */
void     purser_served_keep_settle (PurserServed *served, PurserAction *action /* (transfer full) */, const GError *error);

/* --- purser-secrets.c: provider keys, looked up on the main thread, kept for their version --- */
typedef void (*PurserSecretFunc) (const char *key /* nullable */, const char *words /* nullable: why there is none */, gpointer data);
void     purser_secret_get (PurserServed *served, gint64 provider_id, gint64 key_version, const char *key_env, PurserSecretFunc func, gpointer data);
/* "practice:…" → address, started where it is not yet running. */
typedef void (*PurserPlaceFunc) (const char *address /* nullable */, const char *words, gpointer data);
void     purser_place_get  (PurserServed *served, const char *address, PurserPlaceFunc func, gpointer data);

/* --- purser-lists.c: what can be asked for --- */
void     purser_lists_openai    (PurserHttp *http, const PurserIdentity *identity);
void     purser_lists_anthropic (PurserHttp *http, const PurserIdentity *identity);
void     purser_lists_ollama    (PurserHttp *http, const PurserIdentity *identity);
void     purser_lists_show      (PurserHttp *http, const PurserIdentity *identity); /* what front ends ask of one before they use it */
void     purser_lists_version   (PurserHttp *http, const PurserIdentity *identity);
void     purser_lists_health    (PurserHttp *http, const PurserIdentity *identity);
void     purser_lists_count     (PurserHttp *http, const PurserIdentity *identity); /* count_tokens */

/* --- purser-metrics.c, purser-gateway-log.c --- */
typedef struct
{
  const PurserCallResult *result;
  const PurserOrg  *org;
  const PurserIdentity *identity;
  const char       *workload; /* (nullable) */
  const char       *dialect;
  gboolean          streamed, left; /* left: the caller went away */
  gint64            took_us;
} PurserCallNote;
PurserMetrics *purser_metrics_new   (void);
void           purser_metrics_free  (PurserMetrics *metrics);
void           purser_metrics_count (PurserMetrics *metrics, const PurserCallNote *note);
/* Prometheus text 0.0.4. (transfer full) */
char          *purser_metrics_text  (PurserMetrics *metrics, PurserServed *served);
void           purser_gateway_log_call (PurserServed *served, const PurserCallNote *note);
/* Any thread. NAME/VALUE pairs of strings, NULL. LEVEL: "info", "warning", "error". */
void           purser_gateway_log   (const char *level, const char *event, ...) G_GNUC_NULL_TERMINATED;
void           purser_gateway_log_end (void); /* writes what waits; for the end of the process */

G_END_DECLS
