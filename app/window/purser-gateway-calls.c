/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-gateway-calls.h"

#include <glib/gi18n-lib.h>
#include "purser-call-page.h"
#include "purser-gateway-call-cells.h"
#include "purser-layout.h"

struct _PurserGatewayCalls
{
  AdwBin               parent_instance;

  PurserSession       *session;     /* (owned) (nullable) */
  GCancellable        *cancellable; /* (owned): ends with it */
  guint                tick;        /* source while in sight */
  gboolean             loading, asking; /* the ledger, the gateway */
  gboolean             stale;       /* the ledger has news */
  gboolean             narrow;
  gboolean             ran;         /* the gateway, when last looked at */
  GPtrArray           *live;        /* (owned) (element-type PurserLiveCall) as last told */
  GPtrArray           *recent;      /* (owned) (element-type PurserCallRow) as last read */
  GListStore          *rows;        /* (owned) (element-type PurserGatewayCall) by id, latest first */
  GtkSliceListModel   *few;         /* (owned) the first of them */
  AdwPreferencesGroup *group;
  GtkWidget           *card, *nothing;
  GtkColumnView       *view;
  GtkListBox          *list;
};

G_DEFINE_FINAL_TYPE (PurserGatewayCalls, purser_gateway_calls, ADW_TYPE_BIN)

#define TICK_MS 1000
#define MAX_RECENT 50
#define MAX_IN_LIST 12 /* rows of a list are high, and the settings come after them */
#define READ_RECENT 200 /* tests and checks are among them, and not shown */

/* --- what is shown --- */

static PurserGatewayCall *
row_for (GHashTable *known,
         gint64      call_id)
{
  PurserGatewayCall *row = g_hash_table_lookup (known, &call_id);

  return row != NULL ? g_object_ref (row) : purser_gateway_call_new (call_id);
}

static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  gint64 x = purser_gateway_call_get_id (*(PurserGatewayCall **) a), y = purser_gateway_call_get_id (*(PurserGatewayCall **) b);

  return x < y ? 1 : x > y ? -1 : 0;
}

static GHashTable *
index_rows (PurserGatewayCalls *self)
{
  GHashTable *known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rows)); i++)
    {
      PurserGatewayCall *row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);
      gint64 id = purser_gateway_call_get_id (row);

      g_hash_table_insert (known, g_memdup2 (&id, sizeof id), row);
    }
  return known;
}

/* Only what differs is replaced: a row that stays keeps the focus, and the table its place. */
static void
put_rows (PurserGatewayCalls *self,
          GPtrArray          *wanted)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows)), before = 0, after = 0;
  gboolean at_top;

  for (; before < n && before < wanted->len; before++)
    {
      g_autoptr (GObject) row = g_list_model_get_item (G_LIST_MODEL (self->rows), before);

      if (row != wanted->pdata[before])
        break;
    }
  for (; after < n - before && after < wanted->len - before; after++)
    {
      g_autoptr (GObject) row = g_list_model_get_item (G_LIST_MODEL (self->rows), n - 1 - after);

      if (row != wanted->pdata[wanted->len - 1 - after])
        break;
    }
  if (n == before + after && wanted->len == n)
    return;
  at_top = gtk_adjustment_get_value (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->view))) < 1;
  g_list_store_splice (self->rows, before, n - before - after, wanted->pdata + before, wanted->len - before - after);
  if (at_top && before == 0 && wanted->len > 0) /* the table holds on to the row that was the first: new ones would stay out of sight */
    gtk_column_view_scroll_to (self->view, 0, NULL, GTK_LIST_SCROLL_NONE, NULL);
}

static void
say_running (PurserGatewayCalls *self)
{
  g_autofree char *words = NULL;

  if (self->live->len == 0)
    words = g_strdup (_("None runs at the moment."));
  else
    words = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u runs at the moment.", "%u run at the moment.", self->live->len), self->live->len);
  adw_preferences_group_set_description (self->group, words);
}

static void
show_layout (PurserGatewayCalls *self)
{
  gboolean empty = g_list_model_get_n_items (G_LIST_MODEL (self->rows)) == 0;

  gtk_widget_set_visible (self->nothing, empty);
  gtk_widget_set_visible (self->card, !empty && !self->narrow);
  gtk_widget_set_visible (GTK_WIDGET (self->list), !empty && self->narrow);
}

static void
merge (PurserGatewayCalls *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  gint64 now = purser_store_now (purser_session_get_store (self->session));
  g_autoptr (GHashTable) known = index_rows (self);
  g_autoptr (GHashTable) told = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->recent->len && wanted->len < MAX_RECENT; i++)
    {
      const PurserCallRow *done = g_ptr_array_index (self->recent, i);
      PurserGatewayCall *row;

      if (done->purpose != PURSER_PURPOSE_WORK || g_strcmp0 (done->outcome, "open") == 0)
        continue;
      row = row_for (known, done->call_id);
      purser_gateway_call_set_done (row, org, done);
      g_ptr_array_add (wanted, row);
      g_hash_table_add (told, (gpointer) &done->call_id);
    }
  for (guint i = 0; i < self->live->len; i++)
    {
      const PurserLiveCall *live = g_ptr_array_index (self->live, i);
      PurserGatewayCall *row;

      if (live->call_id == 0 || g_hash_table_contains (told, &live->call_id))
        continue; /* not admitted yet, or done since it was told of */
      row = row_for (known, live->call_id);
      purser_gateway_call_set_live (row, org, live, now);
      g_ptr_array_add (wanted, row);
    }
  g_ptr_array_sort (wanted, compare_rows);
  put_rows (self, wanted);
  say_running (self);
  show_layout (self);
}

/* --- reading --- */

typedef struct
{
  PurserGatewayCalls *self;   /* (owned) */
  GPtrArray          *recent; /* (owned) (nullable) */
} Read;

static void
read_free (Read *read)
{
  g_clear_pointer (&read->recent, g_ptr_array_unref);
  g_object_unref (read->self);
  g_free (read);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Read, read_free)

static gboolean
read_recent (PurserDb *db,
             gpointer  data,
             GError  **error)
{
  return (((Read *) data)->recent = purser_ledger_recent (db, 0, READ_RECENT, error)) != NULL;
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Read) read = user_data;
  PurserGatewayCalls *self = read->self;

  self->loading = FALSE;
  if (!purser_store_run_finish (PURSER_STORE (object), result, NULL) || self->session == NULL)
    return; /* the Overview says what is wrong with the file */
  g_ptr_array_unref (self->recent);
  self->recent = g_steal_pointer (&read->recent);
  merge (self);
}

static void
calls_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (PurserGatewayCalls) self = user_data;
  g_autoptr (GPtrArray) live = purser_control_calls_finish (PURSER_CONTROL (object), result, NULL);

  self->asking = FALSE;
  if (self->session == NULL)
    return;
  g_ptr_array_unref (self->live);
  self->live = live != NULL ? g_steal_pointer (&live) : g_ptr_array_new_with_free_func ((GDestroyNotify) purser_live_call_free);
  merge (self);
}

void
purser_gateway_calls_reload (PurserGatewayCalls *self)
{
  Read *read;

  self->stale = FALSE;
  if (self->session == NULL || self->loading)
    {
      self->stale = self->loading;
      return;
    }
  self->loading = TRUE;
  read = g_new0 (Read, 1);
  read->self = g_object_ref (self);
  purser_store_read_async (purser_session_get_store (self->session), read_recent, read, NULL, self->cancellable, read_cb, read);
}

static void
ask (PurserGatewayCalls *self)
{
  PurserControl *control = purser_session_get_control (self->session);

  if (self->asking || (!purser_control_is_running (control) && self->live->len == 0))
    return;
  self->asking = TRUE;
  purser_control_look_async (control, self->cancellable, NULL, NULL); /* its counts come with "changed" */
  purser_control_calls_async (control, purser_store_get_path (purser_session_get_store (self->session)), self->cancellable, calls_cb, g_object_ref (self));
}

static gboolean
tick_cb (gpointer user_data)
{
  PurserGatewayCalls *self = user_data;

  ask (self);
  if (self->stale)
    purser_gateway_calls_reload (self);
  return G_SOURCE_CONTINUE;
}

/* What runs is asked for as soon as there is somebody to ask. */
static void
control_changed_cb (PurserGatewayCalls *self)
{
  gboolean runs = purser_control_is_running (purser_session_get_control (self->session));

  if (runs != self->ran && gtk_widget_get_mapped (GTK_WIDGET (self)))
    ask (self);
  self->ran = runs;
}

static void
ledger_changed_cb (PurserGatewayCalls *self)
{
  self->stale = TRUE; /* the next second looks */
}

/* --- what a row leads to --- */

static void
activate_cb (PurserGatewayCalls *self,
             guint               position)
{
  g_autoptr (PurserGatewayCall) row = g_list_model_get_item (G_LIST_MODEL (self->rows), position);

  if (row != NULL)
    purser_window_push (GTK_WIDGET (self), purser_call_page_new (self->session, purser_gateway_call_get_id (row)));
}

static void
row_activated_cb (PurserGatewayCalls *self,
                  GtkListBoxRow      *row)
{
  activate_cb (self, gtk_list_box_row_get_index (row));
}

/* --- object --- */

static void
purser_gateway_calls_map (GtkWidget *widget)
{
  PurserGatewayCalls *self = PURSER_GATEWAY_CALLS (widget);

  GTK_WIDGET_CLASS (purser_gateway_calls_parent_class)->map (widget);
  purser_gateway_calls_reload (self);
  if (self->session != NULL)
    ask (self);
  if (self->tick == 0)
    self->tick = g_timeout_add (TICK_MS, tick_cb, self);
}

static void
purser_gateway_calls_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&PURSER_GATEWAY_CALLS (widget)->tick, g_source_remove);
  GTK_WIDGET_CLASS (purser_gateway_calls_parent_class)->unmap (widget);
}

static void
purser_gateway_calls_dispose (GObject *object)
{
  PurserGatewayCalls *self = PURSER_GATEWAY_CALLS (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_gateway_calls_parent_class)->dispose (object);
}

static void
purser_gateway_calls_finalize (GObject *object)
{
  PurserGatewayCalls *self = PURSER_GATEWAY_CALLS (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->few);
  g_clear_object (&self->rows);
  g_ptr_array_unref (self->live);
  g_ptr_array_unref (self->recent);
  G_OBJECT_CLASS (purser_gateway_calls_parent_class)->finalize (object);
}

static void
purser_gateway_calls_class_init (PurserGatewayCallsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_gateway_calls_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_gateway_calls_finalize;
  GTK_WIDGET_CLASS (klass)->map = purser_gateway_calls_map;
  GTK_WIDGET_CLASS (klass)->unmap = purser_gateway_calls_unmap;
}

static void
make_table (PurserGatewayCalls *self)
{
  GtkWidget *scroller = g_object_new (GTK_TYPE_SCROLLED_WINDOW, "hscrollbar-policy", GTK_POLICY_NEVER, "propagate-natural-height", TRUE, "max-content-height", 460, NULL);
  g_autoptr (GtkNoSelection) selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->rows)));

  self->view = g_object_new (GTK_TYPE_COLUMN_VIEW, "single-click-activate", TRUE, "show-row-separators", TRUE, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "purser-table");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Calls"), -1);
  purser_gateway_call_cells_add (self->view);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  g_signal_connect_swapped (self->view, "activate", G_CALLBACK (activate_cb), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->view));
  self->card = g_object_new (ADW_TYPE_BIN, "overflow", GTK_OVERFLOW_HIDDEN, "child", scroller, "visible", FALSE, NULL);
  gtk_widget_add_css_class (self->card, "card");
}

static void
make_list (PurserGatewayCalls *self)
{
  self->list = g_object_new (GTK_TYPE_LIST_BOX, "selection-mode", GTK_SELECTION_NONE, "visible", FALSE, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Calls"), -1);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (row_activated_cb), self);
}

static void
purser_gateway_calls_init (PurserGatewayCalls *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->cancellable = g_cancellable_new ();
  self->live = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_live_call_free);
  self->recent = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_call_row_free);
  self->rows = g_list_store_new (PURSER_TYPE_GATEWAY_CALL);
  self->few = gtk_slice_list_model_new (g_object_ref (G_LIST_MODEL (self->rows)), 0, MAX_IN_LIST);
  make_table (self);
  make_list (self);
  self->nothing = g_object_new (ADW_TYPE_ACTION_ROW, "title", _("No call yet"), "subtitle", _("The first one shows here as soon as a tool makes it."), NULL);
  gtk_box_append (GTK_BOX (box), self->card);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->list));
  self->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_title (self->group, _("Calls"));
  adw_preferences_group_add (self->group, box);
  adw_preferences_group_add (self->group, self->nothing);
  purser_layout_keep_focus (self->view, self->list);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->group));
}

void
purser_gateway_calls_set_session (PurserGatewayCalls *self,
                                  PurserSession      *session)
{
  g_set_object (&self->session, session);
  self->ran = purser_control_is_running (purser_session_get_control (session));
  g_signal_connect_object (session, "ledger-changed", G_CALLBACK (ledger_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (purser_session_get_control (session), "changed", G_CALLBACK (control_changed_cb), self, G_CONNECT_SWAPPED);
}

void
purser_gateway_calls_set_narrow (PurserGatewayCalls *self,
                                 gboolean            narrow)
{
  self->narrow = narrow;
  gtk_list_box_bind_model (self->list, narrow ? G_LIST_MODEL (self->few) : NULL, purser_gateway_call_cells_make_list_row, NULL, NULL);
  show_layout (self);
}
