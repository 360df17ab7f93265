// The types of pools.
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expectAssignable, expectType } from 'tsd';

import procs = require('@x/procs');
import pools = require('@x/procs/pool');

const { Pool, WorkerError } = pools;
expectType<typeof Pool>(procs.Pool);
expectType<typeof WorkerError>(procs.WorkerError);

const pool = new Pool({
  filename: new URL('file:///worker.js'),
  name: 'default',
  workerData: new Map(),
  argv: ['--flag', 1],
  minWorkers: 1,
  maxWorkers: 2,
  spareWorkers: 1,
  idleTimeout: Infinity,
  concurrentTasksPerWorker: 4,
  prefetch: 'auto',
  maxQueue: 'auto',
  maxQueuedBytes: 1e9,
  overflow: 'wait',
  softLimit: 2,
  hardLimit: 4,
  minMemoryPerTask: 1e6,
  maxCpuThreshold: 0.9,
  loadBalancing: 'affinity',
  weights: [1, 2],
  ageing: 0,
  isolate: false,
  maxTasksPerWorker: 1000,
  maxMemoryPerWorker: 1e9,
  maxWorkerLifetime: 3_600_000,
  recycleJitter: 0.2,
  backoff: { initial: 10, max: 100, factor: 2, jitter: 0 },
  maxRestarts: 3,
  restartWindow: 1000,
  startTimeout: 1000,
  teardownTimeout: 1000,
  unresponsiveTimeout: 1000,
  abortGrace: 0,
  poisonThreshold: 3,
  closeTimeout: Infinity,
  circuitBreaker: { errorThresholdPercentage: 50, errorFilter: (error) => error instanceof TypeError },
  fallback: (error, task, options) => [error, task, options.name],
  ref: true,
  timeout: 1000,
  queueTimeout: 1000,
  deadline: 1000,
  retries: 1,
  priority: 1,
  execArgv: ['--enable-source-maps'],
  env: { A: 'b', C: 1, D: undefined },
  envAllow: ['PATH'],
  cwd: '/tmp',
  uid: 1000,
  gid: 1000,
  resourceLimits: { maxOldGenerationSizeMb: 100, openFiles: 256 },
  nice: 5,
  cpuAffinity: [0],
  stdout: 'pipe',
  stderr: 'ignore',
});
new Pool({ program: ['python3', 'worker.py'] });
// @ts-expect-error without options there is nothing to run
new Pool();
// @ts-expect-error milliseconds
new Pool({ filename: '/x.js', idleTimeout: '1s' });
// @ts-expect-error no such option
new Pool({ filename: '/x.js', workers: 3 });

async function tasks(socket: Socket) {
  expectType<unknown>((await pool.run({ a: 1 })) as unknown);
  expectType<number>(await pool.run<number>({ a: 1 }, { name: 'add', key: 'customer', priority: 2, signal: AbortSignal.timeout(10) }));
  pool.run(1, {
    signal: new EventEmitter(),
    transfer: [new ArrayBuffer(1)],
    handle: socket,
    keepOpen: true,
    onProgress: (value) => value,
    isolate: true,
  });
  pool.run(1, { name: null as never });
  // @ts-expect-error a string
  pool.run(1, { name: 7 });
  for await (const sum of pool.map<number>([1, 2], { concurrency: 2, ordered: false, timeout: 10 })) expectType<number>(sum);
  expectType<number>(pool.broadcast({ open: 'gate' }));
  const [first] = await pool.runOnEach<string>(null, { name: 'clear' });
  if (first?.status === 'fulfilled') expectType<string>(first.value);
  expectAssignable<number | undefined>(first?.workerId);
  expectType<Promise<void>>(pool.close({ force: true }));
  expectType<Promise<void>>(pool.destroy({ grace: 100 }));
  expectType<ArrayBuffer>(pool.alloc(1));
  pool.ref().unref().configure({ maxWorkers: 4, maxQueue: Infinity });
  // @ts-expect-error it is started already
  pool.configure({ filename: '/y.js' });
}
void tasks;

const typed = new Pool<{ a: number }, number>({ filename: '/add.js' });
expectType<Promise<number>>(typed.run({ a: 1 }));
// @ts-expect-error a number
typed.run({ a: '1' });
expectAssignable<AsyncIterable<number>>(typed.map([{ a: 1 }]));

pool.on('message', (value, from) => {
  console.log(value.anything);
  expectType<{ name: string | undefined; workerId: number }>(from);
});
pool.on('stderr', (line) => expectType<string>(line.line));
pool.on('workerExit', ({ signal, reason }) => {
  expectType<NodeJS.Signals | null>(signal);
  expectType<string>(reason);
});
pool.on('circuit', (state) => expectType<'closed' | 'open' | 'half-open'>(state));
pool.once('error', (error) => expectType<pools.WorkerError>(error));

pool.on('gaveUp', ({ error, retry }) => {
  expectType<pools.WorkerError>(error);
  expectType<number | null>(retry);
});
pool.on('recovered', () => {});
expectType<number>(pool.options.maxQueue);
expectType<string | undefined>(pool.options.name);
// @ts-expect-error it is called minWorkers there
pool.options.minThreads;
new Pool({ filename: '/x.js', minThreads: 1, maxThreads: 2, niceIncrement: 1, recordTiming: false, runtime: 'child_process' });

const error = {} as unknown;
if (error instanceof WorkerError) {
  expectType<pools.WorkerErrorReason>(error.reason);
  expectType<NodeJS.Signals | null>(error.signal);
}

const stats = pool.stats();
expectType<number>(stats.waitTime.p99);
expectAssignable<number | undefined>(stats.ended.oom);
expectAssignable<'starting' | 'spare' | 'idle' | 'busy' | 'draining' | 'ending' | undefined>(stats.workers[0]?.state);
expectType<string>(pool.openMetrics({ prefix: 'app_pool', labels: { pool: 'images' } }));
expectType<readonly pools.PoolWorker[]>(pool.threads);
expectType<number>(pool.histogram.runTime.average);
