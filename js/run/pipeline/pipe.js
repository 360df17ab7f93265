'use strict';
// subprocess.pipe(): on to another command, which runs already or is started for it.

const errors = require('../../errors');
const { validateAbortSignal, validateObject } = require('../../validate');
const { STATE } = require('../state');
const { isTemplate, wordsOf } = require('../template');
const { Command } = require('./command');
const { outputFd } = require('./ends');
const { Junction } = require('./junction');
const { joiningOptions } = require('./options');
const { Pipeline } = require('./pipeline');
const { planOf } = require('./plan');

const NONE = Object.freeze({ __proto__: null });

/**
 * pipe(subprocess | command, { from, to, unpipeSignal }?), pipe(file, args?, options?), pipe`template`, pipe(options)`template`
 * @param {object[]} sources from left to right; it is the last one that is piped
 * @param {any[]} given
 */
function pipeFrom(sources, given) {
  if (isTemplate(given[0])) return pipeWords(sources, given, NONE);
  if (given.length === 1 && isOptions(given[0])) {
    const [options] = given;
    return (...template) => {
      if (!isTemplate(template[0]))
        throw new errors.codes.ERR_INVALID_ARG_VALUE('destination', template[0], 'must be a template: pipe(options)`command`');
      return pipeWords(sources, template, options);
    };
  }
  return join(sources, destinationOf(given));
}

/** In a template a command is found as with $: the project's own programs first. */
function pipeWords(sources, [strings, ...values], options) {
  const [file, ...args] = wordsOf(strings, values);
  return join(sources, { kind: 'command', file, args, options: { __proto__: null, preferLocal: true, ...options } });
}

function destinationOf([first, ...rest]) {
  if (first instanceof Command) {
    const [joining = {}] = rest;
    validateObject(joining, 'options');
    return { kind: 'command', file: first.file, args: first.args, options: { __proto__: null, ...first.options, ...joining } };
  }
  const started = first instanceof Pipeline ? first.steps[0] : first;
  if (started?.[STATE] !== undefined) {
    const [options = {}] = rest;
    validateObject(options, 'options');
    refuseCommandOptions(options);
    return { __proto__: null, kind: 'started', subprocess: started, options };
  }
  if (typeof first !== 'string' && typeof first?.href !== 'string') {
    throw new errors.codes.ERR_INVALID_ARG_TYPE('destination', ['string', 'Subprocess', 'Command'], first);
  }
  const [args, options] = rest;
  const isBare = args !== undefined && args !== null && !Array.isArray(args);
  if (isBare && options !== undefined) throw new errors.codes.ERR_INVALID_ARG_TYPE('args', 'Array', args);
  const given = (isBare ? args : options) ?? {};
  validateObject(given, 'options');
  return { kind: 'command', file: first, args: isBare ? [] : (args ?? []), options: given };
}

function refuseCommandOptions(options) {
  const [name] = Object.keys(joiningOptions(options).rest);
  if (name !== undefined) {
    throw new errors.codes.ERR_INVALID_ARG_VALUE(
      `options.${name}`,
      options[name],
      'cannot be used for a subprocess that is started already',
    );
  }
}

function isOptions(value) {
  return (
    value !== null &&
    typeof value === 'object' &&
    !(value instanceof Command) &&
    !(value instanceof Pipeline) &&
    value[STATE] === undefined &&
    typeof value.href !== 'string'
  );
}

function join(sources, step) {
  const { from, unpipeSignal, ...others } = { __proto__: null, ...step.options };
  validateAbortSignal(unpipeSignal, 'options.unpipeSignal');
  const source = sources.at(-1);
  const left = { __proto__: null, subprocess: source, settings: source[STATE].settings, from: outputFd(from), to: 0 };
  const [member] = planOf(
    [
      { __proto__: null, kind: 'started', subprocess: source, options: NONE },
      { __proto__: null, ...step, options: others },
    ],
    NONE,
    'pipe',
  ).members.slice(1);
  member.canBeParted = unpipeSignal !== undefined;
  const junction = Junction.of(left);
  const destination = junction.add(member);
  source[STATE].claim();
  const open = () => {
    junction.open();
    const isThere = destination.subprocess !== undefined;
    const links = sources.map((_, i) => ({ __proto__: null, to: i === sources.length - 1 ? member.to : 0 }));
    return { __proto__: null, subprocesses: isThere ? [...sources, destination.subprocess] : [...sources], links };
  };
  return new Pipeline(open, {
    __proto__: null,
    opensLater: true,
    hasOtherReaders: (subprocess) => subprocess === source && junction.hasOthers(destination),
    parting: unpipeSignal === undefined ? null : partingBy(unpipeSignal, () => junction.part(destination)),
  });
}

/** Once they are parted each goes its own way, and only the two of them together are over. */
function partingBy(signal, part) {
  return (whole) =>
    new Promise((resolve) => {
      const abort = () => {
        part();
        resolve({ error: new errors.AbortError(undefined, { __proto__: null, cause: signal.reason }) });
      };
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { __proto__: null, once: true });
      whole.then((outcome) => {
        signal.removeEventListener('abort', abort);
        resolve(outcome);
      });
    });
}

const methods = {
  pipe(...destination) {
    return pipeFrom([this], destination);
  },
};

module.exports = { pipeFrom, methods };
