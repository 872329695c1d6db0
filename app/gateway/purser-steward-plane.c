/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-steward.h"

/* In a file of its own, so that a test of the steward links no data plane. */
const PurserStewardPlane purser_steward_plane = { purser_plane_serve, purser_plane_drop, purser_served_url,
                                                  purser_served_count, purser_served_calls };
