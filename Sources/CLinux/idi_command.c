#define _GNU_SOURCE
#include "idi_command.h"
#include "idi_spawn_as_new.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int idi_spawn_command(
    const char *path, char *words, int arguments, int environment, int input, int output, int errors, int *process) {
  // Two lists, each with NULL at its end.
  char **lists = calloc((size_t)arguments + (size_t)environment + 2, sizeof *lists);
  if (lists == NULL) return ENOMEM;
  for (int index = 0; index < arguments + environment; index += 1) {
    lists[index < arguments ? index : index + 1] = words;
    words += strlen(words) + 1;
  }
  posix_spawn_file_actions_t actions;
  int error = posix_spawn_file_actions_init(&actions);
  if (error != 0) {
    free(lists);
    return error;
  }
  error = posix_spawn_file_actions_adddup2(&actions, input, 0);
  if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, output, 1);
  if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, errors, 2);
  if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  if (error == 0) error = posix_spawn_file_actions_addchdir_np(&actions, "/");
  if (error == 0) error = idi_spawn_as_new(path, &actions, lists, lists + arguments + 1, process);
  posix_spawn_file_actions_destroy(&actions);
  free(lists);
  return error;
}
