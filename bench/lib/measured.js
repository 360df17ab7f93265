'use strict';
// The measuring process: takes its parameters from the command line, loads one of the subjects, prints what it found.

/**
 * @param {(subject: typeof import('node:child_process'), parameters: any) => Promise<object>} measure
 *   `parameters.module` names the subject: 'child_process' or a path
 */
function measured(measure) {
  const parameters = JSON.parse(process.argv[2]);
  measure(require(parameters.module), parameters).then(
    (result) => console.log(JSON.stringify(result)),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
}

module.exports = { measured };
