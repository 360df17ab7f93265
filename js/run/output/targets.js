'use strict';
// What an output is written to besides the result: files, fds and streams. Each gets all of it, and the slowest sets the pace.

const { createWriteStream } = require('fs');
const { NodeTarget } = require('./node-target');
const { WebTarget } = require('./web-target');

/** @param {import('../options/target').Target[]} targets */
function connect(run, output, targets) {
  for (const target of targets) {
    const key = `${target.kind}${target.append ? '+' : ''}`;
    const sink = (run.targets ??= new Targets(run)).of(target, key, output.fd);
    sink.add(output);
    output.attach(sink);
  }
}

/** One for stdout and stderr if both go to the same: it is opened once, and ends with the second. */
class Targets {
  #run;
  #known = [];

  constructor(run) {
    this.#run = run;
  }

  of(target, key, fd) {
    const value = target.kind === 'inherit' ? fd : target.value;
    const known = this.#known.find((one) => one.key === key && one.value === value);
    if (known !== undefined) return known.sink;
    const sink = open(this.#run, target, fd);
    this.#known.push({ key, value, sink });
    return sink;
  }

  giveUp() {
    for (const { sink } of this.#known) sink.giveUp();
  }
}

function open(run, { kind, value, append }, fd) {
  switch (kind) {
    case 'file':
      return new NodeTarget(run, createWriteStream(value, { __proto__: null, flags: append ? 'a' : 'w' }), true);
    case 'inherit':
      return ofFd(run, fd);
    case 'fd':
      return ofFd(run, value);
    case 'nodeStream':
      return new NodeTarget(run, value, value !== process.stdout && value !== process.stderr);
    case 'webStream':
      return new WebTarget(run, value);
  }
}

/** Through this process's own streams where it has one, so that what both write stays in order. */
function ofFd(run, fd) {
  if (fd === 1) return new NodeTarget(run, process.stdout, false);
  if (fd === 2) return new NodeTarget(run, process.stderr, false);
  return new NodeTarget(run, createWriteStream(null, { __proto__: null, fd, autoClose: false }), true);
}

module.exports = { connect };
