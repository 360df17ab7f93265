'use strict';
// 20,000 of our children interleaved with 20,000 of Node's in one process: a lost exit, a zombie, an fd too many, memory that grows.

const { MB, runSoak } = require('./lib/soak');

const FEWEST = 100;

/** What the first part leaves is the warm-up: JIT code, heap and allocator caches at the size this work wants. */
function judge(result) {
  const [first, ...rest] = result.parts;
  const last = rest.at(-1);
  const grown = Math.round(((last.resident - first.resident) / MB) * 10) / 10;
  return [
    { check: 'exits never seen', found: result.lost, atMost: 0 },
    { check: 'exits seen twice', found: result.twice, atMost: 0 },
    { check: `exits with a wrong code or signal${result.firstWrong ? ` (${result.firstWrong})` : ''}`, found: result.wrong, atMost: 0 },
    { check: 'children left, zombies included', found: last.children.length, atMost: 0 },
    { check: 'fds more than after the first tenth', found: last.fds - first.fds, atMost: 0 },
    // Half a kilobyte per child of ours: one leaked ChildProcess or socket each would be more.
    { check: 'MB resident more than after the first tenth', found: grown, atMost: 10 },
  ];
}

runSoak({
  numbers: { count: { full: 20_000, smoke: FEWEST, help: `children of each kind, ours and stock, at least ${FEWEST}` } },
  title: ({ count }) => `soak-spawn: ${count} children of ours interleaved with ${count} of Node's`,
  parameters: ({ count }) => {
    if (count < FEWEST) throw new Error(`--count: fewer than ${FEWEST} prove nothing`);
    return { count };
  },
  summary: ({ started }) => `${started} children`,
  judge,
});
