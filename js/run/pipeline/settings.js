'use strict';
// Settings of a step, with its joined fds replaced.

const IGNORE = Object.freeze([Object.freeze({ kind: 'ignore' })]);

/**
 * @param {Map<number, object[]>} joined targets by fd
 * @param {number} to the fd that is an input
 * @param {object} [changes] further settings
 */
function joinedSettings(settings, joined, to, changes) {
  const stdio = [...settings.stdio];
  for (const [fd, targets] of joined) {
    while (stdio.length < fd) stdio.push(IGNORE);
    stdio[fd] = targets;
  }
  const isInput = (fd) => fd === to || settings.isInput(fd);
  return Object.freeze({ __proto__: null, ...settings, stdio: Object.freeze(stdio), isInput, ...changes });
}

/** What flows on through JavaScript is not kept for the result as well. */
function notBuffered(settings, fds) {
  return (fd) => !fds.includes(fd) && settings.buffer(fd);
}

module.exports = { joinedSettings, notBuffered };
