'use strict';

/** A command that is not started: what `$.cmd` makes, and what pipeline() and pipe() take as a step. */
class Command {
  constructor(file, args = [], options = undefined) {
    this.file = file;
    this.args = Object.freeze([...args]);
    this.options = options;
    Object.freeze(this);
  }
}

module.exports = { Command };
