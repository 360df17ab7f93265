'use strict';
// How the addon tells of a Wire's frames: Meta in native.d.ts, which has no values at run time.

module.exports = {
  /** Numbers a frame, and a segment. */
  FIELDS: 4,
  // Of a frame.
  FRAME_KIND: 0,
  FRAME_ID: 1,
  FRAME_FLAGS: 2,
  /** Descriptors, and from SEGMENTS_SHIFT on the number of segments. */
  FRAME_HANDLES: 3,
  DESCRIPTORS: 0xff,
  SEGMENTS_SHIFT: 8,
  // Flags.
  TAGGED: 1,
  ADDRESSED: 2,
  LOST: 4,
  NO_JSON: 8,
  SAME_TOPIC: 16,
  // Types of segments.
  BYTES: 0x62,
  LATIN1: 0x6c,
  SHARED: 0x73,
  UTF16: 0x75,
};
