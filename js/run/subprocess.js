'use strict';
// The class of what run() returns. Its methods are in ./methods, and come with the first of them: who imports all names of the package need not wait for that.

const { ChildProcess } = require('../child_process');

class Subprocess extends ChildProcess {
  constructor() {
    if (Subprocess.prototype.listenToHandle === undefined) require('./methods');
    super();
    this.listenToHandle();
  }

  get [Symbol.toStringTag]() {
    return 'Subprocess';
  }
}

module.exports = { Subprocess };
