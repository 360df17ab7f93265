'use strict';
// The last line of a run is what it is judged by: it must not be wrong.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { counts, line, parse, sum, withExit } = require('../.ci/counts.js');
const { jest: runJest } = require('../.ci/jest.js');
const { parseLibtest } = require('../.ci/rust.js');

const LIBTEST = `
running 3 tests
test a ... ok
test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
`;

test('libtest: the sum over all test programs', () => {
  expect(parseLibtest(LIBTEST)).toEqual(counts(7, 2, 1));
  expect(parseLibtest('error: could not compile')).toEqual(counts(0, 0, 0));
});

test('the line is read back as it was written, and the last one counts', () => {
  expect(line(counts(12, 3, 1))).toBe('12 passed, 3 failed, 1 skipped');
  expect(parse(`1 passed, 0 failed, 0 skipped\nRust  1.0 s  9 passed, 9 failed, 9 skipped\n12 passed, 3 failed, 1 skipped\n`)).toEqual(
    counts(12, 3, 1),
  );
  expect(parse('npm error')).toBeNull();
});

test('a command that failed without a failed test is a failure', () => {
  expect(withExit(counts(5), false)).toEqual(counts(5, 1));
  expect(withExit(counts(5, 2), false)).toEqual(counts(5, 2));
  expect(withExit(counts(5), true)).toEqual(counts(5));
  expect(sum([counts(1, 2, 3), counts(10, 20, 30)])).toEqual(counts(11, 22, 33));
});

describe('a test process that dies is a failure, and no silence', () => {
  let folder;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'procs-ci-'));
    // Which Jest's configuration names.
    fs.cpSync(path.join(__dirname, 'lib', 'surroundings.js'), path.join(folder, '__test__', 'lib', 'surroundings.js'));
    // What it says of its failures is not said of ours.
    for (const stream of [process.stdout, process.stderr]) jest.spyOn(stream, 'write').mockImplementation(() => true);
    jest.spyOn(console, 'log').mockImplementation(() => {});
  });

  afterEach(() => {
    jest.restoreAllMocks();
    fs.rmSync(folder, { recursive: true });
  });

  const dies = (end) => `test('well', () => {}); test('dies', async () => { ${end}; await new Promise(() => {}); });`;

  test.each([
    ['the only one', [dies('process.abort()')], counts(0, 1)],
    ['one of several', [dies("process.kill(process.pid, 'SIGKILL')"), "test('well', () => {});"], counts(1, 1)],
    ['by process.exit(0)', [dies('process.exit(0)')], counts(0, 1)],
  ])('%s', async (_, programs, expected) => {
    for (const [i, program] of programs.entries()) fs.writeFileSync(path.join(folder, '__test__', `${i}.test.js`), program);
    expect(await runJest(process.execPath, ['--rootDir', folder, '--testTimeout', '60000'])).toEqual(expected);
  });
});
