/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-names.h"

char *
purser_catalogue_name (PurserDb *db, const char *what, gint64 id)
{
  static const struct { const char *what, *sql; } NAMES[] = {
    { "principal", "SELECT name FROM personal WHERE principal_id = ?1" },
    { "model", "SELECT v.name || '/' || m.name FROM model m JOIN provider v ON v.id = m.provider_id WHERE m.id = ?1" },
    { "team", "SELECT name FROM team WHERE id = ?1" },
    { "workload", "SELECT coalesce(title, name) FROM workload WHERE id = ?1" },
    { "provider", "SELECT name FROM provider WHERE id = ?1" },
  };
  char *name = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (NAMES); i++)
    if (g_str_equal (NAMES[i].what, what))
      {
        PurserStatement *row = purser_db_query (db, NULL, NAMES[i].sql, "i", id);
        while (row != NULL && purser_statement_step (row, NULL))
          g_set_str (&name, purser_statement_text (row, 0));
      }
  return name != NULL ? name : g_strdup_printf ("%" G_GINT64_FORMAT, id);
}

static void
set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
  else
    json_object_set_null_member (object, member);
}

gboolean
purser_audit_list (PurserDb *db, gint64 limit, JsonArray *rows, GError **error)
{
  g_autoptr (GError) why = NULL;
  PurserStatement *row = purser_db_query (db, &why, "SELECT at, coalesce(actor, ''), action, subject, before, after FROM audit ORDER BY id DESC LIMIT ?1", "i", limit);
  while (row != NULL && purser_statement_step (row, &why))
    {
      static const char *const MEMBERS[] = { "actor", "action", "subject", "before", "after" };
      JsonObject *object = json_object_new ();
      json_object_set_int_member (object, "at", purser_statement_int (row, 0));
      for (int i = 0; i < (int) G_N_ELEMENTS (MEMBERS); i++)
        set_text (object, MEMBERS[i], purser_statement_text (row, i + 1));
      json_array_add_object_element (rows, object);
    }
  if (why == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

gboolean
purser_ledger_quarters (PurserDb *db, gint64 since_us, gint64 workload_id, gint64 model_id, gint64 *calls, gint64 *answered, gint64 *failed, GError **error)
{
  g_autoptr (GError) why = NULL;
  gint64 first = since_us / (15 * 60 * G_USEC_PER_SEC);
  PurserStatement *row = purser_db_query (db, &why,
      "SELECT coalesce(sum(calls), 0), coalesce(sum(CASE WHEN model_id = ?3 THEN calls - failed_calls ELSE 0 END), 0), coalesce(sum(failed_calls), 0) "
      "FROM usage_quarter WHERE quarter >= ?1 AND workload_id = ?2 AND test = 0", "iii", first, workload_id, model_id);
  while (row != NULL && purser_statement_step (row, &why))
    {
      *calls = purser_statement_int (row, 0);
      *answered = purser_statement_int (row, 1);
      *failed = purser_statement_int (row, 2);
    }
  if (why == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}
