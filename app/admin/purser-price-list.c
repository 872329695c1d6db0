/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-price-list-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "purser-price-snapshot.h"

/* A price list as a value: made once, then only read, so that any thread may hold it. */

void
purser_price_list_model_free (PurserPriceListModel *model)
{
  if (model == NULL)
    return;
  g_free (model->id);
  g_free (model->title);
  purser_name_match_free (model->match);
  g_free (model->retires);
  g_free (model->replacement);
  g_ptr_array_unref (model->prices);
  g_free (model);
}

PurserPriceListModel *
purser_price_list_model_new (void)
{
  PurserPriceListModel *model = g_new0 (PurserPriceListModel, 1);
  model->context = model->max_output = PURSER_UNKNOWN;
  model->tools = model->vision = model->reasoning = -1;
  model->prices = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_price_free);
  return model;
}

void
purser_price_list_provider_free (PurserPriceListProvider *provider)
{
  if (provider == NULL)
    return;
  g_free (provider->id);
  g_free (provider->name);
  g_strfreev (provider->kinds);
  g_strfreev (provider->fallback);
  g_clear_pointer (&provider->address, g_regex_unref);
  g_ptr_array_unref (provider->models);
  g_free (provider);
}

PurserPriceListProvider *
purser_price_list_provider_new (void)
{
  PurserPriceListProvider *provider = g_new0 (PurserPriceListProvider, 1);
  provider->kinds = g_new0 (char *, 1);
  provider->fallback = g_new0 (char *, 1);
  provider->models = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_price_list_model_free);
  return provider;
}

static void
source_free (PurserPriceSource *source)
{
  char *owned[] = { source->id, source->name, source->version, source->licence, source->date, source->address, source->notice };
  for (gsize i = 0; i < G_N_ELEMENTS (owned); i++)
    g_free (owned[i]);
  g_free (source);
}

static void
left_out_free (PurserPriceLeftOut *left_out)
{
  g_free (left_out->what);
  g_free (left_out->reason);
  g_free (left_out);
}

PurserPriceList *
purser_price_list_new (const char *name)
{
  PurserPriceList *list = g_new0 (PurserPriceList, 1);
  g_atomic_ref_count_init (&list->refs);
  list->name = g_strdup (name);
  list->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) source_free);
  list->providers = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_price_list_provider_free);
  list->left_out = g_ptr_array_new_with_free_func ((GDestroyNotify) left_out_free);
  return list;
}

/**
 * purser_price_list_ref:
 *
 * Returns: (transfer full): @list
 */
PurserPriceList *
purser_price_list_ref (PurserPriceList *list)
{
  g_atomic_ref_count_inc (&list->refs);
  return list;
}

/** purser_price_list_unref: gives a reference back. */
void
purser_price_list_unref (PurserPriceList *list)
{
  if (list == NULL || !g_atomic_ref_count_dec (&list->refs))
    return;
  g_free (list->name);
  g_free (list->built);
  g_ptr_array_unref (list->sources);
  g_ptr_array_unref (list->providers);
  g_ptr_array_unref (list->left_out);
  g_free (list);
}

/* What a file says is printed on terminals: nothing in it may steer one. */
gboolean
purser_price_list_is_plain (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (g_unichar_iscntrl (g_utf8_get_char (text)))
      return FALSE;
  return TRUE;
}

gboolean
purser_price_list_fail (GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  for (char *byte = message; *byte != '\0'; byte++)
    if (g_ascii_iscntrl (*byte))
      *byte = ' ';
  g_set_error_literal (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED, message);
  return FALSE;
}

/* ------------------------------------------------------------------ figures and days */

gboolean
purser_price_list_figure (const char *text, gint64 *pico)
{
  gsize digits = strspn (text, "0123456789");
  gsize decimals = text[digits] == '.' ? strspn (text + digits + 1, "0123456789") : 0;
  gsize length = digits + (text[digits] == '.' ? 1 + decimals : 0);
  if (digits == 0 || text[length] != '\0' || decimals > 6 || (length > digits && decimals == 0))
    return FALSE;
  return purser_price_parse_per_million (text, pico, NULL);
}

gboolean
purser_price_list_day (const char *text, gint64 *time_us)
{
  guint part[3] = { 0 };
  static const char FORM[] = "0000-00-00";
  if (strlen (text) != strlen (FORM))
    return FALSE;
  for (guint i = 0, n = 0; FORM[i] != '\0'; i++)
    {
      if (FORM[i] == '-' ? text[i] != '-' : !g_ascii_isdigit (text[i]))
        return FALSE;
      if (FORM[i] == '-')
        n++;
      else
        part[n] = part[n] * 10 + (guint) g_ascii_digit_value (text[i]);
    }
  if (part[0] < 1970 || part[1] < 1 || part[1] > 12 || part[2] < 1 || !g_date_valid_dmy ((GDateDay) part[2], (GDateMonth) part[1], (GDateYear) part[0]))
    return FALSE;
  g_autoptr (GDateTime) midnight = g_date_time_new_utc ((int) part[0], (int) part[1], (int) part[2], 0, 0, 0);
  *time_us = g_date_time_to_unix (midnight) * G_USEC_PER_SEC;
  return TRUE;
}

/* ------------------------------------------------------------------ where a list comes from */

/**
 * purser_price_list_parse:
 * @name: what the words call it: a file's name
 * @bytes: (array length=length): a list in the form that Purser ships (JSON), or a table (CSV)
 *
 * Returns: (transfer full) (nullable): the list, or %NULL and words that name the entry or row that is wrong
 */
PurserPriceList *
purser_price_list_parse (const char *name, const void *bytes, gsize length, GError **error)
{
  const char *text = bytes;
  g_autoptr (PurserPriceList) list = purser_price_list_new (name);
  gsize start = 0;
  if (length > PURSER_PRICE_LIST_MAX_BYTES)
    {
      purser_price_list_fail (error, _("%s is larger than %d MiB: this is no price list."), name, PURSER_PRICE_LIST_MAX_BYTES / (1024 * 1024));
      return NULL;
    }
  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0) /* spreadsheets put a byte order mark in front */
    start = 3;
  while (start < length && g_ascii_isspace (text[start]))
    start++;
  gboolean json = start < length && text[start] == '{';
  gboolean ok = json ? purser_price_list_read_json (list, text + start, length - start, error)
                     : purser_price_list_read_table (list, text + start, length - start, error);
  return ok ? g_steal_pointer (&list) : NULL;
}

/**
 * purser_price_list_load:
 * @path: a file, at most 16 MiB
 *
 * Returns: (transfer full) (nullable): as purser_price_list_parse()
 */
PurserPriceList *
purser_price_list_load (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  if (stream == NULL)
    return NULL;
  /* One byte past the limit tells that there is more; a pipe or a device that never ends is no danger. */
  g_autoptr (GByteArray) content = g_byte_array_new ();
  g_byte_array_set_size (content, PURSER_PRICE_LIST_MAX_BYTES + 1);
  gsize length = 0;
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream), content->data, content->len, &length, NULL, error))
    return NULL;
  g_autofree char *name = g_path_get_basename (path);
  return purser_price_list_parse (name, content->data, length, error);
}

static gpointer
parse_shipped (gpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_resources_register (purser_price_snapshot_get_resource ());
  g_autoptr (GBytes) bytes = g_resources_lookup_data ("/io/github/purser_app/Purser/prices/snapshot.json", G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  gsize length = 0;
  const void *text = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;
  PurserPriceList *list = text != NULL ? purser_price_list_parse ("snapshot.json", text, length, &error) : NULL;
  if (list == NULL)
    g_error ("The price list in the program cannot be read: %s", error->message);
  return list;
}

/**
 * purser_price_list_shipped:
 *
 * Returns: (transfer full): the list that is compiled into the program; parsed at the first call
 */
PurserPriceList *
purser_price_list_shipped (void)
{
  static GOnce once = G_ONCE_INIT;
  return purser_price_list_ref (g_once (&once, parse_shipped, NULL));
}

/* ------------------------------------------------------------------ what a list says of itself */

/** purser_price_list_built: the ISO day it was built; "" for a table. */
const char *
purser_price_list_built (const PurserPriceList *list)
{
  return list->built != NULL ? list->built : "";
}

/** purser_price_list_is_table: whether it is the organisation's own table: its prices count as the admin's own. */
gboolean
purser_price_list_is_table (const PurserPriceList *list)
{
  return list->table;
}

/**
 * purser_price_list_get_sources:
 *
 * Returns: (transfer none) (element-type PurserPriceSource): who says what the list says
 */
const GPtrArray *
purser_price_list_get_sources (const PurserPriceList *list)
{
  return list->sources;
}

/**
 * purser_price_list_get_left_out:
 *
 * Returns: (transfer none) (element-type PurserPriceLeftOut): what was left out, and why
 */
const GPtrArray *
purser_price_list_get_left_out (const PurserPriceList *list)
{
  return list->left_out;
}

/**
 * purser_price_list_sources:
 *
 * Returns: (transfer full): one line a source: name, version, licence, date, address
 */
char *
purser_price_list_sources (const PurserPriceList *list)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < list->sources->len; i++)
    {
      const PurserPriceSource *source = g_ptr_array_index (list->sources, i);
      const char *parts[] = { source->version, source->licence, source->date, source->address };
      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", source->name);
      for (gsize n = 0; n < G_N_ELEMENTS (parts); n++)
        if (parts[n] != NULL)
          g_string_append_printf (text, ", %s", parts[n]);
    }
  return g_string_free_and_steal (text);
}

/**
 * purser_price_list_left_out:
 *
 * Returns: (transfer full): one line each: what was left out, how many, and why
 */
char *
purser_price_list_left_out (const PurserPriceList *list)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < list->left_out->len; i++)
    {
      const PurserPriceLeftOut *left_out = g_ptr_array_index (list->left_out, i);
      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", left_out->what);
      if (left_out->count >= 0)
        g_string_append_printf (text, " (%" G_GINT64_FORMAT ")", left_out->count);
      g_string_append_printf (text, ": %s", left_out->reason);
    }
  return g_string_free_and_steal (text);
}
