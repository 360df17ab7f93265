'use strict';

module.exports = {
  /**
   * UTF-16 units from which on a string travels as a segment: from where that is cheaper on Node 20 to 26, both ends and UTF-8 included. One with
   * characters beyond Latin-1 costs 5 to 20 times as much as JSON there (at 4096: 22 to 90 µs against 4 to 8), others 1 to 3 times (4 to 10 against 4 to 6).
   */
  LONG_TEXT: 1024,
  LONG_ONE_BYTE_TEXT: 4096,
  /** Levels of JSON after which what is below goes into the table. Some less than the protocol's 500: a tag is up to five levels itself. */
  DEEPEST: 480,
  /** Levels that a receiver takes, as natively. */
  DEEPEST_TAKEN: 1000,
  /** Segments of a frame. */
  MOST_SEGMENTS: 4096,
  /** Of these, at most so many are strings: the others stay in the JSON. The rest is for bytes, which cannot. */
  MOST_TEXTS: 2048,
  /** UTF-16 units of a string that must not be quoted, however many there are: Node 25 and later abort on one of some hundred millions. */
  HUGE_TEXT: 1024 * 1024,
  /** Blocks of bytes up to which each is a segment; with more, the smaller ones share one. */
  MOST_BLOCKS: 64,
  MOST_LARGE_BLOCKS: 1024,
  SMALL_BLOCK: 64 * 1024,
  /** Bytes by which all resizable ArrayBuffers of one frame may be able to grow: address space is reserved for them. */
  MOST_RESERVED: 4 * 1024 ** 3,
  LONGEST_ARRAY: 4294967295,
};
