'use strict';

const { DETACHED, GID, GROUP, INDEPENDENT, TERMINAL, TREE, UID } = require('../spawn-flags');

/** How the child is started, as the addon takes it. */
function flagsOf({ detached, uid, gid, killMode, outlives, pty }) {
  let flags = detached ? DETACHED : 0;
  if (uid !== undefined) flags |= UID;
  if (gid !== undefined) flags |= GID;
  if (killMode === 'tree' || !outlives) flags |= TREE;
  if (outlives) flags |= INDEPENDENT;
  if (killMode === 'group') flags |= GROUP;
  // A terminal belongs to a session, and a session to a terminal.
  if (pty) flags |= DETACHED | TERMINAL;
  return flags;
}

module.exports = { flagsOf };
