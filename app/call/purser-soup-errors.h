/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>
#include "purser-event.h"

G_BEGIN_DECLS

/* What libsoup, GIO and the TLS library say, as a class and words. MESSAGE tells what was wrong with a certificate.
 * WORDS: (out) (transfer full). */
PurserFaultClass purser_soup_error_class (const GError *error, SoupMessage *message, char **words);

G_END_DECLS
