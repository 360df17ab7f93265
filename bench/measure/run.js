'use strict';
// Short commands, so many at once: how many per second, and what each costs the process that runs them.

const { promisify } = require('node:util');
const { measured } = require('../lib/measured');

const FILE = '/bin/echo';
const ARGS = ['hello'];

/** Each subject's way to ask for it. */
function runner(subject) {
  if (subject.run) return () => subject.run(FILE, ARGS);
  if (subject.execa) return () => subject.execa(FILE, ARGS);
  if (subject.x) return () => subject.x(FILE, ARGS);
  if (subject.$) {
    subject.$.verbose = false;
    return () => subject.$`/bin/echo hello`;
  }
  const execFile = promisify(subject.execFile);
  return () => execFile(FILE, ARGS);
}

async function runAll(run, commands, atOnce) {
  let left = commands;
  const lane = async () => {
    while (left-- > 0) {
      const { stdout } = await run();
      if (stdout.trimEnd() !== ARGS[0]) throw new Error(`unexpected output: ${stdout}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

measured(async (subject, { commands, atOnce }) => {
  const run = runner(subject);
  // Once without looking, so that what is measured is not the compiler.
  await runAll(run, Math.ceil(commands / 4), atOnce);
  const cpuBefore = process.cpuUsage();
  const begin = performance.now();
  await runAll(run, commands, atOnce);
  const wall = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { rate: (commands / wall) * 1000, cpu: (user + system) / commands };
});
