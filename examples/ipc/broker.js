'use strict';
// Topics: three workers tell how far they are, and none of it wakes this process unless it listens. Who comes late asks for the last value.

const { once } = require('node:events');
const { fork } = require('@x/procs');
const ipc = require('@x/procs/ipc');

if (process.argv[2] === 'worker') work(process.argv[3]);
else main();

async function work(name) {
  const { broker } = ipc;
  for (let percent = 0; percent <= 100; percent += 20) {
    await broker.publish(`jobs.${name}.progress`, percent, { retain: true, ack: true });
  }
  broker.onRequest((question, { from }) => `${question} of ${from}? I am ${name}`);
  await broker.publish(`jobs.${name}.done`, { at: new Date() }, { ack: true });
  // Until it is told to go.
  await once(broker, 'message');
  await broker.close();
}

async function main() {
  const broker = ipc.createBroker();
  const client = await broker.connect({ name: 'main' });
  const done = client.subscribe('jobs.*.done');
  const names = ['ann', 'bob', 'cyd'];
  const workers = names.map((name) => fork(__filename, ['worker', name], { broker: { address: broker.address, name } }));

  let left = names.length;
  for await (const { topic } of done) {
    console.log(topic);
    if (--left === 0) break;
  }

  const last = client.subscribe('jobs.*.progress', { last: true });
  left = names.length;
  for await (const { topic, message } of last) {
    console.log(`${topic} was ${message}`);
    if (--left === 0) break;
  }

  console.log(await client.request('bob', 'A question'));
  await client.broadcast('go');
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
  console.log(`${broker.stats().delivered} messages were delivered`);
  await client.close();
  await broker.close();
}
