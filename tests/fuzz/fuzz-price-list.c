/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <string.h>

#include "purser-price-list.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A price list or a table of prices from a file that anyone may have made: it is refused in words, or every figure in it is sound. */

static void
look_at (const PurserPriceList *list, const char *kind, const char *address, const char *name)
{
  PurserProvider provider = { .kind = purser_kind_get (kind), .name = (char *) "P", .address = (char *) address };
  g_autoptr(PurserListedPrice) listed = purser_price_list_find (list, &provider, name);
  gint64 last = G_MININT64;
  for (guint i = 0; listed != NULL && i < listed->prices->len; i++)
    {
      const PurserPrice *price = g_ptr_array_index (listed->prices, i);
      g_assert_true (price->valid_from > last && price->source != NULL && price->hour_nano >= 0);
      last = price->valid_from;
      for (guint n = 0; n < PURSER_N_PRICED; n++)
        g_assert_true (price->list_pico[n] >= -1 && price->contract_pico[n] == price->list_pico[n]);
      g_assert_true (*price->currency == '\0' ? purser_price_list_is_table (list)
                                              : purser_currency_valid (price->currency));
    }
}

/* The first bytes stand for a model's name too, so that rules meet odd ones. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserPriceList) list = purser_price_list_parse ("list", data, size, &error);
  g_assert_true ((list == NULL) == (error != NULL));
  if (list == NULL)
    {
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  g_autofree char *sources = purser_price_list_sources (list), *left_out = purser_price_list_left_out (list);
  g_autoptr(PurserOrg) org = purser_org_new ();
  g_autoptr(GPtrArray) unused = purser_price_list_unused (list, org);
  g_autofree char *name = g_strndup ((const char *) data, MIN (size, 40));
  look_at (list, "openai", "https://api.acme.test/v1", "large");
  look_at (list, "openai-compatible", "https://eu.acme.test/v1", "large-20260101");
  look_at (list, "ollama", "http://localhost:11434", "house");
  look_at (list, "openai", "https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", name);
  return 0;
}
