'use strict';
// What a part of the run came to. Every part returns one of these, and the last line printed is their sum.

function counts(passed = 0, failed = 0, skipped = 0) {
  return { passed, failed, skipped };
}

function sum(all) {
  return all.reduce((a, b) => counts(a.passed + b.passed, a.failed + b.failed, a.skipped + b.skipped), counts());
}

function line({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** The last summary line in a text, or null when there is none. */
function parse(text) {
  const found = [...text.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1);
  return found ? counts(Number(found[1]), Number(found[2]), Number(found[3])) : null;
}

/** A command that failed although it reported no failure (it crashed, or never began) is a failure of its own. */
function withExit(reported, ok) {
  return ok || reported.failed > 0 ? reported : sum([reported, counts(0, 1)]);
}

module.exports = { counts, sum, line, parse, withExit };
