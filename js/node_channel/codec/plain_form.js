'use strict';
// The part of V8's structured clone form that plain values need. Version 15 is what Node 20 to 26 write; later ones read it.

module.exports = {
  VERSION: 15,
  TAG: {
    __proto__: null,
    version: 0xff,
    undefined: 0x5f,
    null: 0x30,
    true: 0x54,
    false: 0x46,
    /** Zigzag varint. */
    int32: 0x49,
    /** Eight bytes in the machine's order. */
    double: 0x4e,
    /** Varint length, Latin-1. */
    oneByteString: 0x22,
    /** Keys and values, then the end and how many there were. */
    object: 0x6f,
    endOfObject: 0x7b,
    /** Length and values, then the end, how many properties besides (none here), and the length again. */
    denseArray: 0x41,
    endOfDenseArray: 0x24,
  },
};
