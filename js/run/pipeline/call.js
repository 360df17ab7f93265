'use strict';

const errors = require('../../errors');
const { STATE } = require('../state');
const { launch } = require('./launch');
const { outputStream } = require('./links');
const { pipelineOptions } = require('./options');
const { Pipeline } = require('./pipeline');
const { planOf } = require('./plan');
const { isStep, stepsOf } = require('./steps');
const { Tail } = require('./tail');

/** pipeline(...steps, options?) */
function pipeline(...given) {
  const options = given.length > 0 && !isStep(given.at(-1), startedOf) ? given.pop() : undefined;
  const { pipefail, reject, passedOn } = pipelineOptions(options);
  if (given.length === 0) throw new errors.codes.ERR_INVALID_ARG_VALUE('steps', given, 'must hold at least one command');
  const plan = planOf(stepsOf(given, startedOf), passedOn, 'pipeline');
  const { subprocesses, links } = launch(plan);
  const tail = tailOf(plan, subprocesses);
  return new Pipeline(() => ({ __proto__: null, subprocesses, links, tail }), { __proto__: null, pipefail, reject });
}

/** None for a file, which the last command has for itself, nor when that was never reached. */
function tailOf({ tail, members }, subprocesses) {
  if (tail.length === 0 || tail[0].kind === 'target' || subprocesses.length < members.length) return null;
  const last = subprocesses.at(-1);
  return last.pid === undefined ? null : new Tail(outputStream(last, members.at(-1).from), tail);
}

function startedOf(value) {
  if (value[STATE] !== undefined) return value;
  return value instanceof Pipeline ? value.steps.at(-1) : undefined;
}

module.exports = { pipeline };
