'use strict';
// Milliseconds to the first result: from before the package is loaded, and from before the pool is made.

const { measure } = require('../lib/ipc/measure');
const { TASKS, subjects } = require('../lib/pool/subjects');
const { pathToFileURL } = require('node:url');

async function load(module) {
  try {
    // Of ours, what is behind a name is loaded when it is first asked for.
    void require(module).Pool;
  } catch (error) {
    if (error.code !== 'ERR_REQUIRE_ESM') throw error;
    await import(pathToFileURL(module));
  }
}

async function main({ subject, ...where }) {
  const module = subject === 'ours' ? where.module : where.peer;
  // Node 20 reads those when it starts, for as long as all the rest takes; and tinypool's workers have nothing of the environment.
  delete process.env.NODE_EXTRA_CA_CERTS;
  // What a subject of ours loads to describe the tasks is not its own cost.
  require(TASKS);
  const begin = performance.now();
  if (module) await load(module);
  const loaded = performance.now();
  const { run, stop } = await subjects[subject](where);
  await run('add', { a: 1, b: 1 });
  const end = performance.now();
  await stop();
  return { first: end - loaded, withLoading: end - begin };
}

measure(main);
