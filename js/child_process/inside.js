'use strict';
// What js/run builds on, past the public names: it starts children of its own kind, with streams that are opened when they are needed.

const { ChildProcess } = require('./child-process');
const { spawning } = require('./diagnostics');
const { environmentBlock, withVariables } = require('./environment');
const { ESRCH } = require('./errno');
const { onAbort } = require('./abort-signal');
const { spawnError } = require('./exit');
const { joinStrings } = require('./nul');
const { IGNORE, PIPE, planFds, plan } = require('./stdio');
const { ONCE, signalGroup, treeMode } = require('./reach');
const { openStream, socketClass, isHandle, giveAway } = require('./streams');
require('./life-cycle'); // with this file, and not with the first child, when there may be no fd left to read it with

module.exports = {
  ChildProcess,
  ESRCH,
  IGNORE,
  ONCE,
  PIPE,
  environmentBlock,
  giveAway,
  isHandle,
  joinStrings,
  onAbort,
  openStream,
  plan,
  planFds,
  signalGroup,
  socketClass,
  spawnError,
  spawning,
  treeMode,
  withVariables,
};
