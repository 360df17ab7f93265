// CommandPool, and what a command may use, as TypeScript sees them.

import { expectAssignable, expectType } from 'tsd';
import type * as procs from '..';
import { CommandPool } from '..';

const pool = new CommandPool({
  concurrency: 4,
  softLimit: 3,
  hardLimit: Infinity,
  minMemoryPerTask: 2 ** 20,
  maxCpuThreshold: 0.9,
  maxQueue: 10,
});
expectAssignable<procs.CommandPoolOptions>({ maxProcesses: 4, queueTimeout: 1_000, ageing: Infinity });
// @ts-expect-error not an option
new CommandPool({ concurency: 4 });

// As of run(): the options say what the result has.
export async function results() {
  expectType<string>((await pool.run('ls')).stdout);
  expectType<string[]>((await pool.run('ls', ['-l'], { lines: true, priority: 1, key: 'user' })).stdout);
  expectType<Buffer>((await pool.run('ls', { encoding: 'buffer', queueTimeout: 5 })).stdout);
  await pool.run('make', { onStart: (subprocess) => expectAssignable<number | undefined>(subprocess.pid) });
  await pool.run('make', ['all'], { onStart: (subprocess) => expectAssignable<number | undefined>(subprocess.pid) });
  // @ts-expect-error a CommandPool waits for its commands
  await pool.run('daemon', { lifetime: 'independent' });
}

pool.on('softLimit', ({ running }) => expectType<number>(running));
pool.on('held', ({ reason }) => expectType<'memory' | 'cpu'>(reason));
expectType<'memory' | 'cpu' | null>(pool.stats().held);
expectType<number | undefined>(pool.stats().waitTime.p99);
expectType<Promise<void>>(pool.close());
expectType<CommandPool>(pool.configure({ concurrency: 2 }));

expectAssignable<procs.RunOptions>({
  resourceLimits: { openFiles: 64, cpuTime: { soft: 1_000, hard: 5_000 }, stackSize: { soft: Infinity }, maxOldGenerationSizeMb: 64 },
  nice: 5,
  cpuAffinity: [0, 1],
});
// @ts-expect-error not a limit
expectAssignable<procs.RunOptions>({ resourceLimits: { openFile: 64 } });
