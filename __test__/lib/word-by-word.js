'use strict';
// Children that go on when what they have said has been seen: then it is certain what comes in one piece, and what comes first.

const path = require('node:path');
const { spawnSync } = require('node:child_process');

/** Its script has a `read _` after each piece. Not to be awaited before what else reads the child: nobody is told when a chunk is missed. */
async function answerEach(subprocess, options) {
  for await (const _chunk of subprocess.iterable({ binary: true, ...options })) subprocess.stdin.write('\n');
}

/** Arguments to run() for lines o1, e1, o2, ... on stdout and stderr in turn, each when the addon has taken the one before. */
const IN_TURN = ['perl', [path.join(__dirname, '../fixtures/run-in-turn.pl')]];

/** Only the kernel knows when that is, and a shell cannot ask it. */
const canTakeTurns = process.platform === 'linux' && spawnSync('perl', ['-e', '1']).status === 0;

module.exports = { IN_TURN, answerEach, canTakeTurns };
