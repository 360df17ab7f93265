'use strict';
// What run() takes and gives is described where people look: in the types, and in docs/run.md.

const { ChildProcess, run, pipeline, Subprocess } = require('..');
const { rules } = require('../js/run/options/rules.js');
const { read } = require('./lib/sources.js');

const page = read('docs/run.md');
const types = read('js/run/index.d.ts');
const reference = page.slice(page.indexOf('## Reference'), page.indexOf('## execa'));

/** In the types these are ChildProcess's. */
const STREAMS = ['stdin', 'stdout', 'stderr', 'stdio'];

const named = (text, name) => new RegExp(`[\`{ ,.(]${name}[\`?:}\\s,(<]`).test(text);

test('every option is in the reference, and has a description in the types', () => {
  const options = Object.keys(rules);
  expect(options.filter((name) => !named(reference, name))).toEqual([]);
  expect(options.filter((name) => !new RegExp(`\\*/\\n {2}${name}\\?: `).test(types))).toEqual([]);
});

test('every field of a result and of an error', async () => {
  const error = await run('false').catch((thrown) => thrown);
  const fields = [...Object.keys(error), 'message', 'stack', 'cause'];
  expect(fields.filter((name) => !named(reference, name))).toEqual([]);
  expect(Object.keys(error).filter((name) => !types.includes(`\n  ${name}: `))).toEqual([]);
});

test('every member of a subprocess and of a pipeline that a ChildProcess does not have', async () => {
  const joined = pipeline(['true']);
  await joined;
  const members = [Subprocess.prototype, Object.getPrototypeOf(joined)].flatMap(Object.getOwnPropertyNames);
  const ours = members.filter((name) => !(name in ChildProcess.prototype) && name !== 'listenToHandle');
  expect(ours.filter((name) => !named(reference, name))).toEqual([]);
  expect(ours.filter((name) => !STREAMS.includes(name) && !named(types, name))).toEqual([]);
});
