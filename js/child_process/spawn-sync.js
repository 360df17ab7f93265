'use strict';

const { debuglog, types } = require('util');
const { aboutToBlock } = require('../blocking');
const errors = require('../errors');
const { native } = require('../native');
const { major } = require('../node-version');
const { signalNumber, signalName } = require('../validate');
const { MAX_BUFFER, validateTimeout, validateMaxBuffer, killSignalNumber } = require('./limits');
const { normalizeSpawnArguments } = require('./normalize');
const { startArguments } = require('./start-arguments');
const { planStdio, writePlan, plan } = require('./stdio');

const debug = debuglog('child_process');
const SIGTERM = signalNumber('SIGTERM');

/** Where there is no output, Node 22 and later leave stdout and stderr undefined. */
const NO_STREAM = major >= 22 ? undefined : null;

function spawnSync(file, args, options) {
  const { options: normalized, environment } = normalizeSpawnArguments(file, args, options);
  if (!('maxBuffer' in normalized)) normalized.maxBuffer = MAX_BUFFER;
  debug('spawnSync', normalized);
  validateTimeout(normalized.timeout);
  validateMaxBuffer(normalized.maxBuffer);
  const killSignal = killSignalNumber(normalized.killSignal) ?? SIGTERM;
  const { entries } = planStdio(normalized.stdio || 'pipe', true);
  const input = normalized.input ? bytesOf(normalized.input, normalized.encoding) : null;
  return result(run(normalized, environment, entries, input, killSignal), normalized);
}

function run(options, environment, entries, input, killSignal) {
  const args = startArguments(options, environment, true); // before the plan, as in launch.js
  const problem = writePlan(entries);
  if (problem !== 0) return { pid: 0, status: null, signal: null, output: null, error: problem };
  aboutToBlock();
  return native().spawnSync(...args, plan(), entries.length, input, options.timeout ?? 0, options.maxBuffer ?? 0, killSignal);
}

function bytesOf(input, encoding) {
  if (typeof input === 'string') return Buffer.from(input, encoding);
  if (types.isUint8Array(input)) return input;
  if (types.isArrayBufferView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  throw new errors.codes.ERR_INVALID_ARG_TYPE('options.stdio[0]', ['Buffer', 'TypedArray', 'DataView', 'string'], input);
}

/** In Node's shape, and with its order of keys. */
function result({ error, status, signal, output, pid }, { file, args, encoding }) {
  const shape = {};
  if (error !== 0) shape.error = failure(error, file, args);
  shape.status = status;
  shape.signal = signal === null ? null : signalName(signal);
  shape.output = output;
  shape.pid = pid;
  if (output !== null && encoding && encoding !== 'buffer') {
    for (let i = 0; i < output.length; i++) output[i] &&= output[i].toString(encoding);
  }
  shape.stdout = output === null ? NO_STREAM : output[1];
  shape.stderr = output === null ? NO_STREAM : output[2];
  return shape;
}

function failure(errno, file, args) {
  const error = new errors.ErrnoException(errno, `spawnSync ${file}`);
  error.path = file;
  error.spawnargs = args.slice(1);
  return error;
}

module.exports = { spawnSync };
