'use strict';
// Promise- and stream-first calls.
//
// Everything is loaded when it is first used: many programs use one of these, and a child that only wants getCancelSignal() must not
// load the addon for it. Where children cannot be started, too, all names are there, and say why when they are called.

module.exports = {
  run: promising(() => require('./run').run),
  runSync: lazily(() => require('./run-sync').runSync),
  get $() {
    return require('./dollar').$;
  },
  pipeline: promising(() => require('./pipeline').pipeline),
  shutdown: promising(() => require('./end').shutdown),
  getCancelSignal: lazily(() => require('./end/cancel-signal').getCancelSignal),
  get signals() {
    return require('./signals').signals;
  },
  get ProcessError() {
    return require('./process-error').ProcessError;
  },
  get Subprocess() {
    return require('../unusable').usableClass('Subprocess', () => require('./subprocess').Subprocess);
  },
};

Object.defineProperty(module.exports, Symbol.for('@x/procs.inside'), { value: () => require('./inside-out') });

function lazily(load) {
  let call;
  return (...given) => (call ??= load())(...given);
}

/** Of one that answers with a promise: without a descriptor to load it by, that is rejected, as it is where there is none for the child. */
function promising(load) {
  let call;
  return (...given) => {
    try {
      call ??= load();
    } catch (error) {
      if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
      return Promise.reject(error);
    }
    return call(...given);
  };
}
