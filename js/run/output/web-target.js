'use strict';

/** A WritableStream that outputs of the child are written to. */
class WebTarget {
  #run;
  #writer;
  #outputs = [];
  #open = 0;
  #isOver = false;

  constructor(run, stream) {
    this.#run = run;
    this.#writer = stream.getWriter();
    run.hold();
    this.#writer.closed.catch((error) => this.#finished(error));
  }

  add(output) {
    this.#outputs.push(output);
    this.#open++;
  }

  take(chunk) {
    if (this.#isOver) return true;
    // A copy: the stream may give the memory away, to a worker for example, and others have the same chunk.
    this.#writer.write(new Uint8Array(chunk)).catch((error) => this.#finished(error));
    if (this.#writer.desiredSize > 0) return true;
    this.#writer.ready.then(
      () => this.#release(),
      (error) => this.#finished(error),
    );
    return false;
  }

  #release() {
    for (const output of this.#outputs) output.release(this);
  }

  end() {
    this.#open--;
    if (this.#open > 0 || this.#isOver) return;
    this.#writer.close().then(
      () => this.#finished(null),
      (error) => this.#finished(error),
    );
  }

  /** It takes too long, and the run has been ended: what it has not taken is lost. */
  giveUp() {
    if (this.#isOver) return;
    this.#finished(null);
    this.#writer.abort().catch(ignore);
  }

  #finished(error) {
    if (this.#isOver) return;
    this.#isOver = true;
    if (error !== null) this.#run.fail(error);
    for (const output of this.#outputs) output.detach(this);
    this.#run.release();
  }
}

function ignore() {}

module.exports = { WebTarget };
