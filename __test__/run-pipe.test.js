'use strict';
// subprocess.pipe(): one command into another, several, or several into one.

const { $, run, ProcessError } = require('..');

const rejection = (promise) =>
  promise.then(
    () => Promise.reject(new Error('was not rejected')),
    (error) => error,
  );

describe('every way to say where to', () => {
  const destinations = {
    'file and arguments': (source) => source.pipe('tr', ['a-z', 'A-Z']),
    'file, arguments and options': (source) => source.pipe('tr', ['a-z', 'A-Z'], { stripFinalNewline: true }),
    'a subprocess': (source) => source.pipe(run('tr', ['a-z', 'A-Z'])),
    'a command that is not started': (source) => source.pipe($.cmd`tr a-z A-Z`),
    'a template': (source) => source.pipe`tr ${'a-z'} A-Z`,
    'a template with options': (source) => source.pipe({ stripFinalNewline: true })`tr a-z A-Z`,
  };

  test.each(Object.entries(destinations))('%s', async (_name, pipe) => {
    expect((await pipe(run('echo', ['x']))).stdout).toBe('X');
  });
});

test('the result is that of the destination, with the source in pipedFrom', async () => {
  const source = run('echo', ['x']);
  const { command, results, pipedFrom } = await source.pipe('cat');
  expect(command).toBe('cat');
  expect(results).toHaveLength(2);
  expect(pipedFrom).toEqual([await source]);
});

test('on and on', async () => {
  const { stdout, results } = await run('printf', ['b\\na\\n']).pipe('sort').pipe`head -n 1`.pipe('tr', ['a', 'z']);
  expect(stdout).toBe('z');
  expect(results.map(({ file }) => file)).toEqual(['printf', 'sort', 'head', 'tr']);
});

test('its lines', async () => {
  const lines = [];
  for await (const line of run('printf', ['b\\na\\n']).pipe('sort')) lines.push(line);
  expect(lines).toEqual(['a', 'b']);
});

test("from: 'stderr'", async () => {
  const source = run('sh', ['-c', 'echo out; echo err >&2']);
  expect((await source.pipe('cat', { from: 'stderr' })).stdout).toBe('err');
  expect((await source).stdout).toBe('out');
});

test("from: 'all'", async () => {
  const { stdout } = await run('sh', ['-c', 'echo out; echo err >&2']).pipe('cat', { from: 'all' });
  expect(stdout.split('\n').sort()).toEqual(['err', 'out']);
});

test('to: another fd', async () => {
  const { stdout } = await run('echo', ['x']).pipe('sh', ['-c', 'cat <&3'], { to: 'fd3' });
  expect(stdout).toBe('x');
});

test('what was said before is not lost, nor what has been asked for as a stream', async () => {
  const source = run('sh', ['-c', 'echo before; read go; echo after']);
  await new Promise((resolve) => source.stdout.once('readable', resolve));
  const joined = source.pipe('cat', { lines: true });
  source.stdin.end('go\n');
  expect((await joined).stdout).toEqual(['before', 'after']);
});

test('a source that has ended gives what it has said', async () => {
  const source = run('echo', ['x']);
  await source;
  expect((await source.pipe('wc', ['-c'])).exitCode).toBe(0);
});

(process.platform === 'linux' ? test : test.skip)('a destination that is started for it reads from the source itself', async () => {
  const source = run('sh', ['-c', 'read go; echo x']);
  const joined = source.pipe('sh', ['-c', 'cat; echo $(readlink /proc/$$/fd/0)'], { lines: true });
  expect(joined.steps).toHaveLength(2);
  source.stdin.end('go\n');
  expect((await joined).stdout).toEqual(['x', expect.stringMatching(/^socket:/)]);
});

describe('to several', () => {
  test('each gets all', async () => {
    const source = run('printf', ['a\\nb\\n']);
    const [lines, bytes, text] = await Promise.all([source.pipe('wc', ['-l']), source.pipe`wc -c`, source.pipe(run('cat'))]);
    expect([Number(lines.stdout), Number(bytes.stdout), text.stdout]).toEqual([2, 4, 'a\nb']);
  });

  test('one that wants no more does not stop the others', async () => {
    const source = run('sh', ['-c', 'i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789; i=$((i+1)); done']);
    const [one, all] = await Promise.all([source.pipe('head', ['-n', '1']), source.pipe('wc', ['-l'])]);
    expect(one.stdout).toMatch(/^0123/);
    expect(Number(all.stdout)).toBe(3000);
  });

  test('one that fails does not end the source as long as there is another', async () => {
    const source = run('sh', ['-c', 'read go; echo x']);
    const failing = rejection(source.pipe('sh', ['-c', 'exit 3']));
    const other = source.pipe('cat');
    await new Promise((resolve) => other.steps[1].once('spawn', resolve));
    source.stdin.end('go\n');
    expect((await failing).exitCode).toBe(3);
    expect((await other).stdout).toBe('x');
  });

  test('when all have gone the source learns of it', async () => {
    const source = run('yes');
    const joined = await Promise.all([source.pipe('head', ['-n', '1']), source.pipe('head', ['-n', '2'])]);
    expect(joined.map(({ stdout }) => stdout)).toEqual(['y', 'y\ny']);
  });

  test('not one more in a later turn, when the output already goes elsewhere', async () => {
    const source = run('cat');
    const joined = source.pipe('cat');
    await new Promise((resolve) => setImmediate(resolve));
    expect(() => source.pipe('cat')).toThrow(expect.objectContaining({ code: 'ERR_PROCS_PIPED' }));
    source.stdin.end('x');
    expect((await joined).stdout).toBe('x');
  });
});

describe('from several', () => {
  test('the destination gets all, and its end after the last', async () => {
    const destination = run('sort');
    const joined = await Promise.all([run('echo', ['b']).pipe(destination), run('sh', ['-c', 'sleep 0.05; echo a']).pipe(destination)]);
    expect(joined.map(({ stdout }) => stdout)).toEqual(['a\nb', 'a\nb']);
    expect(joined[0].pipedFrom.map(({ file }) => file).sort()).toEqual(['echo', 'sh']);
  });
});

describe('failures', () => {
  test('of the source', async () => {
    const error = await rejection(run('sh', ['-c', 'echo x; exit 3']).pipe('cat'));
    expect(error).toBeInstanceOf(ProcessError);
    expect(error.exitCode).toBe(3);
    expect(error.results[1].stdout).toBe('x');
  });

  test('of the destination, which ends the source', async () => {
    const error = await rejection(run('sleep', ['1000']).pipe('sh', ['-c', 'exit 4']));
    expect(error.exitCode).toBe(4);
    expect(error.pipedFrom[0]).toMatchObject({ exitReason: 'stream', signal: 'SIGTERM' });
  });

  test('of a destination that cannot be started', async () => {
    const error = await rejection(run('sleep', ['1000']).pipe('no-such-program'));
    expect(error.code).toBe('ENOENT');
  });

  test('of a source that cannot be started: a destination that runs sees the end of its input', async () => {
    const destination = run('cat');
    const error = await rejection(run('no-such-program').pipe(destination));
    expect(error.code).toBe('ENOENT');
    expect((await destination).exitCode).toBe(0);
  });

  test('a destination that wants no more is none', async () => {
    expect((await run('yes').pipe('head', ['-n', '1'])).stdout).toBe('y');
    expect((await run('yes').pipe(run('head', ['-n', '1']))).stdout).toBe('y');
  });
});

describe('unpipeSignal', () => {
  test('parts the two, which go on', async () => {
    const source = run('sh', ['-c', 'read go; echo late']);
    const destination = run('cat');
    const controller = new AbortController();
    const joined = source.pipe(destination, { unpipeSignal: controller.signal });
    expect(joined.steps).toEqual([source, destination]);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await rejection(joined)).toMatchObject({ name: 'AbortError', cause: reason });
    source.stdin.end('go\n');
    expect((await destination).stdout).toBe('');
    expect((await source).exitCode).toBe(0);
  });
});
