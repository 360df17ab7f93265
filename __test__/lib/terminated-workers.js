'use strict';
// What is left of Workers that were terminated while they had children.

const { readdirSync, readlinkSync } = require('node:fs');
const { Worker } = require('node:worker_threads');
const { once } = require('node:events');
const { ownChildren } = require('./own-children.js');

/** @param {RegExp} kind of what a descriptor is open on */
function descriptors(kind) {
  const isOne = (fd) => {
    try {
      return kind.test(readlinkSync(`/proc/self/fd/${fd}`));
    } catch {
      return false; // the folder's own
    }
  };
  return readdirSync('/proc/self/fd').filter(isOne).length;
}

/** Starts a Worker of that file, ends it when it has said something, and waits until no children are left but `others`. */
async function startAndTerminate(file, others) {
  const worker = new Worker(file);
  await once(worker, 'message');
  await worker.terminate();
  while (ownChildren().length > others) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Prints how many descriptors of that kind `count` Workers have left behind. */
async function printLeft(file, { count, kind, others }) {
  await startAndTerminate(file, others); // with the first come descriptors that stay
  const before = descriptors(kind);
  for (let i = 0; i < count; i++) await startAndTerminate(file, others);
  console.log(JSON.stringify(descriptors(kind) - before));
}

module.exports = { printLeft };
