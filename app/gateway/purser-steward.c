/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-steward-private.h"

enum
{
  RETRY_SECONDS = 5, /* a port that was taken, a file that was busy */
  CHECK_SECONDS = 30
};

static PurserPlace *
place_at (PurserSteward *self, guint i)
{
  return g_ptr_array_index (self->places, i);
}

static PurserPlace *
place_of (PurserSteward *self, const char *file)
{
  for (guint i = 0; i < self->places->len; i++)
    if (g_str_equal (place_at (self, i)->file, file))
      return place_at (self, i);
  return NULL;
}

static gboolean
is_empty (PurserSteward *self)
{
  for (guint i = 0; i < self->places->len; i++)
    if (place_at (self, i)->store != NULL)
      return FALSE;
  return self->opening == 0 && self->leaving == 0;
}

static gboolean
serves_any (PurserSteward *self)
{
  for (guint i = 0; i < self->places->len; i++)
    if (place_at (self, i)->served != NULL)
      return TRUE;
  return FALSE;
}

static void
end (PurserSteward *self, int status)
{
  if (self->ended)
    return;
  self->ended = TRUE;
  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_handle_id (&self->idle, g_source_remove);
  self->news.ended (status, self->data);
}

static gboolean
idle_cb (gpointer user_data)
{
  PurserSteward *self = user_data;
  self->idle = 0;
  end (self, 0);
  return G_SOURCE_REMOVE;
}

/* What became of the change: is there still something to do? */
static void
weigh (PurserSteward *self)
{
  gboolean empty = is_empty (self);
  if (self->first && self->opening == 0)
    {
      self->first = FALSE;
      if (self->named && !serves_any (self) && !self->stopping)
        {
          end (self, 1);
          return;
        }
    }
  if (self->stopping && empty)
    end (self, 0);
  else if (!empty)
    g_clear_handle_id (&self->idle, g_source_remove);
  else if (self->idle == 0 && self->idle_seconds > 0)
    self->idle = g_timeout_add_seconds (self->idle_seconds, idle_cb, self);
}

void
purser_steward_tell (PurserSteward *self)
{
  if (self->ended)
    return;
  self->news.changed (self->data);
  weigh (self);
}

static void
retry (PurserSteward *self)
{
  for (guint i = 0; i < self->places->len; i++)
    {
      PurserPlace *place = place_at (self, i);
      if (place->problem == NULL || place->lasting)
        continue;
      if (place->store != NULL)
        purser_place_settle (place);
      else
        purser_place_open (place);
    }
}

static gboolean
tick_cb (gpointer user_data)
{
  PurserSteward *self = user_data;
  gboolean differs = FALSE;
  self->ticks++;
  for (guint i = 0; i < self->places->len; i++)
    {
      differs |= purser_place_count (place_at (self, i));
      if (self->ticks % CHECK_SECONDS == 0)
        purser_place_check (place_at (self, i));
    }
  if (self->ticks % RETRY_SECONDS == 0 && !self->stopping)
    retry (self);
  if (differs && !self->ended)
    self->news.changed (self->data);
  return G_SOURCE_CONTINUE;
}

/**
 * purser_steward_new:
 * @plane: the data plane; it must be freed before the steward is
 * @functions: how to talk to it
 * @files: (nullable) (array zero-terminated=1): serve these whatever their switch says
 * @idle_seconds: end after so long with nothing to serve, 0 for never
 * @news: who is told; copied
 *
 * Starts to look at the files at once; what comes of it is told on the main context.
 *
 * Returns: (transfer full): the steward
 */
PurserSteward *
purser_steward_new (PurserPlane *plane,
                    const PurserStewardPlane *functions,
                    const char *const *files,
                    guint idle_seconds,
                    const PurserStewardNews *news,
                    gpointer data)
{
  PurserSteward *self = g_new0 (PurserSteward, 1);
  self->plane = plane;
  self->functions = functions;
  self->news = *news;
  self->data = data;
  self->idle_seconds = idle_seconds;
  self->named = files != NULL;
  self->first = TRUE;
  self->places = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_place_free);
  for (guint i = 0; files != NULL && files[i] != NULL; i++)
    {
      /* One file by two names is one organisation still. */
      g_autofree char *file = g_canonicalize_filename (files[i], NULL);
      if (place_of (self, file) == NULL)
        g_ptr_array_add (self->places, purser_place_new (self, file));
    }
  self->tick = g_timeout_add_seconds (1, tick_cb, self);
  purser_steward_refresh (self);
  return self;
}

/* Files that came since the last look get a place; places whose files went lose theirs. */
static void
list_files (PurserSteward *self)
{
  g_autoptr(GPtrArray) files = purser_store_list_files ();
  for (guint i = 0; i < files->len; i++)
    if (place_of (self, g_ptr_array_index (files, i)) == NULL)
      g_ptr_array_add (self->places, purser_place_new (self, g_ptr_array_index (files, i)));
  for (guint i = self->places->len; i > 0; i--)
    {
      PurserPlace *place = place_at (self, i - 1);
      if (place->store == NULL && !place->opening && place->leaving == 0
          && !g_file_test (place->file, G_FILE_TEST_EXISTS))
        g_ptr_array_remove_index (self->places, i - 1);
    }
}

void
purser_steward_refresh (PurserSteward *self)
{
  if (self->stopping)
    return;
  if (!self->named)
    list_files (self);
  for (guint i = 0; i < self->places->len; i++)
    {
      PurserPlace *place = place_at (self, i);
      purser_place_check (place);
      if (place->store != NULL)
        purser_place_settle (place);
      else
        purser_place_open (place);
    }
  purser_steward_tell (self);
}

void
purser_steward_stop (PurserSteward *self, gboolean drain)
{
  if (!self->stopping)
    {
      self->stopping = TRUE;
      for (guint i = 0; i < self->places->len; i++)
        purser_place_settle (place_at (self, i));
      purser_steward_tell (self);
    }
  if (!drain)
    end (self, 0);
}

/* Organisations that are switched off are none of the gateway's. */
static gboolean
is_shown (PurserSteward *self, const PurserPlace *place)
{
  return self->named || place->served != NULL || place->problem != NULL || place->leaving > 0;
}

GPtrArray *
purser_steward_served (PurserSteward *self)
{
  GPtrArray *served = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_served_state_free);
  for (guint i = 0; i < self->places->len; i++)
    {
      PurserPlace *place = place_at (self, i);
      if (!is_shown (self, place))
        continue;
      purser_place_count (place);
      PurserServedState *state = g_new0 (PurserServedState, 1);
      state->file = g_strdup (place->file);
      state->name = g_strdup (place->name);
      state->url = place->served != NULL ? g_strdup (self->functions->url (place->served)) : NULL;
      state->problem = g_strdup (place->problem);
      state->since = place->since;
      state->calls_running = place->running;
      state->calls_done = place->done;
      g_ptr_array_add (served, state);
    }
  return served;
}

GPtrArray *
purser_steward_calls (PurserSteward *self, const char *file)
{
  const PurserPlace *place = place_of (self, file);
  if (place != NULL && place->served != NULL)
    return self->functions->calls (place->served);
  return g_ptr_array_new_with_free_func ((GDestroyNotify) purser_live_call_free);
}

void
purser_steward_free (PurserSteward *self)
{
  if (self == NULL)
    return;
  self->stopping = self->ended = TRUE;
  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_handle_id (&self->idle, g_source_remove);
  /* Callbacks that know a place: files being opened, organisations that the plane has let go. */
  while (self->opening > 0)
    g_main_context_iteration (NULL, TRUE);
  while (self->leaving > 0 && g_main_context_iteration (NULL, FALSE))
    ;
  g_ptr_array_unref (self->places);
  g_free (self);
}
