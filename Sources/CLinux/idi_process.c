#define _GNU_SOURCE
#include "idi_process.h"
#include "idi_spawn_as_new.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

int idi_memory_file(void) {
  int descriptor = memfd_create("idinvert", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
  // Kernels before 6.3.
  if (descriptor < 0 && errno == EINVAL) descriptor = memfd_create("idinvert", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  return descriptor;
}

int idi_seal(int descriptor) {
  return fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
}

int idi_pipe(int bytes, int *reading, int *writing) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  // A smaller one does its work too.
  (void)fcntl(ends[1], F_SETPIPE_SZ, bytes);
  *reading = ends[0];
  *writing = ends[1];
  return 0;
}

ssize_t idi_lend(int descriptor, const void *bytes, size_t count) {
  struct iovec piece = {.iov_base = (void *)bytes, .iov_len = count};
  return vmsplice(descriptor, &piece, 1, 0);
}

int idi_pidfd_open(int process) { return (int)syscall(SYS_pidfd_open, process, 0); }

int idi_duplicate_above(int descriptor, int least) { return fcntl(descriptor, F_DUPFD_CLOEXEC, least); }

int idi_signal_with_parent(int number) { return prctl(PR_SET_PDEATHSIG, number, 0, 0, 0); }

int idi_spawn_as_new(
    const char *path, const posix_spawn_file_actions_t *actions, char *const arguments[], char *const environment[],
    int *process) {
  posix_spawnattr_t attributes;
  int error = posix_spawnattr_init(&attributes);
  if (error != 0) return error;
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  error = posix_spawnattr_setsigmask(&attributes, &none);
  if (error == 0) error = posix_spawnattr_setsigdefault(&attributes, &all);
  if (error == 0) error = posix_spawnattr_setpgroup(&attributes, 0);
  if (error == 0)
    error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  if (error == 0) {
    pid_t number = 0;
    error = posix_spawn(&number, path, actions, &attributes, arguments, environment);
    *process = number;
  }
  posix_spawnattr_destroy(&attributes);
  return error;
}

int idi_spawn(const char *path, const char *name, const char *argument, int input, int output, int *process) {
  posix_spawn_file_actions_t actions;
  int error = posix_spawn_file_actions_init(&actions);
  if (error != 0) return error;
  for (int number = 0; number < 3 && error == 0; number += 1)
    error = posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0);
  if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, input, 3);
  if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, output, 4);
  if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(&actions, 5);
  if (error == 0) {
    char *arguments[] = {(char *)name, (char *)argument, NULL};
    // Large pages for the libraries' own memory, as it is all new: 5 to 50 ms of a picture of 12 megapixels.
    char *environment[] = {"GLIBC_TUNABLES=glibc.malloc.hugetlb=1", NULL};
    error = idi_spawn_as_new(path, &actions, arguments, environment, process);
  }
  posix_spawn_file_actions_destroy(&actions);
  return error;
}
