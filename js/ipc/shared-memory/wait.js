'use strict';
// Waiting for a cell: a thread of the addon's blocks, JavaScript does not.

const { errno } = require('os').constants;
const { AbortError, ErrnoException, genericNodeError } = require('../../errors');
const { validateAbortSignal, validateBoolean, validateNumber, validateObject } = require('../../validate');
const { reactor, register, unregister } = require('../../reactor');

const RESULTS = new Map([
  [0, 'ok'],
  [-errno.EAGAIN, 'not-equal'],
  [-errno.ETIMEDOUT, 'timed-out'],
]);

/**
 * @param {Set<() => void>} waits what ends those that are going on when the memory is closed
 * @param {number} [options.timeout] milliseconds; Infinity, the default, for none
 * @param {boolean} [options.ref] whether the wait keeps the event loop alive; it does by default
 */
function wait(memory, cells, index, expected, options = {}, waits) {
  validateObject(options, 'options');
  const { timeout = Number.POSITIVE_INFINITY, signal, ref = true } = options;
  validateNumber(timeout, 'options.timeout', 0);
  validateAbortSignal(signal, 'options.signal');
  validateBoolean(ref, 'options.ref');
  if (signal?.aborted) throw aborted(signal);
  // No thread is needed to see this.
  if (Atomics.load(cells, index) !== expected) return 'not-equal';
  if (timeout === 0) return 'timed-out';
  return begin(memory, index, expected, timeout, ref, signal, waits);
}

function begin(memory, index, expected, timeout, ref, signal, waits) {
  return new Promise((resolve, reject) => {
    const id = reactor().waitMemory(memory, index, expected, timeout);
    if (id < 0) {
      reject(new ErrnoException(id, 'futex'));
      return;
    }
    if (!ref) reactor().unref(id);
    // Cancelled, it is told so soon; or that it was notified just before, which must not be lost on it.
    const cancel = () => reactor().cancelWait(id);
    let closed = false;
    const close = () => {
      closed = true;
      cancel();
    };
    signal?.addEventListener('abort', cancel, { once: true });
    waits.add(close);
    register(id, {
      onCollected(status) {
        unregister(id);
        signal?.removeEventListener('abort', cancel);
        waits.delete(close);
        const result = RESULTS.get(status);
        if (result !== undefined) resolve(result);
        else if (status !== -errno.ECANCELED) reject(new ErrnoException(status, 'futex'));
        else if (closed) reject(genericNodeError('The shared memory was closed', { code: 'ERR_PROCS_IPC_CLOSED' }));
        else reject(aborted(signal));
      },
    });
  });
}

function aborted(signal) {
  return new AbortError(undefined, { cause: signal.reason });
}

module.exports = { wait };
