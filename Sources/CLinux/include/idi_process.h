#pragma once
#include <stddef.h>
#include <sys/types.h>

/// memfd_create(2): a file without a name, close-on-exec, not executable, whose size and content can be fixed.
int idi_memory_file(void);
/// fcntl(2), F_ADD_SEALS: size and content of such a file stay as they are.
int idi_seal(int descriptor);
/// pipe2(2): both ends close-on-exec; the system is asked to let `bytes` wait in it. Returns 0, or -1 with errno.
int idi_pipe(int bytes, int *reading, int *writing);
/// vmsplice(2): puts memory into a pipe without copying it; it must not change before it was read. Returns how much went in,
/// or -1 with errno.
ssize_t idi_lend(int pipe, const void *bytes, size_t count);
/// pidfd_open(2): readable when the process has ended.
int idi_pidfd_open(int process);
/// A duplicate of a descriptor that is at least `least`, close-on-exec (fcntl(2), F_DUPFD_CLOEXEC).
int idi_duplicate_above(int descriptor, int least);
/// prctl(2), PR_SET_PDEATHSIG: the signal that this process gets when the thread that made it ends. Returns 0, or -1 with errno.
int idi_signal_with_parent(int signal);
/// posix_spawn(3): a program with these arguments and an environment of its own, in a process group of its own. It has
/// `input` as 3 and `output` as 4; 0, 1 and 2 lead nowhere, every other descriptor is closed.
/// Returns 0 or an errno.
int idi_spawn(const char *path, const char *name, const char *argument, int input, int output, int *process);
