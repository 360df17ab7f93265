'use strict';
// Command line of every bench: the same options everywhere, plus the numbers a bench declares as its own.

const path = require('node:path');
const { parseArgs } = require('node:util');

const PACKAGE = path.join(__dirname, '..', '..');

const COMMON = {
  node: { type: 'string', multiple: true },
  ours: { type: 'string' },
  rounds: { type: 'string' },
  only: { type: 'string' },
  smoke: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
};

const HELP = `options
  --node PATH    a node binary to measure under; repeatable (default: the one running this)
  --rounds N     rounds per figure, each a fresh process per subject (default: %ROUNDS%)
  --only TEXT    only the figures whose name contains TEXT
  --smoke        tiny sizes, one round: shows that the bench runs, its figures mean nothing
  --json         one JSON document instead of the table
  --ours MODULE  measured as "ours" (default: this package); child_process shows the noise of the machine`;

function positiveInteger(name, text) {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} wants a whole number above 0, not ${text}`);
  return number;
}

/** A path becomes absolute, because the processes that measure have another idea of "here"; a name stays one. */
function absolute(name) {
  return name.includes('/') && !name.startsWith('@') ? path.resolve(name) : name;
}

/**
 * @param {{ rounds: number, numbers?: Record<string, { full: number, smoke: number, help: string }> }} bench
 *   `numbers`: options of this bench alone, with their values in a full and in a smoke run
 */
function readArgs({ rounds, numbers = {} }) {
  const options = { __proto__: null, ...COMMON };
  for (const name of Object.keys(numbers)) options[name] = { type: 'string' };
  const { values } = parseArgs({ options });

  if (values.help) {
    const own = Object.keys(numbers).map((name) => `  --${`${name} N`.padEnd(13)}${numbers[name].help} (default: ${numbers[name].full})`);
    console.log([HELP.replace('%ROUNDS%', rounds), ...own].join('\n'));
    process.exit(0);
  }

  const smoke = values.smoke === true;
  const args = {
    nodes: (values.node ?? [process.execPath]).map(absolute),
    ours: absolute(values.ours ?? path.join(PACKAGE, 'js', 'index.js')),
    rounds: values.rounds === undefined ? (smoke ? 1 : rounds) : positiveInteger('rounds', values.rounds),
    only: values.only ?? '',
    smoke,
    json: values.json === true,
  };
  for (const name of Object.keys(numbers)) {
    const standard = smoke ? numbers[name].smoke : numbers[name].full;
    args[name] = values[name] === undefined ? standard : positiveInteger(name, values[name]);
  }
  return args;
}

module.exports = { readArgs };
