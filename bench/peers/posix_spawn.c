/*
 * How fast this machine starts children when nothing but libc is in the way: posix_spawn of /bin/true in a loop, with what
 * spawn() does for default stdio: three socket pairs, their child's ends at 0, 1 and 2, and stdout and stderr read to
 * their ends. One at a time, then 32 at once. Prints {"rate-1":children per second,"rate-32":...}.
 *
 * usage: posix_spawn pipes|none MILLISECONDS RESIDENT_BYTES
 */
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PIPES 3
#define MOST 32

struct child {
  pid_t pid;
  int fds[PIPES];
};

static int with_pipes;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void start(struct child *child) {
  static char *argv[] = {"/bin/true", NULL};
  extern char **environ;
  posix_spawn_file_actions_t actions;
  int theirs[PIPES];

  posix_spawn_file_actions_init(&actions);
  for (int i = 0; with_pipes && i < PIPES; i++) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) die("socketpair");
    child->fds[i] = pair[0];
    theirs[i] = pair[1];
    posix_spawn_file_actions_adddup2(&actions, pair[1], i);
  }
  if (posix_spawn(&child->pid, argv[0], &actions, NULL, argv, environ)) die("posix_spawn");
  posix_spawn_file_actions_destroy(&actions);
  for (int i = 0; with_pipes && i < PIPES; i++) close(theirs[i]);
}

static void end(struct child *child) {
  char buffer[4096];
  for (int i = 0; with_pipes && i < PIPES; i++) {
    if (i > 0) while (read(child->fds[i], buffer, sizeof buffer) > 0) continue;
    close(child->fds[i]);
  }
  child->pid = 0;
}

static double rate(int count, double seconds) {
  struct child children[MOST] = {0};
  int alive = 0;
  long ended = 0;
  double begin = now();

  for (; alive < count; alive++) start(&children[alive]);
  while (alive > 0) {
    pid_t pid = waitpid(-1, NULL, 0);
    if (pid < 0) die("waitpid");
    struct child *child = children;
    while (child->pid != pid) child++;
    end(child);
    ended++;
    if (now() - begin < seconds) start(child);
    else alive--;
  }
  return ended / (now() - begin);
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: posix_spawn pipes|none MILLISECONDS RESIDENT_BYTES\n");
    return 2;
  }
  with_pipes = strcmp(argv[1], "pipes") == 0;
  double seconds = atof(argv[2]) / 1000;
  size_t resident = strtoull(argv[3], NULL, 10);

  char *ballast = malloc(resident);
  if (!ballast) die("malloc");
  memset(ballast, 1, resident);

  double one = rate(1, seconds);
  double many = rate(MOST, seconds);
  printf("{\"rate-1\":%.1f,\"rate-32\":%.1f}\n", one, many);
  /* Used after the loops, so that the compiler cannot do without it. */
  return ballast[resident / 2] == 1 ? 0 : 1;
}
