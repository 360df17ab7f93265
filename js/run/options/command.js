'use strict';
// What is executed, and what a person is shown for it.

const path = require('path');
const { ERR_INVALID_ARG_VALUE } = require('./checks');
const { nodeCommand } = require('./node');
const { quoteCommand, showLine } = require('../quote');

class Command {
  /** What was asked for. */
  name;
  args;
  /** What is executed, and its argv, argv[0] included. */
  file;
  argv;
  #shell;
  #text;

  constructor(name, args, file, argv, shell) {
    this.name = name;
    this.args = args;
    this.file = file;
    this.argv = argv;
    this.#shell = shell;
  }

  /** Quoted for a person, who can paste it into a shell. Made when it is asked for: most commands succeed, and nobody reads it. */
  get text() {
    return (this.#text ??= this.#shell ? showLine([this.name, ...this.args].join(' ')) : quoteCommand(this.name, this.args));
  }
}

/**
 * @param {string} file
 * @param {readonly string[]} args
 */
function commandOf(file, args, settings) {
  const { shell, node, argv0 } = settings;
  if (node) {
    if (path.basename(file) === 'node') throw new ERR_INVALID_ARG_VALUE('file', file, 'must be a script when options.node is true');
    const argv = nodeCommand(file, args, settings);
    return new Command(file, args, settings.nodePath, [argv0 ?? settings.nodePath, ...argv], false);
  }
  if (shell) {
    // As it is: whoever asks for a shell asks for its language, and quotes what has to be quoted in it.
    const line = args.length === 0 ? file : `${file} ${args.join(' ')}`;
    return new Command(file, args, shell, [argv0 ?? shell, '-c', line], true);
  }
  return new Command(file, args, file, [argv0 ?? file, ...args], false);
}

module.exports = { commandOf };
