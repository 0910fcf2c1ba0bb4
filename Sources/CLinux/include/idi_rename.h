#pragma once

/// renameat2(2) with RENAME_NOREPLACE: fails with EEXIST where the new name is taken.
int idi_rename_noreplace(int old_folder, const char *old_name, int new_folder, const char *new_name);

/// renameat2(2) with RENAME_EXCHANGE: both names stand for something at any moment. EINVAL where the file system has none.
int idi_rename_exchange(int folder, const char *name, int other_folder, const char *other_name);
