#pragma once

/// posix_spawn(3): a program in a process group of its own, in the folder `/`. `words` are its arguments, its name first, and
/// then its environment; each ends with a zero byte. `input`, `output` and `errors` become 0, 1 and 2; every other descriptor
/// is closed, no signal is blocked or ignored. Returns 0 or an errno.
int idi_spawn_command(
    const char *path, char *words, int arguments, int environment, int input, int output, int errors, int *process);
