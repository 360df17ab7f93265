'use strict';
// Runs one command, shows its output as it comes, and gives the output back for counting.
// On Node's own child_process: the runner must not stand on what it tests.

const { spawn } = require('node:child_process');
const path = require('node:path');

const root = path.join(__dirname, '..');
const MINUTE = 60_000;
const GRACE = 5_000;

/**
 * @param {number} [options.timeout] milliseconds, after which the command and everything it started is killed
 * @param {boolean} [options.quiet] show the output only when the command fails
 */
function run(file, args, { env, timeout = 20 * MINUTE, quiet } = {}) {
  return new Promise((resolve) => {
    // A group of its own, so that it can be killed with all it started.
    const child = spawn(file, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const output = collect(child, quiet);
    const stopForwarding = forwardSignals(child);
    let timedOut = false;
    let timer = setTimeout(() => {
      timedOut = true;
      // Politely first: a runner among them has groups of its own to end.
      killGroup(child, 'SIGTERM');
      timer = setTimeout(() => killGroup(child, 'SIGKILL'), GRACE);
    }, timeout);

    const done = (ok, problem) => {
      clearTimeout(timer);
      stopForwarding();
      const text = Buffer.concat(output).toString();
      if (!ok) {
        if (quiet) process.stdout.write(text);
        console.log(`${[path.basename(file), ...args].join(' ')}: ${problem}`);
      }
      resolve({ ok, output: text });
    };
    let startError;
    child.on('error', (error) => {
      startError = error;
    });
    child.on('close', (code, signal) => {
      if (startError) done(false, startError.message);
      else if (timedOut) done(false, `killed, not done after ${timeout / 1000} s`);
      else done(code === 0, signal ?? `exit code ${code}`);
    });
  });
}

function collect(child, quiet) {
  const chunks = [];
  for (const name of ['stdout', 'stderr']) {
    child[name].on('data', (chunk) => {
      chunks.push(chunk);
      if (!quiet) process[name].write(chunk);
    });
  }
  return chunks;
}

/** A terminal sends Ctrl-C to its foreground group only, and the child is not in it. */
function forwardSignals(child) {
  const handlers = ['SIGINT', 'SIGTERM'].map((signal) => {
    const handler = () => {
      killGroup(child, signal);
      process.exitCode = 1;
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => {
    for (const remove of handlers) remove();
  };
}

function killGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

module.exports = { MINUTE, root, run };
