/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens every place of the window, wide and narrow, in English and in German, light and dark, and looks at all text there:
 * nothing cut off, nothing out of its place, nothing over another, nothing too wide for a small screen, nothing too faint, and
 * nothing in English where German is asked for. Each language has a process of its own, because a process has one language. */
#include "config.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include "looks-contrast.h"
#include "looks-places.h"
#include "looks-words.h"
#include "../window/fixture-gateway.h"
#include "purser-application.h"
#include "purser-practice.h"

static const int widths[] = { 1200, 360 };
static const char *const checks[] = { "cut-off", "outside", "overlap", "width", "contrast", "complaints", "places" };
static const char *const languages[] = { "en_US", "de_DE" };

#define HEIGHT 760
#define REST_MS 250   /* a place has come to rest when its text stays the same for so long */
#define PATIENCE_S 20

/* --- in the process of one language --- */

typedef struct
{
  GtkApplication *application;
  PurserSession  *sessions[LOOKS_N_ORGS]; /* (owned) (nullable) */
  TestGateway     gateway;                /* of the sample */
  char           *folder;
  FILE           *found;  /* "check\tplace\twhat" a line */
  FILE           *said;   /* every text there is */
  char           *place;  /* where we are, in words */
} Visit;

static void
found_cb (const char *check,
          const char *what,
          gpointer    data)
{
  Visit *visit = data;

  fprintf (visit->found, "%s\t%s\t%s\n", check, visit->place, what);
}

static void
finished_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (GError) error = NULL;

  purser_trial_run_finish (PURSER_TRIAL (object), result, &error);
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static char *
practice_model (PurserSession *session,
                const char    *name)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);

  for (guint i = 0; i < org->models->len; i++)
    if (g_str_equal (((const PurserModel *) org->models->pdata[i])->name, name))
      return purser_org_model_ref_of (org, org->models->pdata[i]);
  return NULL;
}

/* The sample's tests are of quality; one of latency is run on its practice models, which answer at once. */
static void
add_latency_test (PurserSession *session)
{
  g_auto (GStrv) models = g_new0 (char *, 3);
  g_autoptr (PurserTrial) trial = NULL;
  gboolean finished = FALSE;

  models[0] = practice_model (session, "practice-careful");
  models[1] = practice_model (session, "practice-quick");
  if (looks_trial (session, "latency") != 0 || models[0] == NULL)
    return;
  purser_practice_set_speed (0);
  trial = purser_trial_new_latency (purser_session_get_caller (session), purser_session_get_store (session), "drafting",
                                    (const char *const *) models, 6, 0);
  purser_trial_run_async (trial, NULL, finished_cb, &finished);
  while (!finished)
    g_main_context_iteration (NULL, TRUE);
}

static gint64
run (PurserSession *session,
     PurserCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserOutcome) outcome = purser_admin_run (purser_session_get_admin (session), command, &error);

  g_assert_no_error (error);
  return outcome->id;
}

/* A real provider's models: prices in another currency, one that nobody knows, contracts, and a price of one's own. */
static void
add_prices (PurserSession *session)
{
  gint64 provider = run (session, purser_command_add_provider ("anthropic", "Anthropic", NULL, NULL, "NO_SUCH_VARIABLE", NULL));
  PurserPriceDraft draft = { .input = "0.5", .output = "2", .source = "4711" };
  PurserContract contract = { .provider_id = provider, .document = (char *) "2026-11" };
  g_autoptr (PurserOrg) org = NULL;

  run (session, purser_command_add_model (provider, "claude-opus-4-6", NULL));
  run (session, purser_command_add_model (provider, "claude-sonnet-4-5", NULL));
  run (session, purser_command_add_model (provider, LOOKS_UNKNOWN_MODEL, NULL));
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    contract.ppm[i] = 900000;
  run (session, purser_command_add_contract (&contract));
  org = purser_session_get_org (session);
  run (session, purser_command_set_own_price (looks_model (org, "practice-quick"), &draft));
}

/* A list that changes something, and one that is none. */
static void
write_lists (const char *folder)
{
  static const struct { const char *name, *text; } files[] =
  {
    { "list.json", "{\"format\": 1, \"built\": \"2026-11-22\", \"sources\": [{\"id\": \"x\", \"name\": \"x\"}], \"left_out\": [], \"providers\": [{\"id\": \"anthropic\", "
                   "\"name\": \"Anthropic\", \"kinds\": [\"anthropic\"], \"models\": [{\"id\": \"" LOOKS_UNKNOWN_MODEL "\", \"match\": {\"equals\": \"" LOOKS_UNKNOWN_MODEL "\"}, "
                   "\"prices\": [{\"from\": null, \"currency\": \"USD\", \"source\": \"x\", \"bands\": [{\"mode\": \"\", \"region\": \"\", \"above\": 0, "
                   "\"input_uncached\": \"2\", \"output_visible\": \"8\"}]}]}, {\"id\": \"claude-opus-4-6\", \"match\": {\"equals\": \"claude-opus-4-6\"}, \"prices\": "
                   "[{\"from\": \"2026-11-20\", \"currency\": \"USD\", \"source\": \"x\", \"bands\": [{\"mode\": \"\", \"region\": \"\", \"above\": 0, \"input_uncached\": \"4\", "
                   "\"output_visible\": \"20\"}]}]}]}]}" },
    { "broken.json", "{\"format\": 1, \"providers\": 3}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (folder, files[i].name, NULL);
      g_autoptr (GError) error = NULL;

      g_file_set_contents (path, files[i].text, -1, &error);
      g_assert_no_error (error);
    }
}

/* A gateway that serves the sample: an outage, calls that run, one that was moved, a key with an end, a workload whose data terms forbid its models. */
static void
add_gateway (Visit         *visit,
             PurserSession *session)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);
  const PurserWorkload *workload = purser_org_workload_named (org, "drafting");
  gint64 careful = looks_model (org, "practice-careful"), quick = looks_model (org, "practice-quick"), person = looks_principal (org, FALSE);
  TestCall call = { .principal_id = person, .workload_id = workload->id, .models = { careful, quick }, .n_models = 2, .fault = "overloaded", .status = 529,
                    .behalf = "Lena Hartmann", .skip = { looks_model (org, LOOKS_UNKNOWN_MODEL), PURSER_SKIP_TERMS } };
  PurserAccessKey key = { .principal_id = person, .workloads = (gint64 *) &workload->id, .n_workloads = 1, .any_model = TRUE, .expires_at = g_get_real_time () + 40 * G_TIME_SPAN_DAY };

  run (session, purser_command_set_key (&key));
  run (session, purser_command_set_policy (workload->id, TRUE, 30, (const char *[]) { "EU", NULL }));
  run (session, purser_command_switch_gateway (TRUE));
  for (guint i = 0; i < 4; i++)
    looks_fallback = test_call (session, &call);
  test_gateway_start (&visit->gateway, purser_store_get_path (purser_session_get_store (session)));
  visit->gateway.serves = TRUE;
  visit->gateway.running = 2;
  visit->gateway.done = 1204;
  call.end = TEST_OPEN;
  g_ptr_array_add (visit->gateway.calls, test_live_call (test_call (session, &call), person, workload->id, quick, "answering", 2, 4));
  call.n_models = 1;
  g_ptr_array_add (visit->gateway.calls, test_live_call (test_call (session, &call), person, workload->id, careful, "waiting", 1, 12));
  purser_control_server_changed (visit->gateway.server);
}

static PurserSession *
make_session (Visit      *visit,
              const char *name,
              gboolean    sample)
{
  g_autofree char *file = g_strconcat (name, ".purser", NULL);
  g_autofree char *path = g_build_filename (visit->folder, file, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserStore) store = purser_store_open (path, PURSER_STORE_CREATE, "Hartmann & Partner", "EUR", "Europe/Berlin", &error);
  PurserSession *session;

  g_assert_no_error (error);
  session = purser_session_new (store);
  if (sample)
    {
      g_autoptr (PurserOutcome) outcome = purser_admin_run (purser_session_get_admin (session), purser_command_load_sample (), &error);

      g_assert_no_error (error);
      add_latency_test (session);
      add_prices (session);
      add_gateway (visit, session);
    }
  return session;
}

static void
add_text (GtkWidget *widget,
          GString   *all)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget))
    g_string_append_printf (all, "%s\n", gtk_label_get_text (GTK_LABEL (widget)));
  if (ADW_IS_SPINNER (widget))
    g_string_append_printf (all, "%" G_GINT64_FORMAT "\n", g_get_monotonic_time ()); /* still busy */
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    add_text (child, all);
}

static gboolean
tick_cb (gpointer data)
{
  return G_SOURCE_CONTINUE; /* only wakes the loop */
}

static void
come_to_rest (GtkWidget *window,
              int        rest_ms)
{
  guint tick = g_timeout_add (25, tick_cb, NULL);
  gint64 now = g_get_monotonic_time (), since = now, end = now + PATIENCE_S * G_TIME_SPAN_SECOND;
  g_autofree char *before = g_strdup ("");

  for (; now - since < rest_ms * G_TIME_SPAN_MILLISECOND && now < end; now = g_get_monotonic_time ())
    {
      GString *all = g_string_new (NULL);

      g_main_context_iteration (NULL, TRUE);
      add_text (window, all);
      if (!g_str_equal (all->str, before))
        since = now;
      g_free (before);
      before = g_string_free (all, FALSE);
    }
  g_source_remove (tick);
}

static int
content_width (GtkWidget *window)
{
  return gtk_widget_get_width (adw_application_window_get_content (ADW_APPLICATION_WINDOW (window)));
}

static void
look (Visit     *visit,
      GtkWidget *window,
      int        width,
      gboolean   dark)
{
  g_autoptr (GArray) texts = g_array_new (FALSE, FALSE, sizeof (LooksText));
  GtkWidget *top = looks_top (GTK_WINDOW (window));

  looks_collect (top, window, texts);
  if (texts->len == 0)
    found_cb ("places", "there is no text at all", visit);
  if (!g_str_has_prefix (setlocale (LC_MESSAGES, NULL), "de")) /* colours know no language */
    looks_check_contrast (texts, window, found_cb, visit);
  if (dark)
    return;
  for (guint i = 0; i < texts->len; i++)
    {
      looks_check_cut (&g_array_index (texts, LooksText, i), found_cb, visit);
      looks_check_outside (&g_array_index (texts, LooksText, i), window, found_cb, visit);
    }
  looks_check_overlap (texts, window, found_cb, visit);
  if (!looks_check_width (top, window, content_width (window), found_cb, visit) && content_width (window) < width)
    found_cb ("places", "the window did not get the width that was asked for", visit);
  looks_write_words (top, visit->said);
}

/* Without a window manager a window has a frame of its own, which takes room that on a desktop is all the page's. */
static void
fit (GtkWindow *window,
     int        width)
{
  int frame = width - content_width (GTK_WIDGET (window));

  gtk_window_set_default_size (window, width + MAX (frame, 0), HEIGHT);
}

static void
go_to (Visit            *visit,
       const LooksPlace *place,
       int               width,
       gboolean          dark)
{
  GtkWidget *window = purser_window_new (visit->application);
  PurserSession *session = visit->sessions[place->org];

  g_free (visit->place);
  visit->place = g_strdup_printf ("%s, %d px, %s%s", place->name, width, setlocale (LC_MESSAGES, NULL), dark ? ", dark" : "");
  gtk_window_set_default_size (GTK_WINDOW (window), width, HEIGHT);
  if (session != NULL)
    purser_window_set_session (PURSER_WINDOW (window), session);
  else
    purser_window_open (PURSER_WINDOW (window), NULL);
  gtk_window_present (GTK_WINDOW (window));
  come_to_rest (window, 50);
  fit (GTK_WINDOW (window), width);
  if (!looks_go (PURSER_WINDOW (window), session, place))
    found_cb ("places", "the sample has nothing to show here", visit);
  if (place->action != NULL)
    come_to_rest (window, 50);
  looks_act (PURSER_WINDOW (window), session, place, visit->folder);
  come_to_rest (window, REST_MS);
  if (content_width (window) > width + SLACK)
    {
      g_autofree char *words = g_strdup_printf ("the window has %d px for its content", content_width (window));

      found_cb ("width", words, visit);
    }
  look (visit, window, width, dark);
  gtk_window_destroy (GTK_WINDOW (window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        remove_folder (path);
      else
        g_remove (path);
    }
  g_rmdir (folder);
}

static void
visit_all (Visit *visit)
{
  const char *only = g_getenv ("PURSER_LOOKS_ONLY"); /* one place, for whoever mends it */

  for (int dark = 0; dark < 2; dark++)
    {
      adw_style_manager_set_color_scheme (adw_style_manager_get_default (), dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
      for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
        for (guint i = 0; i < G_N_ELEMENTS (looks_places); i++)
          if (only == NULL || g_str_equal (only, looks_places[i].name))
            go_to (visit, &looks_places[i], widths[w], dark);
      if (g_str_has_prefix (setlocale (LC_MESSAGES, NULL), "de"))
        return;
    }
}

/* What the program complains of while it shows something belongs to that place. */
static GLogWriterOutput
log_cb (GLogLevelFlags   level,
        const GLogField *fields,
        gsize            n_fields,
        gpointer         data)
{
  Visit *visit = data;

  if (level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL) && visit->place != NULL)
    for (gsize i = 0; i < n_fields; i++)
      if (g_str_equal (fields[i].key, "MESSAGE"))
        {
          g_autofree char *message = g_strdelimit (g_strdup (fields[i].value), "\n\t", ' ');

          found_cb ("complaints", message, visit);
        }
  return g_log_writer_default (level, fields, n_fields, NULL);
}

/* The translations from the build folder: nothing is installed yet. */
static void
use_translations (void)
{
  const char *build = g_getenv ("G_TEST_BUILDDIR");
  g_autofree char *folder = g_build_filename (build != NULL ? build : ".", "..", "po", NULL);

  bindtextdomain (GETTEXT_PACKAGE, folder);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

static int
visit_in_language (const char *folder)
{
  Visit visit = { 0 };
  g_autofree char *found = g_build_filename (folder, "found", NULL), *said = g_build_filename (folder, "said", NULL);
  g_autofree char *names = g_build_filename (folder, "names", NULL);

  setlocale (LC_ALL, "");
  use_translations ();
  visit.application = purser_application_new ();
  g_application_set_flags (G_APPLICATION (visit.application), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (visit.application), NULL, NULL));
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  visit.folder = g_strdup (folder);
  visit.found = g_fopen (found, "w");
  visit.said = g_fopen (said, "w");
  g_assert_nonnull (visit.found);
  g_assert_nonnull (visit.said);
  g_log_set_writer_func (log_cb, &visit, NULL);
  write_lists (folder);
  visit.sessions[LOOKS_EMPTY_ORG] = make_session (&visit, "empty", FALSE);
  visit.sessions[LOOKS_SAMPLE_ORG] = make_session (&visit, "sample", TRUE);
  looks_write_names (visit.sessions[LOOKS_SAMPLE_ORG], names);
  visit_all (&visit);
  g_clear_pointer (&visit.place, g_free);
  test_gateway_end (&visit.gateway);
  for (guint i = 0; i < LOOKS_N_ORGS; i++)
    g_clear_object (&visit.sessions[i]);
  fclose (visit.found);
  fclose (visit.said);
  g_free (visit.folder);
  g_object_unref (visit.application);
  return 0;
}

/* --- in the process of the test --- */

static char *root; /* a folder of results for each language */

/* Where the machine lacks a locale, it is made for this test alone. */
static void
make_locale (const char *language,
             const char *folder,
             char     ***environment)
{
  g_autofree char *name = g_strconcat (language, ".UTF-8", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) maker = NULL;
  locale_t there = newlocale (LC_ALL_MASK, name, (locale_t) 0);

  if (there != (locale_t) 0)
    {
      freelocale (there);
      return;
    }
  maker = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, "localedef", "-i", language, "-f",
                            "UTF-8", path, NULL);
  g_assert_no_error (error);
  g_subprocess_wait (maker, NULL, NULL);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_DIR));
  *environment = g_environ_setenv (*environment, "LOCPATH", folder, TRUE);
}

static void
start_language (const char *self,
                const char *language)
{
  g_autofree char *folder = g_build_filename (root, language, NULL);
  g_autofree char *locale = g_strconcat (language, ".UTF-8", NULL);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) environment = g_get_environ ();

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  make_locale (language, root, &environment);
  environment = g_environ_setenv (environment, "LC_ALL", locale, TRUE);
  environment = g_environ_setenv (environment, "LANGUAGE", language, TRUE);
  environment = g_environ_setenv (environment, "XDG_DATA_HOME", folder, TRUE);
  environment = g_environ_setenv (environment, "GTK_A11Y", "none", TRUE);
  environment = g_environ_unsetenv (environment, "G_DEBUG"); /* a complaint is a finding; the visit goes on */
  g_subprocess_launcher_set_environ (launcher, environment);
  g_subprocess_launcher_set_stdout_file_path (launcher, "/dev/null");
  child = g_subprocess_launcher_spawn (launcher, &error, self, "--visit", folder, NULL);
  g_assert_no_error (error);
  g_subprocess_wait_check (child, NULL, &error);
  g_assert_no_error (error);
}

static void
test_check (gconstpointer data)
{
  const char *check = data;
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      g_autofree char *path = g_build_filename (root, languages[i], "found", NULL);
      g_autofree char *text = NULL;
      g_auto (GStrv) lines = NULL;
      g_autoptr (GError) error = NULL;

      g_file_get_contents (path, &text, NULL, &error);
      g_assert_no_error (error);
      lines = g_strsplit (text, "\n", -1);
      for (guint l = 0; lines[l] != NULL; l++)
        {
          g_auto (GStrv) fields = g_strsplit (lines[l], "\t", 3);

          if (g_strv_length (fields) != 3 || !g_str_equal (fields[0], check))
            continue;
          g_test_message ("%s: %s", fields[1], fields[2]);
          n++;
        }
    }
  if (n > 0)
    g_test_fail_printf ("%u findings", n);
}

static void
test_untranslated (void)
{
  guint n = looks_compare_words (root, languages[0], languages[1]);

  if (n > 0)
    g_test_fail_printf ("%u texts are in English where German is asked for", n);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char **arguments = g_new0 (char *, argc + 2);
  int code;

  if (g_getenv ("DISPLAY") == NULL && g_getenv ("WAYLAND_DISPLAY") == NULL)
    {
      g_print ("1..0 # SKIP there is no display\n");
      return 0;
    }
  if (argc == 3 && g_str_equal (argv[1], "--visit"))
    return visit_in_language (argv[2]);
  setlocale (LC_ALL, "C.UTF-8");
  /* All findings at once, not those of the first kind alone. */
  arguments[0] = argv[0];
  arguments[1] = (char *) "-k";
  for (int i = 1; i < argc; i++)
    arguments[i + 1] = argv[i];
  argc++;
  argv = arguments;
  g_test_init (&argc, &argv, NULL);
  root = g_dir_make_tmp ("purser-looks-XXXXXX", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    start_language (argv[0], languages[i]);
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    {
      g_autofree char *path = g_strconcat ("/looks/", checks[i], NULL);

      g_test_add_data_func (path, checks[i], test_check);
    }
  g_test_add_func ("/looks/untranslated", test_untranslated);
  code = g_test_run ();
  remove_folder (root);
  g_free (root);
  return code;
}
