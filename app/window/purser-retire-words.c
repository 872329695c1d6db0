/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-retire-words.h"

#include <glib/gi18n-lib.h>
#include "purser-format.h"
#include "purser-ledger.h"

#define EPOCH_JULIAN 719163 /* of 1970-01-01 */

static gboolean
day_of (const PurserModel *model,
        gint32            *day)
{
  g_autoptr (GDate) date = g_date_new ();

  if (model->retires_on == NULL)
    return FALSE;
  g_date_set_parse (date, model->retires_on);
  if (!g_date_valid (date))
    return FALSE;
  *day = (gint32) g_date_get_julian (date) - EPOCH_JULIAN;
  return TRUE;
}

/**
 * purser_retire_days:
 * @org: the snapshot that @model belongs to
 * @model: a model
 * @now: µs UTC
 * @left: (out): days left; below 0 they are past
 *
 * Returns: whether its owner has named a day
 */
gboolean
purser_retire_days (const PurserOrg   *org,
                    const PurserModel *model,
                    gint64             now,
                    gint32            *left)
{
  gint32 day;

  if (!day_of (model, &day))
    return FALSE;
  *left = day - purser_day_of (org->timezone, now);
  return TRUE;
}

/* The provider's id of the replacement, or the title of that model where it is registered. */
static const char *
replacement_title (const PurserOrg   *org,
                   const PurserModel *model)
{
  for (guint i = 0; i < org->models->len; i++)
    {
      const PurserModel *other = g_ptr_array_index (org->models, i);

      if (other->provider_id == model->provider_id && g_strcmp0 (other->name, model->replacement) == 0)
        return purser_model_title (other);
    }
  return model->replacement;
}

char *
purser_retire_words (const PurserOrg   *org,
                     const PurserModel *model,
                     gint64             now)
{
  gint32 day = 0, left = 0;
  g_autofree char *name = NULL, *when = NULL;

  if (!day_of (model, &day) || !purser_retire_days (org, model, now, &left))
    return NULL;
  name = purser_format_day (day);
  if (left < 0)
    /* Translators: %s is a day. */
    when = g_strdup_printf (_("Its owner switched it off on %s."), name);
  else if (left == 0)
    when = g_strdup (_("Its owner switches it off today."));
  else
    /* Translators: a day, and how many days are left. */
    when = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Its owner switches it off on %s, in %d day.", "Its owner switches it off on %s, in %d days.", left),
                            name, left);
  if (model->replacement == NULL || *model->replacement == '\0')
    return g_steal_pointer (&when);
  /* Translators: a sentence, then the model to use instead. */
  return g_strdup_printf (_("%s It names %s instead."), when, replacement_title (org, model));
}

char *
purser_retire_title (const PurserOrg   *org,
                     const PurserModel *model,
                     gint64             now)
{
  gint32 left = 0;

  if (!purser_retire_days (org, model, now, &left))
    return NULL;
  if (left < 0)
    return g_strdup_printf (_("%s has been switched off by its owner"), purser_model_title (model));
  if (left == 0)
    return g_strdup_printf (_("%s ends today"), purser_model_title (model));
  /* Translators: a model, and how many days are left. */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s ends in %d day", "%s ends in %d days", left), purser_model_title (model), left);
}
