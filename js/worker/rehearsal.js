'use strict';
// A task that nobody has asked for goes the way of all tasks, and its answer nowhere: so the first real one finds compiled what it runs through. For a
// spare that takes the place of a worker, that is a third of the time until it answers.

const { meta, unregister } = require('../reactor');
const { FIELDS, FRAME_FLAGS, FRAME_HANDLES, FRAME_ID, FRAME_KIND, ADDRESSED } = require('../wire-meta');
const { Link, TASK } = require('./link');
const { Outgoing } = require('./outgoing');
const { Page } = require('./page');
const { Tasks } = require('./tasks');

const WIRE = { __proto__: null, id: 0, readStart() {}, writer: () => () => 0, ring() {} };
const SHARED = { __proto__: null, workerId: 0, name: 'default', emit() {}, progress() {} };
const TASKS = [
  ['{}', 0],
  ['["rehearsal",{"a":[1,"b"]}]', ADDRESSED],
];

/** While nothing else is told of. */
function rehearse() {
  const outgoing = new Outgoing(WIRE);
  const tasks = new Tasks(outgoing, new Page(new ArrayBuffer(4096)), SHARED);
  tasks.open(() => noop, 1, null);
  const link = new Link(WIRE, tasks, outgoing, SHARED);
  const about = meta();
  for (const [text, flags] of TASKS) {
    about.fill(0, 0, FIELDS);
    about[FRAME_KIND] = TASK;
    about[FRAME_ID] = 1;
    about[FRAME_FLAGS] = flags;
    about[FRAME_HANDLES] = 0;
    link.onWire(text, 1);
  }
  unregister(WIRE.id);
}

function noop(value) {
  return typeof value === 'object' ? 0 : value;
}

module.exports = { rehearse };
