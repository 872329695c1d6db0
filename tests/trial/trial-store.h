/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib/gstdio.h>

#include "purser-db.h"
#include "purser-ledger.h"

/* A real organisation file in a folder of its own, with a provider "lab" and its models "alpha", "beta", "gamma",
 * "delta". */
typedef struct
{
  PurserStore *store;
  char *folder;
  gint64 models[4];
} TrialStore;

static inline gboolean
trial_store_fill_job (PurserDb *db, gpointer data, GError **error)
{
  static const char *const names[] = { "alpha", "beta", "gamma", "delta" };
  TrialStore *self = data;
  PurserProvider provider = { .kind = purser_kind_get ("openai-compatible"),
                              .name = (char *) "lab",
                              .address = (char *) "http://127.0.0.1:9/v1",
                              .multiplier_ppm = PURSER_PPM,
                              .enabled = TRUE };
  gint64 id = purser_catalogue_put_provider (db, &provider, error);
  for (guint i = 0; id != 0 && i < G_N_ELEMENTS (names); i++)
    {
      PurserModel model = { .provider_id = id,
                            .name = (char *) names[i],
                            .context_tokens = PURSER_UNKNOWN,
                            .max_output = PURSER_UNKNOWN,
                            .listed = TRUE };
      self->models[i] = purser_catalogue_put_model (db, &model, error);
      if (self->models[i] == 0)
        return FALSE;
    }
  return id != 0 && purser_catalogue_raise (db, error);
}

static inline void
trial_store_open (TrialStore *self)
{
  g_autoptr(GError) error = NULL;
  self->folder = g_dir_make_tmp ("purser-trial-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *path = g_build_filename (self->folder, "lab.purser", NULL);
  self->store = purser_store_open (path, PURSER_STORE_CREATE, "Lab", "EUR", "UTC", &error);
  g_assert_no_error (error);
}

static inline void
trial_store_fill (TrialStore *self)
{
  g_autoptr(GError) error = NULL;
  purser_store_write (self->store, TRUE, trial_store_fill_job, self, &error);
  g_assert_no_error (error);
}

static inline void
trial_store_close (TrialStore *self)
{
  purser_store_close (self->store);
  g_assert_finalize_object (self->store);
  g_autoptr(GDir) folder = g_dir_open (self->folder, 0, NULL);
  for (const char *name = g_dir_read_name (folder); name != NULL; name = g_dir_read_name (folder))
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->folder);
}
