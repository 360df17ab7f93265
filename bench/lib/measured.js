'use strict';
// The measuring process: takes its parameters from the command line, loads one of the subjects, prints what it found.

const { pathToFileURL } = require('node:url');

/** A peer may be an ES module, which Node 20 does not require. */
async function load(module) {
  try {
    return require(module);
  } catch (error) {
    if (error.code !== 'ERR_REQUIRE_ESM') throw error;
    return import(pathToFileURL(module));
  }
}

async function run(measure, parameters) {
  return measure(await load(parameters.module), parameters);
}

/**
 * @param {(subject: typeof import('node:child_process'), parameters: any) => Promise<object>} measure
 *   `parameters.module` names the subject: 'child_process' or a path
 */
function measured(measure) {
  const parameters = JSON.parse(process.argv[2]);
  run(measure, parameters).then(
    (result) => console.log(JSON.stringify(result)),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
}

module.exports = { measured };
