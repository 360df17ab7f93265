'use strict';
// Round trips of one message at a time, in microseconds.

const { subjects } = require('../lib/ipc/ends');
const { measure } = require('../lib/ipc/measure');
const { payloads } = require('../lib/ipc/payload');
const { allowedCpus, place } = require('../lib/placement');
const { percentile } = require('../lib/stats');

async function main({ subject, cpus, payload, count, warmup, ...what }) {
  const { end, pid, stop } = await subjects[subject].start(what);
  if (cpus > 0) {
    const allowed = allowedCpus();
    place(process.pid, allowed[0]);
    if (pid !== process.pid) place(pid, allowed[cpus - 1]);
  }
  await end.last({ role: 'echo' });
  const message = payloads[payload]();
  const times = [];
  await new Promise((resolve) => {
    let sent;
    function next() {
      sent = performance.now();
      end.send(message);
    }
    end.onMessage(() => {
      times.push((performance.now() - sent) * 1000);
      if (times.length === warmup + count) resolve();
      else next();
    });
    next();
  });
  await stop();
  times.splice(0, warmup);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

measure(main);
