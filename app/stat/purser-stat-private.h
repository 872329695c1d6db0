/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-stat.h"

G_BEGIN_DECLS

/* Tango's interval for counts that need not be whole: what a suite of n cases would show if a given share of them
 * disagreed. n > 0. */
PurserInterval purser_stat_tango_real (double only_a, double only_b, double n, double z);

/* Nearest rank in sorted VALUES, P in percent. */
double purser_stat_rank (const double *sorted, gsize n, double p);
/* Sorts numbers upwards in place. */
void purser_stat_sort (double *values, gsize n);

#define PURSER_BOOTSTRAPS 4000

G_END_DECLS
