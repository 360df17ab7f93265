'use strict';
// What a child may use of the machine: `resourceLimits`, `nice` and `cpuAffinity`, checked, and as the addon and Node take them.

const errors = require('./errors');
const { closest, unknownName, validateArray, validateInteger, validateNumber, validateObject } = require('./validate');

const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } = errors.codes;

const MB = 1024 * 1024;
/** Of the kernel's largest CPU set. */
const LAST_CPU = 8191;
/** What worker_threads leaves of a stack to the code that notices that it is full, in KiB. */
const STACK_RESERVE = 192;
/** Up to here a stack is as large as V8 may want it, wherever the limits are the usual ones. */
const USUAL_STACK_MB = 7;

/** Of the process. Unit: what one of ours is in the kernel's. */
const OF_PROCESS = {
  __proto__: null,
  addressSpace: 1,
  coreSize: 1,
  // Milliseconds, as every duration; the kernel counts seconds.
  cpuTime: 1 / 1000,
  dataSize: 1,
  fileSize: 1,
  lockedMemory: 1,
  openFiles: 1,
  processes: 1,
  stackSize: 1,
};

/** Of V8, under the names that worker_threads has for them: flags of Node. */
const OF_V8 = {
  __proto__: null,
  maxOldGenerationSizeMb: (size) => `--max-old-space-size=${Math.ceil(size)}`,
  // The young generation is three semi-spaces.
  maxYoungGenerationSizeMb: (size) => `--max-semi-space-size=${Math.ceil(size / 3)}`,
  stackSizeMb: (size) => `--stack-size=${Math.max(64, Math.floor(size * 1024) - STACK_RESERVE)}`,
};

const NAMES = [...Object.keys(OF_V8), ...Object.keys(OF_PROCESS)];

/**
 * @param {any} value the option
 * @param {string} name of it
 * @returns {{ process: Record<string, [number, number | null]>, v8: string[] }} v8: flags for Node
 */
function resourceLimits(value, name) {
  validateObject(value, name);
  const limits = { __proto__: null, process: { __proto__: null }, v8: [] };
  for (const key of Object.keys(value)) {
    const given = value[key];
    if (given === undefined) continue;
    if (key in OF_V8) limits.v8.push(OF_V8[key](positive(given, `${name}.${key}`)));
    else if (key in OF_PROCESS) limits.process[key] = pair(key, given, `${name}.${key}`);
    else throw unknown(key, given, name);
  }
  // V8 believes what it is told: where the kernel gives it less, it is SIGSEGV instead of a RangeError.
  const { stackSizeMb } = value;
  if (stackSizeMb > USUAL_STACK_MB) limits.process.stackSize ??= [Math.ceil((stackSizeMb + 1) * MB), null];
  return limits;
}

function positive(value, name) {
  validateNumber(value, name, 0);
  if (value === 0 || value === Infinity) throw new ERR_OUT_OF_RANGE(name, '> 0 and finite', value);
  return value;
}

/** A number is both limits, so that the child cannot raise it. Of its CPU time it is told a second before it is killed. */
function pair(key, value, name) {
  if (typeof value === 'number') {
    const soft = amount(key, value, name);
    return [soft, key === 'cpuTime' && soft !== -1 ? soft + 1 : soft];
  }
  if (value === null || typeof value !== 'object') throw new ERR_INVALID_ARG_TYPE(name, ['number', 'Object'], value);
  const { soft, hard } = value;
  const limits = [amount(key, soft, `${name}.soft`), hard === undefined ? null : amount(key, hard, `${name}.hard`)];
  if (hard !== undefined && soft > hard) throw new ERR_OUT_OF_RANGE(`${name}.soft`, `<= ${name}.hard`, soft);
  return limits;
}

/** -1 for what JSON has no number for. */
function amount(key, value, name) {
  if (value === Infinity) return -1;
  validateInteger(value, name, 0, Number.MAX_SAFE_INTEGER);
  return Math.ceil(value * OF_PROCESS[key]);
}

function unknown(key, value, name) {
  if (key === 'codeRangeSizeMb') return new ERR_INVALID_ARG_VALUE(`${name}.${key}`, value, 'is not to be had: V8 has no flag for it');
  const meant = closest(key, NAMES);
  return unknownName(`${name}.${key}`, value, 'is not a limit', meant && `'${meant}'`);
}

/** -20 is served first, 19 last. */
function nice(value, name) {
  validateInteger(value, name, -20, 19);
  return value;
}

/** @returns {number[]} CPUs, by their numbers */
function cpuAffinity(value, name) {
  validateArray(value, name);
  if (value.length === 0) throw new ERR_INVALID_ARG_VALUE(name, value, 'must name at least one CPU');
  value.forEach((cpu, i) => {
    validateInteger(cpu, `${name}[${i}]`, 0, LAST_CPU);
  });
  if (process.platform !== 'linux') throw new ERR_INVALID_ARG_VALUE(name, value, 'can be had on Linux only');
  return [...value];
}

/**
 * @param {{ resourceLimits?: ReturnType<typeof resourceLimits>, nice?: number, cpuAffinity?: number[] }} checked
 * @returns {string | null} as the addon takes it
 */
function limitsJson({ resourceLimits: limits, nice: priority, cpuAffinity: cpus }) {
  const all = { ...limits?.process };
  if (priority !== undefined) all.nice = priority;
  if (cpus !== undefined) all.cpus = cpus;
  return Object.keys(all).length === 0 ? null : JSON.stringify(all);
}

module.exports = { cpuAffinity, limitsJson, nice, resourceLimits };
