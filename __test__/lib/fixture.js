'use strict';
// Runs a program from fixtures/ in a Node of its own: what may crash there, or hang, does not take the tests along.
// On Node's own child_process, which is not what is tested.

const path = require('node:path');
const { execFile } = require('node:child_process');

/**
 * @param {string} name file in fixtures/, without .js
 * @returns {Promise<any>} the JSON value that the program printed; it has ended by itself and with exit code 0
 */
function runFixture(name, args = [], { timeout = 60_000 } = {}) {
  const file = path.join(__dirname, '..', 'fixtures', `${name}.js`);
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [file, ...args], { timeout, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      if (error) {
        const how = error.killed ? `no end within ${timeout} ms` : (error.signal ?? `exit code ${error.code}`);
        reject(new Error(`${name}: ${how}\n${stdout}${stderr}`));
      } else {
        resolve(JSON.parse(stdout));
      }
    });
  });
}

module.exports = { runFixture };
