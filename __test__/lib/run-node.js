'use strict';
// A Node program in a process of its own, to its end. On Node's own child_process, which is not what is tested.

const { execFile } = require('node:child_process');
const path = require('node:path');

const fixtures = path.join(__dirname, '../fixtures');

/** An environment in which nothing of the test runner's own gets in the way. */
function cleanEnv(extra) {
  const { NODE_OPTIONS: _options, PROCS_REGISTER_CHILDREN: _children, ...env } = process.env;
  return { ...env, ...extra };
}

/**
 * @param {string[]} args what follows `node` on the command line
 * @returns {Promise<{ code: number | string, signal: string | null, stdout: string, stderr: string }>}
 */
function runNode(args, { cwd = fixtures, env } = {}) {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env: cleanEnv(env), timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, signal: error?.signal ?? null, stdout, stderr });
    });
  });
}

/** For programs that print one JSON value. What else they say goes into the message of the failure. */
async function runForJson(args, options) {
  const { code, signal, stdout, stderr } = await runNode(args, options);
  if (code !== 0) throw new Error(`node ${args.join(' ')}: ${signal ?? `exit code ${code}`}\n${stdout}${stderr}`);
  return JSON.parse(stdout);
}

module.exports = { cleanEnv, fixtures, runNode, runForJson };
