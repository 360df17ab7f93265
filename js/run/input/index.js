'use strict';
// What the child reads from: from the user, from sources, or from both.

const { PIPE } = require('../inside');
const { Input } = require('./input');

/**
 * @param {number[]} fds what the child has as its fds: PIPE where it is one
 * @param {Int32Array | null} ends our ends of the pipes; null when there are none
 */
function openInputs(run, fds, ends) {
  const { stdio, isInput } = run.settings;
  for (let fd = 0; fd < stdio.length; fd++) {
    if (!isInput(fd) || fds[fd] !== PIPE) continue;
    const input = new Input(run, fd, ends === null ? -1 : ends[fd]);
    run.inputs[fd] = input;
    if (stdio[fd].length === 1 && stdio[fd][0].kind === 'pipe') continue;
    input.feed(stdio[fd]);
  }
}

module.exports = { openInputs };
