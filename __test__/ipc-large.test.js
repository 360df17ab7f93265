'use strict';
// Very long messages. PROCS_TEST_FULL_SIZE=1 for the sizes that a machine with little memory, or a slow one, is spared.

const { runFixture } = require('./lib/fixture.js');

const FULL = process.env.PROCS_TEST_FULL_SIZE === '1';
const MEGABYTES = FULL ? 256 : 64;
const TIMEOUT = 300_000;

test.each(['json', 'advanced'])(
  `a message of ${MEGABYTES} MB goes there and back, %s`,
  async (serialization) => {
    const result = await runFixture('ipc-large', [serialization, MEGABYTES], { timeout: TIMEOUT });
    expect(result).toEqual({ there: true, back: true, error: null, how: [0, null] });
  },
  TIMEOUT,
);

// Takes gigabytes, so it is not there at all in a usual run.
if (FULL) {
  test(
    'a message that is longer than a string can be is an error, and ends the channel',
    async () => {
      expect(await runFixture('ipc-too-large', [], { timeout: TIMEOUT })).toEqual({
        sending: ['RangeError', 'ERR_PROCS_MESSAGE_TOO_LARGE'],
        receiving: ['before', 'ERR_PROCS_MESSAGE_TOO_LARGE', 'disconnect'],
      });
    },
    TIMEOUT,
  );
}
