'use strict';
// What the messages of bench/ipc.js are.

const KB = 1024;

/** About 45 bytes of JSON, as people send them. */
const small = () => ({ id: 12345, type: 'task', value: 'some text' });

/** About 1 KB of JSON: a record with some lists in it. */
const record = () => ({
  id: 'a81bc81b-dead-4e5d-abff-90865d1e13b1',
  name: 'resize',
  created: 1700000000000,
  options: { width: 1920, height: 1080, fit: 'cover', background: null, progressive: true, quality: 0.82 },
  sources: Array.from({ length: 6 }, (_, i) => ({
    path: `/var/data/images/2026/11/original-${i}.jpg`,
    size: 48213 + i,
    etag: `w/"${i}f3a9c"`,
  })),
  tags: ['public', 'gallery', 'thumbnail', 'nightly', 'retry'],
  matrix: Array.from({ length: 40 }, (_, i) => i * 1.5),
});

const bytes = (length) => () => Buffer.alloc(length, 'x');

const payloads = {
  __proto__: null,
  small,
  '1 KB object': record,
  '64 KB string': () => 'x'.repeat(64 * KB),
  '64 KB Buffer': bytes(64 * KB),
  '1 MB Buffer': bytes(KB * KB),
  '16 MB Buffer': bytes(16 * KB * KB),
};

/** A receiver that never looks at what came would not notice that it is not there. */
function check(name, message) {
  const right =
    name === 'small' ? message.id === 12345 : name === '1 KB object' ? message.matrix.length === 40 : isText(message) || isBytes(message);
  if (!right) throw new Error(`not what was sent: ${name}`);
}

const X = 'x'.charCodeAt(0);
const isText = (message) => typeof message === 'string' && message.length === 64 * KB && message.charCodeAt(0) === X;

/** At both ends of it. Which kind of view is the subject's choice. */
function isBytes(message) {
  const view = message instanceof ArrayBuffer ? new Uint8Array(message) : message;
  return view[0] === X && view[view.length - 1] === X;
}

module.exports = { payloads, check };
