'use strict';
// When the messages of one turn of JavaScript go out.
//
// The first send() of a turn writes at once: nothing is quicker, and a parent that blocks right after it has still said it. What follows
// in the same turn is gathered and goes out in one write from process.nextTick, before promises and I/O have their turn. What has not
// gone out before a synchronous call blocks this thread, or when the process exits, goes out then, because Node's own send() has written
// by the time it returns.

const { beforeBlocking } = require('./blocking');

let outboxes = [];
let exiting = false;
let watchesExit = false;

/** `outbox` has written for the first time in this turn: its endTurn() is called when the turn is over. */
function join(outbox) {
  if (outboxes.push(outbox) === 1) process.nextTick(endTurn);
}

/** The same, but the turn is over only when the microtasks have run that come of what is done until leave(). */
function enter(outbox) {
  outboxes.push(outbox);
}

function leave() {
  queueMicrotask(endSoon);
}

function endSoon() {
  process.nextTick(endTurn);
}

function endTurn() {
  const ended = outboxes;
  outboxes = [];
  for (const outbox of ended) outbox.endTurn();
}

/** Writes what was gathered so far. */
function flushAll() {
  for (const outbox of outboxes) outbox.flush();
}

/** In 'exit' there is no next tick to wait for. */
function isExiting() {
  return exiting;
}

function watchExit() {
  if (watchesExit) return;
  watchesExit = true;
  beforeBlocking(flushAll);
  process.on('exit', () => {
    exiting = true;
    flushAll();
  });
}

module.exports = { enter, leave, join, isExiting, watchExit };
