/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <purser-json.h>
#include <purser-practice-private.h>
#include <purser-practice-text.h>

/* What the practice models say: the careful one right and within the limits, the hasty ones fallible in
 * known ways, both the same each time. */

static char *
think (const char *model_name, const char *dialect, const char *system, const char *user)
{
  g_autoptr(PracticeAsk) ask = practice_ask_new ();
  if (system != NULL)
    practice_ask_add (ask, "system", system);
  practice_ask_add (ask, "user", user);
  g_autoptr(PracticeAnswer) answer = practice_think (practice_model_get (model_name, dialect), ask);
  g_autoptr(PracticeAnswer) again = practice_think (practice_model_get (model_name, dialect), ask);
  g_assert_cmpstr (answer->text, ==, again->text);
  g_assert_cmpint (answer->output, ==, practice_count_tokens (answer->text));
  return g_steal_pointer (&answer->text);
}

#define careful(system, user) think ("practice-careful", "anthropic", system, user)
#define quick(system, user)   think ("practice-quick", "openai", system, user)

static void
test_tokens (void)
{
  static const struct
  {
    const char *text;
    gint64 tokens;
  } rows[] = {
    { "", 0 },
    { " \n\t ", 0 },
    { "a", 1 },
    { "word", 1 },
    { "words", 2 },
    { "Hello, world!", 6 },
    { "12 345", 2 },
    { "naïveté", 2 },
    { "€", 1 },
    { "a b  c ", 3 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (practice_count_tokens (rows[i].text), ==, rows[i].tokens);
  g_autofree char *cut = practice_cut_tokens ("Hello, world!", 3), *all = practice_cut_tokens ("Hi", 9);
  g_assert_cmpstr (cut, ==, "Hello,");
  g_assert_cmpstr (all, ==, "Hi");
  g_auto(GStrv) pieces = practice_split_words ("Two  words\nand more ");
  g_autofree char *joined = g_strjoinv ("", pieces);
  g_assert_cmpstr (joined, ==, "Two  words\nand more ");
  g_assert_cmpstr (pieces[1], ==, "  words");
}

static const struct
{
  const char *task, *careful, *quick; /* NULL = not looked at */
} sums[] = {
  { "What is the total of all fees? Answer with the number alone.\n\nname;fee\nAda;10\nBo;1,200\nCy;5.50", "1215.50",
   "1215.50" },
  { "What is the median? Answer with the number alone.\n\nAges: 9, 1, 4, 7.", "5.50", "5.50" },
  { "What percentage of all visits came by bike? Round to a whole number.\n\nVisits: bike 20, car 50, foot 10.", "25%",
   "25%" },
  { "What is the average mark over both classes? Answer with one decimal.\n\nClass A: 10 pupils, average 2.0. Class B: "
   "30 pupils, average 4.0.", "3.5", "3.0" },
  { "Which shop is cheapest per litre, delivery included?\n\nAdler: 10 l for 20, delivery 15.\nBasso: 10 l for 25, "
   "delivery free.", "Basso", "Adler" },
  { "How many days after the order did it arrive?\n\nOrdered on 27 February 2027. Arrived on 2 March 2027.", "3", "3" },
  { "What time is it in Oslo when it begins?\n\nIt begins at 01:15 in Minsk. Minsk is 2 hours ahead of Oslo.", "23:15",
   "01:15" },
  { "List the towns from the highest to the lowest value, in one line.\n\nUlm 1,200\nBonn 900\nKiel 12,000",
   "Kiel, Ulm, Bonn", "Kiel, Ulm, Bonn" },
  { "Which product has the highest profit as a share of its price?\n\nproduct;price;cost\nX;10;2\nY;100;60", "X", "Y" },
  { "What was the rent of Essen in 2024? If the data does not say, answer exactly \"unknown\".\n\nRent 2023: Essen "
   "500. Heating 2024: Essen 90.", "unknown", NULL },
  { "Who sits on the left? Answer with the name alone.\n\nBea sits to the left of Cem. Dia sits to the left of Bea.",
   "Dia", "Bea" },
  { "Which bill was paid twice?\n\n1 May RE-1 5.00\n2 May RE-2 5.00\n3 May RE-1 5.00", "RE-1", "RE-1" },
};

static void
test_sums (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sums); i++)
    {
      g_autofree char *one = careful ("You analyse business data.", sums[i].task),
                      *two = quick ("You analyse business data.", sums[i].task);
      g_assert_cmpstr (one, ==, sums[i].careful);
      if (sums[i].quick != NULL && i != 6)
        g_assert_cmpstr (two, ==, sums[i].quick);
      if (i == 6)
        g_assert_cmpstr (two, !=, sums[i].careful); /* does not wrap at midnight */
    }
}

#define MAIL                                                                                                        \
  "Hello, here is the report for the Tilburg plant, which was late, as the manager said. Output fell by 7% to 930 " \
  "tonnes in March because of a broken press. "                                                                     \
  "The press is to be repaired by 12 April. Some people were on holiday. The plant needs a second press, says Jan " \
  "Vos. It would cost 80,000 euros."

static void
test_summary (void)
{
  g_autofree char *text = careful ("You summarise texts.", "Summarise in at most 35 words.\n\nText:\n" MAIL);
  g_assert_cmpuint (practice_words (text), <=, 35);
  g_assert_nonnull (strstr (text, "930"));
  g_assert_nonnull (strstr (text, "12 April"));
  g_assert_null (strstr (text, "holiday"));
  g_autofree char *lines =
      careful ("You summarise texts.",
               "Summarise in exactly two lines, each beginning with \"- \", each at most 9 words.\n\nText:\n" MAIL);
  g_auto(GStrv) split = g_strsplit (lines, "\n", -1);
  g_assert_cmpuint (g_strv_length (split), ==, 2);
  for (char **line = split; *line != NULL; line++)
    {
      g_assert_true (g_str_has_prefix (*line, "- "));
      g_assert_cmpuint (practice_words (*line + 2), <=, 9);
    }
  g_autofree char *silent =
      careful ("You summarise texts.",
               "Summarise in at most 40 words. Do not use the word \"press\". No names of persons.\n\nText:\n" MAIL
               " Mr Vos signs.");
  g_assert_null (strstr (silent, "press"));
  g_assert_null (strstr (silent, "Vos signs"));
  g_autofree char *one =
      careful ("You summarise texts.", "Summarise in one sentence of at most 30 words.\n\nText:\n" MAIL);
  g_autoptr(GPtrArray) sentences = practice_sentences (one);
  g_assert_cmpuint (sentences->len, ==, 1);
}

static void
test_draft (void)
{
  g_autofree char *mail =
      careful ("You draft short business texts.", "Write an e-mail to the customer. Begin with a line \"Subject:\". "
                                                  "Apologise. Do not use the word \"delay\". At most 60 words.\n\n"
                                                  "Facts:\nCustomer: Mr Ito. Order 88 was due on 2 May. There was a "
                                                  "delay at the docks. New date: 9 May. Sender: Mia Lund.");
  g_assert_true (g_str_has_prefix (mail, "Subject: "));
  g_assert_nonnull (strstr (mail, "Dear Mr Ito,"));
  g_assert_nonnull (strstr (mail, "9 May"));
  g_assert_nonnull (strstr (mail, "sorry"));
  g_assert_nonnull (strstr (mail, "Mia Lund"));
  g_assert_null (strstr (mail, "delay"));
  g_assert_cmpuint (practice_words (mail), <=, 60);
  g_autofree char *json = careful ("You draft short business texts.",
                                   "Write a notice as one JSON object with exactly the members \"subject\" (at most 20 "
                                   "characters), \"body\" and \"priority\" (\"low\", \"normal\" or \"high\").\n\n"
                                   "Facts:\nThe lift in house 4 is out of order until Monday. This is urgent.");
  g_autoptr(JsonNode) node = purser_json_parse (json, -1, NULL);
  JsonObject *object = purser_json_object (node);
  g_assert_cmpuint (json_object_get_size (object), ==, 3);
  g_assert_cmpint (g_utf8_strlen (purser_json_string (object, "subject"), -1), <=, 20);
  g_assert_cmpstr (purser_json_string (object, "priority"), ==, "high");
  g_assert_nonnull (strstr (purser_json_string (object, "body"), "house 4"));
  g_autofree char *notice =
      careful ("You draft short business texts.", "Write a notice as exactly two lines, each beginning with \"- "
                                                  "\".\n\nFacts:\nClosed on 1 May. Open again on 2 May.");
  g_assert_cmpstr (notice, ==, "- Closed on 1 May\n- Open again on 2 May");
  g_autofree char *told =
      quick ("You draft short business texts.", "Write an e-mail. Do not mention the strike.\n\nFacts:\nOrder 5 is "
                                                "late. The strike at the docks is the reason.");
  g_assert_nonnull (strstr (told, "strike")); /* the hasty overlook what not to say */
}

static void
test_small_talk (void)
{
  static const struct
  {
    const char *user, *part;
  } rows[] = {
    { "Hello!", "practice model" },
    { "Who are you?", "practice model" },
    { "Reply with the word OK.", "OK" },
    { "Say \"blue\".", "blue" },
    { "What is the capital of France?", "Paris" },
    { "Xyzzy plugh", "practice model" },
    { "", "practice model" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *one = careful (NULL, rows[i].user), *two = quick (NULL, rows[i].user);
      g_assert_nonnull (strstr (one, rows[i].part));
      g_assert_nonnull (strstr (two, rows[i].part));
      g_assert_null (strstr (one, "Claude"));
    }
}

static void
test_json_wanted (void)
{
  g_autoptr(PracticeAsk) ask = practice_ask_new ();
  practice_ask_add (ask, "user", "Hello!");
  ask->json = TRUE;
  g_autoptr(PracticeAnswer) answer = practice_think (practice_model_get ("practice-careful", "anthropic"), ask);
  g_autoptr(JsonNode) node = purser_json_parse (answer->text, -1, NULL);
  g_assert_nonnull (purser_json_object (node));
}

/* Questions made of odd pieces: any answer will do, but there is one, in valid text and in good time. */
static void
test_odd_questions (void)
{
  static const char *const pieces[] = {
    "Summarise ",
    "in exactly ",
    "three",
    " lines",
    "at most 0 words",
    "JSON object with the members \"",
    "\"a\" (",
    "\n\n",
    "Facts:\n",
    "Text:\n",
    ": ",
    "; ",
    "12",
    "-3.5",
    "1,000,000,000,000",
    "30 February 2025",
    "é",
    "€",
    "\"",
    "'",
    "(((",
    "\\E",
    "$1",
    "{x}",
    "list of objects with ",
    "Who sits on the left?",
    " is 99999999999 hours ahead of ",
    "every day 0 units are taken",
    "Stock 3 June 5 units",
    "exactly 1000000 sentences",
    "\t",
    "A;B;C\n1;2\n",
    "do not mention ",
    "none of the words ",
    "numbered",
    "price 0 ",
    "100%",
    "average",
    "median",
    "Answer with the number",
  };
  static const char *const systems[] = { "You summarise texts.", "You draft texts.", "You analyse data.", "" };
  for (int i = 0; i < 3000; i++)
    {
      g_autoptr(GString) user = g_string_new (NULL);
      int n = g_test_rand_int_range (0, 25);
      for (int j = 0; j < n; j++)
        g_string_append (user, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
      g_autofree char *one = careful (systems[i % 4], user->str), *two = quick (systems[i % 4], user->str);
      g_assert_true (g_utf8_validate (one, -1, NULL));
      g_assert_true (g_utf8_validate (two, -1, NULL));
    }
}

static void
test_long_texts (void)
{
  static const char *const units[] = { "a ", "1 ", "a\n", "\n", "word word. ",       "12:30 x ",
                                       "a:", "\"", "(",   ",",  "Mr A; instead he ", "1,",
                                       "é",  "A;" };
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      g_autoptr(GString) user =
          g_string_new ("Summarise the outage in exactly two lines of the form HH:MM, total and median.\n\n");
      while (user->len < 300000)
        g_string_append (user, units[i]);
      g_autofree char *one = careful ("You summarise.", user->str), *two = careful ("You analyse.", user->str),
                      *three = careful ("You draft.", user->str);
      g_assert_cmpuint (strlen (one) + strlen (two) + strlen (three), <, 400000);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/practice/brain/tokens", test_tokens);
  g_test_add_func ("/practice/brain/sums", test_sums);
  g_test_add_func ("/practice/brain/summary", test_summary);
  g_test_add_func ("/practice/brain/draft", test_draft);
  g_test_add_func ("/practice/brain/small-talk", test_small_talk);
  g_test_add_func ("/practice/brain/json-wanted", test_json_wanted);
  g_test_add_func ("/practice/brain/odd-questions", test_odd_questions);
  g_test_add_func ("/practice/brain/long-texts", test_long_texts);
  return g_test_run ();
}
