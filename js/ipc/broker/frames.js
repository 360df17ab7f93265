'use strict';
// Frames of a broker's clients, both ways, see "The broker" in docs/protocol.md.

const { meta } = require('../../reactor');
const { ADDRESSED, FIELDS, FRAME_FLAGS, FRAME_ID, NO_JSON, SAME_TOPIC, TAGGED } = require('../../wire-meta');
const { cutSegments } = require('../../wire-parts');
const { decode } = require('../values');

/** Kinds as the addon tells them. */
const KIND = {
  __proto__: null,
  DELIVERY: 86,
  DIRECT: 71,
  ACKNOWLEDGEMENT: 75,
  REQUEST: 81,
  ANSWER: 82,
  ERROR: 69,
  CANCEL: 67,
  BYE: 88,
};

/**
 * @param {string} head kind and id: 'P7'
 * @param {string} target topic or name, or ''
 * @param {string} marks of the segments
 */
function lineOf(head, isTagged, target, marks, json) {
  return `${head}${isTagged ? '~' : ''}${target === '' ? '' : `=${target}`}${marks}:${json}\n`;
}

/** A frame that came in. */
class Frame {
  #flags;
  #parsed;
  #segments;

  /** @param {string} target topic or name, or '' */
  constructor(kind, id, flags, target, parsed, segments) {
    this.kind = kind;
    this.id = id;
    this.target = target;
    this.#flags = flags;
    this.#parsed = parsed;
    this.#segments = segments;
  }

  /** @throws where its sender's tags make no sense, which is not the broker's fault */
  get value() {
    if ((this.#flags & TAGGED) !== 0) return decode(this.#parsed, this.#segments);
    return (this.#flags & NO_JSON) === 0 ? this.#parsed : undefined;
  }
}

/** The frames that are being told right now, one by one. */
class Frames {
  #about = meta();
  #values;
  #segments;
  #next = 0;
  #flags = 0;
  #topic = '';
  #parsed;

  /** @param {unknown[]} values as parsed @param {object[] | undefined} segments of a single frame */
  constructor(values, segments) {
    this.#values = values;
    this.#segments = segments;
  }

  get hasMore() {
    return this.#next < this.#values.length;
  }

  advance() {
    const value = this.#values[this.#next];
    const flags = this.#about[this.#next++ * FIELDS + FRAME_FLAGS];
    this.#flags = flags;
    if ((flags & ADDRESSED) === 0 || (flags & SAME_TOPIC) !== 0) {
      this.#parsed = value;
    } else {
      this.#topic = value[0];
      this.#parsed = value[1];
    }
  }

  /** Whether it is a message to a topic as most are: plain JSON, and for all whom it may concern. */
  get isPlainDelivery() {
    const at = (this.#next - 1) * FIELDS;
    return (
      this.#about[at] === KIND.DELIVERY &&
      this.#about[at + FRAME_ID] === 0 &&
      (this.#flags & ~SAME_TOPIC) === ADDRESSED &&
      this.#segments === undefined
    );
  }

  /** Of a delivery. */
  get topic() {
    return this.#topic;
  }

  get message() {
    return this.#parsed;
  }

  get frame() {
    const at = (this.#next - 1) * FIELDS;
    const target = (this.#flags & ADDRESSED) === 0 ? '' : this.#topic;
    return new Frame(this.#about[at], this.#about[at + FRAME_ID], this.#flags, target, this.#parsed, this.#segments);
  }
}

/** @returns {unknown[] | undefined} undefined: that is not what a broker sends */
function parse(text, count) {
  try {
    const values = JSON.parse(text);
    if (count === 1) return [values];
    return values.length === count ? values : undefined;
  } catch {
    return undefined; // told by the caller
  }
}

/** Segments as decode() takes them. A broker shares no memory, which the addon has seen to. */
function cut(inline) {
  return cutSegments(meta(), inline, () => undefined);
}

module.exports = { Frames, KIND, cut, lineOf, parse };
