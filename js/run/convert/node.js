'use strict';
// As Node streams.

const { Duplex, Readable, Writable } = require('stream');

function readableOf(reading) {
  return new Readable({
    __proto__: null,
    objectMode: reading.isLines,
    read() {
      pull(this, reading);
    },
    destroy(error, callback) {
      leave([reading.return()], error, callback);
    },
  });
}

function writableOf(writing, outcome) {
  const writable = new Writable({
    __proto__: null,
    write(chunk, _encoding, callback) {
      write(this, writing, chunk, callback);
    },
    final: (callback) => end(writing, callback),
    destroy(error, callback) {
      leave([writing.abort(error)], error, callback);
    },
  });
  failWith(writable, outcome);
  return writable;
}

function duplexOf(reading, writing, outcome) {
  const duplex = new Duplex({
    __proto__: null,
    readableObjectMode: reading.isLines,
    read() {
      pull(this, reading);
    },
    write(chunk, _encoding, callback) {
      write(this, writing, chunk, callback);
    },
    final: (callback) => end(writing, callback),
    destroy(error, callback) {
      leave([writing.abort(error), reading.return()], error, callback);
    },
  });
  failWith(duplex, outcome);
  return duplex;
}

function pull(stream, reading) {
  reading.next().then(
    ({ done, value }) => stream.push(done ? null : value),
    (error) => stream.destroy(error),
  );
}

function write(stream, writing, chunk, callback) {
  const wait = writing.write(chunk);
  if (wait === null) callback();
  else wait.then((isTaken) => (isTaken ? callback() : close(stream)));
}

/** Without an error, which would be a crash where nobody listens: pipe() and pipeline() stop at 'close' as well. */
function close(stream) {
  if (stream.readable) stream.once('end', () => stream.destroy());
  else stream.destroy();
}

function end(writing, callback) {
  writing.end().then(
    () => callback(),
    (error) => callback(error),
  );
}

/** Destroyed is destroyed when the child has ended. */
function leave(steps, error, callback) {
  Promise.all(steps).then(() => callback(error));
}

/** A child that fails while nothing is written to it. */
function failWith(stream, outcome) {
  outcome.then(({ error }) => {
    if (error !== null) stream.destroy(error);
  });
}

module.exports = { readableOf, writableOf, duplexOf };
