/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include "purser-org.h"

G_BEGIN_DECLS

/* One way to write each kind of figure for people, in the locale. All (transfer full). */
char *purser_format_money    (gint64 nano, const char *currency);             /* purser_money_format */
char *purser_format_money_short (gint64 nano, const char *currency);          /* the same without decimals that are all zero: axes */
char *purser_format_count    (gint64 n);                                      /* grouped; "not known" for -1 */
char *purser_format_tokens   (gint64 n);                                      /* "1.2 million", "8,412" */
char *purser_format_tokens_short (gint64 n);                                  /* "200k", "1.5M": axes */
char *purser_format_duration (gint64 us);                                     /* "38 ms", "0.57 s", "2 min 5 s"; "not measured" for -1 */
char *purser_format_seconds  (double s);                                      /* the same; NAN = "not measured" */
char *purser_format_percent  (double share);                                  /* 0.982 → "98.2%" (locale: "98,2 %") */
char *purser_format_day      (gint32 day);                                    /* "23 November" */
char *purser_format_day_short(gint32 day);                                    /* "Mon 23 Nov" */
char *purser_format_when     (gint64 time_us, const char *timezone);          /* "today at 14:32", "3 November, 09:40" */
char *purser_format_price    (const PurserPrice *price, PurserTokenKind kind);/* "3.00", "free", "not known"; per million */
char *purser_format_exact    (gint64 nano, const char *currency);             /* "$0.075": every decimal there is, at least two: prices */
char *purser_format_rate     (gint64 rate_nano);                              /* "1.0842" */

G_END_DECLS
