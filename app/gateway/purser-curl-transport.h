/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-loop.h"
#include "purser-transport.h"

G_BEGIN_DECLS

/* The gateway's transport: libcurl multi on the data plane's loop, HTTP/1.1 with connections kept, or HTTP/2 where the provider speaks it over TLS. The same promises as the libsoup one (purser-transport.h):
 * one send, one bill; no redirect; no cookies; the same classes of faults. LOOP outlives it. (transfer full) */
PurserTransport *purser_curl_transport_new (PurserLoop *loop);

G_END_DECLS
