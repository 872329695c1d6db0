/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-terminal.h"

int
main (int argc, char **argv)
{
  return purser_terminal_main (argc, argv);
}
