'use strict';
// The start of a worker, with its channel and its page in the environment. See "Pool workers" in docs/protocol.md.

const { native } = require('../native');
const { reactor } = require('../reactor');
const { version } = require('../../package.json');
const inherited = require('./inherited');
const { Outgoing } = require('./outgoing');
const { openPage } = require('./page');
const { rehearse } = require('./rehearsal');
const { Worker } = require('./worker');

const MAX_FRAME = 256 * 1024 * 1024;
const MAX_SLAB = 256 * 1024 * 1024;

function start() {
  const lifeline = inherited.lifelineFd < 0 ? null : native().holdLifeline(elsewhere(inherited.lifelineFd));
  const page = openPage(inherited.pageFd);
  // The file's `parent` is none: there is nothing on the channel that is for the program.
  Object.defineProperty(process, Symbol.for('@x/procs.parent'), { __proto__: null, value: null });
  const wire = reactor().openWire(elsewhere(inherited.channelFd), hello(), MAX_FRAME, MAX_SLAB);
  rehearse();
  return new Worker({ wire, outgoing: new Outgoing(wire), page, lifeline, workerId: page.workerId || Math.max(inherited.workerId, 0) });
}

/** Not at the number that a program might close for being none of its own. */
function elsewhere(fd) {
  const { closeFd, duplicate } = native();
  const other = duplicate(fd);
  if (other < 0) return fd;
  closeFd(fd);
  return other;
}

function hello() {
  return JSON.stringify({
    protocol: 'procs',
    version: 1,
    pid: process.pid,
    software: `@x/procs/${version}`,
    capabilities: ['handles', 'slab', 'ring', 'pool'],
    maxFrame: MAX_FRAME,
    maxSlab: MAX_SLAB,
  });
}

if (inherited.channelFd < 0) {
  process.stderr.write('This program is started by a Pool of @x/procs, and not by hand.\n');
  process.exitCode = 1;
} else {
  start();
}
