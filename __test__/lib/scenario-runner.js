'use strict';
// node scenario-runner.js <fixture> <stock|ours|fast|fast-socket> <empty folder>: runs the scenarios of a fixture one after the other and writes their
// traces to fd 3 as JSON. After each it looks whether an fd or a child was left behind and whether the next call works.

const fs = require('node:fs');
const { descriptors } = require('./descriptors.js');
const { ownChildren } = require('./own-children.js');
const { toolsFor } = require('./scenario-tools.js');

const REPORT_FD = 3;
const DEADLINE = 30_000;

const [, , fixture, which, tmp] = process.argv;
/** How long may pass until all is closed. Nobody asks what Node's own leaves behind. */
const SETTLING = which === 'stock' ? 100 : 10_000;
const tools = toolsFor(which, tmp);
const uncaught = [];
tools.takeUncaught = () => uncaught.splice(0).map((error) => tools.describe(error));
process.on('uncaughtException', (error) => uncaught.push(error));

async function main() {
  const { scenarios = {}, invariants = {}, prepare } = require(`../fixtures/${fixture}.js`);
  const chosen = which !== 'stock' ? { ...scenarios, ...invariants } : scenarios;
  // What is opened once and for all is open from here on.
  await nextCallWorks();
  await prepare?.(tools);
  const traces = {};
  for (const [name, scenario] of Object.entries(chosen)) traces[name] = await run(scenario);
  const report = JSON.stringify(traces).replaceAll(JSON.stringify(tmp).slice(1, -1), '<tmp>');
  fs.writeFileSync(REPORT_FD, report);
}

async function run(scenario) {
  const before = descriptors();
  const result = {};
  try {
    result.trace = tools.describe(await withDeadline(scenario(tools)));
  } catch (error) {
    result.failed = `${error.stack}`;
  }
  result.left = await leftBehind(before);
  if (uncaught.length > 0) result.failed = [result.failed, ...tools.takeUncaught().map((error) => JSON.stringify(error))].join('\n');
  result.next = await nextCallWorks();
  return result;
}

async function withDeadline(promise) {
  let timer;
  const deadline = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${DEADLINE} ms`)), DEADLINE);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** Streams close in turns of their own after the child has ended, so this waits until all is as before, and not for ever. */
async function leftBehind(before) {
  const wanted = before.join('\n');
  const end = Date.now() + SETTLING;
  for (;;) {
    const open = descriptors();
    const children = fs.existsSync('/proc') ? ownChildren() : [];
    if (open.join('\n') === wanted && children.length === 0) return [];
    if (Date.now() > end) return remains(before, open, children);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function remains(before, open, children) {
  for (const { pid } of children) process.kill(pid, 'SIGKILL');
  const fds = [...open.filter((fd) => !before.includes(fd)), ...before.filter((fd) => !open.includes(fd)).map((fd) => `no more: ${fd}`)];
  return [...fds.map((fd) => `fd ${fd}`), ...children.map(({ state }) => `child in state ${state}`)];
}

async function nextCallWorks() {
  try {
    const { status, stdout } = tools.cp.spawnSync('/bin/sh', ['-c', 'echo sync'], { encoding: 'utf8' });
    const child = tools.cp.spawn('/bin/sh', ['-c', 'cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.stdin.end('async');
    const ended = await withDeadline(tools.closed(child));
    return [status, stdout, text, ...ended];
  } catch (error) {
    return [`${error.stack}`];
  }
}

main()
  .catch((error) => {
    process.exitCode = 1;
    fs.writeSync(2, `${error.stack}\n`);
  })
  // What a scenario that failed has left open must not hold the others' traces back.
  .finally(() => process.exit());
