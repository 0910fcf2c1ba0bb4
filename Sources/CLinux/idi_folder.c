#define _GNU_SOURCE
#include "idi_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

idi_folder *idi_folder_open(int folder) {
  // Not dup(2): a duplicate shares its position with the original.
  int descriptor = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return NULL;
  DIR *stream = fdopendir(descriptor);
  if (stream == NULL) close(descriptor);
  return (idi_folder *)stream;
}

int idi_folder_next(idi_folder *stream, unsigned char name[256]) {
  errno = 0;
  struct dirent *entry = readdir((DIR *)stream);
  if (entry == NULL) return errno == 0 ? 0 : -1;
  size_t length = strnlen(entry->d_name, 255);
  memcpy(name, entry->d_name, length);
  return (int)length;
}

int idi_folder_close(idi_folder *stream) { return closedir((DIR *)stream); }
