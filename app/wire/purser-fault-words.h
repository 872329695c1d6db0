/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-event.h"

G_BEGIN_DECLS

PurserFaultClass purser_fault_class_of_code    (const char *code);                    /* NONE: not known */
PurserFaultClass purser_fault_class_of_message (const char *message, int status);     /* NONE: says nothing */
PurserFaultClass purser_fault_class_of_status  (int status);                          /* NONE: below 300 */

G_END_DECLS
