'use strict';
// The children of this environment that run now and are to end with it, for shutdown(). A child is in here from its start until it has
// ended, together with the rest of its tree if it was ended early.

const children = new Set();
let shutdowns = 0;

function addLive(child) {
  children.add(child);
}

function removeLive(child) {
  children.delete(child);
}

/** @returns {object[]} as they are now */
function liveChildren() {
  return [...children];
}

/** While a shutdown runs nothing new is started: it would end with no child left, or never. */
function isShuttingDown() {
  return shutdowns > 0;
}

function beginShutdown() {
  shutdowns++;
}

function endShutdown() {
  shutdowns--;
}

module.exports = { addLive, removeLive, liveChildren, isShuttingDown, beginShutdown, endShutdown };
