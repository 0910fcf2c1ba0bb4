#define _GNU_SOURCE
#include "idi_events.h"

#include <sys/eventfd.h>
#include <sys/inotify.h>

int idi_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
int idi_inotify(void) { return inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }
