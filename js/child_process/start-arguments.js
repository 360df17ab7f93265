'use strict';

const { DETACHED, GID, GROUP, INDEPENDENT, TREE, UID } = require('../spawn-flags');
const { refuseNul, joinStrings } = require('./nul');

/**
 * What the addon's spawn and spawnSync both begin with: file, args, env, cwd, flags, uid, gid.
 * @param {boolean} sync for spawnSync, where Node has a Buffer as cwd be a path and an empty one be none that exists. spawn ignores both.
 */
function startArguments(options, environment, sync) {
  const { file, args, cwd, detached, uid, gid } = options;
  refuseNul(file, 'options.file');
  const argv = args === undefined ? '' : joinStrings(args, 'options.args');
  const directory = sync ? (cwd?.toString() ?? null) : typeof cwd === 'string' && cwd !== '' ? cwd : null;
  let flags = detached ? DETACHED : 0;
  if (uid !== undefined && uid !== null) flags |= UID;
  if (gid !== undefined && gid !== null) flags |= GID;
  if (!sync) flags |= lifetimeFlags(options);
  return [file, argv, environment, directory, flags, uid | 0, gid | 0];
}

/** None where it is left to Node's own behaviour. */
function lifetimeFlags({ lifetime, killMode }) {
  let flags = 0;
  if (killMode === 'tree' || lifetime === 'parent') flags |= lifetime === 'parent' ? TREE : TREE | INDEPENDENT;
  if (lifetime === 'independent') flags |= DETACHED | INDEPENDENT;
  if (killMode === 'group') flags |= GROUP;
  return flags;
}

module.exports = { startArguments };
