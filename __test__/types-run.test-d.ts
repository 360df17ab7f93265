// The types of run() and its kin: what is collected, by the options.
import type { Buffer } from 'node:buffer';
import type { Readable, Writable } from 'node:stream';
import { expectAssignable, expectType } from 'tsd';

import procs = require('@x/procs');
import calls = require('@x/procs/run');

const { run, runSync, $, pipeline, shutdown, signals, ProcessError } = procs;

expectType<typeof procs.run>(calls.run);
expectType<typeof procs.$>(calls.$);

// What await gives.
async function results() {
  expectType<string>((await run('ls')).stdout);
  expectType<string>((await run('ls', ['-l', 1])).stderr);
  expectType<Buffer>((await run('ls', { encoding: 'buffer' })).stdout);
  expectType<string[]>((await run('ls', [], { lines: true })).stdout);
  expectType<string>((await run('ls', [], { encoding: 'hex', lines: true })).stdout);
  expectType<undefined>((await run('ls', { stdout: 'ignore' })).stdout);
  expectType<string>((await run('ls', { stdout: 'ignore' })).stderr);
  expectType<undefined>((await run('ls', { stdout: { file: 'x' } })).stdout);
  expectType<undefined>((await run('ls', { buffer: false })).stdout);
  expectType<string | string[] | Buffer | undefined>((await run('ls', { stdio: ['pipe', 'pipe'] })).stdout);
  expectType<string | string[]>((await run('ls', { lines: { stdout: true } })).stdout);
  expectType<string>((await run('ls', { all: true })).all);
  const options: procs.RunOptions = {};
  expectType<string | string[] | Buffer | undefined>((await run('ls', options)).stdout);
  const result = await run('ls');
  expectType<number | undefined>(result.exitCode);
  expectType<number | undefined>(result.resourceUsage?.maxRSS);
  expectType<procs.ExitReason>(result.exitReason);
}
void results;

expectType<string>(runSync('ls').stdout);
expectType<Buffer>(runSync('ls', ['-l'], { encoding: 'buffer' }).stdout);
// @ts-expect-error an AbortSignal is never heard while the thread waits
runSync('ls', { signal: new AbortController().signal });
// @ts-expect-error no second attempt either
runSync('ls', { retry: 3 });

// A Subprocess is a ChildProcess that can be awaited and iterated.
const subprocess = run('ls');
expectAssignable<import('node:child_process').ChildProcess>(subprocess);
expectAssignable<PromiseLike<procs.Result>>(subprocess);
expectAssignable<AsyncIterable<string>>(subprocess);
expectType<boolean>(subprocess.kill('sigterm', new Error('why')));
expectType<Promise<procs.TreeReport>>(subprocess.killTree());
expectType<Readable>(subprocess.readable({ from: 'fd3' }));
expectType<Writable>(subprocess.writable({ to: 'stdin' }));
expectType<Readable | null>(subprocess.stdout);

// Templates.
expectType<procs.Subprocess<procs.NoOptions>>($`ls ${'a'} ${1} ${['b', 2]}`);
expectType<string>($.sync`date`.stdout);
expectType<Buffer>($({ encoding: 'buffer' }).sync`date`.stdout);
expectType<procs.Command>($.cmd`grep x`);
// @ts-expect-error no argument at all is []
$`ls ${undefined}`;
// @ts-expect-error not a word
$`ls ${true}`;

// Pipelines.
expectAssignable<PromiseLike<procs.PipelineResult>>(pipeline(['cat', ['x']], ['wc', ['-l']], { pipefail: false }));
expectType<procs.Pipeline>(subprocess.pipe('wc', ['-l']).pipe`cat`);
// @ts-expect-error set on a step
pipeline(['cat'], { cwd: '/' });

// Options.
expectAssignable<procs.RunOptions>({
  cwd: new URL('file:///tmp'),
  env: { A: 1, B: undefined },
  envAllow: ['LC_*'],
  stdout: ['pipe', { file: 'log', append: true }, process.stdout],
  stdio: ['ignore', 'pipe', 'inherit', { value: 'pipe', input: true }],
  maxBuffer: { stdout: 1, fd3: 2, all: Infinity },
  verbose: (line) => line.toUpperCase(),
  killSignal: 'SIGINT',
  forceKillAfterDelay: false,
  retry: { attempts: 2, backoff: { jitter: 0.5 }, on: ['timeout', 2] },
  pty: { cols: 100 },
  input: new Uint8Array(3),
});
expectAssignable<procs.RunOptions>({ timeout: undefined, lines: { stdout: undefined }, retry: { on: undefined } });
// @ts-expect-error not an option
expectAssignable<procs.RunOptions>({ timoeut: 1 });
// @ts-expect-error not a mode
expectAssignable<procs.RunOptions>({ killMode: 'all' });
// @ts-expect-error not an encoding
expectAssignable<procs.RunOptions>({ encoding: 'utf7' });

expectType<Promise<procs.ShutdownReport[]>>(shutdown({ timeout: 1 }));
expectAssignable<'terminate' | 'core' | 'stop' | 'continue' | 'ignore' | undefined>(signals.SIGTERM?.action);
export function reasonOf(error: unknown): string {
  if (!(error instanceof ProcessError)) throw error;
  expectAssignable<procs.Result>(error);
  return error.shortMessage;
}
