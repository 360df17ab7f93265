'use strict';
// The option `cwd`, looked at before the start: the kernel would blame the program, with an ENOENT that sends people looking for it.

const fs = require('fs');

/** @returns {Error | null} why no program can be started there */
function cwdProblem({ cwd }) {
  if (cwd === undefined) return null;
  let cause;
  try {
    if (!fs.statSync(cwd).isDirectory()) return problem('ENOTDIR', `The "cwd" option is not a directory: ${cwd}`, undefined);
    fs.accessSync(cwd, fs.constants.X_OK);
    return null;
  } catch (error) {
    cause = error;
  }
  if (cause.code === 'ENOENT') return problem('ENOENT', `The "cwd" option does not exist: ${cwd}`, cause);
  return problem(cause.code, `The "cwd" option cannot be entered: ${cwd}`, cause);
}

function problem(code, message, cause) {
  const error = new Error(message, cause && { __proto__: null, cause });
  error.code = code;
  return error;
}

module.exports = { cwdProblem };
