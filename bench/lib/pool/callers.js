'use strict';

/**
 * `count` tasks by so many callers, each of which waits for its result before it asks again.
 * @param {(index: number) => Promise<unknown>} ask
 * @param {(result: unknown, index: number) => void} [check]
 */
async function callers(atOnce, count, ask, check) {
  let next = 0;
  const caller = async () => {
    while (next < count) {
      const index = next++;
      const result = await ask(index);
      check?.(result, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, caller));
}

module.exports = { callers };
