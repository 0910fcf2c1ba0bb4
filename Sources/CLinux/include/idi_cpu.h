#pragma once

/// Number of processors that the calling thread may run on (sched_getaffinity(2)), or -1 with errno set.
int idi_cpu_affinity_count(void);

/// A hint to the processor that the caller spins.
static inline void idi_cpu_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

/// What the processor and the operating system together allow: 0 for neither, 1 for AVX2 with FMA and F16C,
/// 2 for AVX-512 F, BW, DQ and VL as well. 0 on other architectures.
int idi_cpu_vector_level(void);

/// Asks for a cache line that will be read soon. Any address is allowed.
static inline void idi_cpu_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

/// The same, into the second level cache only.
static inline void idi_cpu_prefetch_early(const void *address) { __builtin_prefetch(address, 0, 2); }
