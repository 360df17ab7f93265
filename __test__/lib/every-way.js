'use strict';
// One program, started by each of the calls that could.

const { withoutPid } = require('./describe.js');

/** What each call shows, whether it throws, tells it by an event, or by a result. */
async function everyWay(tools, file, args, options = {}) {
  const { cp, attempt, callback } = tools;
  return {
    spawn: await spawned(tools, file, args, options),
    execFile: await called((done) => cp.execFile(file, args, options, done), { attempt, callback }),
    spawnSync: attempt(() => withoutPid(cp.spawnSync(file, args, { ...options, stdio: 'pipe' }))),
    execFileSync: attempt(() => {
      try {
        return cp.execFileSync(file, args, { ...options, stdio: 'pipe' });
      } catch (error) {
        throw withoutPid(error);
      }
    }),
  };
}

async function spawned({ cp, attempt, observe }, file, args, options) {
  let seen;
  const { threw } = attempt(() => {
    seen = observe(cp.spawn(file, args, options));
  });
  if (threw) return threw;
  const { events, streams, after } = await seen;
  // That a program cannot be executed is known to ours when the kernel has tried, and 'spawn' does not wait for that.
  const failed = events.some(([name]) => name === 'error');
  return { events: failed ? events.filter(([name]) => name !== 'spawn') : events, streams, after };
}

async function called(start, { attempt, callback }) {
  let threw;
  const arrived = await callback((done) => {
    threw = attempt(() => void start(done)).threw;
    if (threw) done();
  });
  return threw ?? arrived;
}

module.exports = { everyWay };
