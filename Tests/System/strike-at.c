// Preloaded into the service by the torture tests: counts its calls that change the file system, start a program or hear of the
// end of one, and strikes at the N-th. A start counts twice: at the first the program dies with the service.
// KILL_AT=N ends the process with SIGKILL right after that call; 0 only counts. FAIL_AT=N makes that call, and all that
// follow within FAIL_MS milliseconds, fail with EIO. STRIKE_LOG names a file that gets the number of calls so far.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static atomic_long calls, attempts, fail_until;
static long kill_at, fail_at, fail_milliseconds;
static int log_file = -1;
// A program that was just started, with a group of its own.
static _Thread_local pid_t started;

static long number(const char *name) {
  const char *text = getenv(name);
  return text ? atol(text) : 0;
}

__attribute__((constructor)) static void begin(void) {
  kill_at = number("KILL_AT");
  fail_at = number("FAIL_AT");
  fail_milliseconds = number("FAIL_MS");
  const char *path = getenv("STRIKE_LOG");
  if (path) log_file = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
}

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

// Whether the call about to be made is to fail.
static int fails(void) {
  if (fail_at == 0) return 0;
  if (atomic_fetch_add(&attempts, 1) + 1 == fail_at) atomic_store(&fail_until, now() + fail_milliseconds);
  if (now() >= atomic_load(&fail_until)) return 0;
  errno = EIO;
  return 1;
}

static void changed(int result) {
  if (result < 0) return;
  int saved = errno;
  long number = atomic_fetch_add(&calls, 1) + 1;
  if (log_file >= 0) {
    char text[32];
    int length = snprintf(text, sizeof text, "%-10ld\n", number);
    if (pwrite(log_file, text, length, 0) < 0) return;
  }
  if (kill_at > 0 && number == kill_at) {
    if (started > 0) kill(-started, SIGKILL);
    kill(getpid(), SIGKILL);
  }
  errno = saved;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int openat(int folder, const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  mode_t mode = (flags & O_CREAT) ? va_arg(list, mode_t) : 0;
  va_end(list);
  int changes = flags & (O_CREAT | O_TRUNC);
  if (changes && fails()) return -1;
  int result = NEXT(openat)(folder, path, flags, mode);
  if (changes) changed(result);
  return result;
}

ssize_t write(int file, const void *bytes, size_t count) {
  struct stat status;
  int changes = file > 2 && fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  if (changes && fails()) return -1;
  ssize_t result = NEXT(write)(file, bytes, count);
  if (changes) changed(result < 0 ? -1 : 0);
  return result;
}

#define WRAP(name, parameters, arguments)   \
  int name parameters {                     \
    if (fails()) return -1;                 \
    int result = NEXT(name) arguments;      \
    changed(result);                        \
    return result;                          \
  }

WRAP(renameat2, (int a, const char *b, int c, const char *d, unsigned e), (a, b, c, d, e))
WRAP(renameat, (int a, const char *b, int c, const char *d), (a, b, c, d))
WRAP(rename, (const char *a, const char *b), (a, b))
WRAP(unlinkat, (int a, const char *b, int c), (a, b, c))
WRAP(unlink, (const char *a), (a))
WRAP(mkdirat, (int a, const char *b, mode_t c), (a, b, c))
WRAP(mkdir, (const char *a, mode_t b), (a, b))
WRAP(fchmod, (int a, mode_t b), (a, b))
WRAP(utimensat, (int a, const char *b, const struct timespec c[2], int d), (a, b, c, d))
WRAP(fsync, (int a), (a))

int posix_spawn(
    pid_t *process, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
    char *const arguments[], char *const environment[]) {
  if (fails()) return EIO;
  int result = NEXT(posix_spawn)(process, path, actions, attributes, arguments, environment);
  if (result != 0) return result;
  started = *process;
  changed(0);
  started = 0;
  changed(0);
  return 0;
}

pid_t waitpid(pid_t process, int *status, int options) {
  pid_t result = NEXT(waitpid)(process, status, options);
  if (result > 0) changed(0);
  return result;
}
