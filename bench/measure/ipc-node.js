'use strict';
// fork() as the parent of a plain Node child: small messages and 1 MB strings per second, each way.

const { once } = require('node:events');
const { measured } = require('../lib/measured');
const { sendMany } = require('../lib/send-many');
const { startChild, stopChild } = require('../lib/ipc-parent');

const MEGABYTE = 1024 * 1024;

/** From the first send() to the child's word that it has seen the last message. */
async function rateTo(subject, serialization, { count, warmup }, length) {
  const child = await startChild(subject, serialization, { name: 'sink', series: [warmup, count] });
  let begin;
  for (const series of [warmup, count]) {
    const done = once(child, 'message');
    begin = performance.now();
    await sendMany(child, series, length);
    await done;
  }
  const rate = (count / (performance.now() - begin)) * 1000;
  await stopChild(child);
  return rate;
}

/** From the last message of the warm-up to the last one. */
async function rateFrom(subject, serialization, { count, warmup }, length) {
  const child = await startChild(subject, serialization, { name: 'source', count: warmup + count, length });
  let seen = 0;
  let begin;
  await new Promise((resolve) => {
    child.on('message', () => {
      seen++;
      if (seen === warmup) begin = performance.now();
      else if (seen === warmup + count) resolve();
    });
  });
  const rate = (count / (performance.now() - begin)) * 1000;
  await stopChild(child);
  return rate;
}

measured(async (subject, { serialization, small, large }) => ({
  to: await rateTo(subject, serialization, small, 0),
  from: await rateFrom(subject, serialization, small, 0),
  'large-to': await rateTo(subject, serialization, large, MEGABYTE),
  'large-from': await rateFrom(subject, serialization, large, MEGABYTE),
}));
