#define _GNU_SOURCE
#include "idi_cpu.h"
#include <sched.h>

int idi_cpu_affinity_count(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return -1;
  return CPU_COUNT(&set);
}

#if defined(__x86_64__)
#include <cpuid.h>

// The state components that the system saves on a context switch (XCR0): without them the registers do not survive.
static unsigned long long saved_state(void) {
  unsigned low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return ((unsigned long long)high << 32) | low;
}

int idi_cpu_vector_level(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  if (!(c & bit_OSXSAVE) || !(c & bit_AVX) || !(c & bit_FMA) || !(c & bit_F16C)) return 0;
  unsigned long long state = saved_state();
  if ((state & 0x06) != 0x06) return 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(b & bit_AVX2)) return 0;
  const unsigned wide = bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL | bit_AVX512CD;
  return (b & wide) == wide && (state & 0xe6) == 0xe6 ? 2 : 1;
}
#else
int idi_cpu_vector_level(void) { return 0; }
#endif
