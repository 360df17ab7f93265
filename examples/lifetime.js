'use strict';
const { setTimeout: sleep } = require('node:timers/promises');
const { run, shutdown } = require('@x/procs');

/** A shell that starts a daemon, in a session of its own and with no tie to the shell, and then waits. */
const family = () => run('sh', ['-c', 'setsid sleep 1000 >/dev/null & echo started; wait'], { timeout: 200, reject: false });

async function main() {
  // Whatever ends a child ends all that it has started, also what has run away from it.
  const { exitReason, tree } = await family();
  console.log(`${exitReason}: ${tree.left.length} processes left`);

  // killTree() says what it reached, and what it did not.
  const child = family();
  await sleep(50);
  const { signalled, left } = await child.killTree();
  console.log(`${signalled} processes ended, ${left.length} left`);

  // Nothing outlives this process, however it ends. In an application, shutdown() gives everybody the time to end well.
  const server = run('sleep', ['1000'], { reject: false });
  await shutdown({ timeout: 1000 });
  console.log(`at shutdown the server ended by ${(await server).signal}`);
}

main();
