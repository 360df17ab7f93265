'use strict';
// The children of this very process as the kernel knows them, zombies included.

const fs = require('node:fs');

/** [state, parent's pid], or undefined when there is no such process any more. */
function stat(pid) {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name stands in parentheses and may itself hold some.
    const [state, parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined;
    throw error;
  }
}

/** 'R', 'S', 'T' (stopped) ..., or undefined. */
function stateOf(pid) {
  return stat(pid)?.state;
}

function ownChildren() {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), ...stat(name) }))
    .filter(({ parent }) => parent === process.pid);
}

function isRunning(pid) {
  const found = stat(pid);
  return found !== undefined && found.state !== 'Z';
}

/**
 * Resolves once this process has no child left. Looks again and again, because nobody is told when a child is reaped
 * that belongs to no environment any more; the test's own time limit ends it.
 */
async function untilNoChildren() {
  while (ownChildren().length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

module.exports = { isRunning, stateOf, ownChildren, untilNoChildren };
