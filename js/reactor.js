'use strict';
// The one Reactor of this JavaScript environment, made at first use, and who gets its events.
//
// It is kept on the addon's own exports, of which there is one object per environment (main thread or Worker). A variable of
// this module would not do: Jest evaluates modules anew for every test file, and each copy would open an epoll fd of its own.

const { native } = require('./native');
const { Scavenger } = require('./scavenge');

const SHARED = Symbol.for('@x/procs.reactor');

// Event in native.d.ts, which has no values at run time.
const EXIT = 0;
const MESSAGES = 1;
const FRAMES = 2;
const WRITTEN = 3;
const END = 4;
const COLLECTED = 5;
const TREE = 6;
const WIRE = 7;
const WIRE_SEGMENTS = 8;
const WIRE_OPEN = 9;
const READY = 10;
const TASKS_ENDED = 11;
const POOL_NOTES = 12;

/** Usage in native.d.ts. */
const USAGE_FIELDS = 9;

/** Meta in native.d.ts: numbers for as many frames as one event can carry, or for one frame and its segments. */
const META_FIELDS = 4 * 4097;

let shared;

function share() {
  const addon = native();
  if (addon[SHARED] === undefined) {
    const receivers = new Map();
    const usage = emptyUsage();
    const meta = new Int32Array(META_FIELDS);
    const reactor = new addon.Reactor(dispatcher(receivers, new Scavenger(meta)), usage, meta);
    Object.defineProperty(addon, SHARED, { __proto__: null, value: { reactor, receivers, usage, meta } });
  }
  return (shared = addon[SHARED]);
}

/** Nothing may be caught here: what a listener throws becomes an uncaughtException, as from Node's own handles. */
function dispatcher(receivers, scavenger) {
  return function dispatch(event, id, a, b) {
    const receiver = receivers.get(id);
    if (receiver === undefined) return;
    switch (event) {
      case EXIT:
        receiver.onExit(a, b);
        break;
      case MESSAGES:
        receiver.onMessages(a, b);
        break;
      case FRAMES:
        receiver.onFrames(a, b);
        break;
      case WRITTEN:
        receiver.onWritten(a, b);
        break;
      case END:
        receiver.onEnd(a);
        break;
      case COLLECTED:
        receiver.onCollected(a);
        break;
      case TREE:
        receiver.onTree(a);
        break;
      case WIRE:
        receiver.onWire(a, b);
        break;
      case WIRE_SEGMENTS:
        scavenger.beforeFrame();
        receiver.onWireSegments(a, b);
        break;
      case WIRE_OPEN:
        receiver.onWireOpen(a);
        break;
      case READY:
        receiver.onReady();
        break;
      case TASKS_ENDED:
        receiver.onTasksEnded(a);
        break;
      case POOL_NOTES:
        receiver.onPoolNotes(a);
        break;
    }
  };
}

function reactor() {
  return (shared ?? share()).reactor;
}

/** Events that carry `id` call the method of `receiver` that is named after them: onExit(exitCode, signal), onMessages(text, count) ... */
function register(id, receiver) {
  (shared ?? share()).receivers.set(id, receiver);
}

function unregister(id) {
  (shared ?? share()).receivers.delete(id);
}

/** For whoever waits for a child without the Reactor. */
function emptyUsage() {
  return new Float64Array(USAGE_FIELDS);
}

/** What the child has used whose exit is being told right now, see Usage in native.d.ts. Written anew for the next one. */
function usage() {
  return (shared ?? share()).usage;
}

/** What is known of the frames that are being told right now, see Meta in native.d.ts. Written anew for the next ones. */
function meta() {
  return (shared ?? share()).meta;
}

module.exports = { emptyUsage, meta, reactor, register, unregister, usage };
