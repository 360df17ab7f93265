'use strict';
const { once } = require('node:events');
const { spawn } = require('@x/procs');

async function main() {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 10);
  const began = performance.now();

  // 300 programs, 32 at a time: each that ends starts the next.
  let left = 300;
  const lane = async () => {
    while (left-- > 0) await once(spawn('true', { stdio: 'ignore' }), 'exit');
  };
  await Promise.all(Array.from({ length: 32 }, lane));

  const took = performance.now() - began;
  clearInterval(timer);
  console.log(`300 programs in ${took.toFixed()} ms; a 10 ms timer ticked ${ticks} of ${Math.floor(took / 10)} times meanwhile`);
}

main();
