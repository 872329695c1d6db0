/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PURSER_JSON_MAX_DEPTH 200
#define PURSER_JSON_MAX_VALUES 1000000 /* each costs a tree up to 350 bytes, however short its text */

/* What a look at JSON text from outside finds before json-glib may see it. */
typedef struct
{
  GString *repaired;   /* (owned) (nullable): the text to parse instead; NULL if the text is fine as it came */
  gboolean halves;     /* lone halves of surrogate pairs were kept as PURSER_JSON_HALF code points */
  gboolean incomplete; /* the text ends inside a value: it was cut */
} PurserJsonScan;

/* A reply may split a character outside the BMP over two events: one ends in "\ud83d", the next begins with "\udcbb".
 * json-glib refuses such halves, so the scan moves them to private code points, from which the reader joins them again.
 */
#define PURSER_JSON_HALF_BASE 0x100000u
#define PURSER_JSON_IS_HALF(c) ((c) >= 0x10D800u && (c) <= 0x10DFFFu)
#define PURSER_JSON_HALF_UNIT(c) ((c) - PURSER_JSON_HALF_BASE) /* the UTF-16 unit again */

gboolean purser_json_scan (const char *text, gsize length, gboolean keep_halves, PurserJsonScan *scan, GError **error);
void     purser_json_scan_clear (PurserJsonScan *scan);

G_END_DECLS
