'use strict';

/** What a listener has thrown is its own: it becomes an uncaughtException, and whoever has called the listener goes on. */
function uncaught(error) {
  process.nextTick(rethrow, error);
}

function rethrow(error) {
  throw error;
}

module.exports = { uncaught };
