'use strict';
// connect(): a channel to whoever listens at an address.

const { constants } = require('node:os');
const { AbortError } = require('../../errors');
const { native } = require('../../native');
const { ipcError, linkOf, openChannel } = require('../channel');
const { addressError } = require('./address');

const { EAGAIN } = constants.errno;
/** Milliseconds after which a listener whose queue is full is asked again: the kernel has no event for that. */
const AGAIN = [1, 2, 5, 10, 20, 50];

/**
 * @param {string} address see addressOf()
 * @param {object} options of the channel
 * @param {{ timeout: number, signal: AbortSignal | undefined }} settings
 * @returns {Promise<import('../channel').Channel>} when the other end has said hello
 */
function connectTo(address, options, { timeout, signal }) {
  return new Promise((resolve, reject) => {
    let channel = null;
    let waits;
    const deadline = timeout === 0 ? undefined : setTimeout(() => end(timedOut(address, timeout)), timeout);
    const onAbort = () => end(new AbortError(undefined, { cause: signal.reason }));
    const finish = () => {
      clearTimeout(deadline);
      clearTimeout(waits);
      signal?.removeEventListener('abort', onAbort);
    };
    const end = (error) => {
      finish();
      channel?.off('close', onClose);
      channel?.destroy();
      reject(error);
    };
    const onClose = (error) => {
      finish();
      reject(error ?? ipcError('ERR_PROCS_IPC_CLOSED', `The channel is closed: ${address} has said nothing`));
    };
    const open = (fd) => {
      try {
        channel = openChannel(fd, options);
      } catch (error) {
        finish();
        reject(error);
        return;
      }
      const link = linkOf(channel);
      // Until it is there, it is what this process waits for.
      link.setReferenced(true);
      channel.once('close', onClose);
      channel.once('open', () => {
        finish();
        channel.off('close', onClose);
        link.setReferenced(null);
        resolve(channel);
      });
    };
    const attempt = (times) => {
      const fd = native().connectLocal(address);
      if (fd === -EAGAIN) waits = setTimeout(attempt, AGAIN[Math.min(times, AGAIN.length - 1)], times + 1);
      else if (fd < 0) end(addressError(fd, 'connect', address));
      else open(fd);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    attempt(0);
  });
}

function timedOut(address, milliseconds) {
  return ipcError('ERR_PROCS_IPC_TIMEOUT', `${address} has not said hello within ${milliseconds} ms`);
}

module.exports = { connectTo };
