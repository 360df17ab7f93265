'use strict';
// A number that was a child's, and is somebody else's now, is never signalled.

const path = require('node:path');
const { execFileSync, execFile } = require('node:child_process');

const FIXTURE = path.join(__dirname, 'fixtures/run-pids.js');
const IN_NAMESPACE = ['--pid', '--fork', '--mount-proc'];

/** What is missing here, or null. */
function missing() {
  try {
    execFileSync('unshare', [...IN_NAMESPACE, 'sh', '-c', 'echo 100 >/proc/sys/kernel/ns_last_pid'], { stdio: 'ignore' });
    return null;
  } catch (error) {
    return error.code === 'ENOENT' ? 'the program unshare' : 'the right to make a pid namespace';
  }
}

const lacks = missing();

if (lacks !== null) {
  test.skip(`pids that were recycled on purpose (needs ${lacks})`, () => {});
} else {
  let shown;

  beforeAll(async () => {
    // The shell is the first process in there, which has to wait for what nobody else does.
    const args = [...IN_NAMESPACE, 'sh', '-c', '"$0" "$1"; exit $?', process.execPath, FIXTURE];
    shown = await new Promise((resolve, reject) => {
      execFile('unshare', args, { timeout: 60_000, killSignal: 'SIGKILL' }, (error, stdout) => {
        if (error) reject(error);
        else resolve(JSON.parse(stdout));
      });
    });
  });

  test('the pid of a child that has ended', () => {
    expect(shown.recycledChild).toEqual({ wasSent: false, signalled: 1, left: [], isGone: true, isWell: true });
  });

  test('the pid of something in a tree', () => {
    expect(shown.recycledMember).toEqual({ exitReason: 'killed', left: [], isWell: true });
  });

  test('pids that are recycled all the time while trees are ended', () => {
    expect(shown.recycledAllTheTime).toEqual({ left: [], said: 'over\n' });
  });
}
