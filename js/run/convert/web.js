'use strict';
// As web streams. A highWaterMark of 0: nothing is read ahead of what is asked for, since the child's own pipe does that.

const { errno } = require('os').constants;
const { ReadableStream, WritableStream } = require('stream/web');
const errors = require('../../errors');

const NOTHING_AHEAD = Object.freeze({ __proto__: null, highWaterMark: 0 });

function readableStreamOf(reading) {
  return new ReadableStream(
    {
      __proto__: null,
      async pull(controller) {
        const { done, value } = await reading.next();
        if (done) controller.close();
        else controller.enqueue(Buffer.isBuffer(value) ? new Uint8Array(value) : value);
      },
      async cancel() {
        await reading.return();
      },
    },
    NOTHING_AHEAD,
  );
}

function writableStreamOf(writing, outcome) {
  return new WritableStream({
    __proto__: null,
    start(controller) {
      outcome.then(({ error }) => {
        if (error !== null) controller.error(error);
      });
    },
    async write(chunk) {
      // A web stream can be stopped by an error only.
      if ((await writing.write(bytesOf(chunk))) === false) throw new errors.ErrnoException(-errno.EPIPE, 'write');
    },
    close: () => writing.end(),
    abort: (reason) => writing.abort(reason ?? null),
  });
}

/** net.Socket says what else is wrong. */
function bytesOf(chunk) {
  if (ArrayBuffer.isView(chunk)) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return require('util').types.isAnyArrayBuffer(chunk) ? Buffer.from(chunk) : chunk;
}

module.exports = { readableStreamOf, writableStreamOf };
