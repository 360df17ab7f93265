'use strict';
// One inotify watch for all that is awaited in a folder.
//
// It is armed before the first look, so that a marker is either seen by that look or told of. What is told is a name only; a look
// decides what it means.

const fs = require('node:fs');
const path = require('node:path');
const { GARBAGE } = require('./content');
const { failure } = require('./failure');
const { readMarker } = require('./read');

/**
 * The kernel keeps 16384 events for a process that does not read them, and drops what comes after; libuv does not pass on that it did. As
 * many as this in one turn, and whatever is awaited is looked at.
 */
const SUSPICIOUS = 256;

/** By path. */
const folders = new Map();

/** Events of all folders since the last turn: they share one queue. */
let events = 0;

class Folder {
  #path;
  #watcher = null;
  /** By name: who waits for it, and whether a look is under way. */
  #awaited = new Map();
  /** How many of them keep the process alive. */
  #references = 0;

  /**
   * @param {{ folder: string, name: string, isReferenced: boolean, found(content: Buffer): void, fail(error: Error): void }} waiter
   * @throws what the system says when the folder cannot be watched
   */
  static join(waiter) {
    let folder = folders.get(waiter.folder);
    if (folder === undefined) {
      folder = new Folder(waiter.folder);
      folders.set(waiter.folder, folder);
    }
    folder.#add(waiter);
    return folder;
  }

  constructor(folder) {
    this.#path = folder;
    this.#arm();
  }

  leave(waiter) {
    const awaited = this.#awaited.get(waiter.name);
    if (!awaited?.waiters.delete(waiter)) return;
    if (awaited.waiters.size === 0) this.#awaited.delete(waiter.name);
    if (waiter.isReferenced && --this.#references === 0) this.#watcher?.unref();
    if (this.#awaited.size === 0) this.#close();
  }

  #add(waiter) {
    let awaited = this.#awaited.get(waiter.name);
    if (awaited === undefined) {
      awaited = { waiters: new Set(), looking: false, again: false };
      this.#awaited.set(waiter.name, awaited);
    }
    awaited.waiters.add(waiter);
    if (waiter.isReferenced && ++this.#references === 1) this.#watcher.ref();
    this.#look(waiter.name);
  }

  #arm() {
    try {
      this.#watcher = fs.watch(this.#path, (type, name) => this.#onEvent(type, name));
    } catch (error) {
      throw failure('Cannot watch for markers in', this.#path, error);
    }
    this.#watcher.on('error', (error) => this.#fail(failure('Cannot watch for markers in', this.#path, error)));
    if (this.#references === 0) this.#watcher.unref();
  }

  #onEvent(type, name) {
    noteEvent();
    // The folder's own name: it was removed, moved or unmounted, unless a file in it is called the same.
    if (type === 'rename' && (name === null || name === path.basename(this.#path))) this.#rearm();
    if (this.#awaited.has(name)) this.#look(name);
  }

  /** The watch is of the folder that was there; what counts is the one that is there now, if there is any. */
  #rearm() {
    this.#watcher.close();
    try {
      this.#arm();
    } catch (error) {
      this.#watcher = null;
      this.#fail(error);
      return;
    }
    this.lookAtAll();
  }

  lookAtAll() {
    for (const name of this.#awaited.keys()) this.#look(name);
  }

  async #look(name) {
    const awaited = this.#awaited.get(name);
    if (awaited.looking) {
      awaited.again = true;
      return;
    }
    awaited.looking = true;
    const file = path.join(this.#path, name);
    do {
      awaited.again = false;
      let content;
      try {
        content = await readMarker(file);
      } catch (error) {
        if (error.code === 'ENOENT') continue;
        const told = error.code === GARBAGE ? error : failure('Cannot read the marker', file, error);
        for (const waiter of [...awaited.waiters]) waiter.fail(told);
        return;
      }
      for (const waiter of [...awaited.waiters]) waiter.found(content);
    } while (awaited.again);
    awaited.looking = false;
  }

  #fail(error) {
    for (const { waiters } of [...this.#awaited.values()]) {
      for (const waiter of [...waiters]) waiter.fail(error);
    }
  }

  #close() {
    this.#watcher?.close();
    if (folders.get(this.#path) === this) folders.delete(this.#path);
  }
}

function noteEvent() {
  if (++events === 1) setImmediate(endTurn);
}

function endTurn() {
  const wasFlooded = events >= SUSPICIOUS;
  events = 0;
  if (!wasFlooded) return;
  for (const folder of folders.values()) folder.lookAtAll();
}

module.exports = { Folder };
