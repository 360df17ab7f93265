'use strict';
// How long JavaScript stood still while a job ran, seen from three sides.

const { monitorEventLoopDelay } = require('node:perf_hooks');

const RESOLUTION = 1; // ms
const TICK = 10; // ms

/** The module with a clock on every call that starts something. */
function clocked(module) {
  const inside = { calls: 0, milliseconds: 0 };
  const clockedCall = (start) => {
    const call = (...args) => {
      const began = performance.now();
      try {
        return start(...args);
      } finally {
        inside.calls++;
        inside.milliseconds += performance.now() - began;
      }
    };
    // util.promisify looks for its own form on the function.
    return Object.defineProperties(call, Object.getOwnPropertyDescriptors(start));
  };
  const { exec, execFile, run, pipeline } = module;
  return { inside, spawn: clockedCall(module.spawn), fork: clockedCall(module.fork), exec, execFile, run, pipeline };
}

async function measure(job, module, input) {
  const used = clocked(module);
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  let ticks = 0;
  const timer = setInterval(() => ticks++, TICK);
  delay.enable();
  const began = performance.now();
  const { result } = await job(used, input);
  const took = performance.now() - began;
  delay.disable();
  clearInterval(timer);
  const expected = Math.floor(took / TICK);
  return {
    result,
    took,
    longest: Math.max(0, delay.max / 1e6 - RESOLUTION),
    inCalls: used.inside.milliseconds,
    calls: used.inside.calls,
    missed: expected === 0 ? 0 : Math.max(0, 1 - ticks / expected),
  };
}

module.exports = { measure };
