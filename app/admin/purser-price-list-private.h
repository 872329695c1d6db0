/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-price-list.h"

G_BEGIN_DECLS

#define PURSER_PRICE_LIST_MAX_BYTES (16 * 1024 * 1024)
/* In a table: the price counts from the moment of its import. */
#define PURSER_FROM_IMPORT G_GINT64_CONSTANT (-1)

/* No control characters. TEXT is valid UTF-8. */
gboolean purser_price_list_is_plain (const char *text);
/* Sets ERROR in words. Always FALSE. */
gboolean purser_price_list_fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* What a model's name must be like (purser-price-list-match.c). */
typedef struct _PurserNameMatch PurserNameMatch;
void     purser_name_match_free (PurserNameMatch *match);
/* An object with one of: equals, starts_with, ends_with, contains, regex, or, and. Words in ERROR, without the place. */
PurserNameMatch *purser_name_match_read (JsonNode *node, GError **error);
/* LOWERED: the name in lower case (ASCII). */
gboolean purser_name_match_test (const PurserNameMatch *match, const char *lowered);
/* An expression from outside: bounded in length and in the steps a match may take. */
GRegex  *purser_price_list_regex (const char *pattern, gboolean at_start, GError **error);

typedef struct
{
  char            *id;             /* (owned) in a table: the model as it was typed */
  char            *title;          /* (owned) (nullable) */
  PurserNameMatch *match;          /* (owned) (nullable): NULL in a table */
  guint            row;            /* of a table, from 1 */
  gint64           context, max_output; /* PURSER_UNKNOWN */
  gint8            tools, vision, reasoning;
  char            *retires, *replacement; /* (owned) (nullable) */
  GPtrArray       *prices;         /* (owned) (element-type PurserPrice) ascending */
} PurserPriceListModel;
PurserPriceListModel *purser_price_list_model_new (void);

typedef struct
{
  char      *id, *name;  /* (owned) */
  GStrv      kinds;      /* (owned) */
  GStrv      fallback;   /* (owned) */
  GRegex    *address;    /* (owned) (nullable) */
  GPtrArray *models;     /* (owned) (element-type PurserPriceListModel) in file order */
} PurserPriceListProvider;
PurserPriceListProvider *purser_price_list_provider_new (void);

struct _PurserPriceList
{
  gatomicrefcount refs;
  char      *name;       /* (owned) of the file, for words and as the source of a table's rows */
  char      *built;      /* (owned) ISO day; "" in a table */
  gboolean   table;      /* the organisation's own: its prices are the admin's */
  GPtrArray *sources;    /* (owned) (element-type PurserPriceSource) */
  GPtrArray *providers;  /* (owned) (element-type PurserPriceListProvider) in file order; one in a table */
  GPtrArray *left_out;   /* (owned) (element-type PurserPriceLeftOut) */
};
PurserPriceList *purser_price_list_new (const char *name);

/* The two forms. Each fills LIST or says what is wrong and where. */
gboolean purser_price_list_read_json (PurserPriceList *list, const char *text, gsize length, GError **error);
gboolean purser_price_list_read_table (PurserPriceList *list, const char *text, gsize length, GError **error);

/* A figure per million tokens as the list's form has it: digits, at most one point, at most six decimals. */
gboolean purser_price_list_figure (const char *text, gint64 *pico);
/* "2026-11-23" → midnight UTC in µs. */
gboolean purser_price_list_day (const char *text, gint64 *time_us);

/* Whether MODEL of PROVIDER is what a table's row calls NAMED: "provider/model", or the bare name. */
gboolean purser_price_list_row_names (const char *named, const PurserProvider *provider, const char *model);

/* LIST names PROVIDER's address: it is a service with prices of its own, or with none. */
gboolean purser_price_list_has_address (const PurserPriceList *list, const PurserProvider *provider);

/* HISTORY holds this very version already (same origin's side, same moment, same figures), and none entered later says otherwise. */
gboolean purser_price_is_stored (GPtrArray *history, const PurserPrice *price);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserNameMatch, purser_name_match_free)
void purser_price_list_model_free (PurserPriceListModel *model);
void purser_price_list_provider_free (PurserPriceListProvider *provider);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserPriceListModel, purser_price_list_model_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserPriceListProvider, purser_price_list_provider_free)

G_END_DECLS
