/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-caller-private.h"

#include "config.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define PROBE_TIMEOUT_US (15 * G_USEC_PER_SEC)
#define REPLY_TOKENS 64 /* enough for a model that thinks first */

/* The first request carries no key: it shows whether a model service is there before a secret goes to it. */

typedef struct
{
  PurserProvider    *provider; /* (owned) */
  char              *key;      /* (owned) (nullable) erased */
  char              *model;    /* (owned) (nullable) as asked */
  PurserCheckReport *report;   /* (owned) (nullable) until returned */
  PurserCheckFunc    func;
  gpointer           func_data;
  gint64             began;    /* of the running step */
  PurserFault       *probe;    /* (owned) (nullable) what came without a key */
  gboolean           unlisted; /* the address answers and lists no models: the reply decides */
} Check;

static void
check_free (gpointer data)
{
  Check *check = data;
  purser_provider_free (check->provider);
  if (check->key != NULL)
    explicit_bzero (check->key, strlen (check->key));
  g_free (check->key);
  g_free (check->model);
  g_clear_pointer (&check->report, purser_check_report_free);
  g_clear_pointer (&check->probe, purser_fault_free);
  g_free (check);
}

void
purser_check_report_free (PurserCheckReport *report)
{
  if (report == NULL)
    return;
  for (gsize i = 0; i < PURSER_N_CHECK_STEPS; i++)
    g_free (report->line[i].words);
  g_clear_pointer (&report->models, g_ptr_array_unref);
  g_free (report);
}

static void
tell (Check *check, PurserCheckStep step)
{
  if (check->func != NULL)
    check->func (step, &check->report->line[step], check->func_data);
}

static void
begin_step (Check *check, PurserCheckStep step)
{
  check->began = g_get_monotonic_time ();
  check->report->line[step].state = PURSER_CHECK_RUNNING;
  tell (check, step);
}

/* WORDS: (transfer full) (nullable) */
static void
end_step (Check *check, PurserCheckStep step, PurserCheckState state, char *words)
{
  PurserCheckLine *line = &check->report->line[step];
  g_free (line->words);
  line->words = words;
  line->state = state;
  if (state != PURSER_CHECK_SKIPPED && line->took_us < 0)
    line->took_us = g_get_monotonic_time () - check->began;
  tell (check, step);
}

static char *
explain (Check *check, const PurserFault *fault)
{
  return purser_fault_explain (fault, check->provider->name, check->provider->kind);
}

static void
finish (GTask *task, GError *error)
{
  Check *check = g_task_get_task_data (task);
  PurserCheckReport *report = g_steal_pointer (&check->report);
  gboolean failed = FALSE;
  for (gsize i = 0; i < PURSER_N_CHECK_STEPS; i++)
    failed |= report->line[i].state == PURSER_CHECK_FAILED;
  report->ok = !failed
               && (report->line[PURSER_CHECK_MODELS].state == PURSER_CHECK_OK
                   || report->line[PURSER_CHECK_REPLY].state == PURSER_CHECK_OK);
  if (error == NULL)
    g_task_return_pointer (task, report, (GDestroyNotify) purser_check_report_free);
  else
    {
      purser_check_report_free (report);
      g_task_return_error (task, error);
    }
  g_object_unref (task);
}

static void
fail (GTask *task, PurserCheckStep step, char *words)
{
  Check *check = g_task_get_task_data (task);
  end_step (check, step, PURSER_CHECK_FAILED, words);
  for (PurserCheckStep later = step + 1; later < PURSER_N_CHECK_STEPS; later++)
    if (check->report->line[later].state == PURSER_CHECK_WAITING
        || check->report->line[later].state == PURSER_CHECK_RUNNING)
      end_step (check, later, PURSER_CHECK_SKIPPED, NULL);
  finish (task, NULL);
}

/* --- 4: one tiny reply, metered as a check --- */

/* Where nothing is listed, only a reply can show that the address is right. */
static void
reply_failed (GTask *task, const PurserFault *fault)
{
  Check *check = g_task_get_task_data (task);
  if (fault->class_ == PURSER_FAULT_KEY)
    end_step (check, PURSER_CHECK_KEY, PURSER_CHECK_FAILED, explain (check, fault));
  if (check->unlisted && fault->class_ == PURSER_FAULT_NOT_FOUND)
    end_step (check, PURSER_CHECK_ADDRESS, PURSER_CHECK_FAILED, explain (check, fault));
  fail (task, PURSER_CHECK_REPLY, explain (check, fault));
}

static void
reply_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Check *check = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(PurserCallResult) call = purser_caller_run_finish (PURSER_CALLER (object), result, &error);
  if (call == NULL)
    finish (task, error);
  else if (call->fault != NULL && call->fault->class_ == PURSER_FAULT_CANCELLED)
    finish (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _("Stopped.")));
  else if (call->fault != NULL)
    reply_failed (task, call->fault);
  else
    {
      end_step (check, PURSER_CHECK_REPLY, PURSER_CHECK_OK, g_strdup_printf (_("%s answered."), call->model));
      finish (task, NULL);
    }
}

/* The wanted model, else the first listed one that the catalogue has. (transfer full) (nullable): "provider/model" */
static char *
model_to_try (PurserCaller *self, Check *check)
{
  g_autoptr(PurserOrg) org = purser_store_get_org (self->store);
  GPtrArray *listed = check->report->models;
  if (check->model != NULL)
    return strchr (check->model, '/') != NULL && purser_org_model_ref (org, check->model) != NULL
               ? g_strdup (check->model)
               : g_strdup_printf ("%s/%s", check->provider->name, check->model);
  for (guint i = 0; listed != NULL && i < listed->len; i++)
    {
      const PurserListedModel *model = g_ptr_array_index (listed, i);
      g_autofree char *ref = g_strdup_printf ("%s/%s", check->provider->name, model->name);
      if (model->chat && purser_org_model_ref (org, ref) != NULL)
        return g_steal_pointer (&ref);
    }
  for (guint i = 0; listed == NULL && i < org->models->len; i++)
    {
      const PurserModel *model = g_ptr_array_index (org->models, i);
      if (model->provider_id == check->provider->id)
        return purser_org_model_ref_of (org, model);
    }
  return NULL;
}

static void
ask_reply (GTask *task)
{
  PurserCaller *self = g_task_get_source_object (task);
  Check *check = g_task_get_task_data (task);
  g_autofree char *model = model_to_try (self, check);
  if (model == NULL && check->unlisted)
    {
      g_autofree char *address = explain (check, check->probe);
      fail (task, PURSER_CHECK_ADDRESS, g_steal_pointer (&address));
      return;
    }
  if (model == NULL)
    {
      end_step (check, PURSER_CHECK_REPLY, PURSER_CHECK_SKIPPED,
                g_strdup (_("As soon as a model is added, a short question can be asked.")));
      finish (task, NULL);
      return;
    }
  begin_step (check, PURSER_CHECK_REPLY);
  g_autoptr(PurserChat) chat = purser_chat_new_text (NULL, "Reply with the one word: OK");
  chat->max_tokens = REPLY_TOKENS;
  PurserCallRequest request = { .model = model, .purpose = PURSER_PURPOSE_CHECK, .stream = TRUE, .chat = chat };
  purser_caller_run_async (self, &request, NULL, NULL, g_task_get_cancellable (task), reply_cb, task);
}

/* --- 3: the model list, which also judges the key --- */

static void
list_failed (GTask *task, const PurserFault *fault)
{
  Check *check = g_task_get_task_data (task);
  gboolean unlisted = fault->class_ == PURSER_FAULT_NOT_FOUND || fault->status == 405 || fault->status == 501;
  if (fault->class_ == PURSER_FAULT_KEY || fault->class_ == PURSER_FAULT_MONEY)
    {
      fail (task, PURSER_CHECK_KEY, explain (check, fault));
      return;
    }
  if (check->report->line[PURSER_CHECK_KEY].state == PURSER_CHECK_RUNNING)
    end_step (check, PURSER_CHECK_KEY, PURSER_CHECK_OK,
              g_strdup (_("The key was sent; a reply will show whether it is good.")));
  gboolean may = g_str_equal (check->provider->kind->id, "openai-compatible")
                 || purser_address_lists_nothing (check->provider->address);
  if (!unlisted || !may)
    {
      fail (task, PURSER_CHECK_MODELS, explain (check, fault));
      return;
    }
  check->unlisted = TRUE;
  g_clear_pointer (&check->probe, purser_fault_free);
  check->probe = purser_fault_copy (fault);
  end_step (check, PURSER_CHECK_MODELS, PURSER_CHECK_SKIPPED,
            g_strdup (_("This server does not list its models. Add them by name.")));
  ask_reply (task);
}

static void
list_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Check *check = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(PurserListing) listing = purser_caller_list_finish (PURSER_CALLER (object), result, &error);
  if (listing == NULL)
    {
      finish (task, error);
      return;
    }
  if (listing->fault != NULL)
    {
      list_failed (task, listing->fault);
      return;
    }
  guint n = listing->models->len;
  check->report->line[PURSER_CHECK_KEY].took_us = listing->first_us; /* the first page is the key's answer */
  if (check->report->line[PURSER_CHECK_KEY].state == PURSER_CHECK_RUNNING)
    end_step (check, PURSER_CHECK_KEY, PURSER_CHECK_OK, NULL);
  check->report->models = g_steal_pointer (&listing->models);
  end_step (check, PURSER_CHECK_MODELS, PURSER_CHECK_OK,
            g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u model", "%u models", n), n));
  ask_reply (task);
}

static void
ask_list (GTask *task)
{
  Check *check = g_task_get_task_data (task);
  begin_step (check, PURSER_CHECK_MODELS);
  purser_caller_list_async (g_task_get_source_object (task), check->provider, check->key, g_task_get_cancellable (task),
                            list_cb, task);
}

/* --- 2: the key --- */

static void
key_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Check *check = g_task_get_task_data (task);
  GError *error = NULL;
  char *key = purser_vault_lookup_finish (PURSER_VAULT (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      finish (task, error);
      return;
    }
  if (key == NULL)
    {
      fail (task, PURSER_CHECK_KEY, g_strdup (error->message));
      g_error_free (error);
      return;
    }
  check->key = g_strdup (key);
  purser_vault_key_free (key);
  ask_list (task);
}

static void
ask_key (GTask *task)
{
  PurserCaller *self = g_task_get_source_object (task);
  Check *check = g_task_get_task_data (task);
  const PurserProvider *provider = check->provider;
  begin_step (check, PURSER_CHECK_KEY);
  if (purser_provider_wants_key (provider) && self->vault != NULL)
    purser_vault_lookup_async (self->vault, provider->id, provider->key_version, provider->key_env,
                               g_task_get_cancellable (task), key_cb, task);
  else if (purser_provider_wants_key (provider))
    fail (task, PURSER_CHECK_KEY, g_strdup (_("There is no keyring here to take the key from.")));
  else if (check->probe != NULL && check->probe->class_ == PURSER_FAULT_KEY)
    fail (task, PURSER_CHECK_KEY, g_strdup_printf (_("%s wants a key. Enter one in its settings."), provider->name));
  else
    {
      end_step (check, PURSER_CHECK_KEY, PURSER_CHECK_SKIPPED, g_strdup (_("No key is needed.")));
      ask_list (task);
    }
}

/* --- 1: the address --- */

/* Which faults say that no model service is at the address; any other answer, a refusal for want of a key above all,
 * shows that one is. */
static gboolean
address_is_wrong (const PurserProvider *provider, const PurserFault *fault)
{
  switch (fault->class_)
    {
    case PURSER_FAULT_ADDRESS:
    case PURSER_FAULT_TLS:
    case PURSER_FAULT_TIMEOUT:
    case PURSER_FAULT_CUT:
    case PURSER_FAULT_GARBAGE:
    case PURSER_FAULT_GONE:
      return TRUE;
    case PURSER_FAULT_NOT_FOUND: /* servers that list nothing are found out by a reply */
      return fault->status / 100 == 3 || !g_str_equal (provider->kind->id, "openai-compatible") ||
             (fault->message != NULL && g_regex_match_simple ("<(html|!doctype)", fault->message, G_REGEX_CASELESS, 0));
    default:
      return FALSE;
    }
}

static void
probe_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Check *check = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(PurserFetched) fetched = purser_caller_fetch_finish (PURSER_CALLER (object), result, &error);
  if (fetched == NULL)
    {
      finish (task, error);
      return;
    }
  if (fetched->fault != NULL && address_is_wrong (check->provider, fetched->fault))
    {
      fail (task, PURSER_CHECK_ADDRESS, explain (check, fetched->fault));
      return;
    }
  check->probe = g_steal_pointer (&fetched->fault);
  end_step (check, PURSER_CHECK_ADDRESS, PURSER_CHECK_OK, NULL);
  ask_key (task);
}

static Check *
check_new (const PurserProvider *provider, const char *model, PurserCheckFunc func, gpointer func_data)
{
  Check *check = g_new0 (Check, 1);
  check->provider = purser_provider_copy (provider);
  check->model = g_strdup (model);
  check->func = func;
  check->func_data = func_data;
  check->report = g_new0 (PurserCheckReport, 1);
  for (gsize i = 0; i < PURSER_N_CHECK_STEPS; i++)
    check->report->line[i].took_us = -1;
  return check;
}

/**
 * purser_caller_check_async:
 * @model: (nullable): "provider/model", or the model's name alone, for the tiny reply
 * @step: (nullable): called whenever a step begins or ends
 *
 * The connection check: address, key, model list, one reply.
 */
void
purser_caller_check_async (PurserCaller *self,
                           gint64 provider_id,
                           const char *model,
                           PurserCheckFunc step,
                           gpointer step_data,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (PURSER_IS_CALLER (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr(PurserOrg) org = purser_store_get_org (self->store);
  const PurserProvider *provider = purser_org_provider (org, provider_id);
  g_task_set_source_tag (task, purser_caller_check_async);
  if (provider == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s", _("This provider was removed."));
      g_object_unref (task);
      return;
    }
  Check *check = check_new (provider, model, step, step_data);
  g_task_set_task_data (task, check, check_free);
  begin_step (check, PURSER_CHECK_ADDRESS);
  const PurserDialect *dialect = NULL;
  PurserHttpRequest *probe = purser_provider_models_request (provider, NULL, &dialect);
  if (!provider->kind->supported || probe == NULL)
    {
      g_clear_pointer (&probe, purser_http_request_free);
      fail (task, PURSER_CHECK_ADDRESS,
            g_strdup_printf (_("%s cannot be called by this version of Purser."), provider->name));
      return;
    }
  purser_caller_fetch_async (self, probe, dialect, PROBE_TIMEOUT_US, cancellable, probe_cb, task);
}

PurserCheckReport *
purser_caller_check_finish (PurserCaller *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, purser_caller_check_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
