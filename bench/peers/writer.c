/*
 * Writes BLOCK_BYTES at a time to stdout until TOTAL_BYTES are written, as fast as the reader lets it.
 *
 * usage: writer BLOCK_BYTES TOTAL_BYTES
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: writer BLOCK_BYTES TOTAL_BYTES\n");
    return 2;
  }
  size_t block = strtoull(argv[1], NULL, 10);
  size_t left = strtoull(argv[2], NULL, 10);
  char *data = malloc(block);
  if (!data) return 1;
  memset(data, 'x', block);

  while (left > 0) {
    ssize_t written = write(1, data, left < block ? left : block);
    if (written < 0) {
      perror("write");
      return 1;
    }
    left -= written;
  }
  return 0;
}
