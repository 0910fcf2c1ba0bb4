#include "idi_memory.h"

#include <malloc.h>

void idi_return_blocks_from(int bytes) {
  mallopt(M_MMAP_THRESHOLD, bytes);
  // Each thread would get an arena of its own, and each arena keeps holes of its own.
  mallopt(M_ARENA_MAX, 2);
}
