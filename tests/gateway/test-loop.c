/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-loop.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* The data plane's loop. Nothing here is judged by how long it took: only by what ran, and in which order. */

typedef struct
{
  PurserLoop *loop;
  GString *log;
  PurserWatch *watches[8];
  PurserTimer *timers[64];
  int pairs[8][2];
  guint n, wanted;
} Bench;

static void
bench_open (Bench *bench)
{
  g_autoptr(GError) error = NULL;
  bench->loop = purser_loop_new (&error);
  g_assert_no_error (error);
  bench->log = g_string_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (bench->pairs); i++)
    g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, bench->pairs[i]), ==, 0);
}

static void
bench_close (Bench *bench)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bench->watches); i++)
    purser_watch_free (bench->watches[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (bench->timers); i++)
    purser_timer_free (bench->timers[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (bench->pairs); i++)
    {
      close (bench->pairs[i][0]);
      close (bench->pairs[i][1]);
    }
  purser_loop_free (bench->loop);
  g_string_free (bench->log, TRUE);
}

static void
quit_cb (gpointer data)
{
  purser_loop_quit (((Bench *) data)->loop);
}

/* ——— posting ——— */

enum
{
  THREADS = 8,
  POSTS = 5000,
};

typedef struct
{
  Bench *bench;
  guint thread, number;
} Post;

typedef struct
{
  Bench *bench;
  guint thread;
} Sender;

static guint next_number[THREADS];

static void
posted_cb (gpointer data)
{
  g_autofree Post *post = data;
  g_assert_cmpuint (post->number, ==, next_number[post->thread]);
  next_number[post->thread]++;
  if (++post->bench->n == THREADS * POSTS)
    purser_loop_quit (post->bench->loop);
}

static gpointer
send_posts (gpointer data)
{
  const Sender *sender = data;
  for (guint i = 0; i < POSTS; i++)
    {
      Post *post = g_new (Post, 1);
      *post = (Post) { sender->bench, sender->thread, i };
      purser_loop_post (sender->bench->loop, posted_cb, post);
    }
  return NULL;
}

/* Every post of every thread runs once, in its thread's order, on the loop's thread alone (nothing in posted_cb is atomic). */
static void
test_post_threads (void)
{
  Bench bench = { 0 };
  Sender senders[THREADS];
  GThread *threads[THREADS];
  bench_open (&bench);
  memset (next_number, 0, sizeof next_number);
  for (guint i = 0; i < THREADS; i++)
    {
      senders[i] = (Sender) { &bench, i };
      threads[i] = g_thread_new ("sender", send_posts, &senders[i]);
    }
  purser_loop_run (bench.loop);
  for (guint i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (bench.n, ==, THREADS * POSTS);
  bench_close (&bench);
}

static void
log_a_cb (gpointer data)
{
  g_string_append_c (((Bench *) data)->log, 'a');
}

static void
log_b_cb (gpointer data)
{
  g_string_append_c (((Bench *) data)->log, 'b');
}

static void
post_b_cb (gpointer data)
{
  purser_loop_post (((Bench *) data)->loop, log_b_cb, data);
  purser_loop_post (((Bench *) data)->loop, quit_cb, data);
}

/* What was posted before quit is done, from before the loop runs too; the loop can run again afterwards. */
static void
test_quit (void)
{
  Bench bench = { 0 };
  bench_open (&bench);
  purser_loop_post (bench.loop, log_a_cb, &bench);
  purser_loop_post (bench.loop, log_b_cb, &bench);
  purser_loop_quit (bench.loop);
  purser_loop_run (bench.loop);
  g_assert_cmpstr (bench.log->str, ==, "ab");
  purser_loop_post (bench.loop, post_b_cb, &bench);
  purser_loop_post (bench.loop, log_a_cb, &bench);
  purser_loop_run (bench.loop);
  g_assert_cmpstr (bench.log->str, ==, "abab");
  purser_loop_post (bench.loop, log_a_cb, &bench); /* dropped with the loop */
  bench_close (&bench);
}

static gpointer
quit_thread (gpointer data)
{
  g_usleep (20000);
  purser_loop_quit (data);
  return NULL;
}

/* A loop that waits for nothing at all is woken by another thread's quit. */
static void
test_quit_thread (void)
{
  Bench bench = { 0 };
  bench_open (&bench);
  GThread *thread = g_thread_new ("quit", quit_thread, bench.loop);
  purser_loop_run (bench.loop);
  g_thread_join (thread);
  bench_close (&bench);
}

/* ——— later ——— */

static void
later_c_cb (gpointer data)
{
  g_string_append_c (((Bench *) data)->log, 'c');
}

static void
later_a_cb (gpointer data)
{
  Bench *bench = data;
  g_string_append_c (bench->log, 'a');
  purser_loop_later (bench->loop, later_c_cb, bench);
  if (bench->n++ == 0)
    purser_loop_later (bench->loop, later_a_cb, bench); /* asked for anew while it runs */
}

static void
ask_later_cb (gpointer data)
{
  Bench *bench = data;
  purser_loop_later (bench->loop, later_a_cb, bench);
  purser_loop_later (bench->loop, log_b_cb, bench);
  purser_loop_later (bench->loop, later_a_cb, bench);
  purser_loop_later (bench->loop, later_a_cb, bench->log); /* other data, dropped again */
  purser_loop_forget (bench->loop, bench->log);
  g_string_append_c (bench->log, '0');
  purser_loop_post (bench->loop, quit_cb, bench);
}

static void
test_later (void)
{
  Bench bench = { 0 };
  bench_open (&bench);
  purser_loop_post (bench.loop, ask_later_cb, &bench);
  purser_loop_post (bench.loop, log_b_cb, &bench); /* of the same turn, so before what is put off */
  purser_loop_run (bench.loop);
  g_assert_cmpstr (bench.log->str, ==,
                   "0babca"
                   "c");
  bench_close (&bench);
}

/* Asked for before the loop runs: the first turn does not wait. Left over: freed. */
static void
test_later_outside (void)
{
  Bench bench = { 0 };
  bench_open (&bench);
  purser_loop_later (bench.loop, log_a_cb, &bench);
  purser_loop_later (bench.loop, quit_cb, &bench);
  purser_loop_run (bench.loop);
  g_assert_cmpstr (bench.log->str, ==, "a");
  purser_loop_later (bench.loop, log_a_cb, &bench);
  bench_close (&bench);
}

/* ——— timers ——— */

typedef struct
{
  Bench *bench;
  guint index;
  gint64 at;
} Alarm;

static Alarm alarms[64];

static void
alarm_cb (gpointer data)
{
  const Alarm *alarm = data;
  Bench *bench = alarm->bench;
  g_assert_cmpint (g_get_monotonic_time (), >=, alarm->at);
  g_string_append_printf (bench->log, "%u ", alarm->index);
  if (++bench->n == bench->wanted)
    purser_loop_quit (bench->loop);
}

static void
add_alarm (Bench *bench, guint index, gint64 at)
{
  alarms[index] = (Alarm) { bench, index, at };
  if (bench->timers[index] == NULL)
    bench->timers[index] = purser_timer_new (bench->loop, alarm_cb, &alarms[index]);
  purser_timer_set (bench->timers[index], at);
}

static int
by_time (gconstpointer a, gconstpointer b)
{
  const Alarm *one = a, *other = b;
  return one->at < other->at ? -1 : one->at > other->at ? 1 : (int) one->index - (int) other->index;
}

/* Whatever the order in which timers were set, moved and turned off, they run out in the order of their times, and those of one time in the order set. */
static void
test_timer_order (void)
{
  for (guint32 seed = 0; seed < 50; seed++)
    {
      Bench bench = { 0 };
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
      g_autoptr(GString) expected = g_string_new (NULL);
      g_autoptr(GArray) kept = g_array_new (FALSE, FALSE, sizeof (Alarm));
      bench_open (&bench);
      gint64 now = g_get_monotonic_time ();
      for (guint i = 0; i < G_N_ELEMENTS (alarms); i++)
        add_alarm (&bench, i, now + g_rand_int_range (rand, 0, 4000));
      for (guint i = 0; i < G_N_ELEMENTS (alarms); i++) /* moved */
        add_alarm (&bench, i, now + g_rand_int_range (rand, 0, 20) * 100);
      for (guint i = 0; i < G_N_ELEMENTS (alarms); i += 3) /* off, or gone */
        if (g_rand_boolean (rand))
          purser_timer_set (bench.timers[i], -1);
        else
          g_clear_pointer (&bench.timers[i], purser_timer_free);
      for (guint i = 0; i < G_N_ELEMENTS (alarms); i++)
        if (i % 3 != 0)
          g_array_append_val (kept, alarms[i]);
      g_array_sort (kept, by_time);
      for (guint i = 0; i < kept->len; i++)
        g_string_append_printf (expected, "%u ", g_array_index (kept, Alarm, i).index);
      bench.wanted = kept->len;
      purser_loop_run (bench.loop);
      g_assert_cmpstr (bench.log->str, ==, expected->str);
      bench_close (&bench);
    }
}

/* A timer that sets itself to what is past runs again in a later turn: what waits on a descriptor has its turn in between. */
static void
again_cb (gpointer data)
{
  Bench *bench = data;
  g_string_append_c (bench->log, 't');
  if (++bench->n == 1)
    purser_loop_post (bench->loop, log_a_cb, bench);
  if (bench->n < 3)
    purser_timer_set (bench->timers[0], 0);
  else
    {
      g_clear_pointer (&bench->timers[0], purser_timer_free);
      purser_loop_quit (bench->loop);
    }
}

static void
test_timer_again (void)
{
  Bench bench = { 0 };
  bench_open (&bench);
  bench.timers[0] = purser_timer_new (bench.loop, again_cb, &bench);
  purser_timer_set (bench.timers[0], 0);
  purser_loop_run (bench.loop);
  g_assert_cmpstr (bench.log->str, ==, "tatt");
  bench_close (&bench);
}

/* One due timer frees another that is due in the same turn. */
static void
free_other_cb (gpointer data)
{
  Bench *bench = data;
  g_string_append_c (bench->log, 'f');
  g_clear_pointer (&bench->timers[1], purser_timer_free);
  purser_timer_set (bench->timers[2], -1);
  purser_loop_quit (bench->loop);
}

static void
test_timer_free (void)
{
  Bench bench = { 0 };
  bench_open (&bench);
  bench.timers[0] = purser_timer_new (bench.loop, free_other_cb, &bench);
  bench.timers[1] = purser_timer_new (bench.loop, log_a_cb, &bench);
  bench.timers[2] = purser_timer_new (bench.loop, log_a_cb, &bench);
  for (int i = 0; i < 3; i++)
    purser_timer_set (bench.timers[i], 1 + i);
  purser_loop_run (bench.loop);
  g_assert_cmpstr (bench.log->str, ==, "f");
  bench_close (&bench);
}

/* ——— watches ——— */

static void
read_cb (int fd, guint32 events, gpointer data)
{
  Bench *bench = data;
  char byte = 0;
  g_assert_true ((events & EPOLLIN) != 0);
  g_assert_cmpint (read (fd, &byte, 1), ==, 1);
  g_string_append_c (bench->log, byte);
  if (byte == '.')
    purser_loop_quit (bench->loop);
}

/* Level-triggered: what is left is told again. */
static void
test_watch (void)
{
  Bench bench = { 0 };
  bench_open (&bench);
  bench.watches[0] = purser_watch_new (bench.loop, bench.pairs[0][0], EPOLLIN, read_cb, &bench);
  g_assert_cmpint (write (bench.pairs[0][1], "abc.", 4), ==, 4);
  purser_loop_run (bench.loop);
  g_assert_cmpstr (bench.log->str, ==, "abc.");
  bench_close (&bench);
}

static void
write_cb (int fd, guint32 events, gpointer data)
{
  Bench *bench = data;
  g_assert_cmpuint (events & EPOLLOUT, ==, EPOLLOUT);
  g_assert_cmpint (write (fd, "x.", 2), ==, 2);
  purser_watch_set (bench->watches[0], EPOLLIN); /* else it would be called for ever */
}

static void
test_watch_set (void)
{
  Bench bench = { 0 };
  bench_open (&bench);
  bench.watches[0] = purser_watch_new (bench.loop, bench.pairs[0][0], EPOLLOUT, write_cb, &bench);
  bench.watches[1] = purser_watch_new (bench.loop, bench.pairs[0][1], EPOLLIN, read_cb, &bench);
  purser_loop_run (bench.loop);
  g_assert_cmpstr (bench.log->str, ==, "x.");
  bench_close (&bench);
}

static void
hangup_cb (int fd, guint32 events, gpointer data)
{
  Bench *bench = data;
  g_assert_true ((events & EPOLLRDHUP) != 0);
  g_string_append_c (bench->log, 'h');
  g_clear_pointer (&bench->watches[0], purser_watch_free);
  purser_loop_quit (bench->loop);
}

static void
test_watch_hangup (void)
{
  Bench bench = { 0 };
  bench_open (&bench);
  bench.watches[0] = purser_watch_new (bench.loop, bench.pairs[0][0], EPOLLRDHUP, hangup_cb, &bench);
  g_assert_cmpint (shutdown (bench.pairs[0][1], SHUT_WR), ==, 0);
  purser_loop_run (bench.loop);
  g_assert_cmpstr (bench.log->str, ==, "h");
  bench_close (&bench);
}

/* Whichever of four is called first frees all of them, its own too, closes the descriptors, and opens others under the same
 * numbers: of what the kernel had reported of the old ones nothing is told. */
static void
free_all_cb (int fd, guint32 events, gpointer data)
{
  Bench *bench = data;
  bench->n++;
  for (int i = 0; i < 4; i++)
    {
      g_clear_pointer (&bench->watches[i], purser_watch_free);
      close (bench->pairs[i][0]);
      close (bench->pairs[i][1]);
    }
  for (int i = 0; i < 4; i++)
    {
      g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, bench->pairs[i]), ==, 0);
      bench->watches[i] = purser_watch_new (bench->loop, bench->pairs[i][0], EPOLLIN, read_cb, bench);
    }
  g_assert_cmpint (write (bench->pairs[3][1], ".", 1), ==, 1);
}

static void
test_watch_free (void)
{
  Bench bench = { 0 };
  bench_open (&bench);
  for (int i = 0; i < 4; i++)
    {
      bench.watches[i] = purser_watch_new (bench.loop, bench.pairs[i][0], EPOLLIN, free_all_cb, &bench);
      g_assert_cmpint (write (bench.pairs[i][1], "x", 1), ==, 1);
    }
  purser_loop_run (bench.loop);
  g_assert_cmpuint (bench.n, ==, 1);
  g_assert_cmpstr (bench.log->str, ==, ".");
  bench_close (&bench);
}

/* A descriptor closed under its watch, and its number given to another: freeing the old watch leaves the new one alone. */
static void
test_watch_stale (void)
{
  Bench bench = { 0 };
  bench_open (&bench);
  bench.watches[0] = purser_watch_new (bench.loop, bench.pairs[0][0], EPOLLIN, read_cb, &bench);
  int fd = bench.pairs[0][0];
  close (fd);
  g_assert_cmpint (dup2 (bench.pairs[1][0], fd), ==, fd);
  bench.watches[1] = purser_watch_new (bench.loop, fd, EPOLLIN, read_cb, &bench);
  g_assert_nonnull (bench.watches[1]);
  purser_watch_set (bench.watches[0], EPOLLOUT);
  g_clear_pointer (&bench.watches[0], purser_watch_free);
  g_assert_cmpint (write (bench.pairs[1][1], "n.", 2), ==, 2);
  purser_loop_run (bench.loop);
  g_assert_cmpstr (bench.log->str, ==, "n.");
  bench_close (&bench);
}

static void
test_watch_none (void)
{
  Bench bench = { 0 };
  bench_open (&bench);
  g_test_expect_message ("purser-gateway", G_LOG_LEVEL_WARNING, "*cannot be watched*");
  g_assert_null (purser_watch_new (bench.loop, -1, EPOLLIN, read_cb, &bench));
  g_test_assert_expected_messages ();
  bench_close (&bench);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loop/post-threads", test_post_threads);
  g_test_add_func ("/loop/quit", test_quit);
  g_test_add_func ("/loop/quit-thread", test_quit_thread);
  g_test_add_func ("/loop/later", test_later);
  g_test_add_func ("/loop/later-outside", test_later_outside);
  g_test_add_func ("/loop/timer-order", test_timer_order);
  g_test_add_func ("/loop/timer-again", test_timer_again);
  g_test_add_func ("/loop/timer-free", test_timer_free);
  g_test_add_func ("/loop/watch", test_watch);
  g_test_add_func ("/loop/watch-set", test_watch_set);
  g_test_add_func ("/loop/watch-hangup", test_watch_hangup);
  g_test_add_func ("/loop/watch-free", test_watch_free);
  g_test_add_func ("/loop/watch-stale", test_watch_stale);
  g_test_add_func ("/loop/watch-none", test_watch_none);
  return g_test_run ();
}
