// Preloaded into the service by the torture tests: ends the process with SIGKILL right after its N-th call that changes
// the file system. KILL_AT=N; with KILL_AT=0 it only counts. KILL_LOG names a file that gets the number of calls so far.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long calls;
static long limit;
static int log_file = -1;

__attribute__((constructor)) static void begin(void) {
  const char *text = getenv("KILL_AT");
  limit = text ? atol(text) : 0;
  const char *path = getenv("KILL_LOG");
  if (path) log_file = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
}

static void changed(int result) {
  if (result < 0) return;
  long number = atomic_fetch_add(&calls, 1) + 1;
  if (log_file >= 0) {
    char text[32];
    int length = snprintf(text, sizeof text, "%-10ld\n", number);
    if (pwrite(log_file, text, length, 0) < 0) return;
  }
  if (limit > 0 && number == limit) kill(getpid(), SIGKILL);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int openat(int folder, const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  mode_t mode = (flags & O_CREAT) ? va_arg(list, mode_t) : 0;
  va_end(list);
  int result = NEXT(openat)(folder, path, flags, mode);
  if (flags & (O_CREAT | O_TRUNC)) changed(result);
  return result;
}

ssize_t write(int file, const void *bytes, size_t count) {
  ssize_t result = NEXT(write)(file, bytes, count);
  struct stat status;
  if (file > 2 && fstat(file, &status) == 0 && S_ISREG(status.st_mode)) changed(result < 0 ? -1 : 0);
  return result;
}

#define WRAP(name, parameters, arguments)   \
  int name parameters {                     \
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
