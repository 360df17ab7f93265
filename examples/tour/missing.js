'use strict';
// The same error, so that the code that handles it need not change.

function missing({ spawn }) {
  return new Promise((resolve) => {
    const child = spawn('no-such-program', ['--help']);
    child.on('error', ({ message, code, syscall, spawnargs }) => {
      resolve({ result: `${message} (code ${code}, syscall "${syscall}", spawnargs ${JSON.stringify(spawnargs)}), pid ${child.pid}` });
    });
  });
}

module.exports = { missing };
