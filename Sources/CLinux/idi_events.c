#define _GNU_SOURCE
#include "idi_events.h"

#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>

int idi_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
int idi_inotify(void) { return inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }
int idi_signalfd(const sigset_t *set) { return signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK); }

int idi_take_signal(const sigset_t *set) {
  struct timespec none = {0, 0};
  return sigtimedwait(set, NULL, &none);
}
