'use strict';
// Sends as a program with much to say does: in bursts, with a look at what send() answers.

const BURST = 500;

/** Small: an object as people send them, about 45 bytes of JSON. Otherwise a string of `length`. */
function makeMessage(length) {
  return length === 0 ? { id: 12345, type: 'task', value: 'some text' } : 'x'.repeat(length);
}

/** @returns {Promise<void>} resolved when the last message is with the kernel */
async function sendMany(target, count, length) {
  const message = makeMessage(length);
  for (let sent = 0; sent < count; ) {
    const burst = Math.min(BURST, count - sent);
    await new Promise((resolve, reject) => {
      let more = true;
      for (let i = 1; i < burst && more; i++, sent++) more = target.send(message);
      sent++;
      // A burst's last message has the callback: whether or not there is back-pressure, the loop turns once per burst.
      target.send(message, (error) => (error ? reject(error) : resolve()));
    });
  }
}

module.exports = { makeMessage, sendMany };
