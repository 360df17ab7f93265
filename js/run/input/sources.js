'use strict';
// Every form of input as { next(), stop() }: next() as an iterator's, stop() for good, also while next() is waiting.

const { createReadStream } = require('fs');

/** @param {import('../options/target').Target} target */
function sourceOf({ kind, value }) {
  switch (kind) {
    case 'string':
    case 'bytes':
      return ofIterator([value][Symbol.iterator]());
    case 'iterable':
      return ofIterator((value[Symbol.asyncIterator] ?? value[Symbol.iterator]).call(value));
    case 'webStream':
      return ofWebStream(value);
    case 'nodeStream':
      return ofNodeStream(value);
    case 'file':
      return ofNodeStream(createReadStream(value));
    case 'inherit':
      return ofNodeStream(process.stdin);
    case 'fd':
      return ofNodeStream(value === 0 ? process.stdin : createReadStream(null, { __proto__: null, fd: value, autoClose: false }));
  }
}

function ofIterator(iterator) {
  return {
    next: () => iterator.next(),
    // One that is waiting comes to it later or never: nobody waits for that, and what it still throws is of no use to anybody.
    async stop() {
      try {
        await iterator.return?.();
      } catch {}
    },
  };
}

function ofNodeStream(stream) {
  const isOurs = stream !== process.stdin;
  const iterator = stream.iterator({ __proto__: null, destroyOnReturn: isOurs });
  return {
    next: () => iterator.next(),
    stop() {
      if (isOurs) stream.destroy();
      else stream.pause();
    },
  };
}

function ofWebStream(stream) {
  const reader = stream.getReader();
  return {
    next: () => reader.read(),
    stop() {
      reader.cancel().catch(() => {});
    },
  };
}

module.exports = { sourceOf };
