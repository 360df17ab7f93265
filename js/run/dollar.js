'use strict';
// $`git commit -m ${message}`, $({ cwd })`...`, $.sync`...`

let parts = null;

/** Loaded with the first call: who imports all names of the package may never make one. */
function load() {
  if (parts !== null) return parts;
  const { argsOf, callOf, checkOptions, fileOf, mergeOptions, settingsOf } = require('./options');
  const { isTemplate, wordsOf } = require('./template');
  parts = { argsOf, callOf, checkOptions, fileOf, isTemplate, mergeOptions, settingsOf, wordsOf };
  return parts;
}

/** What a script wants: its own stdin, and the programs of its project. */
const SCRIPT = Object.freeze({ __proto__: null, preferLocal: true });
/** Where one of these says what stdin is, or that there is nobody to type. */
const SAYS_STDIN = ['stdin', 'input', 'inputFile', 'stdio', 'pty'];

const ASYNC = { sync: false, name: '$', call: startCommand };
const SYNC = { sync: true, name: '$.sync', call: runCommandSync };
const LATER = { sync: false, name: '$.cmd', call: commandForLater };

function bind(bound, kind) {
  function dollar(first, ...rest) {
    const { callOf, checkOptions, isTemplate, mergeOptions, wordsOf } = load();
    if (isTemplate(first)) return callWords(wordsOf(first, rest), bound, kind);
    if (isOptions(first) && rest.length === 0) {
      checkOptions(first, kind.name);
      return bind(mergeOptions(bound, first), kind);
    }
    const { file, args, options } = callOf([first, ...rest], kind.name);
    return kind.call(file, args, withDefaults(options === undefined ? bound : mergeOptions(bound, options)));
  }
  if (kind === ASYNC) {
    lazily(dollar, 'sync', () => bind(bound, SYNC));
    lazily(dollar, 's', () => dollar.sync);
    lazily(dollar, 'cmd', () => bind(bound, LATER));
  }
  return dollar;
}

function callWords([file, ...args], bound, kind) {
  const { argsOf, fileOf } = load();
  return kind.call(fileOf(file), argsOf(args), withDefaults(bound));
}

function isOptions(value) {
  return (
    value !== null && typeof value === 'object' && !Array.isArray(value) && typeof value.href !== 'string' && !ArrayBuffer.isView(value)
  );
}

function withDefaults(options) {
  const stdin = SAYS_STDIN.some((name) => options[name] !== undefined) || options.lifetime === 'independent';
  return load().mergeOptions(stdin ? SCRIPT : { ...SCRIPT, stdin: 'inherit' }, options);
}

function startCommand(file, args, options) {
  return require('./run').runCommand(file, args, load().settingsOf(options, ASYNC));
}

function runCommandSync(file, args, options) {
  return require('./run-sync').runCommandSync(file, args, load().settingsOf(options, SYNC));
}

function commandForLater(file, args, options) {
  const { Command } = require('./pipeline');
  return new Command(file, args, options);
}

function lazily(target, name, make) {
  Object.defineProperty(target, name, {
    __proto__: null,
    enumerable: true,
    configurable: true,
    get() {
      const value = make();
      Object.defineProperty(target, name, { __proto__: null, enumerable: true, configurable: true, value });
      return value;
    },
  });
}

const $ = bind({ __proto__: null }, ASYNC);

module.exports = { $ };
