/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-admin.h"

G_BEGIN_DECLS

/* A list of prices: the one shipped with Purser (data/prices/snapshot.json), or a newer one from a file in the same form, or a table (CSV) of the organisation's own. Foreign bytes: everything is checked,
 * the words say what is wrong and where. Immutable: any thread may hold it. */
typedef struct _PurserPriceList PurserPriceList;
PurserPriceList *purser_price_list_shipped (void);                                   /* (transfer full) parsed once */
PurserPriceList *purser_price_list_parse   (const char *name, const void *bytes, gsize length, GError **error);
PurserPriceList *purser_price_list_load    (const char *path, GError **error);       /* at most 16 MiB */
PurserPriceList *purser_price_list_ref     (PurserPriceList *list);
void             purser_price_list_unref   (PurserPriceList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserPriceList, purser_price_list_unref)
const char      *purser_price_list_built   (const PurserPriceList *list);            /* ISO day; "" for a table */
gboolean         purser_price_list_is_table(const PurserPriceList *list);            /* the organisation's own: its prices are the admin's, and win */
char            *purser_price_list_sources (const PurserPriceList *list);            /* one line a source: name, version, licence, date. (transfer full) */
char            *purser_price_list_left_out(const PurserPriceList *list);            /* one line each, with its reason. (transfer full) */

typedef struct { char *id, *name, *version, *licence, *date, *address, *notice; } PurserPriceSource; /* all but id and name (nullable) */
typedef struct { char *what, *reason; gint64 count; /* PURSER_UNKNOWN */ } PurserPriceLeftOut;
const GPtrArray *purser_price_list_get_sources  (const PurserPriceList *list);       /* (element-type PurserPriceSource) */
const GPtrArray *purser_price_list_get_left_out (const PurserPriceList *list);       /* (element-type PurserPriceLeftOut) */

/* What the list says of one model of PROVIDER. */
typedef struct
{
  GPtrArray *prices;      /* (element-type PurserPrice) ascending by valid_from; origin "catalogue" ("admin" from a table), source filled, contracts not applied */
  char      *title;       /* (nullable) */
  gint64     context_tokens, max_output; /* PURSER_UNKNOWN */
  gint8      tools, vision, reasoning;   /* 1, 0, -1 */
  char      *retires_on, *replacement;   /* (nullable) */
} PurserListedPrice;
PurserListedPrice *purser_price_list_find (const PurserPriceList *list, const PurserProvider *provider, const char *model); /* (transfer full) (nullable) */
void               purser_listed_price_free (PurserListedPrice *listed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserListedPrice, purser_listed_price_free)
const PurserPrice *purser_listed_price_at (const PurserListedPrice *listed, gint64 time); /* (nullable) what holds at TIME */

/* One change that importing the list would make. */
typedef enum { PURSER_PRICE_CHANGE_NEW /* the model had no price */, PURSER_PRICE_CHANGE_OTHER /* from that day on another price */, PURSER_PRICE_CHANGE_FUTURE /* announced */ } PurserPriceChangeType;
typedef struct
{
  PurserPriceChangeType type;
  gint64       model_id;
  char        *ref;          /* "provider/model" */
  PurserPrice *before;       /* (nullable) what is in force at that date now */
  PurserPrice *after;        /* the version that would be added */
  gboolean     overruled;    /* the admin's own price wins: the list's is stored, and does not count until that one is withdrawn */
  gint64       until;        /* µs UTC: another version of the same side (the list's, or the admin's own) takes over then; 0 = none known */
  gboolean     past;         /* its date lies before now: calls since then keep their charge until they are re-priced */
} PurserPriceChange;
void       purser_price_change_free (PurserPriceChange *change);
/* What importing LIST would change for the models that are registered. Inside a read job. A price that the list announced earlier and no longer has is taken back: from its day on
 * the list's price of that day counts. (transfer full) (element-type PurserPriceChange) by provider and model, then by date */
GPtrArray *purser_price_list_diff (const PurserPriceList *list, const PurserOrg *org, PurserDb *db, GError **error);
/* Rows of a table that name no registered model: nothing would come of them. (transfer full) (element-type utf8) "row 4: Acme/model"; empty for other lists */
GPtrArray *purser_price_list_unused (const PurserPriceList *list, const PurserOrg *org);
/* How many registered models the list tells something new of: abilities, size, retirement. */
guint      purser_price_list_count_facts (const PurserPriceList *list, const PurserOrg *org);

/* As purser_command_import_prices(), and the list's facts of the models go along. A list and CHANGES that change nothing are refused. */
PurserCommand *purser_command_import_list (PurserPriceList *list, GPtrArray *changes /* (element-type PurserPriceChange) */, const char *source);
/* What new models are priced by; NULL: the shipped list. */
void           purser_admin_set_price_list (PurserAdmin *self, PurserPriceList *list);

G_END_DECLS
