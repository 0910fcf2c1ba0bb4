#pragma once

#include <signal.h>

/// eventfd(2), close-on-exec and non-blocking: wakes a poll(2).
int idi_eventfd(void);
/// inotify_init1(2), close-on-exec and non-blocking.
int idi_inotify(void);
/// signalfd(2), close-on-exec and non-blocking: readable while one of these signals is pending.
int idi_signalfd(const sigset_t *set);
/// sigtimedwait(2) without waiting: the number of a pending signal, which is pending no longer; -1 where there is none.
int idi_take_signal(const sigset_t *set);
