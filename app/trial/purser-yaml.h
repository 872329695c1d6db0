/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* YAML as a tree that remembers its lines, within limits. Sequences, mappings and scalars of the core schema;
 * aliases share the node they name, and what they would grow to when written out is capped. */
typedef enum
{
  PURSER_YAML_SCALAR,
  PURSER_YAML_LIST,
  PURSER_YAML_MAP
} PurserYamlKind;

typedef struct _PurserYaml PurserYaml;
struct _PurserYaml
{
  PurserYamlKind kind;
  guint line; /* from 1 */
  gboolean plain; /* a scalar without quotes: may be a number, true, false or null */
  char *text; /* (owned) (nullable) of a scalar */
  GPtrArray *keys; /* (owned) (nullable) (element-type utf8) of a map, in order */
  GHashTable *index; /* (owned) (nullable) of a map: key → place + 1 */
  /* (owned) (nullable) (element-type PurserYaml) of a list, values of a map; the nodes are the document's */
  GPtrArray *items;
  guint64 weight; /* nodes it would be when written out */
  guint64 bytes; /* bytes of text likewise */
};

typedef struct
{
  PurserYaml *root;
  GPtrArray *nodes; /* (element-type PurserYaml) every node once */
} PurserYamlDocument;

#define PURSER_YAML_ERROR (purser_yaml_error_quark ())
GQuark purser_yaml_error_quark (void);
typedef enum
{
  PURSER_YAML_ERROR_SYNTAX,
  PURSER_YAML_ERROR_LIMIT,
  PURSER_YAML_ERROR_CONTENT
} PurserYamlError;

#define PURSER_YAML_MAX_BYTES (10 * 1024 * 1024)
#define PURSER_YAML_MAX_DEPTH 64
#define PURSER_YAML_MAX_NODES G_GUINT64_CONSTANT (1000000) /* written out, aliases included */
#define PURSER_YAML_MAX_TEXT  G_GUINT64_CONSTANT (64 * 1024 * 1024) /* likewise */

PurserYamlDocument *purser_yaml_parse (const char *text, gsize length, GError **error);
void purser_yaml_document_free (PurserYamlDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserYamlDocument, purser_yaml_document_free)

PurserYaml *purser_yaml_get (const PurserYaml *map,
                             const char *key); /* (transfer none) (nullable) also where MAP is none */
gboolean purser_yaml_is_null (const PurserYaml *node); /* null, ~ or nothing, unquoted */
gboolean purser_yaml_number (const PurserYaml *node, double *number); /* an unquoted number */
gboolean purser_yaml_boolean (const PurserYaml *node, gboolean *value);
JsonNode *purser_yaml_to_json (const PurserYaml *node); /* (transfer full) */
/* "Line 12: …": sets ERROR and is always FALSE. */
gboolean purser_yaml_fail (GError **error, const PurserYaml *node, const char *format, ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
