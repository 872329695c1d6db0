/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-gateway-private.h"

#include <glib/gi18n-lib.h>

/* Questions to the store. They are answered on its thread, a whole commit at a time, and come back with one wake-up. */
typedef struct
{
  PurserLedgerJob  job;    /* first: the store knows the question by its address */
  PurserServed    *served; /* (owned) */
  GError          *error;  /* (owned) (nullable) */
  PurserAnswerFunc func;
  gpointer         data;
  GList            link;   /* in plane->answered */
} Question;

#define KEPT_RETRY_US G_USEC_PER_SEC

/* The store's thread. */
static void
answered_cb (gpointer data, const GError *error)
{
  Question *question = data;
  PurserPlane *plane = question->served->plane;
  question->error = error != NULL ? g_error_copy (error) : NULL;
  g_mutex_lock (&plane->lock);
  g_queue_push_tail_link (&plane->answered, &question->link);
  g_mutex_unlock (&plane->lock);
}

/* The store's thread, once a commit. */
static void
flush_cb (gpointer plane)
{
  purser_loop_post (((PurserPlane *) plane)->loop, purser_question_drain, plane);
}

static void
give_back (Question *question)
{
  question->func (&question->job, question->error, question->data);
  g_clear_pointer (&question->job.action, purser_action_free);
  g_clear_error (&question->error);
  purser_served_unref (question->served);
  g_free (question);
}

void
purser_question_drain (gpointer data)
{
  PurserPlane *plane = data;
  g_mutex_lock (&plane->lock);
  GQueue answered = plane->answered;
  g_queue_init (&plane->answered);
  g_mutex_unlock (&plane->lock);
  for (GList *next, *at = answered.head; at != NULL; at = next)
    {
      next = at->next;
      give_back (at->data);
    }
}

/* Each durability setting says what is on disk before anybody is told (docs/gateway.md). */
static gboolean
wants_sync (const PurserServed *served, PurserActionType type)
{
  PurserDurability durability = served->org->gateway.durability;
  return durability == PURSER_SURVIVES_STRICT || (durability == PURSER_SURVIVES_POWER && type == PURSER_ACTION_SETTLE);
}

void
purser_question_ask (PurserServed *served, PurserAction *action, PurserAnswerFunc func, gpointer data)
{
  Question *question = g_new0 (Question, 1);
  question->served = purser_served_ref (served);
  question->job.action = action;
  question->func = func;
  question->data = data;
  question->link.data = question;
  purser_store_submit (served->store, wants_sync (served, action->type), purser_ledger_job_run, &question->job, answered_cb,
                       flush_cb, served->plane);
}

/* --- The ledger fails closed: a settle that could not be written is kept, and no new call begins until one was --- */

static void keep_trying (PurserServed *served);

static void
kept_cb (PurserLedgerJob *job, const GError *error, gpointer data)
{
  PurserServed *served = data;
  served->kept_busy = FALSE;
  if (served->closed)
    return; /* it took too long: the row is the reaper's */
  if (error != NULL && purser_ledger_job_may_succeed_later (error))
    {
      g_queue_push_head (&served->kept, g_steal_pointer (&job->action));
      purser_timer_set (served->kept_timer, g_get_monotonic_time () + KEPT_RETRY_US);
      return;
    }
  if (error != NULL)
    purser_gateway_log ("error", "settle", "organisation", served->org->name, "problem", error->message, NULL);
  keep_trying (served);
}

static void
keep_trying (PurserServed *served)
{
  if (served->kept_busy || served->kept.length == 0)
    {
      purser_served_check_end (served);
      return;
    }
  served->kept_busy = TRUE;
  purser_question_ask (served, g_queue_pop_head (&served->kept), kept_cb, served);
}

static void
retry_cb (gpointer served)
{
  keep_trying (served);
}

void
purser_served_keep_settle (PurserServed *served, PurserAction *action, const GError *error)
{
  g_free (served->kept_words);
  served->kept_words = g_strdup_printf (_("The gateway cannot write its ledger, and makes no calls that it could not account for: %s"), error->message);
  purser_gateway_log ("error", "ledger", "organisation", served->org->name, "problem", error->message, NULL);
  if (served->closed)
    {
      purser_action_free (action); /* likewise */
      return;
    }
  g_queue_push_tail (&served->kept, action);
  if (served->kept_timer == NULL)
    served->kept_timer = purser_timer_new (served->plane->loop, retry_cb, served);
  if (!served->kept_busy)
    purser_timer_set (served->kept_timer, g_get_monotonic_time () + KEPT_RETRY_US);
}
