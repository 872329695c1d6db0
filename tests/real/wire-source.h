/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-chat.h"

G_BEGIN_DECLS

/* Replies of providers as they are written down in tests/: the bytes that a provider would send. */
typedef struct
{
  int status;
  gboolean streamed;
  GByteArray *bytes; /* (owned) */
} PlaySource;

PlaySource *play_source_read (
    const char *folder, const PurserChat *chat, const char *upstream, const char *name, GError **error);
void play_source_free (PlaySource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlaySource, play_source_free)

G_END_DECLS
