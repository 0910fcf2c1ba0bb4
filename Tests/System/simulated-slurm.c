// One of Slurm's commands, by the name it is called: hands its arguments and its input to `simulated-slurmctld` by the socket
// that SLURM_CONF names, and prints what it says. The first line of the answer is the exit status.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void put(int socket, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t done = write(socket, bytes, count);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) exit(1);
    bytes += done;
    count -= (size_t)done;
  }
}

int main(int count, char **arguments) {
  const char *path = getenv("SLURM_CONF");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (path == NULL || strlen(path) >= sizeof address.sun_path) return 1;
  strcpy(address.sun_path, path);
  int socket_ = socket(AF_UNIX, SOCK_STREAM, 0);
  if (socket_ < 0 || connect(socket_, (struct sockaddr *)&address, sizeof address) != 0) {
    fprintf(stderr, "error: Unable to contact slurm controller (connect failure)\n");
    return 1;
  }
  const char *name = strrchr(arguments[0], '/');
  name = name == NULL ? arguments[0] : name + 1;
  put(socket_, name, strlen(name) + 1);
  for (int index = 1; index < count; index += 1) put(socket_, arguments[index], strlen(arguments[index]) + 1);
  put(socket_, "", 1);
  char buffer[1 << 16];
  if (strcmp(name, "sbatch") == 0) {
    for (;;) {
      ssize_t more = read(0, buffer, sizeof buffer);
      if (more < 0 && errno == EINTR) continue;
      if (more <= 0) break;
      put(socket_, buffer, (size_t)more);
    }
  }
  shutdown(socket_, SHUT_WR);
  int status = -1;
  for (;;) {
    ssize_t more = read(socket_, buffer, sizeof buffer);
    if (more < 0 && errno == EINTR) continue;
    if (more <= 0) break;
    char *text = buffer;
    if (status < 0) {
      status = buffer[0] - '0';
      text += 2;
      more -= 2;
    }
    if (more > 0) put(1, text, (size_t)more);
  }
  return status < 0 ? 1 : status;
}
