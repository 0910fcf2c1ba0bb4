#pragma once

#include <spawn.h>

/// Starts a program in a group of its own, with no signal blocked or ignored. Returns 0, or an error number.
int idi_spawn_as_new(
    const char *path, const posix_spawn_file_actions_t *actions, char *const arguments[], char *const environment[],
    int *process);
