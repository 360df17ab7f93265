'use strict';
// The last line of a run is what it is judged by: it must not be wrong.

const { counts, line, parse, sum, withExit } = require('../.ci/counts.js');
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
