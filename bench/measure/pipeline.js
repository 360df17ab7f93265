'use strict';
// Programs joined one behind the other, the last one counting: how long until the count is there, and what it costs this process.

const { once } = require('node:events');
const { text } = require('node:stream/consumers');
const { measured } = require('../lib/measured');

/** By a shell, which is what one would otherwise ask. */
async function byShell({ spawn }, commands) {
  const quoted = commands.map((words) => words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' '));
  const shell = spawn('bash', ['-c', quoted.join(' | ')], { stdio: ['ignore', 'pipe', 'inherit'] });
  return text(shell.stdout);
}

/** As it is written with child_process: through this process, by the streams' own pipe(). */
async function byStreams({ spawn }, commands) {
  const children = commands.map(([file, ...args], i) => spawn(file, args, { stdio: [i === 0 ? 'ignore' : 'pipe', 'pipe', 'inherit'] }));
  children.slice(1).forEach((child, i) => {
    children[i].stdout.pipe(child.stdin);
  });
  const [counted] = await Promise.all([text(children.at(-1).stdout), ...children.map((child) => once(child, 'close'))]);
  return counted;
}

async function byPipeline({ pipeline }, commands) {
  const { stdout } = await pipeline(...commands.map(([file, ...args], i) => [file, args, i === 0 ? { stdin: 'ignore' } : {}]));
  return stdout;
}

function wayOf(subject, by) {
  if (by === 'bash') return byShell;
  return subject.pipeline ? byPipeline : byStreams;
}

measured(async (subject, { by, commands, expected }) => {
  const join = wayOf(subject, by);
  await join(subject, [['true'], ['wc', '-c']]);
  const cpuBefore = process.cpuUsage();
  const begin = performance.now();
  const counted = await join(subject, commands);
  const wall = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpuBefore);
  if (Number(counted) !== expected) throw new Error(`${counted} were counted instead of ${expected}`);
  return { wall, cpu: (user + system) / 1000 };
});
