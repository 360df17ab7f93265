'use strict';

const EventEmitter = require('events');

let lifeCycle;

/** Loaded with the first child, not with the class. */
function life() {
  return (lifeCycle ??= require('./life-cycle'));
}

/** A function and not a class, as in Node: code of its age inherits from it by ChildProcess.call(this). */
function ChildProcess() {
  EventEmitter.call(this);

  this._closesNeeded = 1;
  this._closesGot = 0;
  this.connected = false;

  this.signalCode = null;
  this.exitCode = null;
  this.killed = false;
  this.spawnfile = null;

  life().begin(this);
}
Object.setPrototypeOf(ChildProcess.prototype, EventEmitter.prototype);
Object.setPrototypeOf(ChildProcess, EventEmitter);

ChildProcess.prototype.spawn = function spawn(options) {
  return life().start(this, options);
};

/** @returns {boolean} whether the signal was sent */
ChildProcess.prototype.kill = function kill(signal) {
  return life().kill(this, signal);
};

ChildProcess.prototype.ref = function ref() {
  if (this._handle) this._handle.ref();
};

ChildProcess.prototype.unref = function unref() {
  if (this._handle) life().unref(this);
};

// Missing in the vm contexts of Node 20 and 22, where Jest runs modules.
if (Symbol.dispose) {
  ChildProcess.prototype[Symbol.dispose] = function dispose() {
    if (!this.killed) this.kill();
  };
}

module.exports = { ChildProcess, ownSpawn: ChildProcess.prototype.spawn };
