'use strict';
// Requests that are given up by a peer that wants to know when their handlers are through: as a pool does.

const { run } = require('@x/procs');

/** Says this, and prints what it hears behind the hello, up to the line that begins like this. */
function talk(capabilities, lines, last) {
  const said = [`H:${JSON.stringify({ protocol: 'procs', version: 1, pid: 1, capabilities })}`, ...lines]
    .map((line) => `${line}\n`)
    .join('');
  const script = 'printf %s "$1" >&"$PROCS_CHANNEL_FD"; sed "/^$2/q" <&"$PROCS_CHANNEL_FD"';
  return run('sh', ['-c', script, 'sh', said, last], { serialization: 'structured' });
}

async function heard(child) {
  const { stdout } = await child;
  return stdout.trim().split('\n').slice(1);
}

const GIVEN_UP = '{"name":"AbortError","message":"The request was given up","code":"ABORT_ERR"}';

const answer = (message, { signal }) => {
  const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
  switch (message) {
    case 'throws':
      return aborted.then(() => Promise.reject(new Error('stopped')));
    case 'streams':
      return (async function* () {
        yield 1;
        await aborted;
        yield 2;
      })();
    case 'wait':
      return aborted;
    default:
      return message;
  }
};

test('each is answered when its handler has come to its end, whatever it makes of it', async () => {
  const child = talk(['answers'], ['Q1:"wait"', 'Q2:"throws"', 'C1:', 'C2:', 'Q3:"said"'], 'E2');
  child.channel.onRequest(answer);
  expect((await heard(child)).sort()).toEqual([`E1:${GIVEN_UP}`, `E2:${GIVEN_UP}`, 'R3:"said"']);
});

test('not one that is answered by a stream already', async () => {
  const child = talk(['answers'], ['Q1:"streams"', 'Q2:"said"', 'C1:', 'Q3:"said"'], 'R3');
  child.channel.onRequest(answer);
  const lines = await heard(child);
  // Whether its first item was out before is a matter of luck.
  expect(lines.filter((line) => !line.startsWith('I1'))).toEqual(['S1:', 'R2:"said"', 'R3:"said"']);
});

test('at once where nobody has begun to listen', async () => {
  const child = talk(['answers'], ['Q1:"wait"', 'C1:', 'C1:'], 'E1');
  expect(await heard(child)).toEqual([`E1:${GIVEN_UP}`]);
});

test('who does not ask for it gets none', async () => {
  const child = talk([], ['Q1:"wait"', 'C1:', 'Q2:"said"', 'Q1:"said"'], 'R1');
  child.channel.onRequest(answer);
  expect(await heard(child)).toEqual(['R2:"said"', 'R1:"said"']);
});
