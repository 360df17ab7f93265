'use strict';
// Descriptors that are numbers in JavaScript for a while. A Worker may be terminated at any moment, and nothing of ours runs then: the
// addon holds our ends of a child's pipes from its start on, and closes what is still held. On the main thread the process ends, too, and nothing is to be done.

const { native } = require('./native');
const { reactor } = require('./reactor');
const { isMainThread } = require('./main-thread');
const { HOLD } = require('./spawn-flags');

let known;

function isWorker() {
  return (known ??= !isMainThread());
}

/** Of a start: whether the addon is to hold our ends. */
function holdFlag() {
  return isWorker() ? HOLD : 0;
}

/** @param {number} fd ours, or -1 */
function hold(fd) {
  if (isWorker() && fd >= 0) reactor().hold(fd);
  return fd;
}

/** Before anybody else gets it. */
function release(fd) {
  if (isWorker() && fd >= 0) reactor().release(fd);
  return fd;
}

function closeHeld(fd) {
  native().closeFd(release(fd));
}

module.exports = { hold, holdFlag, release, closeHeld };
