'use strict';
// stdout and stderr of workers as lines, each with the worker and the task that wrote it.

const path = require('node:path');
const { endPools, makePool } = require('./lib/pools.js');

const filename = path.join(__dirname, 'fixtures/pool/output.js');

/** What a pool's workers have said, as it comes. */
function listening(options) {
  const pool = makePool({ filename, stdout: 'pipe', stderr: 'pipe', ...options });
  const said = [];
  for (const stream of ['stdout', 'stderr']) pool.on(stream, (line) => said.push({ stream, ...line }));
  return { pool, said };
}

const textOf = (said, stream = 'stdout') => said.filter((line) => line.stream === stream).map(({ line }) => line);

afterEach(endPools);

test('a line has its worker and its task', async () => {
  const { pool, said } = listening({ maxWorkers: 2, minWorkers: 2 });
  await Promise.all(['a', 'b', 'c', 'd'].map((line) => pool.run(line, { name: 'sayToBoth' })));
  const workers = new Map(pool.workers.map(({ workerId, pid }) => [workerId, pid]));
  await pool.close();
  expect(textOf(said).sort()).toEqual(['a out', 'b out', 'c out', 'd out']);
  expect(textOf(said, 'stderr').sort()).toEqual(['a err', 'b err', 'c err', 'd err']);
  for (const { workerId, pid, name } of said) {
    expect(pid).toBe(workers.get(workerId));
    expect(name).toBe('sayToBoth');
  }
  const tasksOf = (letter) => new Set(said.filter(({ line }) => line[0] === letter).map(({ task }) => task));
  expect(new Set(said.map(({ task }) => task)).size).toBe(4);
  expect(['a', 'b', 'c', 'd'].map((letter) => tasksOf(letter).size)).toEqual([1, 1, 1, 1]);
});

test('of tasks that run at the same time, each has its own lines', async () => {
  const { pool, said } = listening({ concurrentTasksPerWorker: 4 });
  await Promise.all(['a', 'b', 'c', 'd'].map((line) => pool.run(line, { name: 'sayTwice' })));
  await pool.close();
  const byTask = groupedByTask(said);
  expect([...byTask.values()].map((lines) => textOf(lines).join()).sort()).toEqual(
    ['a', 'b', 'c', 'd'].map((line) => `${line} before,${line} after`),
  );
});

function groupedByTask(said) {
  const groups = new Map();
  for (const line of said) groups.set(line.task, [...(groups.get(line.task) ?? []), line]);
  return groups;
}

test('what a task says when it is over is still its own, and what nobody says is nobody’s', async () => {
  const { pool, said } = listening();
  expect(await pool.run('late', { name: 'late' })).toBe('answered');
  await pool.run(null, { name: 'nothing' });
  await pool.run([[...Buffer.from('raw\n')]], { name: 'bytes' });
  await pool.close();
  expect(said.map(({ line, name }) => [line, name])).toEqual([
    ['late', 'late'],
    ['raw', null],
  ]);
});

test('what a child of the task writes is its own', async () => {
  const { pool, said } = listening();
  await pool.run('second', { name: 'byChild' });
  await pool.close();
  expect(said.map(({ line, name }) => [line, name])).toEqual([
    ['first', 'byChild'],
    ['second', 'byChild'],
  ]);
});

describe('lines', () => {
  test('end in LF or CRLF, may be empty, and the last one needs no end', async () => {
    const { pool, said } = listening();
    await pool.run('a\r\n\nb\rc\nlast', { name: 'write' });
    await pool.close();
    expect(textOf(said)).toEqual(['a', '', 'b\rc', 'last']);
  });

  test('what one task has begun and another goes on with is two', async () => {
    const { pool, said } = listening();
    await pool.run('half', { name: 'write' });
    await pool.run('other\n', { name: 'write' });
    await pool.close();
    expect(textOf(said)).toEqual(['half', 'other']);
    expect(said[0].task).not.toBe(said[1].task);
  });

  test('a character that comes in two pieces is one', async () => {
    const { pool, said } = listening();
    const bytes = [...Buffer.from('grün €\n')];
    await pool.run([bytes.slice(0, 3), bytes.slice(3, 7), bytes.slice(7)], { name: 'bytes' });
    await pool.close();
    expect(textOf(said)).toEqual(['grün €']);
  });

  test('one that is very long comes in parts, none of which cuts a character', async () => {
    const { pool, said } = listening();
    const text = 'x€'.repeat(60_000);
    await pool.run(60_000, { name: 'long' });
    await pool.close();
    const parts = textOf(said);
    expect(parts.join('')).toBe(text);
    expect(parts.length).toBeGreaterThan(1);
    expect(Math.max(...parts.map((part) => Buffer.byteLength(part)))).toBeLessThanOrEqual(64 * 1024);
  });

  test('zero bytes and marks that a task makes up do no harm', async () => {
    const { pool, said } = listening();
    const texts = ['a\0b\n', '\0procs:\0procs:x\n', '\0procs:7=%ZZ\nc\n', `\0procs:${'9'.repeat(600)}\n`, '\0procs:5=other\nd\n', '\0'];
    for (const text of texts) await pool.run(text, { name: 'write' });
    await pool.run('honest', { name: 'say' });
    await pool.close();
    const lines = said.map(({ line, name }) => [line, name]);
    expect(lines[0]).toEqual(['a\0b', 'write']);
    expect(lines).toContainEqual(['d', 'other']);
    expect(lines.at(-1)).toEqual(['honest', 'say']);
  });
});

describe('at the death of a worker', () => {
  test.each(['exit', 'SIGKILL', 'SIGTERM'])('all that it has said is told before its task ends: %s', async (how) => {
    const { pool, said } = listening();
    const lines = Array.from({ length: 2_000 }, (_, i) => `line ${i} ${'-'.repeat(100)}`);
    const before = await pool.run({ lines, how }, { name: 'sayAndDie' }).catch((error) => ({ error, lines: textOf(said) }));
    expect(before.lines).toEqual(lines);
    expect(textOf(said, 'stderr')).toEqual(['why it died', 'and where']);
    expect(before.error).toMatchObject({ name: 'WorkerError', lastLines: ['why it died', 'and where'] });
  });

  test('without a pipe an error has no lines', async () => {
    const pool = makePool({ filename, stdout: 'ignore', stderr: 'ignore' });
    const error = await pool.run({ lines: [], how: 'exit' }, { name: 'sayAndDie' }).catch((thrown) => thrown);
    expect(error).toMatchObject({ reason: 'exit', exitCode: 3 });
    expect(error).not.toHaveProperty('lastLines');
  });
});

describe('when nobody reads', () => {
  const text = '='.repeat(1_000);

  test('lines that nobody listens to keep no worker waiting, and are counted', async () => {
    const pool = makePool({ filename, stdout: 'pipe' });
    expect(await pool.run({ count: 3_000, text }, { name: 'many' })).toBe(3_000);
    await pool.close();
    expect(pool.stats().output).toMatchObject({ lines: 3_000, unheard: 3_000, bytes: expect.any(Number) });
  });

  test('while JavaScript is blocked a worker waits when its pipe is full, and nothing is lost', async () => {
    const { pool, said } = listening();
    await pool.run('up', { name: 'say' });
    const many = pool.run({ count: 3_000, text }, { name: 'many' });
    // Nothing wakes it: this is how long JavaScript stands still.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    expect(await many).toBe(3_000);
    await pool.close();
    expect(textOf(said)).toEqual(['up', ...Array.from({ length: 3_000 }, (_, i) => `${i} ${text}`)]);
  });
});
