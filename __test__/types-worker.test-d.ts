import { expectType } from 'tsd';

import worker = require('@x/procs/worker');

import type { TaskContext, TaskFunction } from '@x/procs/worker';

expectType<boolean>(worker.isWorker);
expectType<number>(worker.workerId);
expectType<() => void>(worker.onMessage((message) => message));
expectType<boolean>(worker.emit('name', { any: 'thing' }));
expectType<boolean>(worker.emit('name'));
// @ts-expect-error a name
worker.emit();

const bytes = new Uint8Array(8);
expectType<Uint8Array<ArrayBuffer>>(worker.move(bytes));
expectType<{ bytes: Uint8Array<ArrayBuffer> }>(worker.move({ bytes }, [bytes.buffer]));
// @ts-expect-error a list
worker.move(bytes, 5);

const task: TaskFunction<{ a: number }, string> = async ({ a }, { signal, progress, emit, workerId, name }) => {
  expectType<AbortSignal>(signal);
  expectType<number>(workerId);
  expectType<string>(name);
  expectType<boolean>(progress({ percent: a }));
  expectType<boolean>(emit('done', a));
  return `${a}`;
};
expectType<TaskFunction<{ a: number }, string>>(task);

declare const context: TaskContext;
// @ts-expect-error read only
context.name = 'other';
