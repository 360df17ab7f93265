'use strict';

const errors = require('../errors');
const { normalizeExecArguments, normalizeExecFileArguments } = require('./exec-arguments');
const { spawnSync } = require('./spawn-sync');

function execSync(command, options) {
  const normalized = normalizeExecArguments(command, options, null);
  const result = spawnSync(normalized.file, normalized.options);
  return outputOf(result, normalized.options, command);
}

function execFileSync(file, args, options) {
  const normalized = normalizeExecFileArguments(file, args, options);
  const result = spawnSync(normalized.file, normalized.args, normalized.options);
  return outputOf(result, normalized.options, [normalized.options.argv0 || normalized.file, ...normalized.args].join(' '));
}

/** The child's stdout, or an error that has all of the result as properties. */
function outputOf(result, { stdio }, command) {
  // What is not asked for otherwise is seen where the parent's own stderr is.
  if (!stdio && result.stderr) process.stderr.write(result.stderr);
  if (result.error) throw Object.assign(result.error, result);
  if (result.status !== 0) {
    const detail = result.stderr?.length > 0 ? `\n${result.stderr.toString()}` : '';
    throw errors.genericNodeError(`Command failed: ${command}${detail}`, result);
  }
  return result.stdout;
}

module.exports = { execSync, execFileSync };
