/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "purser-json.h"
#include "purser-price-list.h"

/* The list around it names one source only. */
static inline void
one_price_set_source (JsonObject *price)
{
  JsonArray *bands = purser_json_array (price, "bands");
  json_object_set_string_member (price, "source", "trap");
  for (guint i = 0; bands != NULL && i < json_array_get_length (bands); i++)
    json_object_remove_member (json_array_get_object_element (bands, i), "source");
}

/* A price written down as in the shipped list, read by the reader of such lists. (transfer full) (nullable): there is none. */
static inline PurserPrice *
one_price_read (JsonNode *price)
{
  static const char frame[] = "{\"format\": 1, \"built\": \"2026-11-01\", \"sources\": [{\"id\": \"trap\", \"name\": \"trap\", \"version\": \"1\", \"licence\": \"MIT\", \"date\": \"2026-11-01\"}], "
                              "\"providers\": [{\"id\": \"p\", \"name\": \"P\", \"kinds\": [\"openai\"], \"address\": null, \"models\": [{\"id\": \"m\", \"match\": {\"equals\": \"m\"}, \"prices\": [%s]}]}], "
                              "\"left_out\": []}";
  g_autoptr(GError) error = NULL;
  if (price == NULL || JSON_NODE_HOLDS_NULL (price))
    return NULL;
  one_price_set_source (json_node_get_object (price));
  g_autofree char *text = purser_json_to_string (price, FALSE);
  g_autofree char *list_text = g_strdup_printf (frame, text);
  g_autoptr(PurserPriceList) list = purser_price_list_parse ("trap", list_text, strlen (list_text), &error);
  g_assert_no_error (error);
  PurserProvider provider = { .kind = purser_kind_get ("openai"), .address = (char *) "https://example.org" };
  g_autoptr(PurserListedPrice) listed = purser_price_list_find (list, &provider, "m");
  g_assert_nonnull (listed);
  g_assert_cmpuint (listed->prices->len, ==, 1);
  return purser_price_copy (g_ptr_array_index (listed->prices, 0));
}
