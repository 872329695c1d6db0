/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-control-private.h"

/* Served: file, name of the organisation, address, why it is not served, since (µs UTC), calls running, calls done since.
 * Calls: id, principal, workload, model, started (µs UTC), dialect, streamed, state, attempts. */
static const char XML[] = "<node>"
                          " <interface name='" PURSER_CONTROL_INTERFACE "'>"
                          "  <property name='Version' type='s' access='read'>"
                          "   <annotation name='org.freedesktop.DBus.Property.EmitsChangedSignal' value='const'/>"
                          "  </property>"
                          "  <property name='Served' type='a(ssssxut)' access='read'/>"
                          "  <method name='Calls'>"
                          "   <arg name='file' type='s' direction='in'/>"
                          "   <arg name='calls' type='a(xxxxxsbsu)' direction='out'/>"
                          "  </method>"
                          "  <method name='Refresh'/>"
                          "  <method name='Stop'>"
                          "   <arg name='drain' type='b' direction='in'/>"
                          "  </method>"
                          " </interface>"
                          "</node>";

GDBusInterfaceInfo *
purser_control_interface (void)
{
  static GDBusNodeInfo *node;
  if (g_once_init_enter_pointer (&node))
    g_once_init_leave_pointer (&node, g_dbus_node_info_new_for_xml (XML, NULL));
  return node->interfaces[0];
}

void
purser_served_state_free (PurserServedState *state)
{
  g_free (state->file);
  g_free (state->name);
  g_free (state->url);
  g_free (state->problem);
  g_free (state);
}

void
purser_live_call_free (PurserLiveCall *call)
{
  g_free (call->dialect);
  g_free (call->state);
  g_free (call);
}

char *
purser_control_escape_file (const char *file)
{
  GString *escaped = g_string_new (NULL);
  for (const char *p = file; *p != '\0';)
    {
      const char *end = NULL;
      gboolean all = g_utf8_validate (p, -1, &end);
      for (; p < end; p++)
        if (*p == '%')
          g_string_append (escaped, "%25");
        else
          g_string_append_c (escaped, *p);
      if (!all)
        g_string_append_printf (escaped, "%%%02X", (guchar) *p++);
    }
  return g_string_free_and_steal (escaped);
}

/* Not g_uri_unescape_string(): that one refuses what is no UTF-8. */
char *
purser_control_unescape_file (const char *text)
{
  GString *plain = g_string_new (NULL);
  for (const char *p = text; *p != '\0'; p++)
    if (*p == '%' && g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2]))
      {
        g_string_append_c (plain, (char) (g_ascii_xdigit_value (p[1]) << 4 | g_ascii_xdigit_value (p[2])));
        p += 2;
      }
    else
      g_string_append_c (plain, *p);
  return g_string_free_and_steal (plain);
}

static char *
text_or_null (const char *text)
{
  return *text != '\0' ? g_strdup (text) : NULL;
}

static char *
valid (const char *text)
{
  return g_utf8_make_valid (text != NULL ? text : "", -1);
}

GVariant *
purser_control_served_to_variant (GPtrArray *served)
{
  GVariantBuilder builder;
  g_variant_builder_init_static (&builder, PURSER_CONTROL_SERVED_TYPE);
  for (guint i = 0; i < served->len; i++)
    {
      const PurserServedState *state = g_ptr_array_index (served, i);
      g_autofree char *file = purser_control_escape_file (state->file), *name = valid (state->name),
                      *url = valid (state->url), *problem = valid (state->problem);
      g_variant_builder_add (&builder, "(ssssxut)", file, name, url, problem, state->since, state->calls_running,
                             state->calls_done);
    }
  return g_variant_builder_end (&builder);
}

GPtrArray *
purser_control_served_from_variant (GVariant *variant)
{
  GPtrArray *served = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_served_state_free);
  GVariantIter iter;
  const char *file, *name, *url, *problem;
  PurserServedState row = { 0 };

  g_variant_iter_init (&iter, variant);
  while (g_variant_iter_next (&iter, "(&s&s&s&sxut)", &file, &name, &url, &problem, &row.since, &row.calls_running,
                              &row.calls_done))
    {
      PurserServedState *state = g_new (PurserServedState, 1);
      *state = row;
      state->file = purser_control_unescape_file (file);
      state->name = g_strdup (name);
      state->url = text_or_null (url);
      state->problem = text_or_null (problem);
      g_ptr_array_add (served, state);
    }
  return served;
}

GVariant *
purser_control_calls_to_variant (GPtrArray *calls)
{
  GVariantBuilder builder;
  g_variant_builder_init_static (&builder, PURSER_CONTROL_CALLS_TYPE);
  for (guint i = 0; i < calls->len; i++)
    {
      const PurserLiveCall *call = g_ptr_array_index (calls, i);
      g_autofree char *dialect = valid (call->dialect), *state = valid (call->state);
      g_variant_builder_add (&builder, "(xxxxxsbsu)", call->call_id, call->principal_id, call->workload_id,
                             call->model_id, call->started, dialect, call->streamed, state, call->attempts);
    }
  return g_variant_builder_end (&builder);
}

GPtrArray *
purser_control_calls_from_variant (GVariant *variant)
{
  GPtrArray *calls = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_live_call_free);
  GVariantIter iter;
  const char *dialect, *state;
  PurserLiveCall row = { 0 };

  g_variant_iter_init (&iter, variant);
  while (g_variant_iter_next (&iter, "(xxxxx&sb&su)", &row.call_id, &row.principal_id, &row.workload_id, &row.model_id,
                              &row.started, &dialect, &row.streamed, &state, &row.attempts))
    {
      PurserLiveCall *call = g_new (PurserLiveCall, 1);
      *call = row;
      call->dialect = g_strdup (dialect);
      call->state = g_strdup (state);
      g_ptr_array_add (calls, call);
    }
  return calls;
}
