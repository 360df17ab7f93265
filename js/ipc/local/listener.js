'use strict';
// listen(): channels to whoever connects, as far as they may.

const { AsyncResource } = require('node:async_hooks');
const { EventEmitter } = require('node:events');
const fs = require('node:fs');
const { constants } = require('node:os');
const { native } = require('../../native');
const { reactor, register, unregister } = require('../../reactor');
const { linkOf, openChannel } = require('../channel');
const { addressError } = require('./address');

const { EAGAIN, EMFILE, ENFILE, ECONNABORTED, EINTR } = constants.errno;
/** Connections that one turn takes in. */
const PER_TURN = 64;

/** Of all that listen: their files go with this process. */
const listening = new Set();
let watchesExit = false;

class Listener extends EventEmitter {
  #address;
  #options;
  #settings;
  #fd;
  #id = 0;
  /** Device and inode of the socket file. */
  #file = new Float64Array(2);
  #channels = new Set();
  /** Connections that have not said hello. */
  #strangers = new Set();
  /** A descriptor to let go of when there are no more: whoever waits at the door would otherwise be seen, and not be let in, for ever. */
  #spare;
  #scope = new AsyncResource('PROCS_LISTENER', { requireManualDestroy: true });

  /**
   * @param {string} address see addressOf()
   * @param {object} options of each channel
   * @param {{ allowUids: Set<number>, backlog: number, helloTimeout: number }} settings
   * @throws the system's error
   */
  constructor(address, options, settings) {
    super();
    this.#address = address;
    this.#options = options;
    this.#settings = settings;
    this.#spare = fs.openSync('/dev/null', 'r');
    this.#fd = native().listenLocal(address, settings.backlog, this.#file);
    if (this.#fd >= 0) this.#id = reactor().watchDoor(this.#fd);
    if (this.#fd < 0 || this.#id < 0) {
      fs.closeSync(this.#spare);
      throw addressError(Math.min(this.#fd, this.#id), 'listen', address);
    }
    register(this.#id, this);
    listening.add(this);
    if (!watchesExit) process.on('exit', unlinkAll);
    watchesExit = true;
  }

  get address() {
    return this.#address[0] === '@' ? { name: this.#address.slice(1) } : { path: this.#address };
  }

  get channels() {
    return this.#channels;
  }

  get listening() {
    return this.#id !== 0;
  }

  ref() {
    if (this.#id !== 0) reactor().ref(this.#id);
    return this;
  }

  unref() {
    if (this.#id !== 0) reactor().unref(this.#id);
    return this;
  }

  /** Called by the reactor. */
  onReady() {
    this.#scope.runInAsyncScope(this.#letIn, this);
  }

  #letIn() {
    for (let i = 0; i < PER_TURN && this.#id !== 0; i++) {
      const fd = native().acceptLocal(this.#fd);
      if (fd >= 0) this.#welcome(fd);
      else if (fd === -EAGAIN) return;
      else if (fd === -EMFILE || fd === -ENFILE) this.#turnAway(fd);
      else if (fd !== -ECONNABORTED && fd !== -EINTR) {
        this.close();
        this.emit('error', addressError(fd, 'accept', this.#address));
        return;
      }
    }
  }

  /** There is no descriptor for them, now. */
  #turnAway(status) {
    if (this.#spare >= 0) fs.closeSync(this.#spare);
    this.#spare = -1;
    const fd = native().acceptLocal(this.#fd);
    if (fd >= 0) native().closeFd(fd);
    try {
      this.#spare = fs.openSync('/dev/null', 'r');
    } catch (error) {
      if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
      // Somebody was quicker. Without one, this listener can only stop.
      this.close();
      this.emit('error', addressError(status, 'accept', this.#address));
      return;
    }
    this.emit('drop', addressError(status, 'accept', this.#address));
  }

  #welcome(fd) {
    const io = new Int32Array(3);
    const status = native().peerCredentials(fd, io);
    const [pid, uid, gid] = io;
    if (status < 0 || !this.#settings.allowUids.has(uid)) {
      native().closeFd(fd);
      this.emit('refuse', { pid, uid, gid });
      return;
    }
    const channel = openChannel(fd, this.#options);
    const link = linkOf(channel);
    link.credentials = { pid, uid, gid };
    // A stranger must not keep us for ever, and it must not be in the way of our end.
    link.watch(true);
    const timer = setTimeout(() => link.close(null, false), this.#settings.helloTimeout).unref();
    this.#strangers.add(channel);
    const onGone = () => {
      clearTimeout(timer);
      this.#strangers.delete(channel);
    };
    channel.once('close', onGone);
    channel.once('open', () => {
      onGone();
      channel.off('close', onGone);
      if (this.#id === 0) {
        channel.close();
        return;
      }
      this.#channels.add(channel);
      channel.once('close', () => this.#channels.delete(channel));
      this.emit('channel', channel);
    });
  }

  close() {
    if (this.#id === 0) return;
    reactor().close(this.#id);
    unregister(this.#id);
    this.#id = 0;
    this.unlink();
    listening.delete(this);
    if (this.#spare >= 0) fs.closeSync(this.#spare);
    this.#spare = -1;
    for (const channel of this.#strangers) channel.destroy();
    process.nextTick(() => {
      this.#scope.runInAsyncScope(this.emit, this, 'close');
      this.#scope.emitDestroy();
    });
  }

  /** @internal */
  unlink() {
    // It may be gone by now, or another's: then there is nothing to do.
    if (this.#address[0] !== '@') native().unlinkLocal(this.#address, this.#file[0], this.#file[1]);
  }
}

if (Symbol.asyncDispose) {
  Listener.prototype[Symbol.asyncDispose] = async function () {
    this.close();
    await Promise.all(Array.from(this.channels, (channel) => channel.close()));
  };
}

function unlinkAll() {
  for (const listener of listening) listener.unlink();
}

module.exports = { Listener };
