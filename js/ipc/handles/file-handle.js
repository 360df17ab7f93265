'use strict';
// FileHandles of fs/promises. Node has no public way to make one of a descriptor: its class, and that of what is inside of it, are taken
// from one that was opened.

const { open } = require('node:fs/promises');
const { native } = require('../../native');

/** Of the running Node: { FileHandle, Inner }, or a promise of it. */
let classes;

async function learn() {
  const handle = await open('/dev/null', 'r');
  const inner = Object.getOwnPropertySymbols(handle).find((symbol) => symbol.description === 'kHandle');
  classes = { FileHandle: handle.constructor, Inner: handle[inner].constructor };
  await handle.close();
  return classes;
}

/** Whoever has one has it from open(), whose results are all of one class. */
function isFileHandle(value) {
  if (classes?.FileHandle !== undefined) return value instanceof classes.FileHandle;
  return value.constructor?.name === 'FileHandle' && typeof value.fd === 'number' && typeof value.close === 'function';
}

/** @returns {FileHandle | Promise<FileHandle | undefined>} */
function fromDescriptor(fd) {
  if (classes?.FileHandle !== undefined) return make(fd);
  classes ??= learn();
  return classes.then(
    () => make(fd),
    () => {
      // Out of descriptors: there is nothing to be had.
      classes = undefined;
      native().closeFd(fd);
      return undefined;
    },
  );
}

function make(fd) {
  const { FileHandle, Inner } = classes;
  return new FileHandle(new Inner(fd));
}

module.exports = { isFileHandle, fromDescriptor };
