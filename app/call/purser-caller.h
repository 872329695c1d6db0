/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-ledger.h"
#include "purser-reply.h"
#include "purser-vault.h"
#include "purser-chat.h"

G_BEGIN_DECLS

/* THE one way to a model: resolve, admit, attempt, fall back, meter (DESIGN §3). Window, terminal and tests call this; behind it
 * the sans-I/O engine (purser-engine.h) and the libsoup transport. */
#define PURSER_TYPE_CALLER (purser_caller_get_type ())
G_DECLARE_FINAL_TYPE (PurserCaller, purser_caller, PURSER, CALLER, GObject)

typedef struct
{
  const char   *workload;      /* name; or NULL and MODEL */
  const char   *model;         /* "provider/model"; with a workload: only this one of its models, no fallback (tests, Try it) */
  gint64        principal_id;  /* 0 = nobody named */
  PurserPurpose purpose;
  gboolean      stream;
  PurserChat   *chat;          /* a chat, or what purser_dialect_decode_request() made of a request for embeddings */
  gint64        first_content_timeout_ms; /* 0 = the workload's, else 120 s */
  const char   *dialect;       /* (nullable) the caller's dialect; NULL = our own window or terminal */
  gint64        access_key_id; /* 0 = none was used */
  const char   *behalf;        /* (nullable) for whom a tool says that it calls */
  const char *const *extra_headers; /* (nullable) name, value, …, NULL: headers of the caller's own that say which version of its dialect it speaks; only those of purser-rules.c go on, and only where the provider speaks the same */
  gboolean      pass_through;  /* where the provider speaks the caller's dialect, replies come as the provider's own bytes: RAW events of a stream, result->body of a whole reply */
} PurserCallRequest;

typedef struct
{
  char        *model;          /* "provider/model" tried */
  gint64       model_id;
  PurserFault *fault;          /* (nullable) NULL = it answered */
  gint64       total_us;
} PurserCallAttempt;

typedef struct
{
  gatomicrefcount refs;
  gint64       call_id;        /* 0: refused before it was opened */
  char        *model;          /* (nullable) "provider/model" that answered */
  gint64       model_id;
  char        *provider_model; /* (nullable) the name the provider reported */
  PurserReply *reply;          /* what was received, also of a failed call */
  GBytes      *body;           /* (nullable) the reply as it came: embeddings, and whole replies passed through */
  char        *content_type;   /* (nullable) of BODY */
  PurserFault *fault;          /* (nullable) NULL = success */
  GPtrArray   *attempts;       /* (element-type PurserCallAttempt) in order */
  GPtrArray   *skipped;        /* (element-type PurserCallAttempt) candidates passed over without a try; fault says why, total_us is -1 */
  PurserTokens tokens;         /* of the last attempt */
  gboolean     estimated, unpriced;
  gint64       cost_nano;      /* of all attempts, organisation's currency */
  gint64       connect_us, first_us, first_text_us, last_us, total_us, longest_pause_us; /* -1 = not measured; SPEC-trials §3 clocks of the answering attempt */
  guint        n_deltas;
} PurserCallResult;
PurserCallResult *purser_call_result_ref   (PurserCallResult *result);
void              purser_call_result_unref (PurserCallResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserCallResult, purser_call_result_unref)
/* Why it was not simply the first choice that answered, translated, in one line: "fell back: Anthropic/claude answered 529 after 0.8 s". NULL if it was. (transfer full) (nullable) */
char             *purser_call_result_route (const PurserCallResult *result);

PurserCaller *purser_caller_new (PurserStore *store, PurserVault *vault);
/* EVENT gets each event of the answering attempt as it comes (only after it is sure that no fallback follows). Cancelling settles what
 * was seen. The result is always returned (the call's own failure is in result->fault); NULL and ERROR only for misuse or a broken store. */
void              purser_caller_run_async  (PurserCaller *self, const PurserCallRequest *request, PurserEventFunc event, gpointer event_data, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
PurserCallResult *purser_caller_run_finish (PurserCaller *self, GAsyncResult *result, GError **error);
/* One plain sentence for people, translated: what is wrong and what to do next. PROVIDER_NAME nullable. (transfer full) */
char             *purser_fault_explain (const PurserFault *fault, const char *provider_name, const PurserKind *kind);

/* The connection check: four visible steps, each with its time and words. */
typedef enum { PURSER_CHECK_ADDRESS, PURSER_CHECK_KEY, PURSER_CHECK_MODELS, PURSER_CHECK_REPLY, PURSER_N_CHECK_STEPS } PurserCheckStep;
typedef enum { PURSER_CHECK_WAITING, PURSER_CHECK_RUNNING, PURSER_CHECK_OK, PURSER_CHECK_FAILED, PURSER_CHECK_SKIPPED } PurserCheckState;
typedef struct
{
  PurserCheckState state;
  gint64 took_us;     /* -1 */
  char  *words;       /* (nullable) "9 models", or what failed and what to do */
} PurserCheckLine;
typedef struct
{
  PurserCheckLine line[PURSER_N_CHECK_STEPS];
  GPtrArray *models;  /* (nullable) (element-type PurserListedModel) */
  gboolean   ok;
} PurserCheckReport;
void purser_check_report_free (PurserCheckReport *report);
typedef void (*PurserCheckFunc) (PurserCheckStep step, const PurserCheckLine *line, gpointer user_data);
/* The provider must be stored (its key is in the vault); the tiny reply uses MODEL (nullable: the first listed chat model with a row in the catalogue, else skipped until models are stored). */
void               purser_caller_check_async  (PurserCaller *self, gint64 provider_id, const char *model, PurserCheckFunc step, gpointer step_data, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
PurserCheckReport *purser_caller_check_finish (PurserCaller *self, GAsyncResult *result, GError **error);
/* Only the model list (all pages), for "Refresh models". (element-type PurserListedModel) */
void       purser_caller_models_async  (PurserCaller *self, gint64 provider_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *purser_caller_models_finish (PurserCaller *self, GAsyncResult *result, GError **error);
/* Is an Ollama running at its usual address ($OLLAMA_HOST or 127.0.0.1:11434)? Its version, or NULL. Never an error dialog. */
void  purser_caller_find_ollama_async  (PurserCaller *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char *purser_caller_find_ollama_finish (PurserCaller *self, GAsyncResult *result, char **address);

G_END_DECLS
