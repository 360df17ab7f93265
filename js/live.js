'use strict';
// What of this environment runs now and is to end with it, for shutdown(): children, each from its start until it has ended, together with the rest of its tree
// if it was ended early; and pools, which have workers, until the last of these is gone.

const children = new Set();
const pools = new Set();
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

/** @param {{ end(): void, shutdown(timeout: number): Promise<object[]> }} pool end(): at once, and nobody is told */
function addPool(pool) {
  pools.add(pool);
}

function removePool(pool) {
  pools.delete(pool);
}

/** @returns {object[]} as they are now */
function livePools() {
  return [...pools];
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

module.exports = { addLive, addPool, removeLive, removePool, liveChildren, livePools, isShuttingDown, beginShutdown, endShutdown };
