/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Thinking must come back byte for byte, to the provider it came from and to no other. A caller whose dialect is another's than the provider's carries the opaque state (signature,
 * redacted data, encrypted reasoning) in the place its own dialect has for such, wrapped: "purser.1.DIALECT.ID.OPAQUE". */
#define PURSER_CARRY_MARK "purser.1."
char    *purser_carry_wrap   (const char *dialect, const char *id /* nullable */, const char *opaque); /* (transfer full) */
/* FALSE: it is not wrapped, so it is the dialect's own. DIALECT, ID ("" → NULL) and OPAQUE are (transfer full). */
gboolean purser_carry_unwrap (const char *text, char **dialect, char **id, char **opaque);

G_END_DECLS
