'use strict';
// What an end plays once it has been told, and the sending of many messages that both ends do.

const { check, payloads } = require('./payload');

/** Sends `count` of a payload in bursts, as a program with much to say does: each burst's last message is waited for. */
async function sendMany(end, { payload, count, burst, alloc }) {
  const message = payloads[payload]();
  for (let sent = 0; sent < count; ) {
    const size = Math.min(burst, count - sent);
    for (let i = 1; i < size; i++) end.send(alloc ? allocated(end, message) : message);
    await end.last(alloc ? allocated(end, message) : message);
    sent += size;
  }
}

/** As a program that makes its bytes where they are to go: here only the ends of them. */
function allocated(end, { length }) {
  const buffer = end.alloc(length);
  const view = new Uint8Array(buffer);
  view[0] = view[length - 1] = 'x'.charCodeAt(0);
  return buffer;
}

/** Hears `count` of a payload, then calls back. */
function hearMany(end, { payload, count, release }, done) {
  let left = count;
  return (message) => {
    check(payload, message);
    if (release) end.release(message);
    if (--left === 0) done();
  };
}

const roles = {
  __proto__: null,
  /** Sends every message back. */
  echo: (end) => (message) => end.send(message),
  /** Says when the last of each series is here. */
  sink(end, { series, ...what }) {
    let hear;
    const next = () => {
      const count = series.shift();
      hear =
        count === undefined
          ? undefined
          : hearMany(end, { ...what, count }, () => {
              next();
              end.send('done');
            });
    };
    next();
    return (message) => hear(message);
  },
  /** Sends messages of its own when it is asked to. */
  source: (end, what) => (count) => void sendMany(end, { ...what, count }),
};

function play(end, { role, ...what }) {
  return roles[role](end, what);
}

module.exports = { hearMany, play, sendMany };
