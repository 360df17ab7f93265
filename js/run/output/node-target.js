'use strict';

const { finished } = require('stream');

/** A Node stream that outputs of the child are written to. The run is over when it has taken everything. */
class NodeTarget {
  #run;
  #stream;
  #isOurs;
  #outputs = [];
  #open = 0;
  #isOver = false;
  #stopListening;

  /** @param {boolean} ends whether it is over with the output; stdout and stderr of this process are not */
  constructor(run, stream, ends) {
    this.#run = run;
    this.#stream = stream;
    this.#isOurs = ends;
    run.hold();
    this.#stopListening = finished(stream, { __proto__: null, readable: false }, (error) => this.#finished(error));
    stream.on('drain', this.#release);
    // finished() takes its listener away when it has been called, and an error may come after that.
    stream.on('error', ignore);
  }

  add(output) {
    this.#outputs.push(output);
    this.#open++;
  }

  take(chunk) {
    return this.#isOver || this.#stream.write(chunk);
  }

  end() {
    this.#open--;
    if (this.#open > 0 || this.#isOver) return;
    if (this.#isOurs) this.#stream.end();
    // It goes on without us: written is when this, the last of what we have for it, is.
    else this.#stream.write('', (error) => this.#finished(error));
  }

  /** It takes too long, and the run has been ended: what it has not taken is lost. */
  giveUp() {
    if (this.#isOver) return;
    this.#finished(null);
    if (this.#isOurs) this.#stream.destroy();
  }

  #release = () => {
    for (const output of this.#outputs) output.release(this);
  };

  #finished(error) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopListening();
    this.#stream.off('drain', this.#release);
    if (error) this.#run.fail(error);
    else if (this.#isOurs) this.#stream.off('error', ignore);
    for (const output of this.#outputs) output.detach(this);
    this.#run.release();
  }
}

function ignore() {}

module.exports = { NodeTarget };
