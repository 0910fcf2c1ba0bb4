#include "idi_memory.h"

#include <malloc.h>

void idi_return_blocks_from(int bytes) { mallopt(M_MMAP_THRESHOLD, bytes); }
