'use strict';
// Round trips of one small message at a time between fork() and a plain Node child, in microseconds.

const { measured } = require('../lib/measured');
const { allowedCpus, place } = require('../lib/placement');
const { makeMessage } = require('../lib/send-many');
const { percentile } = require('../lib/stats');
const { startChild, stopChild } = require('../lib/ipc-parent');

function roundTrips(child, message, count) {
  const times = [];
  return new Promise((resolve) => {
    let sent;
    function send() {
      sent = performance.now();
      child.send(message);
    }
    child.on('message', function onMessage() {
      times.push((performance.now() - sent) * 1000);
      if (times.length < count) return send();
      child.off('message', onMessage);
      return resolve(times);
    });
    send();
  });
}

measured(async (subject, { serialization, cpus, warmup, count }) => {
  const child = await startChild(subject, serialization, { name: 'echo' });
  if (cpus > 0) {
    const allowed = allowedCpus();
    place(process.pid, allowed[0]);
    place(child.pid, allowed[cpus - 1]);
  }
  const message = makeMessage(0);
  await roundTrips(child, message, warmup);
  const times = await roundTrips(child, message, count);
  await stopChild(child);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
});
