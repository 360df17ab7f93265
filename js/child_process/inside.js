'use strict';
// What js/run and js/pool build on, past the public names: they start children of their own kinds, with streams that are opened when they are needed.

// Each is loaded when it is asked for: a pool needs little of it, and its workers are not to be started later for the rest.
module.exports = {
  __proto__: null,
  get ChildProcess() {
    require('./life-cycle'); // now, and not with the first child, when there may be no fd left to read it with
    return require('./child-process').ChildProcess;
  },
  get ESRCH() {
    return require('./errno').ESRCH;
  },
  get IGNORE() {
    return require('./stdio').IGNORE;
  },
  get ONCE() {
    return require('./reach').ONCE;
  },
  get PIPE() {
    return require('./stdio').PIPE;
  },
  get environmentBlock() {
    return require('./environment').environmentBlock;
  },
  get giveAway() {
    return require('./streams').giveAway;
  },
  get isHandle() {
    return require('./streams').isHandle;
  },
  get joinStrings() {
    return require('./nul').joinStrings;
  },
  get onAbort() {
    return require('./abort-signal').onAbort;
  },
  get openStream() {
    return require('./streams').openStream;
  },
  get plan() {
    return require('./stdio').plan;
  },
  get planFds() {
    return require('./stdio').planFds;
  },
  get signalGroup() {
    return require('./reach').signalGroup;
  },
  get socketClass() {
    return require('./streams').socketClass;
  },
  get spawnError() {
    return require('./exit').spawnError;
  },
  get spawning() {
    return require('./diagnostics').spawning;
  },
  get treeMode() {
    return require('./reach').treeMode;
  },
  get withVariables() {
    return require('./environment').withVariables;
  },
};
