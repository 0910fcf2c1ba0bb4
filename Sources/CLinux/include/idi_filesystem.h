#pragma once
#include <stdint.h>

/// fstatfs(2): writes the file system's magic number to `type`. Returns 0, or -1 with errno.
int idi_filesystem_type(int descriptor, int64_t *type);
