/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport-suite.h"

#include <string.h>

/* Closing, pausing, freeing; many at once. */

/* At every point: nothing comes afterwards, and the connection goes. */
static void
test_close_everywhere (void)
{
  static const struct
  {
    const char *fault, *at;
  } points[] = {
    { "silent", "" },         { "silent", "connected" }, { "silent-start", "headers" }, { "endless", "headers" },
    { "endless", "bytes" },   { "stalls", "bytes" },     { "slow", "bytes" },           { "ok", "headers" },
    { "ok", "end" },          { "cut", "error" },        { "cut-headers", "error" },    { "big", "bytes" },
    { "kept-tail", "bytes" },
  };
  PurserTransport *transport = rig->new_transport ();
  Hostile *hostile = hostile_new (NULL);
  for (gsize i = 0; i < 2 * G_N_ELEMENTS (points); i++)
    {
      const char *fault = points[i / 2].fault;
      g_autofree char *address = hostile_address (hostile, "x", fault, "openai-compatible");
      Probe probe = { .close_at = points[i / 2].at, .drain = i % 2 };
      probe_start (&probe, transport, address, NULL);
      if (*probe.close_at == '\0')
        {
          transport->close (g_steal_pointer (&probe.exchange), probe.drain);
          probe.over = TRUE;
        }
      spin (probe_over, &probe, 10);
      gsize count = probe.count;
      gboolean stays = rig->keeps && probe.drain && g_str_equal (fault, "kept-tail");
      if (!stays)
        spin (none_open, hostile, 10);
      g_assert_cmpuint (probe.count, ==, count);
      probe_clear (&probe);
    }
  purser_transport_free (transport);
  spin (none_open, hostile, 10);
  hostile_free (hostile);
}

static gboolean
clean_one (gpointer data)
{
  return hostile_clean (data) == 1;
}

/* What follows the end mark is read, so the server does not count the reply as broken off. */
static void
test_drain (void)
{
  PurserTransport *transport = rig->new_transport ();
  Hostile *hostile = hostile_new (NULL);
  g_autofree char *address = hostile_address (hostile, "x", "slow", "openai-compatible");
  Probe probe = { .close_at = "bytes", .drain = TRUE };
  probe_start (&probe, transport, address, NULL);
  spin (probe_over, &probe, 10);
  spin (clean_one, hostile, 5);
  spin (none_open, hostile, 5);
  probe_clear (&probe);
  purser_transport_free (transport);
  hostile_free (hostile);
}

static gboolean
tail_written (gpointer data)
{
  return hostile_clean (data) > 0;
}

/* Drained, a connection serves the next one too, where connections are kept; given up, it is not used again. */
static void
test_drain_keeps (void)
{
  for (int drain = 0; drain < 2; drain++)
    {
      PurserTransport *transport = rig->new_transport ();
      Hostile *hostile = hostile_new (NULL);
      g_autofree char *address = hostile_address (hostile, "x", "kept-tail", "openai-compatible");
      Probe probe = { .close_at = "bytes", .drain = drain };
      probe_start (&probe, transport, address, NULL);
      spin (probe_over, &probe, 10);
      probe_clear (&probe);
      if (drain)
        spin (tail_written, hostile, 5);
      else
        spin (none_open, hostile, 5);
      for (int i = 0; i < 20;
           i++) /* what was written comes in within a few turns, or is late: then it is a new connection */
        {
          rig->turn ();
          g_usleep (500);
        }
      probe_run (&probe, transport, hostile, "y", "kept");
      g_assert_true (probe.ended);
      g_assert_cmpuint (hostile_reused (hostile), ==, drain && rig->keeps ? 1 : 0);
      probe_clear (&probe);
      purser_transport_free (transport);
      spin (none_open, hostile, 10);
      hostile_free (hostile);
    }
}

/* A caller may be gone while what it gave up is still being drained, or sent. */
static void
test_free_early (void)
{
  static const struct
  {
    const char *fault, *at;
    gboolean drain;
  } points[] = {
    { "slow", "bytes", TRUE }, { "slow", "headers", FALSE }, { "silent", "connected", FALSE }, { "big", "bytes", TRUE }
  };
  Hostile *hostile = hostile_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (points); i++)
    {
      g_autofree char *address = hostile_address (hostile, "x", points[i].fault, "openai-compatible");
      PurserTransport *transport = rig->new_transport ();
      Probe probe = { .close_at = points[i].at, .drain = points[i].drain };
      probe_start (&probe, transport, address, NULL);
      spin (probe_over, &probe, 10);
      purser_transport_free (transport);
      spin (none_open, hostile, 10);
      probe_clear (&probe);
    }
  hostile_free (hostile);
}

/* Sent and never seen again. */
static void
test_free_at_once (void)
{
  Hostile *hostile = hostile_new (NULL);
  PurserTransport *transport = rig->new_transport ();
  Probe probes[3] = { 0 };
  static const char *const addresses[] = { "http://127.0.0.1:1/v1", "nonsense" };
  for (gsize i = 0; i < G_N_ELEMENTS (probes); i++)
    {
      g_autofree char *address = hostile_address (hostile, "x", "silent", "openai-compatible");
      probe_start (&probes[i], transport, i < 2 ? addresses[i] : address, NULL);
      probe_clear (&probes[i]);
    }
  purser_transport_free (transport);
  spin (none_open, hostile, 10);
  hostile_free (hostile);
}

/* ——— pausing ——— */

static gboolean
some_bytes (gpointer data)
{
  return ((Probe *) data)->count > 1000;
}

typedef struct
{
  Hostile *hostile;
  guint64 written;
  guint turns;
} Held;

/* The server has not got rid of anything for a good while. */
static gboolean
is_held_back (gpointer data)
{
  Held *held = data;
  guint64 written = hostile_written (held->hostile);
  held->turns = written == held->written ? held->turns + 1 : 0;
  held->written = written;
  return held->turns > 400;
}

/* Paused at any point, 64 MB wait at the server, not here; resumed, all of them come. */
static void
test_pause (void)
{
  static const char *const points[] = { "", "connected", "headers", "bytes" };
  for (gsize i = 0; i < G_N_ELEMENTS (points); i++)
    {
      PurserTransport *transport = rig->new_transport ();
      Hostile *hostile = hostile_new (NULL);
      g_autofree char *address = hostile_address (hostile, "x", "big", "openai-compatible");
      Probe probe = { .pause_at = points[i], .drop = TRUE };
      Held held = { .hostile = hostile };
      probe_start (&probe, transport, address, NULL);
      if (*points[i] == '\0')
        transport->pause (probe.exchange, TRUE);
      spin (is_held_back, &held, 20);
      g_test_message ("paused at \"%s\": %zu bytes told, %u MB written", points[i], probe.count,
                      (guint) (held.written / 1024 / 1024));
      g_assert_cmpuint (held.written, <, 32 * 1024 * 1024);
      g_assert_cmpuint (probe.count, <, 4 * 1024 * 1024);
      g_assert_cmpint (probe.status, ==, 200);
      g_assert_false (probe.over);
      probe.pause_at = NULL;
      transport->pause (probe.exchange, FALSE);
      spin (probe_over, &probe, 60);
      g_assert_true (probe.ended);
      g_assert_cmpuint (probe.count, ==, 64 * 1024 * 1024);
      probe_clear (&probe);
      purser_transport_free (transport);
      hostile_free (hostile);
    }
}

/* On and off and on again within one turn; and given up while paused. */
static void
test_pause_flips (void)
{
  PurserTransport *transport = rig->new_transport ();
  Hostile *hostile = hostile_new (NULL);
  for (int round = 0; round < 4; round++)
    {
      g_autofree char *address = hostile_address (hostile, "x", "endless", "openai-compatible");
      Probe probe = { .drop = TRUE, .drain = round % 2 };
      probe_start (&probe, transport, address, NULL);
      spin (some_bytes, &probe, 10);
      for (int i = 0; i < 50; i++)
        {
          transport->pause (probe.exchange, i % 2 == 0);
          if (i % 7 == 0)
            rig->turn ();
        }
      probe.count = 0;
      spin (some_bytes, &probe, 10);
      transport->pause (probe.exchange, round < 2);
      transport->close (g_steal_pointer (&probe.exchange), probe.drain);
      spin (none_open, hostile, 10);
      probe_clear (&probe);
    }
  purser_transport_free (transport);
  hostile_free (hostile);
}

/* The server has said everything and gone. */
static gboolean
said_all (gpointer hostile)
{
  return hostile_requests (hostile, "x") == 1 && hostile_open (hostile) == 0;
}

static gboolean
has_status (gpointer probe)
{
  return ((Probe *) probe)->status != 0;
}

/* The end, too, waits for a paused user. */
static void
test_pause_end (void)
{
  static const char *const faults[] = { "ok", "cut" };
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      PurserTransport *transport = rig->new_transport ();
      Hostile *hostile = hostile_new (NULL);
      g_autofree char *address = hostile_address (hostile, "x", faults[i], "openai-compatible");
      Probe probe = { .pause_at = "headers" };
      probe_start (&probe, transport, address, NULL);
      spin (said_all, hostile, 10);
      spin (has_status, &probe, 10);
      for (int n = 0; n < 200; n++)
        {
          rig->turn ();
          g_main_context_iteration (NULL, FALSE);
        }
      g_assert_cmpuint (probe.count, ==, 0);
      g_assert_false (probe.over);
      transport->pause (probe.exchange, FALSE);
      spin (probe_over, &probe, 10);
      g_assert_cmpuint (probe.count, >, 0);
      g_assert_cmpint (probe.ended, ==, i == 0);
      probe_clear (&probe);
      purser_transport_free (transport);
      hostile_free (hostile);
    }
}

/* ——— many ——— */

enum
{
  MANY = 200,
};

static gboolean
all_over (gpointer data)
{
  Probe *probes = data;
  for (int i = 0; i < MANY; i++)
    if (!probes[i].over)
      return FALSE;
  return TRUE;
}

static gboolean
few_descriptors (gpointer data)
{
  return descriptors () <= *(guint *) data;
}

/* Two hundred at once do not wait for each other, and leave no descriptor behind. */
static void
test_descriptors (void)
{
  static const char *const mix[] = { "slow", "ok", "500", "cut", "cut-headers", "inside", "kept", "kept-stream" };
  PurserTransport *transport = rig->new_transport ();
  Hostile *hostile = hostile_new (NULL);
  g_autofree Probe *probes = g_new0 (Probe, MANY);
  guint before = descriptors ();
  for (int round = 0; round < 4; round++)
    {
      for (int i = 0; i < MANY; i++)
        {
          g_autofree char *address = hostile_address (hostile, "x", mix[i % G_N_ELEMENTS (mix)], "openai-compatible");
          probe_start (&probes[i], transport, address, NULL);
        }
      spin (all_over, probes, 30);
      for (int i = 0; i < MANY; i++)
        probe_clear (&probes[i]);
      /* Both ends of what is kept are in this process; and up to 256 that the server has shut wait for the next request, or a minute. */
      guint most = before + 40 + (rig->keeps ? 256 + MANY / 4 : 0);
      spin (few_descriptors, &most, 10);
    }
  purser_transport_free (transport);
  spin (none_open, hostile, 10);
  before += 16; /* threads and wake-up descriptors of the first round */
  spin (few_descriptors, &before, 10);
  hostile_free (hostile);
}

void
transport_add_life (void)
{
  suite_case ("close-everywhere", test_close_everywhere);
  suite_case ("drain", test_drain);
  suite_case ("drain-keeps", test_drain_keeps);
  suite_case ("free-early", test_free_early);
  suite_case ("free-at-once", test_free_at_once);
  suite_case ("pause", test_pause);
  suite_case ("pause-flips", test_pause_flips);
  suite_case ("pause-end", test_pause_end);
  suite_case ("descriptors", test_descriptors);
}
