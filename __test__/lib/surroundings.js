'use strict';
// What every test file finds, wherever the tests were started from: Jest calls this once, before its workers start.

module.exports = async () => {
  // A bash whose stdin is a socket, as Node's is and ours is, takes itself for one that was started from afar, and reads ~/.bashrc, unless it
  // knows of a shell above it. A service that runs tests has none.
  if (!(Number(process.env.SHLVL) >= 1)) process.env.SHLVL = '1';
};
