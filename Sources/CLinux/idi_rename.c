#define _GNU_SOURCE
#include "idi_rename.h"

#include <stdio.h>

int idi_rename_noreplace(int old_folder, const char *old_name, int new_folder, const char *new_name) {
  return renameat2(old_folder, old_name, new_folder, new_name, RENAME_NOREPLACE);
}
