'use strict';
// From steps to what is started: commands, and what stands before, between and behind them. The last place where anything can be refused.

const errors = require('../../errors');
const { validateAbortSignal } = require('../../validate');
const { callOf, settingsOf } = require('../options');
const { STATE } = require('../state');
const { fdsOf, inputFd, outputFd, refuseTaken } = require('./ends');
const { joiningOptions, withPassedOn } = require('./options');
const { isProcess } = require('./steps');

/**
 * @typedef {object} Member a command that is to be started, or a subprocess that runs already
 * @property {object} [subprocess]
 * @property {string} [file]
 * @property {string[]} [args]
 * @property {object} settings
 * @property {number | 'all'} from which output goes to the next step
 * @property {number} to which input the step before goes to
 *
 * @param {object[]} steps
 * @param {object} passedOn options of the pipeline for each step
 * @param {string} name of the caller, for errors
 * @returns {{ members: Member[], source: object[], between: object[][], tail: object[] }}
 */
function planOf(steps, passedOn, name) {
  const members = [];
  const between = [[]];
  steps.forEach((step, i) => {
    if (isProcess(step)) {
      members.push(memberOf(step, passedOn, `steps[${i}]`, name));
      between.push([]);
    } else {
      between.at(-1).push(step);
    }
  });
  const source = between.shift();
  const tail = between.pop();
  members.forEach((member, i) => {
    const hasInput = i > 0 || source.length > 0;
    const hasOutput = i < members.length - 1 || tail.length > 0;
    refuseDoublyJoined(member, hasInput, hasOutput);
  });
  return { members, source, between, tail };
}

function memberOf(step, passedOn, where, name) {
  const { joining, rest } = joiningOptions(step.options);
  const from = outputFd(joining.from, `${where}.options.from`);
  const to = inputFd(joining.to, `${where}.options.to`);
  if (joining.unpipeSignal !== undefined) refuseUnpipe(joining.unpipeSignal, where);
  if (step.kind === 'started')
    return { __proto__: null, where, subprocess: step.subprocess, settings: step.subprocess[STATE].settings, from, to };
  const { file, args } = callOf([step.file, step.args], name);
  const settings = settingsOf(withPassedOn(rest, passedOn), { sync: false, name });
  if (settings.retry !== undefined) {
    throw new errors.codes.ERR_INVALID_ARG_VALUE(
      `${where}.options.retry`,
      rest.retry,
      'cannot be used in a pipeline: what a step has read is gone',
    );
  }
  return { __proto__: null, where, file, args, settings, from, to };
}

function refuseUnpipe(signal, where) {
  validateAbortSignal(signal, `${where}.options.unpipeSignal`);
  throw new errors.codes.ERR_INVALID_ARG_VALUE(`${where}.options.unpipeSignal`, signal, 'is an option of pipe(), not of a step');
}

function refuseDoublyJoined({ subprocess, settings, where, from, to }, hasInput, hasOutput) {
  if (subprocess !== undefined) return; // its streams say themselves whether they can be had
  if (settings.pty !== null && (hasInput || hasOutput)) {
    throw new errors.codes.ERR_INVALID_ARG_VALUE(`${where}.options.pty`, true, 'cannot be used in a pipeline: a terminal is no pipe');
  }
  if (hasInput) refuseTaken(settings, to, where, 'the step before it goes there');
  if (hasOutput) for (const fd of fdsOf(from)) refuseTaken(settings, fd, where, 'it goes to the next step');
}

module.exports = { planOf };
