'use strict';
// stats() as text, as Prometheus and its kin read it: https://openmetrics.io. Seconds and bytes, as they want them.

const { codes } = require('../errors');
const { validateObject, validateString } = require('../validate');
const { refuseUnknown } = require('./unknown-option');

const { ERR_INVALID_ARG_VALUE } = codes;

const QUANTILES = { 0.5: 'p50', 0.9: 'p90', 0.99: 'p99', 0.999: 'p99_9' };
const OWN_LABELS = ['quantile', 'reason', 'result', 'state', 'worker'];
const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const NO_OPTIONS = Object.freeze({ __proto__: null });

/** @param {object} stats of a pool @param {{ prefix?: string, labels?: Record<string, string> }} [options] @returns {string} */
function openMetrics(stats, options = NO_OPTIONS) {
  validateObject(options, 'options');
  refuseUnknown(options, 'openMetrics()', ['prefix', 'labels']);
  const { prefix = 'procs_pool', labels = NO_OPTIONS } = options;
  validateString(prefix, 'options.prefix');
  if (!NAME.test(prefix)) throw new ERR_INVALID_ARG_VALUE('options.prefix', prefix, 'must be a name of letters, digits and _');
  validateObject(labels, 'options.labels');
  const text = new Text(prefix, checked(labels));
  tasks(text, stats);
  workers(text, stats);
  text.lines.push('# EOF\n');
  return text.lines.join('\n');
}

function checked(labels) {
  for (const name of Object.keys(labels)) {
    if (!NAME.test(name))
      throw new ERR_INVALID_ARG_VALUE(`options.labels.${name}`, labels[name], 'must have a name of letters, digits and _');
    // Twice the same label is no text of OpenMetrics.
    if (OWN_LABELS.includes(name))
      throw new ERR_INVALID_ARG_VALUE(`options.labels.${name}`, labels[name], 'must not have the name of a label that is there already');
    validateString(labels[name], `options.labels.${name}`);
  }
  return Object.entries(labels);
}

function tasks(text, stats) {
  text.counter('tasks_submitted', 'Tasks that were accepted', [[stats.accepted]]);
  text.counter('tasks_refused', 'Tasks for which there was no room', [[stats.refused]]);
  text.counter('tasks_completed', 'Tasks that a worker has answered', [
    [stats.completed - stats.failed, [['result', 'success']]],
    [stats.failed, [['result', 'error']]],
  ]);
  text.counter('tasks_lost', 'Tasks that no worker has answered, by what became of them', byName(stats.ended, 'reason'));
  text.counter('tasks_retried', 'Times that a task was given to another worker', [[stats.retried]]);
  text.gauge('tasks_queued', 'Tasks that wait', [[stats.queued]]);
  text.gauge('tasks_running', 'Tasks that workers have', [[stats.running]]);
  text.gauge('queue_bytes', 'Bytes of tasks that are not answered', [[stats.queuedBytes]], 'bytes');
  text.summary('task_wait_seconds', 'From submission to the beginning in a worker', stats.waitTime);
  text.summary('task_run_seconds', 'From the beginning to the answer', stats.runTime);
  text.gauge('utilization_ratio', 'Part of what all workers could have done that was done', [[stats.utilization]], 'ratio');
}

function workers(text, stats) {
  const states = { idle: 0, busy: 0, spare: 0, starting: 0, draining: 0, ending: 0 };
  for (const { state } of stats.workers) states[state] = (states[state] ?? 0) + 1;
  text.gauge('workers', 'Workers, by their state', byName(states, 'state'));
  text.counter('workers_started', 'Workers that were started', [[stats.started]]);
  text.counter('worker_starts_failed', 'Starts of workers that have failed', [[stats.failedStarts]]);
  text.counter('workers_crashed', 'Workers that have ended unasked', [[stats.crashed]]);
  text.counter('workers_ended', 'Workers that the pool has ended, by why', byName(stats.endedWorkers, 'reason'));
  text.summary('worker_start_seconds', 'From the start of a worker until it is set up', stats.startTime);
  const each = (field) =>
    stats.workers
      .filter((worker) => typeof worker[field] === 'number')
      .map((worker) => [worker[field], [['worker', `${worker.workerId}`]]]);
  text.gauge('worker_resident_bytes', 'Resident memory of a worker', each('rss'), 'bytes');
  text.gauge('worker_heap_bytes', "V8's heap in use in a worker", each('heapUsed'), 'bytes');
  text.gauge('worker_event_loop_utilization_ratio', 'Part of the time in which its event loop was busy', each('elu'), 'ratio');
  if (stats.circuit !== null) {
    const is = (state) => (stats.circuit.state === state ? 1 : 0);
    const all = ['closed', 'open', 'half-open'];
    text.stateset(
      'circuit',
      'State of the circuit breaker',
      all.map((state) => [is(state), state]),
    );
  }
}

function byName(counts, label) {
  return Object.entries(counts ?? {}).map(([name, count]) => [count, [[label, name]]]);
}

class Text {
  lines = [];
  #prefix;
  #labels;

  constructor(prefix, labels) {
    this.#prefix = prefix;
    this.#labels = labels;
  }

  counter(name, help, samples) {
    this.#head(name, 'counter', help);
    for (const [value, labels] of samples) this.#sample(`${name}_total`, value, labels);
  }

  gauge(name, help, samples, unit) {
    this.#head(name, 'gauge', help, unit);
    for (const [value, labels] of samples) this.#sample(name, value, labels);
  }

  stateset(name, help, states) {
    this.#head(name, 'stateset', help);
    for (const [value, state] of states) this.#sample(name, value, [[`${this.#prefix}_${name}`, state]]);
  }

  /** @param {object} times in milliseconds */
  summary(name, help, times) {
    this.#head(name, 'summary', help, 'seconds');
    if (times.count > 0)
      for (const [quantile, field] of Object.entries(QUANTILES)) this.#sample(name, times[field] / 1000, [['quantile', quantile]]);
    this.#sample(`${name}_count`, times.count);
    this.#sample(`${name}_sum`, times.sum / 1000);
  }

  #head(name, type, help, unit) {
    this.lines.push(`# TYPE ${this.#prefix}_${name} ${type}`);
    if (unit !== undefined) this.lines.push(`# UNIT ${this.#prefix}_${name} ${unit}`);
    this.lines.push(`# HELP ${this.#prefix}_${name} ${help}.`);
  }

  #sample(name, value, labels = []) {
    const all = [...this.#labels, ...labels].map(([label, text]) => `${label}="${escaped(text)}"`);
    this.lines.push(`${this.#prefix}_${name}${all.length === 0 ? '' : `{${all.join(',')}}`} ${value}`);
  }
}

function escaped(text) {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

module.exports = { openMetrics };
