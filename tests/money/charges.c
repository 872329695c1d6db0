/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers lines {"price", "usage", "mode"?, "region"?, "contract"?, "rate_nano"?} with their charges, for a comparison with another calculation (test-against.py). */
#include <stdio.h>

#include "one-price.h"

static void
read_tokens (JsonObject *usage, PurserTokens *tokens)
{
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    tokens->kind[i] = purser_json_int (usage, purser_token_kind_id (i), PURSER_UNKNOWN);
  tokens->audio_in = purser_json_int (usage, "audio_in", PURSER_UNKNOWN);
  tokens->audio_out = purser_json_int (usage, "audio_out", PURSER_UNKNOWN);
  tokens->server_tool_requests = purser_json_int (usage, "server_tool_requests", PURSER_UNKNOWN);
}

static void
apply_contract (PurserPrice *price, JsonObject *said)
{
  PurserContract contract = { .id = 1 };
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    contract.ppm[i] = purser_json_int (said, purser_priced_id (i), PURSER_PPM);
  g_assert_true (purser_price_apply_contract (price, said != NULL ? &contract : NULL, NULL));
}

static void
answer (const char *line)
{
  g_autoptr(JsonNode) root = purser_json_parse (line, -1, NULL);
  JsonObject *ask = purser_json_object (root);
  g_autoptr(PurserPrice) price = one_price_read (purser_json_node (ask, "price"));
  PurserConditions conditions = { purser_price_mode (purser_json_string (ask, "mode")), purser_json_string (ask, "region"), -1 };
  PurserRate rate = { .rate_nano = purser_json_int (ask, "rate_nano", 0) };
  PurserTokens tokens = PURSER_TOKENS_UNKNOWN_INIT;
  PurserCharge charge;
  read_tokens (purser_json_member (ask, "usage"), &tokens);
  if (price != NULL)
    apply_contract (price, purser_json_member (ask, "contract"));
  PurserChargeState state = purser_charge_compute (&charge, price, rate.rate_nano > 0 ? &rate : NULL, &tokens, &conditions);
  printf ("{\"state\": \"%s\", \"list_nano\": %" G_GINT64_FORMAT ", \"contract_nano\": %" G_GINT64_FORMAT ", \"org_list_nano\": %" G_GINT64_FORMAT ", \"org_contract_nano\": %" G_GINT64_FORMAT "}\n",
          state == PURSER_CHARGE_PRICED ? "priced" : state == PURSER_CHARGE_OVERFLOW ? "overflow" : "unpriced", charge.list_nano, charge.contract_nano, charge.org_list_nano, charge.org_contract_nano);
}

int
main (void)
{
  g_autofree char *line = NULL;
  size_t size = 0;
  char *got = NULL;
  while (getline (&got, &size, stdin) > 0)
    answer (got);
  free (got);
  return 0;
}
