'use strict';

const { refuseNul, joinStrings } = require('./nul');

/** SpawnFlag in native.d.ts. */
const DETACHED = 1;
const UID = 2;
const GID = 4;

/**
 * What the addon's spawn and spawnSync both begin with: file, args, env, cwd, flags, uid, gid.
 * @param {boolean} sync for spawnSync, where Node has a Buffer as cwd be a path and an empty one be none that exists. spawn ignores both.
 */
function startArguments({ file, args, cwd, detached, uid, gid }, environment, sync) {
  refuseNul(file, 'options.file');
  const argv = args === undefined ? '' : joinStrings(args, 'options.args');
  const directory = sync ? (cwd?.toString() ?? null) : typeof cwd === 'string' && cwd !== '' ? cwd : null;
  let flags = detached ? DETACHED : 0;
  if (uid !== undefined && uid !== null) flags |= UID;
  if (gid !== undefined && gid !== null) flags |= GID;
  return [file, argv, environment, directory, flags, uid | 0, gid | 0];
}

module.exports = { startArguments };
