#pragma once

#include <stdint.h>
#include <sys/uio.h>

// libsystemd, loaded when the service first speaks to systemd: with what it links to it takes 2 ms to load, which the
// processes that decode pictures and do jobs would pay too. Each function is libsystemd's of the same name; where the library
// is missing they do nothing, and return 0 as where systemd does not run.

int csystemd_watchdog_enabled(uint64_t *microseconds);
int csystemd_notify(const char *state);
int csystemd_journal_sendv(const struct iovec *fields, int count);
