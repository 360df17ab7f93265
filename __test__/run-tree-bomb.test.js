'use strict';
// A fork bomb: whatever is killed one by one is replaced meanwhile.

const fs = require('node:fs');
const path = require('node:path');
const { run } = require('..');

const LIMIT = 200;
const BOMB = path.join(__dirname, 'fixtures/run-bomb.sh');
/** A user of its own: the limit counts all processes that a user has, and does not hold for root. */
const UID = 200_000 + process.pid;

function processesOf(uid) {
  return fs.readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      // Zombies are gone: they wait for whoever adopted them.
      const status = fs.readFileSync(`/proc/${name}/status`, 'latin1');
      return new RegExp(`^Uid:\\s+${uid}\\s`, 'm').test(status) && !/^State:\s+Z/m.test(status);
    } catch (error) {
      if (error.code === 'ENOENT' || error.code === 'ESRCH') return false;
      throw error;
    }
  });
}

/** Settles when the bomb has come to its limit: its shells complain that they cannot fork. */
async function bomb(options) {
  const subprocess = run('sh', [BOMB, String(LIMIT)], { uid: UID, gid: UID, stdin: 'ignore', buffer: false, reject: false, ...options });
  await new Promise((resolve) => subprocess.stderr.once('data', resolve));
  subprocess.stderr.resume();
  return { subprocess };
}

const asRoot = process.getuid() === 0 ? test : test.skip;

asRoot('killTree() ends it (as root only: the limit needs another user)', async () => {
  const { subprocess } = await bomb();
  const { left } = await subprocess.killTree();
  expect(left).toEqual([]);
  expect(processesOf(UID)).toEqual([]);
  expect(await subprocess).toMatchObject({ exitReason: 'killed' });
});

asRoot('an abort ends it (as root only: the limit needs another user)', async () => {
  const controller = new AbortController();
  const { subprocess } = await bomb({ signal: controller.signal, forceKillAfterDelay: 50 });
  controller.abort();
  expect(await subprocess).toMatchObject({ isCanceled: true, tree: { left: [] } });
  expect(processesOf(UID)).toEqual([]);
});
