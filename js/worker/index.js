'use strict';
// What a pool's worker can ask for beside its tasks' arguments. Everything is answered anywhere: elsewhere than in a worker there is nothing.

const { isWorker, state } = require('./state');

module.exports = {
  get isWorker() {
    return isWorker();
  },
  get workerId() {
    return state().workerId;
  },
  get workerData() {
    return state().workerData;
  },
  onMessage,
  move: (value, transfer) => require('./move').move(value, transfer),
  emit: (name, value) => state().emit(name, value),
};

function onMessage(listener) {
  const { validateFunction } = require('../validate');
  validateFunction(listener, 'listener');
  return state().listen(listener);
}

/** Not a name: for js/pool. */
Object.defineProperty(module.exports, Symbol.for('@x/procs.inside'), {
  __proto__: null,
  value: () => ({ entry: require.resolve('./entry') }),
});
