'use strict';
// Carries what comes out of one command to others that run already, or to several. By the addon's thread, which moves it from fd to fd;
// in JavaScript when one of the ends is a stream that somebody here has in hands.

const { openStream } = require('../inside');
const { reactor, register, unregister } = require('../../reactor');

/**
 * @param {{ fd: number, head: Buffer | null } | import('stream').Readable} source an fd is taken over
 * @param {import('./inlet').Inlet[]} inlets
 * @param {boolean} canBeParted whether part() may be called for one of them
 */
function pump(source, inlets, canBeParted) {
  for (const inlet of inlets) inlet.addWriter();
  if (source.head === undefined) return new StreamPump(source, inlets);
  if (!canBeParted && inlets.every(({ fd }) => fd >= 0)) return new NativePump(source, inlets);
  const socket = openStream(source.fd, true);
  if (source.head !== null) socket.unshift(source.head);
  return new StreamPump(socket, inlets);
}

class NativePump {
  #id;
  #inlets;

  constructor({ fd, head }, inlets) {
    const fds = Int32Array.from(inlets, (inlet) => inlet.fd);
    this.#inlets = inlets;
    this.#id = reactor().pump(fd, fds, fds.length, head);
    if (this.#id < 0) this.#over();
    else register(this.#id, this);
  }

  /** Called by the reactor. A source or destination that fails shows it by itself: its end has come, and the command says how. */
  onCollected() {
    unregister(this.#id);
    this.#over();
  }

  #over() {
    for (const inlet of this.#inlets) inlet.removeWriter();
  }
}

class StreamPump {
  #source;
  #open;

  constructor(source, inlets) {
    this.#source = source;
    this.#open = new Set(inlets);
    const over = () => this.#over();
    source.once('close', over).once('end', over);
    // Its owner is told by the promise of the command that it belongs to.
    source.on('error', over);
    for (const inlet of inlets) this.#join(inlet);
  }

  #join(inlet) {
    const writable = inlet.stream();
    if (writable === null || writable.destroyed) {
      this.#gone(inlet);
      return;
    }
    const gone = () => this.#gone(inlet);
    writable.on('error', gone).once('close', gone);
    this.#source.pipe(writable, { __proto__: null, end: false });
  }

  /** Nobody reads there any more. */
  #gone(inlet) {
    if (this.#remove(inlet) && this.#open.size === 0) this.#source.destroy(); // so that the writer learns of it
  }

  /** Nothing goes there any more, and the writer goes on for nobody. */
  part(inlet) {
    if (this.#remove(inlet) && this.#open.size === 0) this.#source.resume();
  }

  #remove(inlet) {
    if (!this.#open.delete(inlet)) return false;
    const writable = inlet.stream();
    if (writable !== null) this.#source.unpipe(writable);
    inlet.removeWriter();
    return true;
  }

  #over() {
    for (const inlet of this.#open) inlet.removeWriter();
    this.#open.clear();
  }
}

module.exports = { pump };
