'use strict';
// Channels between processes. Everything is loaded when it is first used: a child that only wants `parent` loads nothing else, and one that was
// started without a channel not even the addon.

module.exports = {
  get parent() {
    return require('./parent').parent();
  },
  get broker() {
    // Not with what a broker's clients are made of: most processes were given none.
    return require('./broker/inherited').inherited();
  },
  get Channel() {
    return require('./channel').Channel;
  },
  get serialize() {
    return require('./values').serialize;
  },
  get deserialize() {
    return require('./values').deserialize;
  },
  distribute: lazily(() => require('./distribute').distribute),
  attach: lazily(() => require('./distribute').attach),
  onConnection: lazily(() => require('./distribute').onConnection),
  get marker() {
    return require('./marker');
  },
  get SharedMemory() {
    return require('./shared-memory').SharedMemory;
  },
  get ByteRing() {
    return require('./byte-ring').ByteRing;
  },
  alloc: lazily(() => require('./slab').alloc),
  release: lazily(() => require('./slab').release),
  createBroker: lazily(() => require('./broker').createBroker),
  connectBroker: lazily(() => require('./broker').connectBroker),
  listen: lazily(() => require('./local').listen),
  connect: lazily(() => require('./local').connect),
};

/** Not a name: for js/child_process and js/run. */
Object.defineProperty(module.exports, Symbol.for('@x/procs.inside'), { __proto__: null, value: () => require('./inside') });

function lazily(load) {
  let call;
  return (...given) => (call ??= load())(...given);
}
