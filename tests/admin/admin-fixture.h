/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An organisation in a folder of its own, a clock that stands still, and what commands leave behind. */
#pragma once

#include <glib/gstdio.h>
#include <string.h>

#include "purser-admin.h"
#include "purser-json.h"
#include "purser-names.h"

/* 2026-11-23T12:00:00Z: one o'clock in Berlin. */
#define NOW (G_GINT64_CONSTANT (1795435200) * G_USEC_PER_SEC)

typedef struct
{
  char        *folder;
  PurserStore *store;
  PurserAdmin *admin;
  gint64       box, small, large; /* a provider elsewhere with two models … */
  gint64       drafting;          /* … which serve this workload in this order */
  gint64       lena, bot;
} Fixture;

static gint64
still_clock (void)
{
  return NOW;
}

static inline gint64
run (Fixture *f, PurserCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserOutcome) outcome = purser_admin_run (f->admin, command, &error);
  g_assert_no_error (error);
  g_assert_nonnull (outcome);
  return outcome->id;
}

static inline gint64
generation (Fixture *f)
{
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  return org->generation;
}

static inline gboolean
audit_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_audit_list (db, 1000, data, error);
}

static inline JsonArray *
audit_entries (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  JsonArray *rows = json_array_new ();
  purser_store_read (f->store, audit_job, rows, &error);
  g_assert_no_error (error);
  return rows;
}

/* COMMAND changes nothing, says WORDS, and leaves no trace. */
static inline void
refused (Fixture *f, PurserCommand *command, const char *words)
{
  g_autoptr (GError) error = NULL;
  gint64 before = generation (f);
  g_autoptr (JsonArray) had = audit_entries (f);
  g_autoptr (PurserOutcome) outcome = purser_admin_run (f->admin, command, &error);
  g_autoptr (JsonArray) has = audit_entries (f);
  g_assert_null (outcome);
  g_assert_nonnull (error);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” does not say “%s”", error->message, words);
  g_assert_cmpint (before, ==, generation (f));
  g_assert_cmpuint (json_array_get_length (had), ==, json_array_get_length (has));
}

/* COMMAND succeeds, and everything was so already. */
static inline void
unchanged (Fixture *f, PurserCommand *command)
{
  gint64 before = generation (f);
  g_autoptr (JsonArray) had = audit_entries (f);
  run (f, command);
  g_autoptr (JsonArray) has = audit_entries (f);
  g_assert_cmpint (before, ==, generation (f));
  g_assert_cmpuint (json_array_get_length (had), ==, json_array_get_length (has));
}

static inline char *
value_text (JsonObject *entry, const char *member)
{
  JsonNode *node = purser_json_node (entry, member);
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return NULL;
  return JSON_NODE_HOLDS_VALUE (node) ? json_node_dup_string (node) : purser_json_to_string (node, FALSE);
}

/* The newest entry of the audit trail says this. BEFORE and AFTER nullable: there is none. */
static inline void
audited (Fixture *f, const char *action, const char *subject, const char *before, const char *after)
{
  g_autoptr (JsonArray) rows = audit_entries (f);
  JsonObject *newest = json_array_get_object_element (rows, 0);
  g_autofree char *was = value_text (newest, "before"), *is = value_text (newest, "after");
  g_assert_cmpstr (purser_json_string (newest, "actor"), ==, "ada");
  g_assert_cmpstr (purser_json_string (newest, "action"), ==, action);
  g_assert_cmpstr (purser_json_string (newest, "subject"), ==, subject);
  g_assert_cmpstr (was, ==, before);
  g_assert_cmpstr (is, ==, after);
}

static inline void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserVault) vault = purser_vault_new ("test");
  f->folder = g_dir_make_tmp ("purser-admin-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (f->folder, "a.purser", NULL);
  f->store = purser_store_open (path, PURSER_STORE_CREATE, "Hartmann & Partner", "EUR", "Europe/Berlin", &error);
  g_assert_no_error (error);
  purser_store_set_clock (f->store, still_clock);
  f->admin = purser_admin_new (f->store, vault, "ada");
  f->box = run (f, purser_command_add_provider ("openai-compatible", "Box", "https://box.example.org/v1", NULL, NULL, NULL));
  f->small = run (f, purser_command_add_model (f->box, "small", NULL));
  f->large = run (f, purser_command_add_model (f->box, "large", NULL));
  f->lena = run (f, purser_command_add_principal ("Lena", FALSE, "Clients", 0));
  f->bot = run (f, purser_command_add_principal ("bot", TRUE, NULL, f->lena));
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  f->drafting = purser_org_workload_named (org, "drafting")->id;
  run (f, purser_command_assign (f->drafting, (const gint64[]) { f->large, f->small }, 2));
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->admin);
  purser_store_close (f->store);
  g_clear_object (&f->store);
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (f->folder);
  g_free (f->folder);
}
