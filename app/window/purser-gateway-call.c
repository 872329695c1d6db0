/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-gateway-call.h"

#include <glib/gi18n-lib.h>
#include "purser-call-words.h"
#include "purser-format.h"
#include "purser-shown.h"

struct _PurserGatewayCall
{
  GObject  parent_instance;

  gint64   call_id;
  gboolean runs;
  char    *texts[PURSER_N_CALL_CELLS]; /* (owned) */
};

G_DEFINE_FINAL_TYPE (PurserGatewayCall, purser_gateway_call, G_TYPE_OBJECT)

static guint changed_signal;

static void
purser_gateway_call_finalize (GObject *object)
{
  for (guint i = 0; i < PURSER_N_CALL_CELLS; i++)
    g_free (PURSER_GATEWAY_CALL (object)->texts[i]);
  G_OBJECT_CLASS (purser_gateway_call_parent_class)->finalize (object);
}

static void
purser_gateway_call_class_init (PurserGatewayCallClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = purser_gateway_call_finalize;
  changed_signal = g_signal_new ("changed", PURSER_TYPE_GATEWAY_CALL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
purser_gateway_call_init (PurserGatewayCall *self)
{
}

PurserGatewayCall *
purser_gateway_call_new (gint64 call_id)
{
  PurserGatewayCall *self = g_object_new (PURSER_TYPE_GATEWAY_CALL, NULL);

  self->call_id = call_id;
  return self;
}

gint64
purser_gateway_call_get_id (PurserGatewayCall *self)
{
  return self->call_id;
}

gboolean
purser_gateway_call_runs (PurserGatewayCall *self)
{
  return self->runs;
}

/* TEXT (transfer full). */
static gboolean
put (PurserGatewayCall *self,
     PurserCallCell     cell,
     char              *text)
{
  g_autofree char *owned = text;

  return g_set_str (&self->texts[cell], owned != NULL ? owned : "");
}

static char *
clock_words (const PurserOrg *org,
             gint64           time_us)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (org->timezone);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc_usec (time_us);
  g_autoptr (GDateTime) then = utc != NULL && zone != NULL ? g_date_time_to_timezone (utc, zone) : NULL;

  /* Translators: a time of day with seconds for g_date_time_format(). */
  return then != NULL ? g_date_time_format (then, _("%H:%M:%S")) : g_strdup ("");
}

/* Today a clock's time; before, the moment. */
static char *
when_words (const PurserOrg *org,
            gint64           time_us)
{
  if (purser_day_of (org->timezone, time_us) == purser_day_of (org->timezone, g_get_real_time ()))
    return clock_words (org, time_us);
  return purser_format_when (time_us, org->timezone);
}

static gboolean
put_names (PurserGatewayCall *self,
           const PurserOrg   *org,
           gint64             principal_id,
           gint64             workload_id,
           gint64             model_id)
{
  const PurserPrincipal *principal = purser_org_principal (org, principal_id);
  const PurserWorkload *workload = purser_org_workload (org, workload_id);
  const PurserModel *model = purser_org_model (org, model_id);
  gboolean changed = FALSE;

  changed |= put (self, PURSER_CALL_WHO, g_strdup (principal != NULL ? principal->name : principal_id != 0 ? _("Somebody removed") : _("Nobody named")));
  changed |= put (self, PURSER_CALL_WORKLOAD, g_strdup (workload != NULL ? purser_workload_title (workload) : workload_id != 0 ? _("A removed workload") : _("Model by name")));
  changed |= put (self, PURSER_CALL_MODEL, g_strdup (model != NULL ? purser_model_title (model) : model_id != 0 ? _("A removed model") : ""));
  return changed;
}

static void
end_change (PurserGatewayCall *self,
            gboolean           changed)
{
  if (changed)
    g_signal_emit (self, changed_signal, 0);
}

/* Whole seconds: more would only flicker. */
static char *
running_words (gint64 seconds)
{
  if (seconds >= 60)
    return purser_format_duration (seconds * G_TIME_SPAN_SECOND);
  /* Translators: seconds; put a no-break space before the unit. */
  return g_strdup_printf (_("%d s"), (int) seconds);
}

static char *
cost_words (const PurserOrg     *org,
            const PurserCallRow *done)
{
  if (done->cost_nano == 0 && g_strcmp0 (done->outcome, "ok") != 0)
    return NULL; /* nothing was used */
  return done->unpriced && done->cost_nano == 0 ? g_strdup (_("No price")) : purser_format_cost (org, done->cost_nano);
}

void
purser_gateway_call_set_live (PurserGatewayCall    *self,
                              PurserOrg            *org,
                              const PurserLiveCall *live,
                              gint64                now)
{
  gboolean changed = put_names (self, org, live->principal_id, live->workload_id, live->model_id);

  self->runs = TRUE;
  changed |= put (self, PURSER_CALL_WHEN, when_words (org, live->started));
  changed |= put (self, PURSER_CALL_STATE, purser_live_state_words (live));
  changed |= put (self, PURSER_CALL_TOKENS, NULL);
  changed |= put (self, PURSER_CALL_COST, NULL);
  changed |= put (self, PURSER_CALL_TOOK, running_words (MAX (now - live->started, 0) / G_TIME_SPAN_SECOND));
  end_change (self, changed);
}

void
purser_gateway_call_set_done (PurserGatewayCall   *self,
                              PurserOrg           *org,
                              const PurserCallRow *done)
{
  gboolean changed = put_names (self, org, done->principal_id, done->workload_id, done->model_id);
  gint64 tokens = MAX (done->input_tokens, 0) + MAX (done->output_tokens, 0);

  self->runs = FALSE;
  changed |= put (self, PURSER_CALL_WHEN, when_words (org, done->opened_at));
  changed |= put (self, PURSER_CALL_STATE, purser_call_result_words (done));
  changed |= put (self, PURSER_CALL_TOKENS, tokens > 0 ? purser_format_count (tokens) : NULL);
  changed |= put (self, PURSER_CALL_COST, cost_words (org, done));
  changed |= put (self, PURSER_CALL_TOOK, done->total_us >= 0 ? purser_format_duration (done->total_us) : NULL);
  end_change (self, changed);
}

const char *
purser_gateway_call_text (PurserGatewayCall *self,
                          PurserCallCell     cell)
{
  return self->texts[cell] != NULL ? self->texts[cell] : "";
}

char *
purser_gateway_call_title (PurserGatewayCall *self)
{
  /* Translators: who calls, and a workload: "Lena Hartmann, Drafting". */
  return g_strdup_printf (_("%s, %s"), purser_gateway_call_text (self, PURSER_CALL_WHO), purser_gateway_call_text (self, PURSER_CALL_WORKLOAD));
}

char *
purser_gateway_call_about (PurserGatewayCall *self)
{
  static const PurserCallCell cells[] = { PURSER_CALL_STATE, PURSER_CALL_WHEN, PURSER_CALL_MODEL, PURSER_CALL_TOOK };
  g_autoptr (GString) about = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cells); i++)
    if (*purser_gateway_call_text (self, cells[i]) != '\0')
      g_string_append_printf (about, "%s%s", about->len > 0 ? " · " : "", purser_gateway_call_text (self, cells[i]));
  return g_string_free (g_steal_pointer (&about), FALSE);
}
