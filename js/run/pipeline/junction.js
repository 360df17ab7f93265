'use strict';
// One output of a command that runs, and the commands it goes to by pipe(). How it gets there depends on how many there are, so that is
// settled once the turn is over in which pipe() was called.

const errors = require('../../errors');
const { start } = require('../start');
const { giveAway } = require('../output');
const { STATE } = require('../state');
const { hasEnded } = require('./broken-pipe');
const { Inlet } = require('./inlet');
const { launch } = require('./launch');
const { carry, fdTarget } = require('./links');
const { OwnFds } = require('./own-fds');
const { joinedSettings } = require('./settings');

/** By Run, and then by the name of the output. */
const junctions = new WeakMap();

class Junction {
  #source;
  #destinations = [];
  #isOpen = false;
  #pumps = [];

  /** @param {{ subprocess: object, settings: object, from: number | 'all' }} source */
  constructor(source) {
    // Taken at once: before anything of it has come, when it has just been started, another program can have it as it is.
    const given = source.from === 'all' ? undefined : giveAway(source.subprocess, source.from);
    this.#source = { __proto__: null, ...source, given };
  }

  static of(source) {
    const run = source.subprocess[STATE];
    const known = junctions.get(run) ?? new Map();
    junctions.set(run, known);
    if (!known.has(source.from)) known.set(source.from, new Junction(source));
    return known.get(source.from);
  }

  /** @param {object} member see plan.js. @returns {{ member: object, subprocess: object | undefined }} subprocess: there once it is open */
  add(member) {
    if (this.#isOpen) {
      const { text } = this.#source.subprocess[STATE].command;
      throw errors.genericNodeError(`The output of ${text} already goes elsewhere: call pipe() for all destinations in the same turn`, {
        __proto__: null,
        code: 'ERR_PROCS_PIPED',
      });
    }
    const destination = { member, subprocess: member.subprocess, inlet: null };
    this.#destinations.push(destination);
    return destination;
  }

  open() {
    if (this.#isOpen) return;
    this.#isOpen = true;
    const [only] = this.#destinations;
    if (this.#destinations.length > 1 || only.member.canBeParted) this.#spread();
    else only.subprocess = launch({ members: [this.#source, only.member], source: [], between: [[]], tail: [] }).subprocesses[1];
  }

  /** To several, or so that they can be parted again. */
  #spread() {
    const fds = new OwnFds();
    const { given } = this.#source;
    if (given) fds.adopt(given.fd);
    try {
      for (const destination of this.#destinations) destination.inlet = inletOf(destination, fds);
      if (given) fds.release(given.fd);
      this.#pumps = carry(
        this.#source,
        this.#destinations.map(({ inlet }) => inlet),
        this.#destinations.some(({ member }) => member.canBeParted),
      );
    } catch (error) {
      this.#source.subprocess[STATE].fail(error);
    } finally {
      fds.closeAll();
    }
  }

  /** Nothing goes there from here any more. */
  part({ inlet }) {
    for (const pump of this.#pumps) pump.part(inlet);
  }

  hasOthers(destination) {
    return this.#destinations.some((other) => other !== destination && other.subprocess !== undefined && !hasEnded(other.subprocess));
  }
}

function inletOf(destination, fds) {
  const { member } = destination;
  if (member.subprocess !== undefined) return Inlet.of(member.subprocess, member.to);
  const { reading, writing } = fds.pipe();
  const joined = new Map([[member.to, [fdTarget(reading)]]]);
  destination.subprocess = start(member.file, member.args, joinedSettings(member.settings, joined, member.to));
  fds.close(reading);
  return Inlet.ofFd(fds.release(writing));
}

module.exports = { Junction };
