'use strict';
const { once } = require('node:events');
const { fork } = require('@x/procs');
const { parent } = require('@x/procs/ipc');

// This file is both: the program, and the worker that it starts.
if (parent) {
  parent.onRequest(({ primesBelow }) => primes(primesBelow));
  parent.on('message', ({ counts }) => parent.send([...counts].sort(([, a], [, b]) => b - a)[0]));
} else {
  main();
}

async function main() {
  const { channel } = fork(__filename, { serialization: 'structured' });

  // An answer that is a generator is iterated, as fast as this loop takes it. Leaving the loop ends the generator.
  const found = [];
  for await (const prime of channel.request({ primesBelow: Infinity })) {
    found.push(prime);
    if (found.length === 10) break;
  }
  console.log(`primes: ${found.join(' ')}`);

  // Whatever structuredClone takes is a message.
  channel.send({ counts: new Map(Object.entries({ apples: 3, pears: 12 })) });
  const [[name, count]] = await once(channel, 'message');
  console.log(`most: ${count} ${name}`);

  // What is thrown over there is thrown here.
  await channel.request({ primesBelow: 'ten' }).catch((error) => console.log(`${error.name}: ${error.message}`));
  await channel.close();
}

function primes(limit) {
  if (typeof limit !== 'number') throw new TypeError(`${limit} is no number`);
  return (async function* () {
    for (let n = 2; n < limit; n++) {
      if (!Array.from({ length: n - 2 }, (_, i) => i + 2).some((divisor) => n % divisor === 0)) yield n;
    }
  })();
}
