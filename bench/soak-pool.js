'use strict';
// Ten minutes of mixed load on one pool, in ten parts: small tasks and large, errors, aborts, timeouts, workers that are recycled and
// workers that are killed.

const { runSoak } = require('./lib/soak');

function judge(result) {
  const [first, ...rest] = result.parts;
  const last = rest.at(-1);
  const grown = Math.round((last.resident / first.resident - 1) * 1000) / 10;
  return [
    { check: 'tasks without an answer', found: result.started - result.ended, atMost: 0 },
    { check: `tasks that did not end as they should${result.firstWrong ? ` (${result.firstWrong})` : ''}`, found: result.wrong, atMost: 0 },
    { check: 'fds more than after the first tenth', found: last.fds - first.fds, atMost: 0, isGrowth: true },
    { check: 'threads more than after the first tenth', found: last.threads - first.threads, atMost: 0, isGrowth: true },
    { check: 'fds more than before, when the pool is gone', found: result.left.fds, atMost: 0 },
    { check: 'children left, zombies included', found: result.left.children.length, atMost: 0 },
    { check: '% more resident memory than after the first tenth', found: grown, atMost: 5, isGrowth: true },
  ];
}

runSoak({
  numbers: { seconds: { full: 600, smoke: 5, help: 'of load' } },
  title: ({ seconds }) => `soak-pool: mixed load for ${seconds} s`,
  parameters: ({ seconds }) => ({ seconds }),
  seconds: ({ seconds }) => seconds,
  summary: ({ started, kinds }) => `${started} tasks, ${JSON.stringify(kinds)}`,
  judge,
});
