#define _GNU_SOURCE
#include "idi_cpu.h"
#include <sched.h>

int idi_cpu_affinity_count(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return -1;
  return CPU_COUNT(&set);
}
