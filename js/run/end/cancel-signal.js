'use strict';
// The child's side of gracefulCancel: what a program calls that wants to end in its own way.

const { LISTENS, CANCEL } = require('./graceful');

let controller;

/**
 * Aborted when the parent wants this process to end, if it was started with gracefulCancel, or when the parent is gone. It does not keep
 * the process. Without a parent that could ask, it is never aborted.
 * @returns {AbortSignal}
 */
function getCancelSignal() {
  if (controller === undefined) {
    controller = new AbortController();
    if (process.connected) listen();
  }
  return controller.signal;
}

function listen() {
  process.on('internalMessage', onMessage);
  process.once('disconnect', onDisconnect);
  // Node counts a listener of 'disconnect' as a reason to stay; this one waits for nothing.
  process.channel.unrefCounted?.();
  // A parent that is gone is told by 'disconnect'.
  process.send({ cmd: LISTENS }, undefined, undefined, () => {});
}

function onMessage({ cmd, reason }) {
  if (cmd === CANCEL) abort(reasonOf(reason));
}

function onDisconnect() {
  abort(new DOMException('The parent process has disconnected', 'AbortError'));
}

function abort(reason) {
  process.off('internalMessage', onMessage);
  if (process.listeners('disconnect').includes(onDisconnect)) {
    // The other half of listen(): taking a listener away makes Node count one less.
    process.channel?.refCounted?.();
    process.off('disconnect', onDisconnect);
  }
  controller.abort(reason);
}

function reasonOf({ name, message, value }) {
  return name === undefined ? value : new DOMException(message, name);
}

module.exports = { getCancelSignal };
