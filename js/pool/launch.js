'use strict';
// The engine of a pool, and how it is to start workers.

const { ErrnoException } = require('../errors');
const { reactor } = require('../reactor');

/**
 * @param {object} options of poolOptions()
 * @returns {object} see Pool in native.d.ts
 */
function openEngine(options) {
  const { worker, program } = options;
  const isForeign = program !== undefined;
  const [file, argv] = isForeign ? commandOf(options) : nodeOf(options);
  const setup = isForeign ? null : setupOf(whatIsToRun(options));
  const pool = reactor().openPool(
    JSON.stringify({ ...options.settings, foreign: isForeign }),
    file,
    argv.join('\0'),
    worker.env,
    worker.cwd,
    worker.flags,
    worker.uid,
    worker.gid,
    worker.stdio,
    setup === null ? null : `${setup.tagged ? '~' : ''}${setup.json}`,
    setup === null ? null : setup.segments,
    setup === null ? '' : setup.types,
    worker.limits,
  );
  if (typeof pool === 'number') throw new ErrnoException(pool, 'pool');
  return pool;
}

/** Without data it is nothing but JSON: then processes are started before what knows all other values is loaded, which takes some milliseconds. */
function setupOf(setup) {
  if (setup.workerData !== undefined) return require('./parcel').setupOf(setup);
  return { json: JSON.stringify(setup), segments: null, types: '', tagged: false };
}

/** The program's own arguments come with the setup, behind the name of the file. */
function nodeOf({ worker: { execPath, execArgv } }) {
  const { entry } = require('../worker')[Symbol.for('@x/procs.inside')]();
  return [execPath, [execPath, ...execArgv, entry]];
}

function commandOf({ program, argv = [] }) {
  return [program[0], [...program, ...argv.map(String)]];
}

/** See "Pool workers" in docs/protocol.md. */
function whatIsToRun({ filename, name, workerData, argv, settings, worker }) {
  const setup = { filename, name, concurrentTasksPerWorker: settings.concurrentTasksPerWorker };
  if (workerData !== undefined) setup.workerData = workerData;
  if (argv !== undefined) setup.argv = argv.map(String);
  if (worker.tagOutput !== null) setup.tagOutput = worker.tagOutput;
  return setup;
}

module.exports = { openEngine };
