// The same names through the ESM entries: named, default, and as a namespace.
import type nodes from 'node:child_process';
import procs, { type ChildProcess, type SpawnOptions, spawn } from '@x/procs';
import * as everything from '@x/procs/child_process';
import dropIn, { execFile } from '@x/procs/child_process';
import { expectAssignable, expectType } from 'tsd';

expectType<typeof nodes.spawn>(spawn);
expectType<typeof nodes.execFile>(execFile);
expectType<typeof spawn>(procs.spawn);
expectType<typeof spawn>(dropIn.spawn);
expectType<typeof spawn>(everything.spawn);
expectAssignable<ChildProcess>(spawn('ls', { stdio: 'ignore' } satisfies SpawnOptions));
