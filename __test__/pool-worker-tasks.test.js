'use strict';
// What a worker makes of the tasks that it is sent: values there and back, names, errors, the second argument.

const { RawWorker } = require('./lib/raw-pool.js');

let worker;

beforeAll(async () => {
  worker = new RawWorker();
  expect(await worker.setUp('tasks.js', { workerData: { of: new Map([['the', 'pool']]) }, argv: ['--more'] })).toMatchObject({ kind: 'R' });
});

afterAll(() => worker.kill());

const result = (value) => ({ kind: 'R', value });

test('it says what it is', () => {
  expect(worker.hello).toMatchObject({ protocol: 'procs', version: 1, pid: worker.pid });
  expect(worker.hello.capabilities).toEqual(expect.arrayContaining(['pool', 'ring', 'slab', 'handles']));
});

test.each([
  ['a number', 5.25],
  ['minus zero', -0],
  ['NaN', NaN],
  ['Infinity', -Infinity],
  ['true', true],
  ['null', null],
  ['nothing', undefined],
  ['a text', 'a "text"\n\u2028 with a lone \ud800'],
  ['a long text', 'ö'.repeat(5000)],
  ['a BigInt', 12n],
  ['an object', { a: [1, { b: null }], $: 1 }],
  ['a Map', new Map([[1, new Set([2])]])],
  ['a Date', new Date(5)],
])('%s, there and back', async (_what, value) => {
  expect(await worker.task(value)).toEqual(result(value));
});

test('by their names: exports of the file, and not what every object has', async () => {
  expect(await worker.task({ a: 1, b: 2 }, 'add')).toEqual(result(3));
  expect(await worker.task('x', 'default')).toEqual(result('x'));
  for (const name of ['missing', 'toString', 'constructor', '__proto__', 'call']) {
    const { kind, value: error } = await worker.task(0, name);
    expect([kind, error.code, error.message]).toEqual(['E', 'ERR_PROCS_NO_SUCH_TASK', expect.stringContaining(JSON.stringify(name))]);
  }
});

test.each(['quick', 'later', 'thenable', 'twice'])('a promise, of %s()', async (name) => {
  const [id] = worker.tasks([[[1], name]]);
  expect(await worker.answer(id)).toEqual(result([1]));
  // Whatever else it does is nobody's.
  expect(await worker.task(2)).toEqual(result(2));
  expect(worker.answers(id)).toHaveLength(1);
});

test('an error keeps its class, message, stack, code, cause and members', async () => {
  for (const name of ['fail', 'failLater']) {
    const { kind, value: error } = await worker.task('luck', name);
    const { message, code, tries, cause } = error;
    expect(error).toBeInstanceOf(RangeError);
    expect({ kind, name: error.name, message, code, tries }).toEqual({
      kind: 'E',
      name: 'RangeError',
      message: 'no luck',
      code: 'E_NO',
      tries: 3,
    });
    expect(error.stack).toContain('fixtures/pool-worker/tasks.js');
    expect(cause).toEqual(new TypeError('below'));
  }
  expect(await worker.task(0, 'failPlainly')).toEqual({ kind: 'E', value: { not: 'an error' } });
});

test.each(['function', 'symbol'])('a result that cannot be cloned, a %s, is an error of that task and of no other', async (name) => {
  const [before, failed, behind] = await worker.results(worker.tasks([[1], [0, name], [2]]));
  expect([failed.kind, failed.value.name]).toEqual(['E', 'DataCloneError']);
  expect([before, behind]).toEqual([result(1), result(2)]);
});

test('results that are more than JSON: long strings, bytes, Blobs, graphs', async () => {
  expect(await worker.task(100_000, 'long')).toEqual(result('é'.repeat(100_000)));
  const { value: bytes } = await worker.task(70_000, 'bytes');
  expect(Buffer.alloc(70_000, 70_000 % 251).equals(bytes)).toBe(true);
  expect(await worker.task(5, 'values')).toEqual(result([5, new Map([[1n, new Date(0)]]), undefined, NaN]));
  const { value: blob } = await worker.task(0, 'blob');
  expect(await blob.text()).toBe('of bytes');
});

test('what a task knows: of its worker, of itself', async () => {
  const { value } = await worker.task(0, 'whoAmI');
  expect(value).toEqual({
    isWorker: true,
    workerId: 7,
    workerData: { of: new Map([['the', 'pool']]) },
    argv: [expect.stringContaining('pool-worker/tasks.js'), '--more'],
    variables: [],
  });
  expect(await worker.task(0, 'context')).toEqual(
    result({ id: 7, name: 'context', handle: undefined, progress: 'function', emit: 'function', isAborted: false }),
  );
  expect(await worker.task(0, 'parent')).toEqual(result(true));
});

test('names that no mark could hold are written otherwise', async () => {
  const strange = "a.b*c!d'e(f)g~ ü:+";
  const { value: error } = await worker.task(0, strange);
  expect(error.message).toContain(JSON.stringify(strange));
});

test('tasks of other files, which are loaded when they first come', async () => {
  const other = require.resolve('./fixtures/pool-worker/named.mjs');
  const run = (id, ...task) => `Q${id}=procs.run:${JSON.stringify(task)}\n`;
  const [a, b, c, d] = [1_000_000, 1_000_001, 1_000_002, 1_000_003];
  worker.write(run(a, other, 'double', 4) + run(b, other, 'default', 4));
  expect(await worker.results([a, b])).toEqual([result(8), result('main')]);
  worker.write(run(c, other, 'double', 5) + run(d, '/no/such/file.js', 'default', 5));
  expect(await worker.answer(c)).toEqual(result(10));
  const { kind, value: error } = await worker.answer(d);
  expect([kind, error.code]).toEqual(['E', 'ERR_MODULE_NOT_FOUND']);
});

test('thousands at once, each answered once', async () => {
  const count = 5000;
  const names = [undefined, 'quick', 'later', 'default'];
  const { started } = worker.cells;
  worker.said.length = 0;
  const ids = worker.tasks(Array.from({ length: count }, (_, i) => [i, names[i % 4]]));
  await worker.until(() => worker.said.length >= count);
  const answers = worker.said.map(({ kind, id, value }) => [kind, id, value]).sort(([, a], [, b]) => a - b);
  expect(answers).toEqual(ids.map((id, i) => ['R', id, i]));
  expect(worker.cells.started).toBe(started + count);
});
