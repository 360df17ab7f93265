/* Round trips of 46 bytes over a Unix socket pair between two processes, nothing else: what the kernel asks for.
   socket_echo COUNT CPU CPU (-1: anywhere) prints {"p50":us,"p99":us} */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SIZE 46

static void place(int cpu) {
  cpu_set_t set;
  if (cpu < 0) return;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) exit(3);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int count = atoi(argv[1]), pair[2];
  char message[SIZE] = {0};
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return 3;
  pid_t child = fork();
  if (child == 0) {
    close(pair[0]);
    place(atoi(argv[3]));
    while (read(pair[1], message, SIZE) == SIZE)
      if (write(pair[1], message, SIZE) != SIZE) return 3;
    return 0;
  }
  close(pair[1]);
  place(atoi(argv[2]));
  double *times = malloc(count * sizeof *times);
  for (int i = 0; i < count; i++) {
    double sent = now();
    if (write(pair[0], message, SIZE) != SIZE || read(pair[0], message, SIZE) != SIZE) return 3;
    times[i] = now() - sent;
  }
  close(pair[0]);
  waitpid(child, 0, 0);
  qsort(times, count, sizeof *times, compare);
  printf("{\"p50\":%f,\"p99\":%f}\n", times[count / 2], times[count - count / 100 - 1]);
  return 0;
}
