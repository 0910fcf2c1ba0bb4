#pragma once

/// eventfd(2), close-on-exec and non-blocking: wakes a poll(2).
int idi_eventfd(void);
/// inotify_init1(2), close-on-exec and non-blocking.
int idi_inotify(void);
