#define _GNU_SOURCE
#include "idi_filesystem.h"

#include <sys/vfs.h>

int idi_filesystem_type(int descriptor, int64_t *type) {
  struct statfs status;
  int result = fstatfs(descriptor, &status);
  if (result == 0) *type = (int64_t)(uint32_t)status.f_type;
  return result;
}
