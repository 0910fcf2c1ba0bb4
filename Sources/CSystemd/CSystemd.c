#include "CSystemd.h"

#include <dlfcn.h>
#include <pthread.h>
#include <systemd/sd-daemon.h>
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

// Types of functions come from libsystemd's headers, so that one that changes does not compile.
#define FUNCTIONS(DO) DO(watchdog_enabled) DO(notify) DO(journal_sendv)

#define MEMBER(name) __typeof__(&sd_##name) name;
static struct { FUNCTIONS(MEMBER) } library;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  void *handle = dlopen("libsystemd.so.0", RTLD_LAZY | RTLD_LOCAL);
  if (!handle) return;
#define FIND(name) library.name = (__typeof__(library.name))dlsym(handle, "sd_" #name);
  FUNCTIONS(FIND)
}

int csystemd_watchdog_enabled(uint64_t *microseconds) {
  pthread_once(&once, load);
  return library.watchdog_enabled ? library.watchdog_enabled(0, microseconds) : 0;
}

int csystemd_notify(const char *state) {
  pthread_once(&once, load);
  return library.notify ? library.notify(0, state) : 0;
}

int csystemd_journal_sendv(const struct iovec *fields, int count) {
  pthread_once(&once, load);
  return library.journal_sendv ? library.journal_sendv(fields, count) : 0;
}
