'use strict';
// What stands in a marker. Whoever shares the folder can put anything there.

const { open } = require('node:fs/promises');
const { O_NONBLOCK, O_RDONLY } = require('node:fs').constants;
const { garbage } = require('./content');

/** @returns {Promise<Buffer>} */
async function readMarker(file) {
  // Opening a pipe that nobody writes to would otherwise hold one of the few threads that Node has for files, for ever.
  const handle = await open(file, O_RDONLY | O_NONBLOCK);
  try {
    const stats = await handle.stat();
    // Of a folder the system says so; devices and pipes have no end.
    if (!stats.isFile() && !stats.isDirectory()) throw garbage(file, new Error('it is no file'));
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

module.exports = { readMarker };
