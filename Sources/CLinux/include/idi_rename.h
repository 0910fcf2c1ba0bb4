#pragma once

/// renameat2(2) with RENAME_NOREPLACE: fails with EEXIST where the new name is taken.
int idi_rename_noreplace(int old_folder, const char *old_name, int new_folder, const char *new_name);
