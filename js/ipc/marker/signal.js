'use strict';
// Leaving a marker, so that it is there as a whole or not at all, whatever happens, and still there after a power cut.

const { randomBytes } = require('node:crypto');
const { open, rename, unlink } = require('node:fs/promises');
const path = require('node:path');
const { encode } = require('./content');
const { failure } = require('./failure');
const { folderOf, nameOf } = require('./name');

/**
 * Leaves the marker `id` in `dir`: all who watch for it get `result`. One that is there already is replaced.
 * @param {string | URL} dir a folder that exists
 * @param {string} id a name, without path separators
 * @param {unknown} [result] what can be sent over a channel
 * @returns {Promise<void>} once it is on disk. Rejected, and nothing is left in the folder, with `DataCloneError` for what cannot be sent, or
 *   with what the system says: `ENOENT` (no such folder), `ENOSPC`, `EDQUOT`, `EACCES` ...
 */
async function signal(dir, id, result) {
  const folder = folderOf(dir);
  const file = path.join(folder, nameOf(id));
  const content = encode(result);
  try {
    await replace(folder, file, content);
  } catch (error) {
    throw failure('Cannot write the marker', file, error);
  }
}

async function replace(folder, file, content) {
  // In the same folder, or it would not be a rename. Random, since peers may be in containers, where pids are not unique.
  const draft = path.join(folder, `.procs-${randomBytes(12).toString('hex')}.tmp`);
  const handle = await open(draft, 'wx');
  try {
    await writeAndClose(handle, content);
    await rename(draft, file);
  } catch (error) {
    // What went wrong first is what the caller is told.
    await unlink(draft).catch(() => {});
    throw error;
  }
  await syncFolder(folder);
}

async function writeAndClose(handle, content) {
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The name, too, has to reach the disk. */
async function syncFolder(folder) {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems have no such thing for folders.
    if (error.code !== 'EINVAL' && error.code !== 'ENOTSUP') throw error;
  } finally {
    await handle.close();
  }
}

module.exports = { signal };
