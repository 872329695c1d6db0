/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "purser-db-private.h"
#include "purser-file.h"
#include "purser-migrate.h"

static void
assert_refused (const char *path, PurserStoreFlags flags, int code)
{
  g_autoptr(GError) error = NULL;
  PurserStore *store = purser_store_open (path, flags, "X", "EUR", "UTC", &error);
  g_assert_null (store);
  g_assert_error (error, PURSER_STORE_ERROR, code);
  g_assert_nonnull (strstr (error->message, ".")); /* whole sentences */
}

static void
test_create_and_reopen (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  g_autofree char *uid = g_strdup (purser_store_get_uid (f->store));
  g_autoptr(PurserOrg) org = purser_store_get_org (f->store);
  struct stat info;

  g_assert_cmpint (org->generation, ==, 2);
  g_assert_cmpstr (org->name, ==, "Test GmbH");
  g_assert_cmpstr (org->currency, ==, "EUR");
  g_assert_cmpuint (org->workloads->len, ==, 3);
  g_assert_cmpuint (org->models->len, ==, 3);
  g_assert_cmpint (purser_org_model_ref (org, "Main/vendor/free")->id, ==, f->models[2]);
  g_assert_cmpint (purser_org_model_ref (org, "Main/big")->price->contract_pico[0], ==, 2700000);
  g_assert_null (purser_org_model_ref (org, "Main/vendor/free")->price);
  g_assert_cmpint (stat (f->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  purser_store_close (f->store);
  purser_store_close (f->store);
  g_assert_finalize_object (f->store);
  f->store = fixture_open (f->path, PURSER_STORE_OPEN);
  g_assert_cmpstr (purser_store_get_uid (f->store), ==, uid);
  g_autoptr(PurserOrg) again = purser_store_get_org (f->store);
  g_assert_cmpuint (again->principals->len, ==, 5);
  assert_refused (f->path, PURSER_STORE_CREATE, PURSER_STORE_ERROR_EXISTS);
  fixture_assert_clean (f->store);
}

static void
test_memory (void)
{
  g_autoptr(PurserStore) store = fixture_open (":memory:", PURSER_STORE_CREATE);
  Fixture f = { .store = store };
  g_autoptr(GError) error = NULL;
  purser_store_write (store, TRUE, fixture_fill_job, &f, &error);
  g_assert_no_error (error);
  FixtureCall call = fixture_call (&f, 0, 0, 0);
  fixture_make_call (&f, &call);
  g_assert_cmpint (fixture_number (store, "SELECT COUNT (*) FROM call WHERE closed_at IS NOT NULL"), ==, 1);
  fixture_assert_clean (store);
}

static void
write_file (const char *path, const char *bytes, gssize length)
{
  g_assert_true (g_file_set_contents (path, bytes, length, NULL));
}

static void
test_wrong_files (void)
{
  g_autoptr(Fixture) f = fixture_bare ();
  g_autofree char *missing = g_build_filename (f->folder, "no", "such.purser", NULL),
                  *foreign = g_build_filename (f->folder, "foreign.db", NULL);
  g_autofree char *litter = g_strconcat (foreign, "-owners", NULL), *log = g_strconcat (foreign, "-wal", NULL);
  sqlite3 *other;

  assert_refused (f->path, PURSER_STORE_OPEN, PURSER_STORE_ERROR_NOT_FOUND);
  assert_refused (missing, PURSER_STORE_OPEN, PURSER_STORE_ERROR_NOT_FOUND);
  assert_refused (f->folder, PURSER_STORE_OPEN, PURSER_STORE_ERROR_NOT_A_DATABASE);
  write_file (f->path, "", 0);
  assert_refused (f->path, PURSER_STORE_OPEN, PURSER_STORE_ERROR_NOT_A_DATABASE);
  write_file (f->path, "This is a shopping list, and no database at all.", -1);
  assert_refused (f->path, PURSER_STORE_OPEN, PURSER_STORE_ERROR_NOT_A_DATABASE);
  g_assert_cmpint (sqlite3_open (foreign, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, "CREATE TABLE t (a); PRAGMA user_version = 1", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  sqlite3_close (other);
  assert_refused (foreign, PURSER_STORE_OPEN, PURSER_STORE_ERROR_NOT_OURS);
  g_assert_false (g_file_test (litter, G_FILE_TEST_EXISTS)); /* nothing is left beside what is not ours */
  g_assert_false (g_file_test (log, G_FILE_TEST_EXISTS));
}

static void
test_damaged (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  g_autofree char *bytes = NULL;
  gsize length;
  g_assert_finalize_object (f->store);
  f->store = NULL;
  g_assert_true (g_file_get_contents (f->path, &bytes, &length, NULL));
  memset (bytes + 100, 0x5a, 3000); /* the first page's tree */
  write_file (f->path, bytes, length);
  assert_refused (f->path, PURSER_STORE_OPEN, PURSER_STORE_ERROR_CORRUPT);
}

static void
test_from_future (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  sqlite3 *other;
  g_assert_finalize_object (f->store);
  f->store = NULL;
  g_assert_cmpint (sqlite3_open (f->path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, "PRAGMA user_version = 999", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (other);
  assert_refused (f->path, PURSER_STORE_OPEN, PURSER_STORE_ERROR_FROM_FUTURE);
}

static void
test_bad_birth (void)
{
  g_autoptr(Fixture) f = fixture_bare ();
  static const struct
  {
    const char *name, *currency, *zone;
  } WRONG[] = {
    { "", "EUR", "UTC" }, { NULL, "EUR", "UTC" },         { "A", "euro", "UTC" },
    { "A", NULL, "UTC" }, { "A", "EUR", "Mars/Olympus" }, { "A", "EUR", NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (WRONG); i++)
    {
      g_autoptr(GError) error = NULL;
      g_assert_null (
          purser_store_open (f->path, PURSER_STORE_CREATE, WRONG[i].name, WRONG[i].currency, WRONG[i].zone, &error));
      g_assert_nonnull (error);
      g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS)); /* no half file */
    }
}

/* Runs TEST again in a process of its own, which finds PATH in the environment, and says whether it passed. */
static void
run_again (const char *path)
{
  g_auto(GStrv) envp = g_environ_setenv (g_get_environ (), "PURSER_TEST_PATH", path, TRUE);
  g_test_trap_subprocess_with_envp (NULL, (const char *const *) envp, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

static void
test_read_only (void)
{
  if (g_test_subprocess ())
    {
      /* Permissions do not bind root. */
      if (getuid () == 0)
        g_assert_cmpint (setresgid (65534, 65534, 65534) | setresuid (65534, 65534, 65534), ==, 0);
      assert_refused (g_getenv ("PURSER_TEST_PATH"), PURSER_STORE_OPEN, PURSER_STORE_ERROR_READ_ONLY);
      return;
    }
  g_autoptr(Fixture) f = fixture_new ();
  g_assert_finalize_object (f->store);
  f->store = NULL;
  g_assert_cmpint (chmod (f->folder, 0555) | chmod (f->path, 0444), ==, 0);
  run_again (f->path);
  g_assert_cmpint (chmod (f->path, 0666), ==, 0); /* the folder alone is enough: the log lies beside the file */
  run_again (f->path);
  g_assert_cmpint (chmod (f->folder, 0700), ==, 0);
}

static gboolean
big_job (PurserDb *db, gpointer data, GError **error)
{
  g_autofree char *text = g_strnfill (1000000, 'x');
  return purser_db_run (db, error,
                        "INSERT INTO audit (at, action, subject, after, actor_hash, values_hash, hash) VALUES (0, 'a', "
                        "'s', ?, '', '', '')",
                        "s", text);
}

/* The limit on a file's size gives the same answer as a full disk: the write fails in the middle. */
static void
test_disk_full (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 0, 0), after = call;
  struct rlimit limit;

  fixture_make_call (f, &call);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  struct rlimit small = { 600000, limit.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  g_assert_false (purser_store_write (f->store, TRUE, big_job, NULL, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_DISK_FULL);
  /* As soon as there is room again, it goes on. */
  fixture_make_call (f, &after);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (calls) FROM usage_day"), ==, 2);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM audit"), ==, 0);
  fixture_assert_clean (f->store);
}

static void
test_file_systems (void)
{
  g_assert_cmpstr (purser_file_system_refused (0x6969), ==, "NFS");
  g_assert_cmpstr (purser_file_system_refused (0x65735546), ==, "FUSE");
  g_assert_cmpstr (purser_file_system_refused ((gint32) 0xff534d42), ==, "CIFS"); /* as a signed f_type */
  g_assert_cmpstr (purser_file_system_refused (0xfe534d42), ==, "SMB");
  g_assert_cmpstr (purser_file_system_refused (0x01021997), ==, "9p");
  g_assert_null (purser_file_system_refused (0xef53)); /* ext4 */
  g_assert_null (purser_file_system_refused (0x9123683e)); /* btrfs */
  g_assert_null (purser_file_system_refused (0x58465342)); /* xfs */
  g_assert_null (purser_file_system_refused (0x01021994)); /* tmpfs */
}

static void
test_sqlite_versions (void)
{
  static const struct
  {
    int version;
    gboolean safe;
  } VERSIONS[] = {
    { 3044005, FALSE }, { 3044006, TRUE },  { 3045000, FALSE }, { 3046001, FALSE }, { 3050006, FALSE },
    { 3050007, TRUE },  { 3051000, FALSE }, { 3051002, FALSE }, { 3051003, TRUE },  { 3053004, TRUE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (VERSIONS); i++)
    g_assert_cmpint (purser_sqlite_is_safe (VERSIONS[i].version), ==, VERSIONS[i].safe);
}

/* A schema with one more step than this program's own: what an update will meet. */
static PurserSchema *
newer_schema (const char *script)
{
  PurserSchema *schema = purser_schema_load ();
  g_assert_cmpuint (schema->scripts->len, >=, 1);
  g_ptr_array_add (schema->scripts, g_strdup (script));
  return schema;
}

static gint64
version_of (const char *path)
{
  gint64 version = -1;
  g_autoptr(PurserDb) db = purser_db_open (path, PURSER_DB_READ, NULL);
  g_assert_true (purser_db_pragma (db, "user_version", &version, NULL));
  return version;
}

static void
test_migration (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Fixture) f = fixture_new ();
  g_autoptr(PurserSchema) good = newer_schema ("CREATE TABLE more (a INTEGER) STRICT; INSERT INTO more VALUES (7);");
  g_autoptr(PurserSchema) bad = newer_schema ("CREATE TABLE more (a INTEGER) STRICT; INSERT INTO nowhere VALUES (7);");
  g_autofree char *first = g_strdup_printf ("%s.before-format-%u", f->path, good->scripts->len),
                  *second = g_strconcat (first, "-2", NULL);
  guint old = good->scripts->len - 1;
  FixtureCall call = fixture_call (f, 0, 0, 0);
  fixture_make_call (f, &call);

  PurserOwners *owners = purser_owners_open (f->path, &error);
  g_assert_no_error (error);
  g_autoptr(PurserDb) db = purser_db_open (f->path, PURSER_DB_WRITE, &error);
  /* Not while a window has it open. */
  g_assert_false (purser_schema_migrate (good, db, owners, &error));
  g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_finalize_object (f->store);
  f->store = NULL;

  /* A step that fails leaves the file as it was, and a copy. */
  g_assert_false (purser_schema_migrate (bad, db, owners, &error));
  g_assert_nonnull (strstr (error->message, first));
  g_clear_error (&error);
  g_assert_cmpint (version_of (f->path), ==, old);
  g_assert_cmpint (version_of (first), ==, old);

  g_assert_true (purser_schema_migrate (good, db, owners, &error));
  g_assert_no_error (error);
  g_assert_cmpint (version_of (f->path), ==, old + 1);
  g_assert_cmpint (version_of (second), ==, old);
  g_assert_true (purser_schema_migrate (good, db, owners, &error)); /* nothing to do */
  purser_db_close (g_steal_pointer (&db));
  purser_owners_close (owners);
  assert_refused (f->path, PURSER_STORE_OPEN, PURSER_STORE_ERROR_FROM_FUTURE);
  /* The copy is an organisation of its own. */
  f->store = fixture_open (first, PURSER_STORE_OPEN);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM call"), ==, 1);
}

static void
test_backup (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Fixture) f = fixture_new ();
  g_autofree char *copy = g_build_filename (f->folder, "copy.purser", NULL), *log = g_strconcat (copy, "-wal", NULL);
  FixtureCall call = fixture_call (f, 0, 0, 0);

  fixture_make_call (f, &call);
  g_assert_true (purser_store_backup (f->store, copy, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (log, G_FILE_TEST_EXISTS));
  g_assert_false (purser_store_backup (f->store, copy, &error));
  g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_EXISTS);
  fixture_make_call (f, &call);
  PurserStore *other = fixture_open (copy, PURSER_STORE_OPEN);
  g_assert_cmpint (fixture_number (other, "SELECT COUNT (*) FROM call"), ==, 1);
  fixture_assert_clean (other);
  g_assert_finalize_object (other);
}

static gint64
log_size (Fixture *f)
{
  g_autofree char *log = g_strconcat (f->path, "-wal", NULL);
  struct stat info;
  return stat (log, &info) == 0 ? info.st_size : 0;
}

/* A reader that never lets go makes the log grow; as soon as it has gone, the log starts anew and shrinks. */
static void
test_log_shrinks (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Fixture) f = fixture_new ();
  sqlite3 *reader;
  g_assert_cmpint (sqlite3_open (f->path, &reader), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (reader, "BEGIN; SELECT COUNT (*) FROM model", NULL, NULL, NULL), ==, SQLITE_OK);
  for (guint i = 0; i < 90; i++)
    purser_store_write (f->store, FALSE, big_job, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (log_size (f), >, 64 << 20);
  g_assert_cmpint (sqlite3_exec (reader, "COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);
  for (guint i = 0; i < 40 && log_size (f) > 20 << 20; i++)
    {
      purser_store_write (f->store, FALSE, big_job, NULL, &error);
      g_usleep (50000);
    }
  g_assert_no_error (error);
  g_assert_cmpint (log_size (f), <=, 20 << 20);
  sqlite3_close (reader);
}

/* Without one it never gets large. */
static void
test_log_stays_small (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Fixture) f = fixture_new ();
  gint64 largest = 0;
  for (guint i = 0; i < 60; i++)
    {
      purser_store_write (f->store, FALSE, big_job, NULL, &error);
      largest = MAX (largest, log_size (f));
    }
  g_assert_no_error (error);
  g_assert_cmpint (largest, <, 20 << 20);
}

static void
test_list_files (void)
{
  g_autofree char *folder = purser_store_default_folder ();
  g_autofree char *b = g_build_filename (folder, "b.purser", NULL), *a = g_build_filename (folder, "a.purser", NULL),
                  *no = g_build_filename (folder, "a.purser-owners", NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  write_file (b, "", 0);
  write_file (a, "", 0);
  write_file (no, "", 0);
  g_autoptr(GPtrArray) files = purser_store_list_files ();
  g_assert_cmpuint (files->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (files, 0), ==, a);
  g_assert_cmpstr (g_ptr_array_index (files, 1), ==, b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/store/create-and-reopen", test_create_and_reopen);
  g_test_add_func ("/store/memory", test_memory);
  g_test_add_func ("/store/wrong-files", test_wrong_files);
  g_test_add_func ("/store/damaged", test_damaged);
  g_test_add_func ("/store/from-future", test_from_future);
  g_test_add_func ("/store/bad-birth", test_bad_birth);
  g_test_add_func ("/store/read-only", test_read_only);
  g_test_add_func ("/store/disk-full", test_disk_full);
  g_test_add_func ("/store/file-systems", test_file_systems);
  g_test_add_func ("/store/sqlite-versions", test_sqlite_versions);
  g_test_add_func ("/store/migration", test_migration);
  g_test_add_func ("/store/backup", test_backup);
  g_test_add_func ("/store/log-shrinks", test_log_shrinks);
  g_test_add_func ("/store/log-stays-small", test_log_stays_small);
  g_test_add_func ("/store/list-files", test_list_files);
  return g_test_run ();
}
