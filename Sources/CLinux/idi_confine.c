#define _GNU_SOURCE
#include "idi_confine.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

int idi_give_up_rights(void) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return -1;
  // Two files beside the three that lead nowhere, and no dump.
  const struct rlimit none = {0, 0}, few = {5, 5};
  if (setrlimit(RLIMIT_CORE, &none) != 0 || setrlimit(RLIMIT_NOFILE, &few) != 0) return -1;
  return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define KILL BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IS(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), ALLOW
// A thread, which libde265 cannot do without; it shares the filter. clone3(2) has its flags where no filter sees them, and
// the C library knows what to do without it.
#define IS_THREAD                                                    \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone, 0, 4),             \
    LOAD(args[0]),                                                   \
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0), REFUSE, ALLOW
#define IS_UNKNOWN(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)
// The lower half of the first argument, of which a descriptor has no more.
#define IS_INTO(name, descriptor)                               \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 4),       \
    LOAD(args[0]),                                              \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, descriptor, 1, 0), REFUSE, ALLOW
// The lower half of the third argument, which both calls have their protection in.
#define IS_WITHOUT_CODE(name)                                      \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 4),          \
    LOAD(args[2]),                                                 \
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1), REFUSE, ALLOW

int idi_allow_few_calls(int output) {
#ifdef ARCHITECTURE
  struct sock_filter program[] = {
    LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0), KILL,
    LOAD(nr),
#ifdef __x86_64__
    // Numbers of x32.
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), KILL,
#endif
    IS_INTO(write, (unsigned)output), IS_INTO(vmsplice, (unsigned)output),
    IS(brk), IS(munmap), IS(mremap), IS(madvise), IS(futex), IS(getrandom), IS(clock_gettime), IS(rt_sigreturn),
    IS(exit_group), IS_WITHOUT_CODE(mmap), IS_WITHOUT_CODE(mprotect),
    IS_THREAD, IS_UNKNOWN(clone3), IS(set_robust_list), IS(rseq), IS(rt_sigprocmask), IS(exit), REFUSE,
  };
  struct sock_fprog filter = {.len = sizeof program / sizeof *program, .filter = program};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
#else
  (void)output;
  errno = ENOSYS;
  return -1;
#endif
}
