// The same names through the ESM entries: named, default, and as a namespace.
import type nodes from 'node:child_process';
import procs, { $, type ChildProcess, type RunOptions, run, type SpawnOptions, spawn } from '@x/procs';
import * as everything from '@x/procs/child_process';
import dropIn, { execFile } from '@x/procs/child_process';
import calls, { type pipeline } from '@x/procs/run';
import { expectAssignable, expectType } from 'tsd';

expectAssignable<typeof nodes.spawn>(spawn);
expectAssignable<typeof nodes.execFile>(execFile);
expectType<typeof spawn>(procs.spawn);
expectType<typeof spawn>(dropIn.spawn);
expectType<typeof spawn>(everything.spawn);
expectAssignable<ChildProcess>(spawn('ls', { stdio: 'ignore' } satisfies SpawnOptions));

expectType<typeof run>(calls.run);
expectType<typeof pipeline>(procs.pipeline);
expectType<string>((await $`date`).stdout);
expectType<string>((await run('ls', { all: true } satisfies RunOptions)).all);
