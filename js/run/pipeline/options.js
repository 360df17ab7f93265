'use strict';
// The options of a whole pipeline. What belongs to one command is set on its step.

const errors = require('../../errors');
const { validateBoolean, validateObject } = require('../../validate');

const OWN = ['pipefail', 'reject'];
/** What every step gets that does not set it itself, in run()'s words and checked by run()'s rules. */
const PASSED_ON = ['signal', 'cancelSignal', 'timeout', 'killSignal', 'forceKillAfterDelay', 'verbose'];
const NAMES = [...OWN, ...PASSED_ON];

/** Which ends of two steps are joined: options of a step here, and of pipe(). */
const JOINING = ['from', 'to', 'unpipeSignal'];

/** @returns {{ pipefail: boolean, reject: boolean, passedOn: object }} */
function pipelineOptions(options = {}) {
  validateObject(options, 'options');
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name) && options[name] !== undefined) {
      throw new errors.codes.ERR_INVALID_ARG_VALUE(`options.${name}`, options[name], 'is not an option of pipeline(). Set it on a step');
    }
  }
  const { pipefail, reject } = { __proto__: null, pipefail: true, reject: true, ...given(options, OWN) };
  validateBoolean(pipefail, 'options.pipefail');
  validateBoolean(reject, 'options.reject');
  return { pipefail, reject, passedOn: given(options, PASSED_ON) };
}

/** @returns {{ joining: object, rest: object }} a step's options, without those that say how it is joined */
function joiningOptions(options) {
  const rest = { __proto__: null, ...options };
  for (const name of JOINING) delete rest[name];
  return { joining: given(options, JOINING), rest };
}

/** The step's own options win, and a signal of its own does not keep the pipeline's from being heard. */
function withPassedOn(options, passedOn) {
  const merged = { __proto__: null, ...passedOn };
  for (const name of Object.keys(options)) if (options[name] !== undefined) merged[name] = options[name];
  const whole = passedOn.signal ?? passedOn.cancelSignal;
  const own = options.signal ?? options.cancelSignal;
  if (whole !== undefined && own !== undefined && whole !== own) {
    delete merged.cancelSignal;
    merged.signal = AbortSignal.any([whole, own]);
  }
  if (passedOn.timeout > 0 && options.timeout > 0) merged.timeout = Math.min(passedOn.timeout, options.timeout);
  return merged;
}

function given(options, names) {
  const found = { __proto__: null };
  for (const name of names) if (Object.hasOwn(options, name) && options[name] !== undefined) found[name] = options[name];
  return found;
}

module.exports = { pipelineOptions, joiningOptions, withPassedOn };
