'use strict';

const { Readable } = require('stream');
const { reactor } = require('../../reactor');
const { Kept } = require('./kept');
const { collectedValue } = require('./output');
const { Reader } = require('./reader');
const { BUFFER, formOf, valueOfBytes } = require('./value');

/** stdout and stderr in the order in which they came: `all`. */
class All {
  #run;
  #outputs;
  #kept = null;
  #stream = null;
  #value;
  #failure = null;

  /** @param {import('./output').Output[]} outputs those of the two that are read here */
  constructor(run, outputs) {
    this.#run = run;
    this.#outputs = outputs;
  }

  get outputs() {
    return this.#outputs;
  }

  /** As `subprocess.all`. */
  stream() {
    this.#stream ??= streamOf(new Reader(this.#outputs, null));
    return this.#stream;
  }

  get #areNative() {
    return this.#outputs.length === 2 && this.#outputs[0].isNative && this.#outputs[1].isNative;
  }

  /** Whether the addon keeps the order of this one and the other. */
  isOrdered(output) {
    return this.#areNative && this.#outputs.includes(output);
  }

  /**
   * The order so far is lost when the addon is asked for one of them: first that, then both, and both are read here from now on. Of neither
   * may it read more meanwhile, which would be in that one and not in the order.
   */
  leaveAddon() {
    const [first, second] = this.#outputs;
    this.#run.hold(); // see Output.leaveAddon()
    first.stopAddon();
    second.stopAddon();
    this.keep(reactor().collectedAll(first.nativeId, BUFFER, false));
    first.fetch();
    second.fetch();
    first.read();
    second.read();
    this.#run.release();
  }

  /** Called with what one of them has kept. */
  keep(part) {
    this.#kept ??= new Kept(Infinity);
    this.#kept.take(part);
  }

  /** The run is over: what the addon has becomes JavaScript's. Before the same of the two. */
  close() {
    if (!this.#areNative) return;
    const id = this.#outputs[0].nativeId;
    try {
      this.#value = collectedValue((native, strip) => reactor().collectedAll(id, native, strip), this.#form(), this.#isCut);
    } catch (error) {
      this.#failure = error;
    }
  }

  /** For the result, once. undefined when only one of them is kept, which then is all. */
  value() {
    if (this.#failure !== null) throw this.#failure;
    if (this.#value !== undefined) return this.#value;
    if (this.#outputs.length < 2 || !this.#outputs.every((output) => output.keeps)) return undefined;
    const bytes = this.#kept === null ? Buffer.alloc(0) : this.#kept.bytes();
    this.#kept = null;
    return valueOfBytes(bytes, this.#form(), this.#isCut);
  }

  #form() {
    return formOf(this.#run.settings, 'all');
  }

  get #isCut() {
    return this.#run.overflowFd !== -1;
  }
}

function streamOf(reader) {
  return new Readable({
    __proto__: null,
    read() {
      reader.next().then(({ done, value }) => this.push(done ? null : value));
    },
    destroy(error, callback) {
      reader.leave();
      callback(error);
    },
  });
}

module.exports = { All };
