'use strict';
// Records what a child shows: its events in order, and what comes out of each of its streams.

const { describe } = require('./describe.js');

const EVENTS = ['spawn', 'error', 'exit', 'disconnect', 'close', 'message'];

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<object>} settles when the child has emitted 'close' and all streams are closed
 */
function observe(child, { read = true } = {}) {
  const events = [];
  const streams = {};
  const closes = [];
  child.stdio?.forEach((stream, fd) => {
    if (!stream) return;
    streams[fd] = observeStream(stream, read);
    // The child does not wait for stdin.
    closes.push(new Promise((resolve) => stream.once('close', resolve)));
  });
  return new Promise((resolve) => {
    // The properties are read when all is over, so that the last state is what is compared.
    const finish = () => Promise.all(closes).then(() => resolve({ events, streams, after: propertiesOf(child) }));
    for (const name of EVENTS) {
      child.on(name, (...args) => {
        events.push([name, ...args.map((arg) => describe(arg))]);
        if (name === 'close') finish();
      });
    }
  });
}

function observeStream(stream, read) {
  const seen = { events: [] };
  const note =
    (name) =>
    (...args) =>
      seen.events.push([name, ...args.map((arg) => describe(arg))]);
  stream.on('error', note('error'));
  stream.on('close', note('close'));
  if (read && stream.readable) {
    stream.on('end', note('end'));
    let text = '';
    // Where one chunk ends and the next begins is the kernel's affair.
    stream.on('data', (chunk) => {
      text += chunk.toString('latin1');
      seen.text = describe(text);
    });
  }
  return seen;
}

function propertiesOf({ pid, exitCode, signalCode, killed, spawnfile, spawnargs, connected, stdin, stdout, stderr, stdio, channel }) {
  const streams = { stdin, stdout, stderr, stdio: stdio && [...stdio], channel: channel === undefined ? '<undefined>' : '<channel>' };
  return describe({ hasPid: typeof pid, exitCode, signalCode, killed, spawnfile, spawnargs, connected, ...streams });
}

module.exports = { observe, propertiesOf };
