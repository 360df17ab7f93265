'use strict';
// Tasks by the thousand while workers are killed in every way there is: each is answered once, none is begun twice, nothing is left.
// PROCS_TEST_CHAOS=1000000 for as many tasks and a kill every 20 ms; PROCS_TEST_CHAOS_SEED for another course of things.

const path = require('node:path');
const { execFile, spawnSync } = require('node:child_process');

const program = path.join(__dirname, 'fixtures', 'pool', 'chaos.js');
const FULL = Number(process.env.PROCS_TEST_CHAOS ?? 0);
const TASKS = FULL || 20_000;
const SEED = Number(process.env.PROCS_TEST_CHAOS_SEED ?? 1);
const LIMIT = FULL ? 60 * 60_000 : 180_000;
/** It starts in 2 ms, where Node takes 40 of a CPU: two CPUs cannot start a Node every 20 ms and do something besides. */
const hasPerl = spawnSync('perl', ['-e', '1']).status === 0;

function chaos(parameters) {
  return new Promise((resolve, reject) => {
    const args = ['--max-semi-space-size=2', program, JSON.stringify({ seed: SEED, ...parameters })];
    execFile(process.execPath, args, { timeout: LIMIT, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stderr}`));
      else resolve(JSON.parse(stdout));
    });
  });
}

/** @param {number} atOnce tasks that a worker runs at the same time */
function judge(report, tasks, atOnce) {
  expect(report.wrong).toEqual([]);
  expect(report).toMatchObject({ ended: tasks, twice: 0, fdsMore: 0, children: [] });
  for (const times of Object.values(report.ways)) expect(times).toBeGreaterThan(1);
  // A death is the loss of what that worker was running; what it had only been given moves on.
  // (A worker may be killed between its word that it begins and the first thing that the task does.)
  expect(report.lostUnbegun).toBeLessThanOrEqual(report.killed);
  // Only of a worker that nobody can hear any more, or believe, is more lost: what it has begun until it is ended.
  const { length: unheard } = report.lostPerWorker.filter((lost) => lost > atOnce);
  expect(unheard).toBeLessThanOrEqual(report.ways.close + report.ways.garbage);
}

/** Kills by count and not by the clock, unless all of it is asked for: a slow machine has as many of them. */
async function many(tasks, parameters) {
  const report = await chaos({ tasks, ...(FULL ? { everyMilliseconds: 20 } : { everyTasks: tasks / 24 }), ...parameters });
  if (FULL) {
    const { seconds, killed, lostPerWorker, ...rest } = report;
    console.log(JSON.stringify({ seconds, killed, everyMilliseconds: Math.round((seconds * 1000) / killed), ...rest }));
  }
  judge(report, tasks, 1);
}

test(`${TASKS} tasks`, () => many(TASKS, {}), LIMIT);

(hasPerl ? test : test.skip)(
  'in a program that knows nothing of pools',
  () => many(FULL || 5000, { isProgram: true, ...(FULL && { options: { minWorkers: 8, maxWorkers: 8, spareWorkers: 4 } }) }),
  LIMIT,
);

test(
  'with several tasks at once in each worker, and few workers',
  async () => {
    const options = { concurrentTasksPerWorker: 4, minWorkers: 1, maxWorkers: 2, spareWorkers: 0, prefetch: 16 };
    judge(await chaos({ tasks: 4000, everyTasks: 230, options }), 4000, 4);
  },
  LIMIT,
);
