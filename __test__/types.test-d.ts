// The types as a CommonJS program sees them: those of @types/node, whichever way ours is required.
import type { Buffer } from 'node:buffer';

import nodes = require('node:child_process');

import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { expectAssignable, expectType } from 'tsd';

import procs = require('@x/procs');
import dropIn = require('@x/procs/child_process');

import '@x/procs/register';

// In place of Node's, without a change to the program.
expectAssignable<typeof nodes>(procs);
expectAssignable<typeof nodes>(dropIn);
expectAssignable<typeof nodes.spawn>(procs.spawn);
expectType<typeof procs.fork>(dropIn.fork);

// Overloads: streams are there or null as stdio says.
expectType<nodes.ChildProcessWithoutNullStreams>(procs.spawn('ls'));
expectType<nodes.ChildProcessByStdio<null, Readable, null>>(procs.spawn('ls', { stdio: ['ignore', 'pipe', 'inherit'] }));
expectType<nodes.ChildProcessByStdio<Writable, null, null>>(procs.spawn('cat', [], { stdio: ['pipe', 'ignore', 'ignore'] }));
expectType<string>(procs.execSync('true', { encoding: 'utf8' }));
expectType<number | null>(procs.spawnSync('true').status);
expectType<procs.ChildProcess>(procs.fork(new URL('file:///worker.js'), ['a'], { serialization: 'advanced' }));

// Options of ours, beside Node's.
expectAssignable<nodes.ChildProcess>(procs.spawn('ls', { lifetime: 'parent', killMode: 'tree' }));
expectType<nodes.ChildProcess>(procs.spawn('ls', [], { stdio: 'inherit', lifetime: 'independent' }));
expectType<nodes.ChildProcess>(procs.fork('x.js', { lifetime: 'parent' }));
expectType<nodes.ChildProcess>(procs.exec('ls', { killMode: 'group' }, (_error, stdout) => expectType<string>(stdout)));
expectType<nodes.ChildProcess>(procs.execFile('ls', ['-l'], { killMode: 'tree', timeout: 5 }));
// @ts-expect-error its output is collected here
procs.exec('ls', { lifetime: 'independent' });
// @ts-expect-error not one of the three
procs.spawn('ls', { killMode: 'all' });

// util.promisify knows the custom form, with the child on the promise.
const promised = promisify(procs.execFile)('ls', ['-l']);
expectType<procs.ChildProcess>(promised.child);
expectAssignable<Promise<{ stdout: string; stderr: string }>>(promised);
expectAssignable<Promise<{ stdout: Buffer }>>(promisify(procs.exec)('ls', { encoding: 'buffer' }));

// Types come along under their own names.
expectAssignable<procs.SpawnOptions>({ cwd: new URL('file:///tmp'), detached: true, stdio: ['ipc', 1, null] });
expectAssignable<dropIn.ForkOptions>({ silent: true, execArgv: [] });
const child: procs.ChildProcess = new procs.ChildProcess();
expectType<number | undefined>(child.pid);

// @ts-expect-error a program is needed
procs.spawn();
// @ts-expect-error a path, not a number
procs.spawn('ls', { cwd: 1 });
// @ts-expect-error not one of Node's two
procs.fork('x.js', { serialization: 'msgpack' });
// @ts-expect-error not a list
procs.execFileSync(['ls']);
