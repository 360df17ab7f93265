'use strict';
// Round trips without loss, and in their order. PROCS_TEST_ROUND_TRIPS=1000000 for as many as the client must stand.

const { run } = require('@x/procs');
const { testPython, worker } = require('./lib/python.js');

const COUNT = Number(process.env.PROCS_TEST_ROUND_TRIPS ?? 20_000);
const WINDOW = 1000;
const TIMEOUT = Math.max(30_000, COUNT);

testPython.each([['one by one'], ['gather']])(
  `${COUNT} requests, ${WINDOW} at a time, %s`,
  async (how) => {
    const child = worker(run, 'worker', [how]);
    const { channel } = child;
    let wrong = 0;
    let last = -1;
    for (let from = 0; from < COUNT; from += WINDOW) {
      const asked = Array.from({ length: Math.min(WINDOW, COUNT - from) }, (_, n) =>
        channel.request({ n: from + n }).then((answer) => {
          if (answer.n !== from + n || answer.n !== ++last) wrong++;
        }),
      );
      await Promise.all(asked);
    }
    expect([wrong, last]).toEqual([0, COUNT - 1]);
    channel.close();
    expect((await child).exitCode).toBe(0);
  },
  TIMEOUT,
);

testPython(
  `${COUNT} messages that come back`,
  async () => {
    const child = worker(run, 'worker');
    const { channel } = child;
    let next = 0;
    const all = new Promise((resolve, reject) => {
      channel.on('message', (n) => {
        if (n !== next++) reject(new Error(`${n} came in place of ${next - 1}`));
        if (next === COUNT) resolve();
      });
    });
    for (let n = 0; n < COUNT; n++) {
      channel.send(n);
      if (channel.needsDrain) await new Promise((resolve) => channel.once('drain', resolve));
    }
    await all;
    expect(await channel.request({ op: 'flood', value: 1000 })).toBe(1000);
    channel.close();
    expect((await child).exitCode).toBe(0);
  },
  TIMEOUT,
);
