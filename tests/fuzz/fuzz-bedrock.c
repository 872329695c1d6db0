/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-reply.h"

#include "frames.h"

/* No fuzzer guesses checksums, so an input that begins with "#" is lines of "type payload", "!" in front of the type of
 * an exception, which become frames here. Anything else is taken as the bytes of a reply. */
static void
add_line (GByteArray *bytes, const char *line)
{
  const char *blank = strchr (line, ' ');
  g_autofree char *type = blank != NULL ? g_strndup (line, blank - line) : g_strdup (line);
  const char *payload = blank != NULL ? blank + 1 : "";
  if (*type == '!')
    frames_add (bytes, "exception", ":exception-type", type + 1, payload);
  else
    frames_add_event (bytes, type, payload);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 4 || *data != '#')
    return fuzz_reply ("bedrock", data, size);
  g_autofree char *text = g_strndup ((const char *) data + 1, size - 4);
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  for (gsize i = 0; lines[i] != NULL; i++)
    if (*lines[i] != 0)
      add_line (bytes, lines[i]);
  g_byte_array_append (bytes, data + size - 3, 3);
  return fuzz_reply ("bedrock", bytes->data, bytes->len);
}
