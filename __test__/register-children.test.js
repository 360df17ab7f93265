'use strict';
// PROCS_REGISTER_CHILDREN=1: what the application starts with Node is registered too, however it starts it.

const { runNode } = require('./lib/run-node.js');

const family = async (way, env) => {
  const args = ['--require', '@x/procs/register', 'register-family.js', way];
  const { code, stdout, stderr } = await runNode(args, { env });
  return { code, stderr, said: stdout.trim().split('\n') };
};

const WAYS = ['spawn', 'fork', 'exec', 'shell', 'spawnSync', 'env'];

test.each(WAYS)('a Node child by %s has ours', async (way) => {
  expect(await family(way, { PROCS_REGISTER_CHILDREN: '1' })).toEqual({ code: 0, stderr: '', said: ['ours', 'ours'] });
});

test.each(WAYS.filter((way) => way !== 'fork'))('without it a Node child by %s has Node’s own', async (way) => {
  expect(await family(way)).toEqual({ code: 0, stderr: '', said: ['ours', 'stock'] });
});

test('fork hands on the flags that the application was started with, as Node does', async () => {
  expect(await family('fork')).toEqual({ code: 0, stderr: '', said: ['ours', 'ours'] });
});

test('children’s own children too', async () => {
  expect((await family('grandchild', { PROCS_REGISTER_CHILDREN: '1' })).said).toEqual(['ours', 'ours', 'ours']);
});

test('NODE_OPTIONS that the application chose for a child stay in force', async () => {
  expect((await family('nodeOptions', { PROCS_REGISTER_CHILDREN: '1' })).said).toEqual(['ours', 'chosen ours']);
});
