'use strict';

/**
 * Keeps `count` children alive: each one's end starts the next, until `enough()`; then lets the last ones end.
 * @param {{ count: number, start: () => import('node:child_process').ChildProcess, enough: () => boolean, end?: 'close' | 'exit' }} plan
 * @returns {Promise<number>} how many children ended
 */
function keepInFlight({ count, start, enough, end = 'close' }) {
  return new Promise((resolve, reject) => {
    let alive = 0;
    let ended = 0;

    function startOne() {
      alive++;
      const child = start();
      child.on('error', reject);
      child.on(end, () => {
        alive--;
        ended++;
        if (!enough()) startOne();
        else if (alive === 0) resolve(ended);
      });
    }

    for (let i = 0; i < count; i++) startOne();
  });
}

module.exports = { keepInFlight };
